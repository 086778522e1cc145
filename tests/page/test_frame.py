"""The frame: what every page has, and what is said where there is none."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from doorstep._errors import LedgerError
from doorstep.page import app as page_app
from doorstep.page.errors import Wrong
from doorstep.page.render import NAV
from doorstep.page.rooms import Rooms
from doorstep.page.shown import Part, Shown
from tests.page.kit import House

SECRET = "Anna Kowalczyk"


@pytest.fixture
async def client(h: House) -> AsyncIterator[httpx2.AsyncClient]:
    async with h.client() as one:
        yield one


class Outline(HTMLParser):
    """Which elements a page has, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


@pytest.mark.parametrize(
    ("zone", "line"),
    [("UTC", "times and days are UTC"), ("Asia/Tokyo", "times are JST, days are UTC")],
)
async def test_each_room_says_in_which_zone_its_times_are(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, zone: str, line: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert line in (await client.get("/page/today")).text
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_every_room_has_one_heading_and_a_way_to_every_other(
    client: httpx2.AsyncClient,
) -> None:
    first = Outline((await client.get("/page/today")).text)
    linked = {a["href"] for a in first.all("a")}
    for room in (f"/page{path}" for path, _ in NAV):
        assert room in linked
        answer = await client.get(room)
        assert answer.status_code == 200, room
        seen = Outline(answer.text)
        assert len(seen.all("h1")) == 1
        assert len(seen.all("main")) == 1
        (nav,) = [a for a in seen.all("a") if a.get("aria-current") == "page"]
        assert nav["href"] == room
        assert seen.all("html")[0]["lang"] == "en"
        ids = [attrs["id"] for _, attrs in seen.found if attrs.get("id")]
        assert len(ids) == len(set(ids)), room


@pytest.mark.parametrize(
    ("path", "to"),
    [("/page", "/page/"), ("/page/", "/page/today"), ("/page/today/", "/page/today")],
)
async def test_other_ways_to_write_it_lead_there(
    client: httpx2.AsyncClient, path: str, to: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code in (303, 308)
    assert answer.headers["location"] == to


async def test_a_path_with_two_slashes_leads_to_no_other_host(client: httpx2.AsyncClient) -> None:
    for path in ("//evil.example/", "/page//evil.example/", "/page/%2f%2fevil.example/"):
        answer = await client.get(f"http://127.0.0.1:8080{path}")
        assert answer.headers.get("location", "/page/").startswith("/page/")


async def test_head_is_answered_without_a_body(client: httpx2.AsyncClient) -> None:
    answer = await client.head("/page/today")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/page/none", "/page/none.json", "/page/runs/none/none"])
async def test_what_is_not_there_is_said_in_the_frame(
    client: httpx2.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    if path.endswith(".json"):
        assert answer.json()["status"] == 404
    else:
        assert "There is nothing here" in answer.text
        assert 'aria-label="Rooms"' in answer.text


async def test_another_method_is_said_to_be_wrong(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/page/today", data={"a": "b"})
    assert answer.status_code == 405
    assert "Not that way" in answer.text
    assert answer.headers["allow"]


async def test_a_program_is_told_in_json(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/page/none", headers={"accept": "application/json"})
    assert answer.json() == {
        "status": 404,
        "message": "There is no page at this address, or it has been dropped.",
        "hint": "",
    }


# a room of a test's own, that fails


def failing(rooms: Rooms) -> Part:
    async def bug(request: Request) -> Shown:
        raise RuntimeError(f"{SECRET} was here")

    async def known(request: Request) -> Shown:
        raise LedgerError("The ledger cannot be read.", hint="Run doorstep ledger verify.")

    async def half(request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"a first piece"
            raise RuntimeError(SECRET)

        return StreamingResponse(pieces())

    return Part({"/bug": bug, "/known": known}, (Route("/half", half),))


@pytest.fixture
async def failing_client(
    h: House, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx2.AsyncClient]:
    monkeypatch.setattr(page_app, "PARTS", (*page_app.PARTS, failing))
    async with h.client() as one:
        yield one


async def test_a_bug_is_told_by_its_type_alone(
    failing_client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = await failing_client.get("/page/bug")
        twin = await failing_client.get("/page/bug.json")
    assert (page.status_code, twin.status_code) == (500, 500)
    assert "RuntimeError" in page.text and 'aria-label="Rooms"' in page.text
    said = [record.getMessage() for record in caplog.records if record.name == "doorstep.page"]
    assert len(said) == 2 and "RuntimeError at test_frame.py:" in said[0]
    for text in (page.text, twin.text, caplog.text):
        assert SECRET not in text and "Traceback" not in text


async def test_an_error_of_ours_is_told_in_its_words(failing_client: httpx2.AsyncClient) -> None:
    page = await failing_client.get("/page/known")
    assert page.status_code == 503
    assert "The ledger cannot be read." in page.text
    assert "Run doorstep ledger verify." in page.text


async def test_an_answer_that_breaks_off_does_not_look_whole(
    failing_client: httpx2.AsyncClient,
) -> None:
    with pytest.raises(ConnectionAbortedError):
        await failing_client.get("/page/half")


async def test_everything_is_escaped(h: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(rooms: Rooms) -> Part:
        async def show(request: Request) -> Shown:
            return Shown("error.html", "<b>t</b>", Wrong(200, "<script>x</script>'\"&", "</p>"))

        return Part({"/odd": show})

    monkeypatch.setattr(page_app, "PARTS", (*page_app.PARTS, odd))
    async with h.client() as client:
        page = await client.get("/page/odd")
    assert "<script>x" not in page.text and "<b>t" not in page.text
    assert "&lt;script&gt;x&lt;/script&gt;&#39;&#34;&amp;" in page.text


async def test_the_first_view_of_every_room_is_small(client: httpx2.AsyncClient) -> None:
    for path, _ in NAV:
        page = await client.get(f"/page{path}")
        seen = Outline(page.text)
        files = {a["href"] for a in seen.all("link")} | {a["src"] for a in seen.all("script")}
        files |= {a["src"] for a in seen.all("img")}
        loaded = [await client.get(str(file)) for file in files]
        assert all(one.status_code == 200 for one in loaded)
        assert len(page.content) + sum(len(one.content) for one in loaded) < 100_000, path


@pytest.mark.parametrize("name", ["doorstep", "doorstep.cli.ask", "doorstep.assemble.serving"])
def test_who_does_not_open_the_page_does_not_load_it(name: str) -> None:
    heavy = "{'starlette', 'jinja2', 'doorstep.page.app'}"
    code = f"import sys, {name}; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
