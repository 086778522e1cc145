"""Held, through the page as the gateway mounts it: real requests wait, a form decides."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from doorstep import Blocked, Boundary, Policy
from doorstep._values import Message
from doorstep.boundary import Clearance, Declared, Rule
from doorstep.config import BoundarySettings, RuleSettings, Settings
from doorstep.models import OpenAIChat
from doorstep.runs.current import Current, running
from doorstep.runs.held import HeldCrossing, Waiting
from tests.page.kit import House, house
from tests.patterns.far import NAMES

ASKS = Settings(boundary=BoundarySettings(rules=(RuleSettings(do="ask"),)))
TEXT = "Maya Okafor asks what Wiesbaden is known for."


@dataclass
class Asked:
    """A house in which every private value is asked about. `ask` sends a request that waits."""

    house: House
    page: httpx2.AsyncClient
    model: OpenAIChat
    boundary: Boundary

    def ask(self, text: str = TEXT, pattern: str = "") -> asyncio.Task[str]:
        async def go() -> str:
            with (
                running(Current("run1", pattern)),
                self.boundary.crossing(Clearance(mask=True, run="run1")),
            ):
                return (await self.model.respond([Message("user", text)])).text

        return asyncio.create_task(go())

    async def held(self, but: str = "") -> HeldCrossing:
        for _ in range(400):
            for one in self.house.waiting.list():
                if one.id != but:
                    return one
            await asyncio.sleep(0.01)
        raise AssertionError("nothing waits")

    async def post(self, one: HeldCrossing, choice: str, **more: str) -> httpx2.Response:
        form = {"sha256": one.sha256, "choice": choice, **more}
        headers = {"accept": more.pop("accept", "text/html")}
        return await self.page.post(f"/page/held/{one.id}", data=form, headers=headers)


@asynccontextmanager
async def asked(folder: Path) -> AsyncIterator[Asked]:
    async with house(folder, ASKS) as h, h.client() as page:
        made = Boundary(
            ledger=h.ledger,
            policy=Policy((h.far.server.url,), rules=(Rule(do="ask"),), ask_timeout_s=20),
            key=b"k" * 32,
            detectors=[Declared(NAMES)],
            approve=h.waiting.approve,
            standing=h.waiting.standing,
        )
        async with made.client() as client:
            url = h.far.server.url
            model = OpenAIChat("gpt-5.4", client=client, api_key="sk-test", base_url=url)
            yield Asked(h, page, model, made)


async def test_it_shows_exactly_what_would_leave_and_a_yes_sends_that(tmp_path: Path) -> None:
    async with asked(tmp_path) as a:
        a.house.far.says("Its springs.")
        answer = a.ask(pattern="careful")
        one = await a.held()
        page = (await a.page.get("/page/held")).text
        assert "1 request waits for you" in page and "Wiesbaden" in page and "careful" in page
        assert "Maya" not in page and one.sha256 in page and a.house.far.server.url in page
        assert re.search(r"<mark[^>]*>DECLARED_", page)
        twin = (await a.page.get("/page/held.json")).json()
        (shown,) = twin["waiting"]
        assert shown["exact"] == one.body and shown["found"] == {"declared": 1}
        exact = await a.page.get(f"/page/held/{one.id}/body")
        assert exact.content == one.body.encode() and "text/plain" in exact.headers["content-type"]
        assert a.house.far.sent == [] and not a.house.ledger.list()
        said = await a.post(one, "send")
        assert said.status_code == 303 and said.headers["location"] == "/page/held?said=send"
        assert await answer == "Its springs."
        assert a.house.far.sent == [one.body]
        entry = a.house.ledger.show(1)
        assert entry.sha256 == one.sha256 and entry.verdict == "ask" and entry.approved
        assert (await a.page.get("/page/held/count.json")).json() == {"count": 0, "ids": []}
        assert "You said yes" in (await a.page.get("/page/held?said=send")).text


async def test_a_no_ends_it_and_nothing_leaves(tmp_path: Path) -> None:
    async with asked(tmp_path) as a:
        answer = a.ask()
        told = await a.post(await a.held(), "refuse", accept="application/json")
        assert told.status_code == 200 and told.json()["outcome"] == "taken"
        with pytest.raises(Blocked, match="said no"):
            await answer
        assert a.house.far.sent == [] and not a.house.ledger.list()


async def test_the_second_click_is_told_so(tmp_path: Path) -> None:
    async with asked(tmp_path) as a:
        a.house.far.says("Yes.")
        answer = a.ask()
        one = await a.held()
        first, second = await asyncio.gather(a.post(one, "send"), a.post(one, "refuse"))
        assert sorted((first.status_code, second.status_code)) == [303, 409]
        late = await a.post(one, "send", accept="application/json")
        assert late.status_code == 409 and late.json()["outcome"] == "gone"
        try:
            await answer
        except Blocked:
            assert first.status_code == 409
        assert len(a.house.far.sent) == (first.status_code == 303)


@pytest.mark.parametrize("wrong", ["", "0" * 64, "\u00e4"])
async def test_other_bytes_than_were_seen_are_not_sent(tmp_path: Path, wrong: str) -> None:
    async with asked(tmp_path) as a:
        answer = a.ask()
        one = await a.held()
        said = await a.post(one, "send", sha256=wrong)
        assert said.status_code == 409 and "not what you saw" in said.text
        await asyncio.sleep(0.4)
        assert a.house.waiting.count() == 1 and a.house.far.sent == []
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)


async def test_more_words_are_masked_and_it_waits_again(tmp_path: Path) -> None:
    async with asked(tmp_path) as a:
        a.house.far.server.answer_with(echo)
        answer = a.ask()
        one = await a.held()
        assert (await a.post(one, "mask", words=" \n!\n")).status_code == 400
        assert a.house.waiting.count() == 1  # it still waits
        await a.post(one, "mask", words="wiesbaden\n")
        again = await a.held(but=one.id)
        assert again.round == 2 and again.sha256 != one.sha256
        assert (
            "Wiesbaden" not in again.body and "HIDDEN_" in again.body and "Maya" not in again.body
        )
        assert again.found == {"declared": 1, "hidden": 1} and a.house.far.sent == []
        text = (await a.page.get("/page/held")).text
        assert "masked anew, round 2" in text
        assert "Send: is not remembered, because you masked words by hand" in text
        await a.post(again, "send")
        assert await answer == TEXT  # restored at home
        assert a.house.far.sent == [again.body]


async def test_choices_are_remembered_listed_and_forgotten(tmp_path: Path) -> None:
    async with asked(tmp_path) as a:
        a.house.far.server.answer_with(echo)
        first = a.ask(pattern="careful")
        await a.post(await a.held(), "send", remember="1")
        await first
        await asyncio.wait_for(
            a.ask("Maya Okafor, again.", pattern="careful"), 5
        )  # nobody is asked
        assert a.house.ledger.show(2).verdict == "remembered" and a.house.ledger.show(2).approved
        other = a.ask(pattern="another")  # another pattern is asked about
        one = await a.held()
        await a.post(one, "mask", words="Wiesbaden", remember="1")
        again = await a.held(but=one.id)
        await a.post(again, "refuse", remember="1")
        with pytest.raises(Blocked):
            await other
        with pytest.raises(Blocked, match="any more"):
            await a.ask("Nothing private at all.", pattern="careful")
        page = (await a.page.get("/page/held")).text
        assert "careful" in page and "refuses" in page and "Wiesbaden" in page
        kept = (await a.page.get("/page/held.json")).json()["remembered"]
        assert [one["do"] for one in kept] == ["send", "mask", "refuse"]
        for one in kept:
            gone = await a.page.post(f"/page/held/forget/{one['id']}")
            assert gone.headers["location"] == "/page/held?said=forgotten"
        assert "said=unknown" in (await a.page.post(gone.url.path)).headers["location"]
        asks = a.ask(pattern="careful")
        assert "Wiesbaden" in (await a.held()).body
        asks.cancel()
        await asyncio.gather(asks, return_exceptions=True)
        assert len(a.house.far.sent) == 2


async def test_what_could_mislead_a_reader_is_written_out(tmp_path: Path) -> None:
    async with asked(tmp_path) as a:
        answer = a.ask(f'{TEXT} <script>alert(1)</script> "></textarea> safe\u202egpj.exe \u200b')
        await a.held()
        page = (await a.page.get("/page/held")).text
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page
        assert "</textarea> safe" not in page and "\u202e" not in page and "\u200b" not in page
        assert "safe\\u202egpj.exe" in page
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/page/held/0123456789abcdef", {"choice": "send", "sha256": "x"}, 409),
        ("/page/held/0123456789abcdef", {"choice": "all", "sha256": "x"}, 400),
        ("/page/held/0123456789abcdef", {}, 400),
        ("/page/held/nobody", {"choice": "send"}, 404),
        ("/page/held/forget/x'; DROP TABLE waiting", {}, 404),
        ("/page/held", {"choice": "send"}, 405),
    ],
)
async def test_bad_input_gets_one_line(
    tmp_path: Path, path: str, form: dict[str, str], status: int
) -> None:
    async with asked(tmp_path) as a:
        said = await a.page.post(path, data=form, headers={"accept": "text/html"})
        assert said.status_code == status and "Traceback" not in said.text


async def test_another_site_can_decide_nothing(tmp_path: Path) -> None:
    async with asked(tmp_path) as a:
        answer = a.ask()
        one = await a.held()
        for head in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
            form = {"sha256": one.sha256, "choice": "send"}
            said = await a.page.post(f"/page/held/{one.id}", data=form, headers=head)
            assert said.status_code == 403
        outside = {"sha256": one.sha256, "choice": "refuse", "back": "//evil.example/held"}
        said = await a.page.post(f"/page/held/{one.id}", data=outside)
        assert said.headers["location"].startswith("/page/held")
        with pytest.raises(Blocked):
            await answer
        assert a.house.far.sent == []


async def test_what_was_done_is_not_said_by_a_link_from_elsewhere(tmp_path: Path) -> None:
    async with asked(tmp_path) as a:
        for site, told in (("same-origin", True), ("cross-site", False), ("same-site", False)):
            head = {
                "sec-fetch-site": site,
                "sec-fetch-mode": "navigate",
                "sec-fetch-dest": "document",
            }
            answer = await a.page.get("/page/held?said=refuse", headers=head)
            assert answer.status_code == 200
            assert ("You said no. Nothing was sent." in answer.text) == told


async def test_a_file_that_cannot_be_read_stops_this_room_only(tmp_path: Path) -> None:
    path = tmp_path / "held.sqlite3"
    with Waiting(path, b"x" * 32) as other:
        other.standing.mask(["Wiesbaden"])
    async with house(tmp_path) as h:
        with Waiting(path, b"k" * 32) as waiting:
            h.waiting = waiting
            async with h.client(accept="text/html") as page:
                assert (await page.get("/page/today")).status_code == 200
                said = await page.get("/page/held")
                assert said.status_code >= 400 and "another key" in said.text
                assert "Traceback" not in said.text and "Wiesbaden" not in said.text


async def test_an_empty_room_says_what_to_do(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.client() as page:
        empty = (await page.get("/page/held")).text
        label = "Show me exactly what would leave, before it leaves"
        assert "No rule of your settings asks you" in empty and label in empty
        assert label in (await page.get("/page/ask")).text  # where it is ticked
    async with asked(tmp_path / "two") as a:
        assert "appears here for 5 min" in (await a.page.get("/page/held")).text


def echo(request: object) -> object:
    import json

    from tests.models.openai_server import Answer, chat_events

    said = json.loads(request.body)["messages"][-1]["content"]  # type: ignore[attr-defined]
    return Answer.sse(chat_events(said))
