"""Who listens to a run hears every step, in order, once, under the names of the record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from doorstep import CrossCheck, DoorstepError, EscalateOnHard, Message, PlanThenGround
from doorstep.models import Model, Scripted
from doorstep.patterns.listening import Began, Crossed, Ended, Event, Said, heard, listening
from tests.models.openai_server import Answer, chat_events
from tests.patterns.far import Far, far

ASK = [Message("user", "How much is 17 * 23? Tell Maya Okafor.")]


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


def dearest() -> float:
    """The largest amount."""
    return 391.0


def nested(cloud: Far) -> Model:
    """A cross-check whose cloud side is an escalation: steps three deep."""
    inner = EscalateOnHard(Scripted(["I cannot help."]), cloud.model, cloud.boundary)
    return CrossCheck(Scripted(["It is 391."]), inner, cloud.boundary)


async def events_of(pattern: Model) -> tuple[list[Event], object]:
    events: list[Event] = []
    reply = None
    with listening(events.append), suppress(DoorstepError):
        reply = await pattern.respond(ASK)
    return events, reply.outcome if reply else None


async def test_every_call_has_a_number_of_its_own_and_ends_once(cloud: Far) -> None:
    cloud.says("It is 391.")
    events, _ = await events_of(nested(cloud))
    begun = [event for event in events if isinstance(event, Began)]
    numbers = [event.call for event in begun]
    assert len(set(numbers)) == len(numbers) > 5
    assert sorted(event.call for event in events if isinstance(event, Ended)) == sorted(numbers)
    names = {event.call: event.step for event in begun}
    for event in events:
        name = event.step.name if isinstance(event, Ended) else event.step
        assert names[event.call] == name


async def test_the_steps_that_are_heard_are_those_of_the_record(cloud: Far) -> None:
    cloud.says("It is 391.")
    events, outcome = await events_of(nested(cloud))
    told = [e.step for e in events if isinstance(e, Ended) and not e.parts]
    assert sorted(told, key=repr) == sorted(outcome.steps, key=repr)  # type: ignore[attr-defined]
    sums = [e.step.name for e in events if isinstance(e, Ended) and e.parts]
    assert "cloud answers" in sums
    assert any(step.name.startswith("cloud answers: escalate: ") for step in told)


async def test_a_crossing_is_heard_before_the_reply_and_under_its_step(cloud: Far) -> None:
    cloud.says("It is 391.")
    events, _ = await events_of(nested(cloud))
    (crossed,) = [event for event in events if isinstance(event, Crossed)]
    assert crossed.crossing.id == 1
    assert "Okafor" not in crossed.crossing.body
    first = next(
        at for at, e in enumerate(events) if isinstance(e, Said) and e.call == crossed.call
    )
    assert events.index(crossed) < first
    said = "".join(e.text for e in events if isinstance(e, Said) and e.call == crossed.call)
    assert said == "It is 391."


async def test_a_failure_and_a_cancellation_are_heard(cloud: Far) -> None:
    cloud.server.script(Answer.error(500))
    goals = Scripted(['{"goal": "find the amount", "slots": []}'])
    plan = PlanThenGround(goals, cloud.model, cloud.boundary, [dearest])
    events, outcome = await events_of(plan)
    assert outcome is None
    assert [e.step.note for e in events if isinstance(e, Ended)][-1] == "ModelError"

    stream = chat_events("It is")
    cloud.server.script(Answer(pieces=[stream[:150], 30.0], content_type="text/event-stream"))
    cancelled: list[Event] = []
    with listening(cancelled.append):
        task = asyncio.create_task(nested(cloud).respond(ASK))
    while not any(isinstance(event, Crossed) for event in cancelled):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    begun = {event.call for event in cancelled if isinstance(event, Began)}
    assert {event.call for event in cancelled if isinstance(event, Ended)} == begun
    assert "cancelled" in {e.step.note for e in cancelled if isinstance(e, Ended)}


async def test_two_runs_side_by_side_are_heard_apart(cloud: Far) -> None:
    def one() -> Model:
        return EscalateOnHard(Scripted(["I cannot help."]), cloud.model, cloud.boundary)

    cloud.says(*["It is 391."] * 2)
    (first, _), (second, _) = await asyncio.gather(events_of(one()), events_of(one()))
    ids = [{e.crossing.id for e in events if isinstance(e, Crossed)} for events in (first, second)]
    assert sorted(map(sorted, ids)) == [[1], [2]]
    assert heard() is None
