"""Who may ask for the page, how much, and what a browser is told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from doorstep.gateway.visits import COOKIE, Visits
from doorstep.page.app import STATIC
from doorstep.page.safety import LARGEST, Bounded
from tests.page.kit import House

PAGE = Path(STATIC).parent
TOKEN = "a-token-of-sixteen-or-more"
LINK = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
HTML = {"accept": "text/html,application/xhtml+xml"}


@asynccontextmanager
async def locked(h: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a page that asks for its token."""
    async with h.client(TOKEN, **HTML) as client:
        yield client


# what a browser is told


@pytest.mark.parametrize("path", ["/page/today", "/page/today.json", "/page/none", "/page/x.json"])
async def test_every_answer_has_the_headers(h: House, path: str) -> None:
    async with h.client() as client:
        head = (await client.get(path)).headers
    assert head["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in head["content-security-policy"]
    assert "frame-ancestors 'none'" in head["content-security-policy"]
    assert head["cache-control"] == "no-store"
    assert head["x-content-type-options"] == "nosniff"
    assert head["cross-origin-resource-policy"] == "same-origin"
    assert head["referrer-policy"] == "same-origin"
    assert "camera=()" in head["permissions-policy"]


async def test_files_are_kept_and_asked_for_again(h: House) -> None:
    async with h.client() as client:
        first = await client.get("/page/static/style.css")
        again = await client.get(
            "/page/static/style.css", headers={"if-none-match": first.headers["etag"]}
        )
        gone = await client.get("/page/static/none.css")
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    assert (again.status_code, again.content) == (304, b"")
    assert (gone.status_code, gone.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd"])
async def test_files_of_other_folders_are_not_served(h: House, path: str) -> None:
    async with h.client() as client:
        answer = await client.get(f"/page/static/{path}")
    assert answer.status_code == 404
    assert "from __future__" not in answer.text


@pytest.mark.parametrize(
    "file",
    sorted(p for p in PAGE.rglob("*") if p.suffix in (".html", ".css", ".js", ".svg")),
    ids=lambda p: p.name,
)
def test_no_file_of_the_page_names_another_host_or_writes_inline(file: Path) -> None:
    text = file.read_text("utf-8")
    foreign = re.findall(r"(?:https?:)?//[a-z0-9][\w.-]*\.[a-z]{2,}[^\s\"']*", text)
    assert [one for one in foreign if not one.startswith("http://www.w3.org/")] == []
    assert not re.search(r"@import|url\(", text)
    if file.suffix == ".html":
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b", text)
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    if file.suffix == ".js":
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)


# other sites


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_what_another_site_loads_embeds_or_sends_is_refused(h: House, site: str) -> None:
    told = {"sec-fetch-site": site}
    tries = (
        ("GET", {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}),
        ("GET", {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}),
        ("GET", {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}),
        ("POST", LINK),
        ("POST", {}),
    )
    async with h.client() as client:
        for method, how in tries:
            answer = await client.request(method, "/page/today", headers=told | how)
            assert answer.status_code == 403, (method, how)
            assert "Of " not in answer.text


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "none"])
async def test_a_link_that_was_followed_leads_to_the_page(h: House, site: str) -> None:
    async with h.client() as client:
        answer = await client.get("/page/today", headers=LINK | {"sec-fetch-site": site})
    assert answer.status_code == 200


