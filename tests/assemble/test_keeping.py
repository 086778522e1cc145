"""Runs of every pattern over a real wire, recorded, however they end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from doorstep import (
    Blocked,
    CrossCheck,
    DoorstepError,
    DraftThenRefine,
    EscalateOnHard,
    Message,
    ModelError,
    Options,
    PlanThenGround,
    SanitizeAndSolve,
    Usage,
)
from doorstep.assemble.keeping import Recorder, Recording, asked_of, dropping
from doorstep.assemble.rules import layers_of
from doorstep.boundary import Declared
from doorstep.config import Settings
from doorstep.models import Model, Scripted
from doorstep.patterns.listening import listening
from doorstep.runs.book import Book
from doorstep.runs.marking import NOT_LOOKED_AT, by_detectors
from doorstep.runs.values import KeptRun, Said, Source
from tests.models.openai_server import Answer, chat_events
from tests.patterns.far import NAMES, Far, far
from tests.runs.kept import book, bytes_of

ASK = [Message("user", "How much is 17 * 23? Tell Maya Okafor.")]
PLAN = """{"steps": [{"id": "s1", "tool": "dearest", "args": {}}], "answer_from": ["s1"]}"""
GOAL = '{"goal": "find the amount", "slots": []}'


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


@pytest.fixture
def kept(tmp_path: Path) -> AsyncIterator[Book]:
    with book(tmp_path) as one:
        yield one  # type: ignore[misc]


def recorder(kept: Book) -> Recorder:
    return Recorder(kept, by_detectors([Declared(NAMES)]), lambda usage: Decimal("0.25"))


async def recorded(
    kept: Book, pattern: Model, messages: Sequence[Message] = ASK, source: Source = "run"
) -> KeptRun:
    """One run of a pattern, read back from the book."""
    keeper = recorder(kept)
    one = keeper.run(source, pattern.name, asked_of(messages))
    with suppress(DoorstepError), one, listening(one):
        reply = await pattern.respond(messages)
        assert reply.outcome is not None
        one.answered(reply.outcome)
    return await found(keeper, kept, one)


async def found(keeper: Recorder, kept: Book, one: Recording) -> KeptRun:
    assert await keeper.written()
    run = kept.run(one.id)
    assert run is not None
    return run


def patterns(cloud: Far) -> dict[str, Model]:
    """One of each, whose home plays a script."""
    home = [Scripted(["It is 391."] * 4) for _ in range(4)]
    far_side = (cloud.model, cloud.boundary)
    return {
        "sanitize-and-solve": SanitizeAndSolve(home[0], *far_side),
        "escalate-on-hard": EscalateOnHard(Scripted(["I cannot help."]), *far_side),
        "cross-check": CrossCheck(home[1], *far_side),
        "draft-then-refine": DraftThenRefine(home[2], *far_side, judge="checks"),
    }


NAMED = ("sanitize-and-solve", "escalate-on-hard", "cross-check", "draft-then-refine")


@pytest.mark.parametrize("name", NAMED)
async def test_an_answered_run_is_kept_whole(cloud: Far, kept: Book, name: str) -> None:
    cloud.says("It is 391, dear reader.")
    run = await recorded(kept, patterns(cloud)[name])
    entries = cloud.ledger.list()
    assert (run.ending, run.why, run.pattern) == ("answered", "", name)
    assert run.crossings == tuple(entry.id for entry in entries) == (1,)
    assert run.sent == sum(len(entry.body) for entry in entries)
    assert {step.actor for step in run.steps} >= {"cloud"}
    assert run.texts is not None
    assert "391" in run.texts.answer
    assert "It is 391, dear reader." in [one.text for one in run.texts.said]
    (asked,) = run.texts.asked
    marked = [(asked.text[mark.start : mark.end], mark.kind) for mark in asked.marks]
    assert [value for value, _ in marked] == ["Maya Okafor"]
    assert b"Okafor" not in bytes_of(kept.path)


@pytest.mark.parametrize("name", ["sanitize-and-solve", "plan-then-ground"])
async def test_a_cloud_that_fails_ends_the_run_as_failed(cloud: Far, kept: Book, name: str) -> None:
    cloud.server.script(Answer.error(500), Answer.error(500), Answer.error(500))
    plan = PlanThenGround(Scripted([GOAL] * 5), cloud.model, cloud.boundary, [dearest])
    run = await recorded(kept, plan if name == "plan-then-ground" else patterns(cloud)[name])
    assert (run.ending, run.stayed) == ("failed", False)
    assert run.why == ModelError.__name__
    assert run.crossings == tuple(entry.id for entry in cloud.ledger.list())
    assert [step.note for step in run.steps if step.actor == "cloud"] == [ModelError.__name__]
    assert kept.verdicts()[0].why == ModelError.__name__


@pytest.mark.parametrize("name", ["escalate-on-hard", "draft-then-refine", "cross-check"])
async def test_a_cloud_that_fails_is_one_run_that_fell_back(
    cloud: Far, kept: Book, name: str
) -> None:
    cloud.server.script(Answer.error(500), Answer.error(500), Answer.error(500))
    run = await recorded(kept, patterns(cloud)[name])
    assert (run.ending, run.fell_back) == ("answered", True)
    assert run.texts is not None
    assert run.texts.fallback
    assert not run.stayed
    assert len(kept.runs()) == 1


async def test_what_the_boundary_refuses_is_refused_and_stayed(tmp_path: Path, kept: Book) -> None:
    class Broken:
        def find(self, text: str) -> list[object]:
            raise RuntimeError(text)

    async with far(tmp_path / "f", found_by=[Broken()]) as cloud:  # type: ignore[list-item]
        run = await recorded(kept, SanitizeAndSolve(Scripted([]), cloud.model, cloud.boundary))
        assert cloud.sent == []
    assert (run.ending, run.why, run.stayed) == ("refused", Blocked.__name__, True)
    assert kept.today(run.at[:10]).refused == 1


async def test_a_cancelled_run_is_cancelled_and_says_how_far_it_came(
    cloud: Far, kept: Book
) -> None:
    events = chat_events("Dear reader, this is long.")
    cloud.server.script(Answer(pieces=[events[:200], 30.0], content_type="text/event-stream"))
    keeper, pattern = recorder(kept), patterns(cloud)["draft-then-refine"]
    held: list[Recording] = []

    async def asking() -> None:
        with keeper.run("page", pattern.name, asked_of(ASK)) as one, listening(one):
            held.append(one)
            await pattern.respond(ASK)

    task = asyncio.create_task(asking())
    while not cloud.sent:  # noqa: ASYNC110 - no event for it
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    run = await found(keeper, kept, held[0])
    assert (run.ending, run.crossings) == ("cancelled", (1,))
    assert run.texts is not None
    assert "It is 391." in [one.text for one in run.texts.said]


async def test_a_dry_run_is_no_run(tmp_path: Path, kept: Book) -> None:
    async with far(tmp_path / "dry", dry_run=True) as cloud:
        keeper, pattern = (
            recorder(kept),
            SanitizeAndSolve(Scripted([]), cloud.model, cloud.boundary),
        )
        with pytest.raises(DoorstepError), keeper.run("run", "x", asked_of(ASK)) as one:
            await pattern.respond(ASK)
    assert await keeper.written()
    assert one.kept is None
    assert kept.runs() == ()


# --- details -------------------------------------------------------------------------------------


def dearest() -> float:
    """The largest amount."""
    return 391.0


async def test_the_plan_is_kept_with_what_became_of_its_steps(cloud: Far, kept: Book) -> None:
    cloud.says(PLAN)
    home = Scripted([GOAL, '{"answer": "It is 391."}'])
    run = await recorded(kept, PlanThenGround(home, cloud.model, cloud.boundary, [dearest]))
    assert run.texts is not None
    assert run.texts.details is not None
    plan = run.texts.details["plan"]
    assert isinstance(plan, dict)
    assert [(s["tool"], s["state"]) for s in plan["steps"]] == [("dearest", "done")]
    assert plan["answer_from"] == ["s1"]
    assert plan["goal"]


async def test_a_step_that_fails_is_failed(cloud: Far, kept: Book) -> None:
    def dearest() -> float:
        """The largest amount."""
        raise ZeroDivisionError

    cloud.says(PLAN)
    run = await recorded(
        kept, PlanThenGround(Scripted([GOAL]), cloud.model, cloud.boundary, [dearest])
    )
    assert run.texts is not None
    assert run.texts.details is not None
    (step,) = run.texts.details["plan"]["steps"]  # type: ignore[index, call-overload]
    assert (step["state"], step["note"]) == ("failed", "ZeroDivisionError")


async def test_both_sides_of_a_cross_check_are_kept(cloud: Far, kept: Book) -> None:
    cloud.says("It is 390.")
    run = await recorded(kept, patterns(cloud)["cross-check"])
    assert run.texts is not None
    assert run.texts.details is not None
    sides = run.texts.details["sides"]
    assert isinstance(sides, dict)
    assert sides["home"]["text"] == "It is 391."
    assert sides["cloud"]["text"] == "It is 390."
    assert sides["verdict"] == run.verdict == "differ"


@pytest.mark.parametrize("shape", ["home proposes", "cloud proposes"])
async def test_whoever_proposes_the_sides_are_whose_they_are(
    cloud: Far, kept: Book, shape: str
) -> None:
    review = '{"verdict": "right", "what": "", "correction": ""}'
    home = Scripted(["It is 391." if shape == "home proposes" else review])
    cloud.says(review if shape == "home proposes" else "It is 391.")
    pattern = CrossCheck(home, cloud.model, cloud.boundary, shape=shape)  # type: ignore[arg-type]
    run = await recorded(kept, pattern)
    assert run.texts is not None
    assert run.texts.details is not None
    sides = run.texts.details["sides"]
    assert isinstance(sides, dict)
    proposer = shape.split()[0]
    assert sides[proposer]["text"] == "It is 391."


async def test_a_draft_and_what_took_its_place_are_kept(cloud: Far, kept: Book) -> None:
    cloud.says("It is 391, since 17 * 20 is 340 and 17 * 3 is 51.")
    run = await recorded(kept, patterns(cloud)["draft-then-refine"])
    assert run.texts is not None
    assert run.texts.details is not None
    draft = run.texts.details["draft"]
    assert isinstance(draft, dict)
    assert draft["draft"]["text"] == "It is 391."
    assert draft["refined"]["text"].startswith("It is 391, since")
    assert draft["verdict"] == run.verdict


async def test_what_spoke_for_the_cloud_is_counted(cloud: Far, kept: Book) -> None:
    cloud.says("It is 391.")
    run = await recorded(kept, patterns(cloud)["escalate-on-hard"])
    assert run.verdict == "escalated"
    assert "refusal" in [doubt.check for doubt in run.doubts if doubt.scored]
    (refusal,) = [one for one in kept.reasons() if one.check == "refusal"]
    assert (refusal.pattern, refusal.scored, refusal.runs) == ("escalate-on-hard", True, 1)


# --- the estimate and the marks -------------------------------------------------------------------


async def test_the_estimate_is_by_the_length_of_question_and_answer(tmp_path: Path) -> None:
    asked: list[Usage] = []

    def alone(usage: Usage) -> Decimal:
        asked.append(usage)
        return Decimal("0.25")

    class Real(Scripted):
        stand_in = ""

    from doorstep.patterns.run import Pattern, Run

    class Plain(Pattern):
        name = "plain"

        async def stream_in(self, run: Run, messages: Sequence[Message], options: Options):  # type: ignore[no-untyped-def]
            home = run.model("answer", Real(["x" * 41]))
            reply = await home.respond(messages)
            from doorstep import Piece

            yield Piece(reply.text, run.reply(reply, reply.text))

    with book(tmp_path) as kept:
        keeper = Recorder(kept, None, alone)
        with keeper.run("run", "plain", asked_of([Message("user", "y" * 80)])) as one:
            with listening(one):
                reply = await Plain(None).respond([Message("user", "y" * 80)])
            assert reply.outcome is not None
            one.answered(reply.outcome)
        run = await found(keeper, kept, one)
    assert asked == [Usage(20, 11)]
    assert run.alone == Decimal("0.25")


async def test_nothing_is_compared_where_something_stood_in(cloud: Far, kept: Book) -> None:
    cloud.says("It is 391.")
    run = await recorded(kept, patterns(cloud)["draft-then-refine"])  # home plays a script
    assert run.stand_ins
    assert run.alone is None
    assert kept.today(run.at[:10]).cloud_only_runs == 0


def test_what_nobody_could_look_at_is_marked_whole() -> None:
    class Broken:
        def find(self, text: str) -> list[object]:
            raise RuntimeError(text)

    (said,) = by_detectors([Broken()])([Said("user", "Hello Maya")])  # type: ignore[list-item]
    assert [(m.start, m.end, m.kind) for m in said.marks] == [(0, 10, NOT_LOOKED_AT)]
    long = Said("user", "a " * 300_000)
    assert by_detectors([])([long])[0].marks[0].kind == NOT_LOOKED_AT


def test_marks_are_in_order_and_apart() -> None:
    text = "Maya Okafor met Tobias Lindqvist; Maya Okafor left. MAYA OKAFOR!"
    (said,) = by_detectors([Declared(NAMES)])([Said("user", text)])
    ends = [0, *(mark.end for mark in said.marks)]
    assert all(mark.start >= end for mark, end in zip(said.marks, ends, strict=False))
    values = [text[mark.start : mark.end].lower() for mark in said.marks]
    assert values == ["maya okafor", "tobias lindqvist", "maya okafor", "maya okafor"]


def test_what_the_boundary_lets_out_is_not_marked_as_private() -> None:
    """A word of an address is masked nowhere else, so no view says that it was."""
    text = "Write to Maya at maya.okafor@example.org, then again to Maya.Okafor@example.org."
    (said,) = by_detectors(layers_of(Settings(), "rules").detectors)([Said("user", text)])
    values = [text[mark.start : mark.end].lower() for mark in said.marks]
    assert values == ["maya.okafor@example.org"] * 2


# --- retention -----------------------------------------------------------------------------------


async def test_old_texts_are_dropped_at_the_start_and_again(tmp_path: Path) -> None:
    from tests.runs.kept import private_run

    now = datetime.now(UTC)
    old, new = (
        private_run(n, (now - timedelta(days=d)).isoformat()) for n, d in (("o", 31), ("n", 1))
    )
    with book(tmp_path) as kept:
        kept.write_all([old, new])
        async with dropping(kept, 30, every_s=0.05):
            await until(lambda: _texts_are(kept, "o") == "dropped")
            kept.write(replace(old, id="later"))
            await until(lambda: _texts_are(kept, "later") == "dropped")
        assert _texts_are(kept, "n") == "kept"
        kept.write(replace(old, id="after"))
        await asyncio.sleep(0.2)
        assert _texts_are(kept, "after") == "kept"  # nobody drops any more


async def test_no_days_means_never(tmp_path: Path) -> None:
    from tests.runs.kept import private_run

    with book(tmp_path) as kept:
        kept.write(private_run(at="2020-01-01T00:00:00+00:00"))
        async with dropping(kept, 0, every_s=0.01):
            await asyncio.sleep(0.1)
        assert _texts_are(kept, "a1") == "kept"


async def test_a_book_that_cannot_be_written_is_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = book(tmp_path)
    kept._db.close()
    with caplog.at_level(logging.WARNING):
        async with dropping(kept, 1, every_s=30):
            await until(lambda: bool(caplog.records))
    assert "cannot be written" in caplog.text
    kept.close()


def _texts_are(kept: Book, id: str) -> str:
    run = kept.run(id)
    assert run is not None
    return run.texts_are


async def until(holds: object, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # type: ignore[operator]  # noqa: ASYNC110
            await asyncio.sleep(0.01)
