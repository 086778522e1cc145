"""Patterns within patterns: the answer, the whole record, and what crossed, over a real wire.

Each row is an outer pattern and what it was given as home or cloud. The far end computes what it
is asked and speaks of whoever it is told of, so that a placeholder has to come back as a name.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from doorstep import BadInput, Message, Options, Piece, Reply, Zone
from doorstep.models import Model
from doorstep.models.base import closing
from doorstep.patterns.cross_check import CrossCheck
from doorstep.patterns.draft_then_refine import DraftThenRefine
from doorstep.patterns.escalate_on_hard import EscalateOnHard
from doorstep.patterns.plan_then_ground import PlanThenGround
from doorstep.patterns.run import Pattern
from doorstep.patterns.sanitize_and_solve import SanitizeAndSolve
from tests.models.openai_server import Answer, Request, chat_events
from tests.patterns.far import NAMES, Far, far

ASK = [Message("user", "How much is 17 * 23? Maya Okafor wants to know the number.")]
RIGHT = "The answer for Maya Okafor is 391."
WRONG = "The answer for Maya Okafor is 371."
UNSURE = "I do not know."
PLAN = {
    "steps": [
        {"id": "s1", "tool": "multiply", "args": {"a": {"slot": "slot_a"}, "b": {"slot": "slot_b"}}}
    ],
    "answer_from": ["s1"],
}


def far_end(request: Request) -> Answer:
    """Plans where it is asked for a plan; otherwise multiplies, for whoever is spoken of."""
    messages = request.json["messages"]
    text = str(messages[-1]["content"])
    if "multiply" in str(messages[0]["content"]):
        return Answer.sse(chat_events(json.dumps(PLAN)))
    found = re.search(r"(\d+) \* (\d+)\? (\S+)", text)
    if found is None:
        return Answer.sse(chat_events("I cannot find a question."))
    product = int(found[1]) * int(found[2])
    return Answer.sse(chat_events(f"The answer for {found[3]} is {product}."), cut=11)


class Home(Model):
    """Says one thing, whatever it is asked; the better one of two where it has to choose."""

    name = "home-model"
    zone = Zone.HOME

    def __init__(self, says: str) -> None:
        self._says = says

    async def stream(self, messages: object, options: Options = Options()) -> AsyncIterator[Piece]:  # type: ignore[override]  # noqa: B008
        for start in range(0, len(self._says), 6):
            yield Piece(self._says[start : start + 6])
        yield Piece("", Reply(self._says, self.name))


def multiply(a: float, b: float) -> float:
    """The product of two numbers."""
    return a * b


def sanitize(cloud: Far, home: Model, inner: Model | None = None) -> Pattern:
    return SanitizeAndSolve(home, inner or cloud.model, cloud.boundary)


def escalate(cloud: Far, home: Model, inner: Model | None = None) -> Pattern:
    return EscalateOnHard(home, inner or cloud.model, cloud.boundary)


def draft(cloud: Far, home: Model, inner: Model | None = None) -> Pattern:
    return DraftThenRefine(home, inner or cloud.model, cloud.boundary, judge="checks")


def check(cloud: Far, home: Model, inner: Model | None = None) -> Pattern:
    return CrossCheck(home, inner or cloud.model, cloud.boundary, rule="cloud")


def plan(cloud: Far, home: Model, inner: Model | None = None) -> Pattern:
    return PlanThenGround(home, inner or cloud.model, cloud.boundary, [multiply])


OUTER = {"escalate": escalate, "draft": draft, "check": check}
INNER = {"sanitize": sanitize, "escalate": escalate, "draft": draft, "check": check, "plan": plan}
AS_CLOUD = [(outer, inner) for outer in (*OUTER, "sanitize") for inner in INNER]
AS_HOME = [(outer, inner) for outer in (*OUTER, "plan") for inner in INNER if inner != outer]


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        cloud.server.answer_with(far_end)
        yield cloud


async def answered(pattern: Pattern, cloud: Far) -> Reply:
    """The streamed answer, after a look at all that must hold for every composition."""
    pieces = []
    async with closing(pattern.stream(ASK)) as stream:
        async for piece in stream:
            pieces.append(piece)
    reply = pieces[-1].reply
    assert reply is not None and reply.outcome is not None
    assert [piece.reply for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    assert "".join(piece.text for piece in pieces) == reply.text
    outcome = reply.outcome
    crossed = sorted(outcome.crossings, key=lambda crossing: crossing.id)
    left = [entry for entry in cloud.ledger.list() if entry.state != "not sent"]
    assert crossed == [entry.crossing for entry in left]
    answered = Counter(entry.crossing.body for entry in left if entry.state == "answered")
    received = Counter(cloud.sent)
    # What was broken off on the way may have been received, or not.
    assert answered <= received <= Counter(crossing.body for crossing in crossed)
    by_step = sorted(number for step in outcome.steps for number in step.crossings)
    assert by_step == [crossing.id for crossing in crossed]
    assert not [name for name in NAMES for body in cloud.sent if name in body]
    return reply


@pytest.mark.parametrize(("outer", "inner"), AS_CLOUD)
async def test_a_pattern_as_the_cloud_of_another(outer: str, inner: str, cloud: Far) -> None:
    within = INNER[inner](cloud, Home(UNSURE))
    reply = await answered(INNER[outer](cloud, Home(UNSURE), within), cloud)
    assert "391" in reply.text
    assert cloud.sent
    assert reply.outcome is not None
    assert any(": " in step.name for step in reply.outcome.steps)


@pytest.mark.parametrize(("outer", "inner"), AS_HOME)
async def test_a_pattern_as_the_home_of_another(outer: str, inner: str, cloud: Far) -> None:
    within = INNER[inner](cloud, Home(RIGHT))
    reply = await answered(INNER[outer](cloud, within), cloud)
    assert "391" in reply.text


async def test_escalate_through_sanitize_brings_the_name_back(cloud: Far) -> None:
    reply = await answered(escalate(cloud, Home(UNSURE), sanitize(cloud, Home(UNSURE))), cloud)
    assert reply.text == RIGHT
    assert reply.outcome is not None and reply.outcome.verdict == "escalated"
    assert [step.name for step in reply.outcome.steps if step.actor == "cloud"] == [
        "escalate: solve"
    ]


async def test_what_home_answers_well_stays_though_patterns_lie_within(cloud: Far) -> None:
    reply = await answered(escalate(cloud, Home(RIGHT), check(cloud, Home(RIGHT))), cloud)
    assert reply.text == RIGHT
    assert cloud.sent == []


async def test_a_cross_check_of_escalation_and_plan(cloud: Far) -> None:
    pattern = check(cloud, escalate(cloud, Home(UNSURE)), plan(cloud, Home(UNSURE)))
    reply = await answered(pattern, cloud)
    assert reply.outcome is not None and reply.outcome.verdict == "agree"
    assert len(cloud.sent) == 2


async def test_three_deep(cloud: Far) -> None:
    inner = draft(cloud, Home(WRONG), sanitize(cloud, Home(WRONG)))
    middle = check(cloud, Home(RIGHT), inner)
    reply = await answered(escalate(cloud, Home(UNSURE), middle), cloud)
    assert "391" in reply.text
    assert reply.outcome is not None
    assert any(step.name.count(": ") >= 2 for step in reply.outcome.steps)


async def test_a_draft_within_another_pattern_gives_its_final_answer_alone(cloud: Far) -> None:
    inner = DraftThenRefine(
        Home("It is 3."), cloud.model, cloud.boundary, judge=lambda pair: "replace"
    )
    reply = await answered(escalate(cloud, Home(UNSURE), inner), cloud)
    assert reply.text == RIGHT


async def test_a_preview_by_a_boundary_that_would_send_is_refused_and_sends_nothing(
    cloud: Far,
) -> None:
    for pattern in (sanitize(cloud, Home(UNSURE)), plan(cloud, Home(UNSURE))):
        with pytest.raises(BadInput, match="dry run"):
            await pattern.preview(ASK)  # type: ignore[attr-defined]
    assert cloud.sent == [] and cloud.ledger.list() == ()


async def test_two_scopes_never_share_a_placeholder(cloud: Far) -> None:
    for scope in ("anna", "bo"):
        for pattern in (
            SanitizeAndSolve(Home(UNSURE), cloud.model, cloud.boundary, scope=scope),
            EscalateOnHard(Home(UNSURE), cloud.model, cloud.boundary, scope=scope),
            DraftThenRefine(Home(UNSURE), cloud.model, cloud.boundary, judge="checks", scope=scope),
            CrossCheck(Home(UNSURE), cloud.model, cloud.boundary, rule="cloud", scope=scope),
        ):
            assert "391" in (await pattern.respond(ASK)).text
    used = [re.findall(r"\d+ \* \d+\? (\S+)", body)[0] for body in cloud.sent]
    assert len(used) == 8
    assert len(set(used[:4])) == len(set(used[4:])) == 1 and used[0] != used[4]