async def test_a_link_that_says_an_origin_is_none(h: House) -> None:
    told = LINK | {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    async with h.client() as client:
        assert (await client.get("/page/today", headers=told)).status_code == 403


async def test_who_was_not_let_in_is_not_told_what_waits(h: House) -> None:
    async with h.client(TOKEN, **HTML) as client:
        answer = await client.post("/page/held/1", data={"a": "b"})
        other = await client.get("/page/today", headers={"host": "rebound.example"})
    assert (answer.status_code, other.status_code) == (401, 421)
    for page in (answer.text, other.text):
        assert "data-held" not in page and "Log out" not in page


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9", ""])
async def test_a_form_of_another_origin_is_refused(h: House, origin: str) -> None:
    async with h.client() as client:
        answer = await client.post("/page/held/1", headers={"origin": origin}, data={"a": "b"})
    assert answer.status_code == 403


async def test_our_own_form_is_let_in(h: House) -> None:
    async with h.client() as client:
        own = {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"}
        answer = await client.post("/page/today", headers=own | LINK, data={"a": "b"})
    assert answer.status_code == 405


async def test_another_name_is_refused_in_the_frame(h: House) -> None:
    async with h.client(**HTML) as client:
        answer = await client.get("/page/today", headers={"host": "rebound.example"})
    assert answer.status_code == 421
    assert "Not called by that name" in answer.text


# how much


async def test_a_form_that_is_too_large_is_refused_however_it_is_sent(h: House) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"next="
        for _ in range(LARGEST // 50_000 + 1):
            yield b"x" * 50_000

    async with h.client(TOKEN) as client:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        said = await client.post("/page/enter", content=b"x" * (LARGEST + 1), headers=kind)
        sent = await client.post("/page/enter", content=pieces(), headers=kind)
    assert (said.status_code, sent.status_code) == (413, 400)  # a field of a megabyte ends it
    assert "Too much at once" in said.text and "Traceback" not in sent.text


async def _read(headers: list[tuple[bytes, bytes]], piece: bytes) -> int:
    """How many bytes are read of a body that does not end, before it is refused."""
    size = 0

    async def endless() -> dict[str, object]:
        nonlocal size
        size += len(piece)
        return {"type": "http.request", "body": piece, "more_body": True}

    async def reader(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass

    async def send(message: object) -> None:
        raise AssertionError("There is nothing to say yet.")

    with pytest.raises(HTTPException) as refused:
        scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
        await Bounded(reader)(scope, endless, send)
    assert refused.value.status_code == 413
    return size


async def test_a_body_without_end_is_read_no_further_than_it_may_be_long() -> None:
    assert await _read([], b"x" * 50_000) == LARGEST + 50_000


async def test_of_a_body_that_says_it_is_too_long_nothing_is_read() -> None:
    assert await _read([(b"content-length", str(LARGEST + 1).encode())], b"x") == 0


async def test_a_form_that_cannot_be_read_is_said_to_be_so(h: House) -> None:
    async with h.client(TOKEN) as client:
        kind = {"content-type": "multipart/form-data; boundary=x"}
        answer = await client.post("/page/enter", content=b"--y\r\nno form", headers=kind)
    assert answer.status_code in (400, 403)
    assert "Traceback" not in answer.text


# the token


async def test_without_a_token_a_browser_is_sent_to_the_form_and_a_program_is_told(
    h: House,
) -> None:
    async with locked(h) as client:
        page = await client.get("/page/runs/abc?x=1")
        twin = await client.get("/page/today.json")
        form = await client.get("/page/enter?next=/runs/abc")
        style = await client.get("/page/static/style.css")
    assert (page.status_code, page.headers["location"]) == (303, "/page/enter?next=/runs/abc")
    assert (twin.status_code, twin.headers["www-authenticate"]) == (401, "Bearer")
    assert twin.json()["status"] == 401
    assert (form.status_code, style.status_code) == (200, 200)
    assert 'value="/runs/abc"' in form.text


@pytest.mark.parametrize(
    "path",
    [
        "/page/enter/../today",
        "/page/static/../today",
        "/page/enterx",
        "/page/enter.json/today",
        "/page//today",
        "/page/leave",
    ],
)
async def test_no_other_path_is_open(h: House, path: str) -> None:
    async with locked(h) as client:
        answer = await client.get(path)
    assert answer.status_code in (303, 401, 404)
    assert "never left the house" not in answer.text and "Nothing was asked" not in answer.text


async def test_a_program_comes_in_by_the_bearer_token(h: House) -> None:
    async with h.client(TOKEN) as client:
        right = await client.get("/page/today.json", headers={"authorization": f"Bearer {TOKEN}"})
        wrong = await client.get("/page/today.json", headers={"authorization": "Bearer no"})
    assert (right.status_code, wrong.status_code) == (200, 401)


async def test_a_browser_comes_in_by_the_form_and_goes_out_again(h: House) -> None:
    async with locked(h) as client:
        came = await client.post(
            "/page/enter", data={"token": TOKEN, "next": "/today?day=2026-01-02"}
        )
        assert (came.status_code, came.headers["location"]) == (303, "/page/today?day=2026-01-02")
        cookie = came.headers["set-cookie"]
        assert TOKEN not in cookie
        for word in ("HttpOnly", "Path=/page", "SameSite=strict", "Max-Age=43200"):
            assert word in cookie
        assert (await client.get("/page/today")).status_code == 200
        left = await client.post("/page/leave")
        assert left.status_code == 303
        assert COOKIE not in client.cookies
        assert (await client.get("/page/today")).status_code == 303


async def test_the_cookie_is_good_for_the_page_alone(h: House) -> None:
    app = h.app(TOKEN)
    app.routes[("GET", "/v1/models")] = None  # type: ignore[assignment]
    from doorstep.gateway.guard import checks

    app._checks = checks("127.0.0.1", (), TOKEN)
    cookie = {"cookie": f"{COOKIE}={Visits(TOKEN).begin()}"}
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get("/page/today", headers=cookie)).status_code == 200
        assert (await client.get("/v1/models", headers=cookie)).status_code == 401


@pytest.mark.parametrize(
    "other",
    ['a={"x":1, "y":2}', "token", "a[0]=1", "a=1 2", "path=/", "a=\u00e9", f"{COOKIE}=junk", ";;="],
)
async def test_what_other_servers_of_this_machine_have_set_locks_nobody_out(
    h: House, other: str
) -> None:
    """Cookies know no port, and not every server writes them by the letter."""
    visit = f"{COOKIE}={Visits(TOKEN).begin()}"
    async with locked(h) as client:
        for sent in (f"{other}; {visit}", f"{visit};{other}"):
            cookie = {"cookie": sent.encode("latin-1")}
            assert (await client.get("/page/today", headers=cookie)).status_code == 200
        assert (await client.get("/page/today", headers={"cookie": "a=b"})).status_code == 303


@pytest.mark.parametrize("given", ["", "no", TOKEN + " ", TOKEN.upper()])
async def test_a_wrong_token_is_not_let_in(h: House, given: str) -> None:
    async with locked(h) as client:
        answer = await client.post("/page/enter", data={"token": given})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "That is not the token." in answer.text


async def test_who_tries_too_often_has_to_wait_even_with_the_right_token(h: House) -> None:
    async with locked(h) as client:
        for _ in range(10):
            assert (await client.post("/page/enter", data={"token": "no"})).status_code == 403
        answer = await client.post("/page/enter", data={"token": TOKEN})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil",
        "/a\r\nset-cookie: x=y",
        "\t//x",
    ],
)
async def test_the_form_leads_nowhere_else(h: House, to: str) -> None:
    async with locked(h) as client:
        came = await client.post("/page/enter", data={"token": TOKEN, "next": to})
    assert came.headers["location"] == "/page/today"


async def test_without_a_token_there_is_no_form(h: House) -> None:
    async with h.client() as client:
        assert (await client.get("/page/enter")).status_code == 404
