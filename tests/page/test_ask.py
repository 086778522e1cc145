"""Ask: the form, and a question that is answered live, over real sockets at both ends."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncGenerator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from doorstep.household import parse
from doorstep.household.reader import RulesReader
from doorstep.page.stream import EventStream, Named
from tests.cli.test_unsure import VAGUE
from tests.models.ollama_server import answer
from tests.models.openai_server import Answer, chat_events
from tests.page.asked import DRAFTS, page, told

MASKED = {"pattern": "sanitize-and-solve", "question": "Write to Maya Okafor about the leak."}
ROOT = Path(__file__).parents[2]
PLAN = str(ROOT / "examples" / "plan")
NOTES = (ROOT / "examples" / "household.md").read_text("utf-8")
HOUSEHOLD = {"pattern": "household", "question": "Should the dishwasher run now or later?"}


def plain(text: str) -> Answer:
    return Answer.sse(chat_events(text))


async def test_the_form_offers_what_is_there_and_says_what_stands_in(tmp_path: Path) -> None:
    async with page(tmp_path, key="") as p:
        text = (await p.client.get(f"{p.url}/page/ask")).text
        twin = (await p.client.get(f"{p.url}/page/ask.json")).json()
    assert 'value="household" checked' in text
    assert 'name="look" value="yes" checked' in text
    assert NOTES.splitlines()[0] in text  # the example, to begin with
    assert "Names of people and places are masked only where" in text
    homes = {one["title"]: one["stand_in"] for one in twin["choices"]["homes"]}
    assert "instead of a language model" in homes["built-in rules"]
    assert twin["choices"]["clouds"][0]["stand_in"]
    missing = {one["name"]: one["missing"] for one in twin["choices"]["patterns"]}
    assert "folder" in missing["plan-then-ground"]
    assert not missing["cross-check"]


def test_the_example_of_the_page_is_that_of_the_documentation() -> None:
    inside = ROOT / "src" / "doorstep" / "page" / "examples" / "household.md"
    assert inside.read_text("utf-8") == NOTES


async def test_nothing_leaves_before_the_person_says_so(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        p.cloud.script(plain("Dear NAME"))
        arrived: list[int] = []

        async def seen(name: str, data: dict[str, Any]) -> None:
            if name == "held":
                arrived.append(len(p.cloud.requests))
                assert (await p.decide(data, "send")).status_code == 200

        await p.ask(seen, **MASKED)
        assert arrived == [0]
        (held,), (crossed,) = p.all("held"), p.all("crossed")
        assert p.sent == [held["body"]] == [crossed["body"]]
        assert "Maya" not in held["body"]
        assert held["found"] == [["declared", 1]]
        assert p.all("done")[0]["ending"] == "answered"
        assert [entry.verdict for entry in p.ledger.list()] == ["ask"]


async def test_what_is_held_back_never_arrives(tmp_path: Path) -> None:
    async with page(tmp_path) as p:

        async def seen(name: str, data: dict[str, Any]) -> None:
            if name == "held":
                await p.decide(data, "refuse")

        await p.ask(seen, **MASKED)
        assert p.sent == []
        assert p.ledger.list() == ()
        assert p.all("done")[0]["ending"] == "refused"
        assert "said no" in p.all("failed")[0]["line"]


async def test_held_back_a_draft_stands_without_the_cloud(tmp_path: Path) -> None:
    async with page(tmp_path, DRAFTS) as p:
        p.daemon.says(answer("It is Paris."))

        async def seen(name: str, data: dict[str, Any]) -> None:
            if name == "held":
                await p.decide(data, "refuse")

        await p.ask(seen, pattern="draft-then-refine", question="The capital of France?")
        done = p.all("done")[0]
        assert (done["ending"], done["answer"]) == ("answered", "It is Paris.")
        assert "Blocked" in done["fallback"]
        assert p.sent == []


async def test_without_looking_it_goes_at_once(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        p.cloud.script(plain("Done."))
        await p.ask(**MASKED, look="no")
        assert p.all("held") == []
        assert len(p.sent) == 1
        assert p.all("done")[0]["answer"] == "Done."


async def test_a_reader_who_leaves_stops_the_cloud(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        whole = chat_events("a long answer " * 50)
        pieces = [piece for i in range(0, len(whole), 200) for piece in (whole[i : i + 200], 0.1)]
        p.cloud.script(Answer(pieces=pieces, content_type="text/event-stream"))
        async with p.asking(**MASKED, look="no") as reply:
            async for line in reply.aiter_lines():
                if line.startswith("event: said"):
                    break
        assert await asyncio.to_thread(p.cloud.gone.wait, 5)
        assert len(p.sent) == 1


async def test_a_reader_who_leaves_while_it_waits_sends_nothing(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        async with p.asking(**MASKED) as reply:
            async for line in reply.aiter_lines():
                if line.startswith("event: held"):
                    break
        for _ in range(200):
            if not p.waiting.list():
                break
            await asyncio.sleep(0.02)
        assert p.waiting.list() == ()
        assert p.sent == []


async def test_the_household_from_the_form_to_the_answer(tmp_path: Path) -> None:
    async with page(tmp_path, key="") as p:

        async def seen(name: str, data: dict[str, Any]) -> None:
            if name == "held":
                await p.decide(data, "send")

        await p.ask(seen, **HOUSEHOLD, notes=NOTES)
        done = p.all("done")[0]
        assert "dishwasher" in done["answer"]
        crossed = p.all("crossed")[0]
        assert "dishwasher" not in crossed["body"]
        assert "Maya" not in crossed["body"]
        assert done["stand_ins"]
        shown = (await p.client.get(f"{p.url}/page/runs/{done['id']}")).text
        assert crossed["sha256"] in shown
        assert "Stand-ins answered" in shown


async def test_a_draft_is_told_before_it_is_replaced(tmp_path: Path) -> None:
    async with page(tmp_path, DRAFTS) as p:
        p.daemon.says(answer("Lyon is the capital."))
        p.cloud.script(plain("Paris is the capital of France."))
        asked = {"pattern": "draft-then-refine", "question": "What is the capital of France?"}
        await p.ask(**asked, look="no")
        told = [name for name, _ in p.events]
        assert "".join(one["text"] for one in p.all("said")).startswith("Lyon")
        assert told.index("said") < told.index("done")
        draft = p.all("done")[0]["details"]["draft"]
        assert (draft["draft"]["text"], draft["refined"]["text"]) == (
            "Lyon is the capital.",
            "Paris is the capital of France.",
        )


async def test_the_steps_of_a_plan_tick_off_one_after_another(tmp_path: Path) -> None:
    own = {"patterns": {"plan-then-ground": {"use": "plan-then-ground", "folder": PLAN}}}
    async with page(tmp_path, own, key="") as p:
        asked = "How much did we spend on the garden since the storm?"
        await p.ask(pattern="plan-then-ground", question=asked, look="no")
        done = p.all("done")[0]
        assert done["answer"].startswith("1099.10")
        told = [
            (name, data["step"])
            for name, data in p.events
            if name in ("began", "ended") and data["step"].startswith("step ")
        ]
        ends = told.index(("ended", "step a: filter_rows"))
        begins = told.index(("began", "step c: filter_rows"))
        assert ends < begins  # told when it ended, not when all had
        assert {step["state"] for step in done["details"]["plan"]["steps"]} == {"done"}
        crossed = p.all("crossed")[0]["body"]
        assert "garden" not in crossed
        shown = (await p.client.get(f"{p.url}/page/runs/{done['id']}")).text
        assert done["details"]["plan"]["steps"][0]["tool"] in shown


async def test_both_sides_of_a_cross_check(tmp_path: Path) -> None:
    async with page(tmp_path, {"home": {"model": "gemma4:e4b"}}) as p:
        p.daemon.says(answer("41"))
        p.cloud.script(plain("42"))
        asked = {"pattern": "cross-check", "question": "What is 6 times 7?"}
        await p.ask(**asked, look="no")
        sides = p.all("done")[0]["details"]["sides"]
        assert (sides["home"]["text"], sides["cloud"]["text"]) == ("41", "42")
        assert sides["verdict"] == "differ"


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ({"question": "  ", "pattern": "cross-check"}, "There is no question."),
        ({"question": "Why?", "pattern": "no-such"}, "There is no such pattern to choose."),
        ({"question": "Why?", "pattern": "cross-check", "home": "gguf:/etc/passwd"}, "home model"),
        ({"question": "Why?", "pattern": "cross-check", "cloud": "x"}, "cloud model"),
        ({"question": "Why?", "pattern": "plan-then-ground"}, "needs a folder"),
        ({"question": "Why?", "pattern": "household", "notes": "nothing"}, "household file"),
        ({"question": "x" * 100_001, "pattern": "cross-check"}, "longer than"),
    ],
)
async def test_what_cannot_be_asked_says_why_and_loses_nothing(
    tmp_path: Path, form: dict[str, str], line: str
) -> None:
    async with page(tmp_path) as p:
        events = await p.ask(**form, look="no")
        assert line in events[-1][1]["line"]
        plain = await p.client.post(f"{p.url}/page/ask", data={**form, "look": "no"})
        assert plain.status_code == 400
        assert line in plain.text
        assert form["question"].strip()[:50] in plain.text
        assert p.sent == []


async def test_a_form_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        asked = {**MASKED, "context": "x" * 1_100_000}
        reply = await p.client.post(f"{p.url}/page/ask", data=asked)
        assert reply.status_code == 400
        assert "1,000,000" in reply.text
        assert p.sent == []


async def test_without_a_script_it_ends_at_the_run(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        p.cloud.script(plain("Done."))
        reply = await p.client.post(f"{p.url}/page/ask", data={**MASKED, "look": "no"})
        assert reply.status_code == 303
        shown = await p.client.get(f"{p.url}{reply.headers['location']}")
        assert "Done." in shown.text


async def test_an_answer_is_shown_though_the_book_is_locked_or_broken(tmp_path: Path) -> None:
    """A book that cannot be written takes nobody's answer, and hardly any of their time."""
    form = MASKED | {"look": "no"}
    async with page(tmp_path) as p:
        p.cloud.script(*(plain("Dear NAME") for _ in range(4)))
        await p.ask(**form)
        with closing(sqlite3.connect(tmp_path / "runs.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            ended: list[float] = []

            async def seen(name: str, data: dict[str, Any]) -> None:
                if name in ("ended", "done"):
                    ended.append(time.monotonic())

            await p.ask(seen, **form)
            began = time.monotonic()
            locked = await p.client.post(f"{p.url}/page/ask", data=form)
            took = time.monotonic() - began
            other.execute("ROLLBACK")
            other.execute("DROP TABLE run")
        broken = await p.client.post(f"{p.url}/page/ask", data=form)
        assert p.all("done")[0]["answer"] == "Dear NAME"
        assert ended[1] - ended[0] < 2.5 and took < 4  # and not the book's five seconds
        for answer in (locked, broken):
            assert answer.status_code == 200 and "Dear NAME" in answer.text


async def test_half_a_character_breaks_no_answer(tmp_path: Path) -> None:
    """JSON can spell a lone surrogate, UTF-8 cannot (RFC 8259, 8.2)."""
    async with page(tmp_path) as p:
        said = plain("Dear HALF NAME")
        p.cloud.script(replace(said, pieces=[b.replace(b"HALF", b"\\ud83d") for b in said.pieces]))
        await p.ask(**MASKED, look="no")
        assert p.all("done")[0]["answer"] == "Dear \ud83d NAME"
        place = f"{p.url}/page/runs/{p.all('run')[0]['id']}"
        shown, twin = await p.client.get(place), await p.client.get(f"{place}.json")
        assert shown.status_code == twin.status_code == 200
        assert "Dear \\ud83d NAME" in shown.text and twin.json()["answer"] == "Dear \ud83d NAME"


async def test_what_does_not_show_is_written_out_where_it_is_seen(tmp_path: Path) -> None:
    """Signs that turn the direction, or have no width, would let a person say yes to another text
    than leaves (Unicode TR36)."""
    async with page(tmp_path) as p:
        p.cloud.script(plain("Fine."))

        async def seen(name: str, data: dict[str, Any]) -> None:
            if name == "held":
                await p.decide(data, "send")

        question = MASKED["question"] + " \u202etxt\u202c a\u200bb"
        await p.ask(seen, **MASKED | {"question": question})
        (held,) = p.all("held")
        assert p.sent == [held["body"]] and "\u202e" in held["body"]
        read = "".join(part["text"] for one in held["text"] for part in one["stretches"])
        run = await p.client.get(f"{p.url}/page/runs/{p.all('run')[0]['id']}")
        crossing = await p.client.get(f"{p.url}/page/ledger/1")
        for shown in (held["exact"], read, run.text, crossing.text):
            assert "\\u202etxt\\u202c a\\u200bb" in shown
            assert "\u202e" not in shown.partition('class="secret"')[0]


async def test_what_is_not_kept_is_shown_once(tmp_path: Path) -> None:
    async with page(tmp_path, keep="none") as p:
        p.cloud.script(plain("Done."))
        reply = await p.client.post(f"{p.url}/page/ask", data={**MASKED, "look": "no"})
        assert reply.status_code == 200
        assert "Done." in reply.text
        assert "Maya Okafor" in reply.text
        assert p.book.runs() == ()


async def test_a_file_is_read_in_place_of_what_was_typed(tmp_path: Path) -> None:
    async with page(tmp_path, key="") as p:
        files = {"file": ("home.md", NOTES.encode(), "text/markdown")}
        form = {**HOUSEHOLD, "notes": "", "look": "no"}
        reply = await p.client.post(f"{p.url}/page/ask", data=form, files=files)
        assert reply.status_code == 303
        wrong = {"file": ("home.md", b"\xff\xfe\x00", "text/markdown")}
        reply = await p.client.post(f"{p.url}/page/ask", data=form, files=wrong)
        assert reply.status_code == 400
        assert "not UTF-8" in reply.text


async def test_no_more_questions_at_once_than_there_is_room_for(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        whole = chat_events("slow")
        for _ in range(4):
            p.cloud.script(Answer(pieces=[1.5, whole], content_type="text/event-stream"))
        going = [asyncio.create_task(_ending(p, MASKED)) for _ in range(4)]
        while len(p.cloud.requests) < 4:  # noqa: ASYNC110 - the far end has no event for it
            await asyncio.sleep(0.02)
        events = await p.ask(**MASKED, look="no")
        assert "4 questions are being answered" in events[-1][1]["line"]
        assert set(await asyncio.gather(*going)) == {"answered"}


async def _ending(p: Any, form: dict[str, str]) -> str:
    async with p.asking(**form, look="no") as reply:
        text = (await reply.aread()).decode()
    done = next(part for part in text.split("\n\n") if part.startswith("event: done"))
    return str(json.loads(done.split("data: ")[1])["ending"])


async def test_two_who_look_at_once_are_not_mixed_up(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        p.cloud.answer_with(lambda request: plain("ok"))
        first = {"pattern": "sanitize-and-solve", "question": "Tell Maya Okafor about apples."}
        second = {"pattern": "sanitize-and-solve", "question": "Tell Maya Okafor about pears."}

        async def one(form: dict[str, str], choice: str) -> str:
            async with p.asking(**form) as reply:
                async for name, data in told(reply):
                    if name == "held":
                        assert form["question"].split()[-1] in data["body"]
                        await p.decide(data, choice)
                    if name == "done":
                        return str(data["ending"])
            return ""

        ends = await asyncio.gather(one(first, "send"), one(second, "refuse"))
        assert ends == ["answered", "refused"]
        assert len(p.sent) == 1
        assert "apples" in p.sent[0]


async def test_an_error_inside_says_nothing_of_what_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*given: object, **named: object) -> None:
        raise RuntimeError("Maya Okafor")

    monkeypatch.setattr("doorstep.models.openai_chat.OpenAIChat.respond", broken)
    monkeypatch.setattr("doorstep.models.openai_chat.OpenAIChat.stream", broken)
    async with page(tmp_path) as p:
        events = await p.ask(**MASKED, look="no")
        assert events[-1][0] == "failed"
        assert "failed inside" in events[-1][1]["line"]
        assert "Maya" not in caplog.text
        assert p.sent == []


async def test_without_a_script_it_waits_for_the_person_in_the_held_view(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        p.cloud.script(plain("Done."))
        form = {**MASKED, "look": ["no", "yes"]}
        asked = asyncio.create_task(p.client.post(f"{p.url}/page/ask", data=form))
        while not (waits := p.waiting.list()):  # noqa: ASYNC110 - another process may decide
            await asyncio.sleep(0.02)
        assert p.sent == []
        await p.decide({"id": waits[0].id, "sha256": waits[0].sha256}, "send")
        assert (await asked).status_code == 303
        assert p.sent == [waits[0].body]


async def test_a_doubt_of_the_reader_is_told(tmp_path: Path) -> None:
    start, end = NOTES.index("- It must not still be running"), NOTES.index("- The EV")
    told = [f"{NOTES[:start]}- {sentence}\n{NOTES[end:]}" for sentence in VAGUE]
    reader = RulesReader()
    vague = next(t for t in told if reader.read(parse(t), HOUSEHOLD["question"]).doubts)
    async with page(tmp_path, key="") as p:
        await p.ask(**HOUSEHOLD, notes=vague, look="no")
        assert any(line.startswith("Unsure: ") for line in p.all("done")[0]["notes"])


async def test_the_notes_of_the_settings_are_taken_where_none_are_typed(tmp_path: Path) -> None:
    (tmp_path / "ours.md").write_text(NOTES, "utf-8")
    table = {"page": {"household": str(tmp_path / "ours.md")}}
    async with page(tmp_path, table, key="") as p:
        assert "Left empty, ours.md is taken" in (await p.client.get(f"{p.url}/page/ask")).text
        await p.ask(**HOUSEHOLD, look="no")
        kept = p.book.run(p.all("done")[0]["id"])
        assert kept is not None
        assert kept.texts is not None
        assert kept.texts.asked[0].text == NOTES
        (tmp_path / "ours.md").unlink()
        assert "ours.md cannot be read" in (await p.ask(**HOUSEHOLD, look="no"))[-1][1]["line"]


async def test_a_silent_stream_says_that_it_is_alive() -> None:
    async def slow() -> AsyncGenerator[Named]:
        yield "one", {}
        await asyncio.sleep(0.2)
        yield "two", {"text": "a\nb"}

    sent: list[bytes] = []

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message.get("body", b""))

    await EventStream(slow(), alive_s=0.05)({"type": "http"}, receive, send)
    text = b"".join(sent)
    assert text.count(b": still here\n\n") >= 2
    told = text.replace(b": still here\n\n", b"")
    assert told == b'event: one\ndata: {}\n\nevent: two\ndata: {"text":"a\\nb"}\n\n'
