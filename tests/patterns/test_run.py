"""The record of a run: every call is a step, however it ends, and crossings are the ledger's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from doorstep import BadInput, Message, ModelUnavailable, Piece, Reply, Usage
from doorstep.boundary import Clearance
from doorstep.models import Model, Scripted
from doorstep.models.base import closing
from doorstep.patterns import SanitizeAndSolve
from doorstep.patterns.apart import ROOM, apart
from doorstep.patterns.run import Run
from tests.models.openai_server import Answer, chat_events
from tests.patterns.far import Far, far

ASK = [Message("user", "Write to Maya Okafor about the boiler.")]


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


def pattern(cloud: Far, **options: object) -> SanitizeAndSolve:
    return SanitizeAndSolve(Scripted([]), cloud.model, cloud.boundary, **options)  # type: ignore[arg-type]


def echo(cloud: Far) -> None:
    """The cloud says back what it was asked."""

    def answer(request: object) -> Answer:
        text = request.json["messages"][-1]["content"]  # type: ignore[attr-defined]
        return Answer.sse(chat_events(text), cut=7)

    cloud.server.answer_with(answer)


async def test_a_call_is_a_step_with_tokens_cost_and_crossing(cloud: Far) -> None:
    echo(cloud)
    reply = await pattern(cloud, price=lambda model, usage: Decimal("0.25")).respond(ASK)
    assert reply.text == ASK[0].text
    assert reply.outcome is not None and reply.outcome.pattern == "sanitize-and-solve"
    (step,) = reply.outcome.steps
    assert (step.name, step.actor, step.model) == ("solve", "cloud", "gpt-5.4")
    assert step.usage == reply.usage == Usage(11, 7)
    assert step.cost == reply.outcome.cost == Decimal("0.25")
    (crossing,) = reply.outcome.crossings
    assert step.crossings == (crossing.id,)
    assert crossing.body == cloud.sent[0] and "Okafor" not in cloud.sent[0]


async def test_pieces_together_are_the_answer(cloud: Far) -> None:
    echo(cloud)
    pieces = [piece async for piece in pattern(cloud).stream(ASK)]
    assert len(pieces) > 2
    assert [piece.reply is not None for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert "".join(piece.text for piece in pieces) == pieces[-1].reply.text == ASK[0].text  # type: ignore[union-attr]


async def test_what_a_nested_pattern_did_is_part_of_the_record(cloud: Far) -> None:
    echo(cloud)
    run = Run("outer", cloud.boundary)
    reply = await run.model("answer", pattern(cloud)).respond(ASK)
    outcome = run.outcome(reply.text)
    assert [step.name for step in outcome.steps] == ["answer: solve"]
    assert len(outcome.crossings) == 1
    assert outcome.stand_ins == ()


async def test_a_failed_call_is_a_step_too(cloud: Far) -> None:
    cloud.server.script(Answer.error(404))
    run = Run("outer", cloud.boundary)
    with pytest.raises(ModelUnavailable):
        await run.model("answer", pattern(cloud)).respond(ASK)
    (step,) = run.outcome("").steps
    assert (step.name, step.note) == ("answer: solve", "ModelUnavailable")
    assert len(run.outcome("").crossings) == 1


async def test_cancelling_ends_the_call_and_records_it(cloud: Far) -> None:
    chunks = chat_events("Hello " * 50)
    cloud.server.script(Answer(pieces=[chunks[:400], 20.0], content_type="text/event-stream"))
    run = Run("outer", cloud.boundary)
    model = run.model("answer", cloud.model, Clearance(mask=True))
    async with closing(model.stream(ASK)) as pieces:
        assert (await anext(pieces)).text
    (step,) = run.outcome("").steps
    assert step.note == "cancelled" and len(step.crossings) == 1
    assert await asyncio.to_thread(cloud.server.gone.wait, 5)


async def test_a_cloud_model_without_a_boundary_is_refused_at_once(cloud: Far) -> None:
    with pytest.raises(BadInput, match="no boundary was given"):
        SanitizeAndSolve(Scripted([]), cloud.model)
    with pytest.raises(BadInput, match="no boundary was given"):
        await Run("outer").model("answer", cloud.model).respond(ASK)
    assert cloud.sent == []


async def test_between_two_pieces_no_clearance_stands_in_the_readers_context(cloud: Far) -> None:
    echo(cloud)
    seen = []
    async for _ in pattern(cloud).stream(ASK):
        seen.append(cloud.boundary._now.get())
    assert len(seen) > 2 and set(seen) == {None}


class Counting(Model):
    name = "counting"

    def __init__(self) -> None:
        self.given = 0
        self.closed = False

    async def stream(self, messages: object, options: object = None) -> AsyncIterator[Piece]:  # type: ignore[override]
        try:
            while True:
                self.given += 1
                yield Piece("x")
        finally:
            self.closed = True


async def test_a_slow_reader_holds_the_source_back_and_closing_closes_it() -> None:
    model = Counting()
    async with closing(apart(lambda: model.stream([]))) as pieces:
        await anext(pieces)
        await asyncio.sleep(0.05)
        assert model.given <= ROOM + 3
    assert model.closed


async def test_an_error_comes_after_the_pieces_before_it() -> None:
    async def source() -> AsyncIterator[Piece]:
        yield Piece("a")
        raise BadInput("no more")

    seen = []
    with pytest.raises(BadInput, match="no more"):
        async for piece in apart(source):
            seen.append(piece.text)
    assert seen == ["a"]


def test_usage_and_cost_of_an_outcome() -> None:
    run = Run("p")
    run.check("look", 0.1)
    assert run.outcome("x").cost == Decimal(0)
    assert run.reply(Reply("a", "m", finish="length"), "x").finish == "length"
