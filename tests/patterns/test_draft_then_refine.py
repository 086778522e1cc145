"""Draft-then-Refine over a real wire: what is shown, what crosses, what a stopped run costs."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from doorstep import BadInput, Blocked, Message, ModelError, Options, Outcome, Piece, Reply
from doorstep.models import Model, Scripted
from doorstep.patterns.draft_then_refine import DraftThenRefine
from doorstep.patterns.drafting.events import (
    Done,
    DraftDone,
    DraftText,
    Enriched,
    Event,
    Kept,
    Refined,
    Refining,
)
from doorstep.patterns.drafting.handle import Drafting
from doorstep.patterns.drafting.race import OVERTAKEN, SAME
from doorstep.patterns.drafting.ruling import Pair, Ruling
from doorstep.patterns.run import Run
from tests.models.openai_server import Answer, chat_events
from tests.patterns.far import Far, far

ASK = [Message("user", "Write to Maya Okafor about the boiler.")]
DRAFT = "Dear Maya Okafor, the boiler rattles."
BETTER = "Dear Maya Okafor, the boiler has rattled since Monday. Can you come on Friday at 10?"


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


def pattern(cloud: Far, home: Model | None = None, **options: object) -> DraftThenRefine:
    options.setdefault("judge", "checks")
    home = home or Scripted([DRAFT])
    return DraftThenRefine(home, cloud.model, cloud.boundary, **options)  # type: ignore[arg-type]


def says_masked(cloud: Far, text: str = BETTER) -> None:
    """The cloud speaks of Maya by the placeholder that it was given for her."""

    def answer(request: object) -> Answer:
        asked = request.json["messages"][0]["content"]  # type: ignore[attr-defined]
        name = asked.removeprefix("Write to ").split(" about")[0]
        return Answer.sse(chat_events(text.replace("Maya Okafor", name)))

    cloud.server.answer_with(answer)


async def all_of(events: Drafting) -> list[Event]:
    return [event async for event in events]


def kinds(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events if not isinstance(event, DraftText)]


def outcome_of(events: Sequence[Event]) -> Outcome:
    done = events[-1]
    assert isinstance(done, Done)
    return done.outcome


class Halting(Model):
    """Says something, and then nothing for an hour."""

    name = "halting"

    def __init__(self, *texts: str) -> None:
        from doorstep import Zone

        self.zone = Zone.HOME
        self.open = 0
        self._texts = texts

    async def stream(
        self,
        messages: Sequence[Message],
        options: Options = Options(),  # noqa: B008
    ) -> AsyncIterator[Piece]:
        self.open += 1
        try:
            for text in self._texts:
                yield Piece(text)
            await asyncio.sleep(3600)
        finally:
            self.open -= 1


# --- what is shown, and what crosses -------------------------------------------------------------


async def test_the_draft_is_shown_while_the_cloud_works_and_then_replaced(cloud: Far) -> None:
    go = threading.Event()

    def pieces() -> Iterator[bytes]:
        assert go.wait(10)
        yield chat_events("A better letter.")

    cloud.server.script(Answer(pieces=pieces(), content_type="text/event-stream"))
    events = pattern(cloud).events(ASK)
    seen: list[Event] = []
    async for event in events:
        seen.append(event)
        if isinstance(event, Refining):  # the whole draft was there before the cloud said a word
            assert "".join(e.text for e in seen if isinstance(e, DraftText)) == DRAFT
            go.set()
    assert kinds(seen) == ["DraftDone", "Refining", "Refined", "Done"]
    refined = seen[-2]
    assert isinstance(refined, Refined) and refined.text == "A better letter."
    assert outcome_of(seen).verdict == "replaced"
    assert outcome_of(seen).reasons == (refined.reason,)


async def test_the_outcome_tells_every_step_and_the_boundary_masks(cloud: Far) -> None:
    says_masked(cloud)
    reply = await pattern(cloud).respond(ASK)
    assert reply.text == BETTER
    outcome = reply.outcome
    assert outcome is not None and outcome.pattern == "draft-then-refine"
    assert [step.name for step in outcome.steps] == ["draft", "refine: solve", "rule"]
    (crossing,) = outcome.crossings
    assert crossing.body == cloud.sent[0] and "Okafor" not in cloud.sent[0]
    assert outcome.steps[1].crossings == (crossing.id,)


async def test_the_cloud_is_asked_at_once_beside_a_draft_that_takes_its_time(cloud: Far) -> None:
    cloud.says("A better letter.")
    home = Halting("Dear")
    seen = await all_of(pattern(cloud, home).events(ASK))
    assert seen[0].text == "Dear"  # type: ignore[union-attr]
    assert isinstance(seen[1], DraftDone) and seen[1].cut == OVERTAKEN
    assert outcome_of(seen).answer == "A better letter."
    assert home.open == 0


async def test_a_cloud_that_starts_after_the_draft_gets_to_see_it_masked(cloud: Far) -> None:
    cloud.says("A better letter.")
    await pattern(cloud, start="after_draft").respond(ASK)
    (body,) = cloud.sent
    assert "the boiler rattles" in body and "Okafor" not in body and SAME in body


async def test_a_draft_that_the_cloud_would_not_change_is_kept(cloud: Far) -> None:
    cloud.says(f" {SAME}\n")
    reply = await pattern(cloud, start="after_draft").respond(ASK)
    assert reply.text == DRAFT and reply.outcome and reply.outcome.verdict == "kept"


async def test_what_the_boundary_refuses_stays_and_the_draft_is_kept(cloud: Far) -> None:
    seen = await all_of(pattern(cloud, level="plain").events(ASK))
    assert cloud.sent == []
    kept = seen[-2]
    assert isinstance(kept, Kept) and kept.reason == "the cloud failed (Blocked)"
    assert outcome_of(seen).fallback == "the cloud failed (Blocked); the draft stands"


# --- pieces --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "shown"),
    [
        ("keep", DRAFT),
        ("replace", f"{DRAFT}\n\nRefined answer:\n\n{BETTER}"),
        (
            "enrich",
            f"{DRAFT}\n\nAdded:\n\nDear Maya Okafor, the boiler has rattled since Monday."
            "\nCan you come on Friday at 10?",
        ),
    ],
)
async def test_pieces_together_are_the_reply(cloud: Far, verdict: str, shown: str) -> None:
    says_masked(cloud)
    stream = pattern(cloud, judge=lambda pair: verdict).stream(ASK)
    pieces = [piece async for piece in stream]
    assert pieces[0].text == DRAFT[:8]
    assert [piece.reply is not None for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    reply = pieces[-1].reply
    assert reply is not None and "".join(piece.text for piece in pieces) == reply.text == shown
    outcome = reply.outcome
    assert outcome is not None and outcome.answer == {"replace": BETTER}.get(verdict, shown)


async def test_only_the_final_answer_where_that_is_wanted(cloud: Far) -> None:
    says_masked(cloud)
    pieces = [piece async for piece in pattern(cloud, stream="final-only").stream(ASK)]
    assert "".join(piece.text for piece in pieces) == BETTER


async def test_what_enriches_comes_after_the_draft(cloud: Far) -> None:
    cloud.says("Bring the key.")
    judge = lambda pair: Ruling("enrich", "it forgot the key", "Bring the key.")  # noqa: E731
    seen = await all_of(pattern(cloud, judge=judge).events(ASK))
    enriched = seen[-2]
    assert isinstance(enriched, Enriched) and enriched.added == "Bring the key."
    assert enriched.text == f"{DRAFT}\n\nAdded:\n\nBring the key."
    assert enriched.reason == "it forgot the key"


async def test_within_another_pattern_it_gives_the_final_answer_only(cloud: Far) -> None:
    says_masked(cloud)
    run = Run("outer", cloud.boundary)
    reply = await run.model("answer", pattern(cloud)).respond(ASK)
    assert reply.text == BETTER
    names = [step.name for step in run.outcome("").steps]
    assert names == ["answer: draft", "answer: refine: solve", "answer: rule"]
    assert len(run.outcome("").crossings) == 1


async def test_a_pattern_as_the_cloud_is_used_as_it_is(cloud: Far) -> None:
    says_masked(cloud)
    inner = pattern(cloud)
    outer = DraftThenRefine(Scripted(["No."]), inner, judge="checks")
    reply = await outer.respond(ASK)
    assert reply.text == BETTER and reply.outcome and len(reply.outcome.crossings) == 1


# --- failures ------------------------------------------------------------------------------------


async def test_home_fails_and_the_cloud_answers_alone(cloud: Far) -> None:
    cloud.says("A better letter.")
    seen = await all_of(pattern(cloud, Scripted([])).events(ASK))
    assert isinstance(seen[0], DraftDone) and seen[0].cut == "ModelUnavailable"
    outcome = outcome_of(seen)
    assert outcome.answer == "A better letter." and outcome.verdict == "replaced"
    assert outcome.fallback and "home gave no whole draft" in outcome.fallback


async def test_the_cloud_fails_and_the_draft_is_kept(cloud: Far) -> None:
    cloud.server.script(Answer.error(404))
    seen = await all_of(pattern(cloud).events(ASK))
    assert isinstance(seen[-2], Kept)
    outcome = outcome_of(seen)
    assert outcome.answer == DRAFT and outcome.verdict == "kept"
    assert outcome.fallback == "the cloud failed (ModelUnavailable); the draft stands"
    assert outcome.steps[-1].note == "ModelUnavailable"


async def test_both_fail_and_it_is_an_error(cloud: Far) -> None:
    with pytest.raises(Blocked):
        await pattern(cloud, Scripted([]), level="plain").respond(ASK)
    cloud.server.script(Answer.error(404))
    with pytest.raises(ModelError):
        await pattern(cloud, Scripted([""])).respond(ASK)  # an empty draft is none


async def test_a_judge_that_fails_keeps_the_draft_and_quotes_nothing(cloud: Far) -> None:
    def judge(pair: Pair) -> Ruling:
        raise ValueError(pair.draft.text)

    cloud.says("A better letter.")
    reply = await pattern(cloud, judge=judge).respond(ASK)
    assert reply.outcome and reply.outcome.reasons == ("the judge failed (ValueError)",)


async def test_a_judge_that_takes_too_long_is_not_waited_for(cloud: Far) -> None:
    async def judge(pair: Pair) -> Ruling:
        await asyncio.sleep(3600)
        return Ruling("keep", "never")

    cloud.says("A better letter.")
    reply = await pattern(cloud, judge=judge).respond(ASK)
    assert reply.text == "A better letter."
    assert reply.outcome and "did not decide in time" in reply.outcome.reasons[0]


# --- what it costs -------------------------------------------------------------------------------


async def test_an_answer_that_was_not_used_is_told_with_its_tokens(cloud: Far) -> None:
    cloud.says("A better letter.")
    reply = await pattern(cloud, judge=lambda pair: "keep").respond(ASK)
    assert reply.outcome is not None
    assert reply.outcome.notes == ("not used: the cloud's answer (11 tokens in, 7 out)",)
    assert reply.outcome.cloud_usage.output_tokens == 7


async def cancelled_by_handle(events: Drafting, reader: asyncio.Task[list[Event]]) -> None:
    await events.cancel()
    assert kinds(await reader)[-1] == "Done"


async def cancelled_by_task(events: Drafting, reader: asyncio.Task[list[Event]]) -> None:
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader


HOW: tuple[Callable[..., object], ...] = (cancelled_by_handle, cancelled_by_task)


def slow(cloud: Far) -> None:
    events = chat_events("Hello " * 50)
    cloud.server.script(Answer(pieces=[events[:400], 20.0], content_type="text/event-stream"))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - a server in a thread sets it
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("how", HOW)
async def test_cancelling_stops_the_cloud_on_the_wire(
    cloud: Far, how: Callable[..., object]
) -> None:
    slow(cloud)
    events = pattern(cloud).events(ASK)
    reader = asyncio.create_task(all_of(events))
    await until(lambda: events._running._race._cloud_said > 0)
    await how(events, reader)  # type: ignore[misc]
    assert await asyncio.to_thread(cloud.server.gone.wait, 5)
    check_cancelled(events.outcome, cloud)


def check_cancelled(outcome: Outcome | None, cloud: Far) -> None:
    """What it did until then, and what that cost."""
    assert outcome is not None and outcome.verdict == "cancelled"
    assert outcome.answer == DRAFT
    solve = outcome.steps[-1]
    assert (solve.name, solve.note) == ("refine: solve", "cancelled")
    assert solve.usage.output_tokens is None  # the server did not get to say
    assert len(solve.crossings) == len(outcome.crossings) == len(cloud.ledger.list()) == 1
    assert outcome.notes[0].startswith("the cloud had sent ")


async def test_cancelling_in_the_middle_of_the_draft_stops_both(cloud: Far) -> None:
    slow(cloud)
    home = Halting("Dear")
    events = pattern(cloud, home).events(ASK)
    reader = asyncio.create_task(all_of(events))
    await until(lambda: bool(cloud.sent))
    async with asyncio.timeout(5):
        outcome = await events.cancel()
    assert home.open == 0
    assert await asyncio.to_thread(cloud.server.gone.wait, 5)
    assert outcome is not None and outcome.answer == "Dear"
    assert {step.note for step in outcome.steps} == {"cancelled"}
    assert kinds(await reader) == ["Done"]


async def test_closing_the_iterator_stops_the_cloud(cloud: Far) -> None:
    slow(cloud)
    async with pattern(cloud).events(ASK) as events:
        async for event in events:
            if isinstance(event, Refining):
                await until(lambda: bool(cloud.sent))
                break
    assert await asyncio.to_thread(cloud.server.gone.wait, 5)
    assert events.outcome is not None and events.outcome.verdict == "cancelled"
    assert [event async for event in events] == []


async def test_an_iterator_that_nobody_holds_any_more_stops_the_cloud(cloud: Far) -> None:
    slow(cloud)
    async for event in pattern(cloud).events(ASK):
        if isinstance(event, Refining):
            await until(lambda: bool(cloud.sent))
            break
    gc.collect()
    assert await asyncio.to_thread(cloud.server.gone.wait, 5)


async def test_closing_the_stream_stops_the_cloud(cloud: Far) -> None:
    slow(cloud)
    pieces = pattern(cloud).stream(ASK)
    assert (await anext(pieces)).text
    await until(lambda: bool(cloud.sent))
    await pieces.aclose()  # type: ignore[attr-defined]
    assert await asyncio.to_thread(cloud.server.gone.wait, 5)


async def test_cancelling_before_the_beginning_asks_nobody(cloud: Far) -> None:
    home = Scripted([DRAFT])
    events = pattern(cloud, home).events(ASK)
    outcome = await events.cancel()
    assert outcome is not None and outcome.verdict == "cancelled" and outcome.steps == ()
    assert kinds(await all_of(events)) == ["Done"]
    assert cloud.sent == [] and home.calls == []


async def test_cancelling_after_the_end_changes_nothing(cloud: Far) -> None:
    cloud.says("A better letter.")
    events = pattern(cloud).events(ASK)
    await all_of(events)
    outcome = await events.cancel()
    assert outcome is not None and outcome.verdict == "replaced"


# --- what it is made with ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [{"start": "soon"}, {"stream": "all"}, {"patience": -0.1}, {"judge": "cloud"}]
)
async def test_settings_that_mean_nothing_are_refused(
    cloud: Far, options: dict[str, object]
) -> None:
    with pytest.raises(BadInput):
        pattern(cloud, **options)


async def test_a_cloud_model_cannot_draft_and_needs_a_boundary(cloud: Far) -> None:
    with pytest.raises(BadInput, match="cannot draft"):
        DraftThenRefine(cloud.model, cloud.model, cloud.boundary)
    with pytest.raises(BadInput, match="no boundary was given"):
        DraftThenRefine(Scripted([]), cloud.model)


async def test_texts_do_not_stand_in_what_is_printed(cloud: Far) -> None:
    says_masked(cloud)
    seen = await all_of(pattern(cloud).events(ASK))
    assert "boiler" not in repr([event for event in seen if not isinstance(event, Done)])
    pair = Pair(tuple(ASK), Reply(DRAFT, "home"), Reply(BETTER, "cloud"))
    assert "boiler" not in repr(pair)
