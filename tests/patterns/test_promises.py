"""What every pattern promises, attacked: nothing private leaves, the ledger is the traffic, and no
reason, note, error, repr or log line says what was private; and hostile text takes no time.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from doorstep import BadInput, DoorstepError, Message, Options, OutputInvalid, Reply
from doorstep.models import Model, Scripted
from doorstep.patterns.case import Ask, Made
from doorstep.patterns.checks.equations import equations
from doorstep.patterns.checks.solution_steps import final
from doorstep.patterns.checks.solution_use import Worked
from doorstep.patterns.cross_check import SAYS_WRONG, CrossCheck, Review
from doorstep.patterns.draft_then_refine import DraftThenRefine
from doorstep.patterns.escalate_on_hard import EscalateOnHard
from doorstep.patterns.expression import evaluate
from doorstep.patterns.plan_then_ground import AnswerDraft, PlanThenGround
from doorstep.patterns.planning.documents import Passage
from doorstep.patterns.planning.goal import Goal, Slot
from doorstep.patterns.planning.goal_writer import GoalDraft, SlotDraft
from doorstep.patterns.planning.tables import Table, number
from doorstep.patterns.rewriting.abstract import Rewrite, Stands
from doorstep.patterns.rewriting.dates import dates, times
from doorstep.patterns.rewriting.quantities import quantities
from doorstep.patterns.sanitize_and_solve import SanitizeAndSolve
from tests.models.openai_server import Answer, chat_events
from tests.patterns.far import Far, far
from tests.patterns.planning.some_tools import letters

PRIVATE = ("Okafor", "Lindqvist", "Zanzibar", "maya@home.example", "DE89370400440532013000")
ASK = [
    Message("system", "You serve Maya Okafor, IBAN DE89370400440532013000."),
    Message("user", "Tobias Lindqvist lives at Zanzibar Lane 12."),
    Message("assistant", "Noted: maya@home.example"),
    Message("user", "What does Maya Okafor owe Tobias Lindqvist? 3 + 4?"),
]
ALL = "\n".join(message.text for message in ASK)


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


def private_in(text: str) -> list[str]:
    return [value for value in PRIVATE if value.lower() in text.lower()]


# --- every pattern, with a home model that misbehaves --------------------------------------------


def _echo(messages: Sequence[Message], options: Options) -> str:
    return "\n".join(message.text for message in messages)


def _keys(messages: Sequence[Message], options: Options) -> str:
    return json.dumps({"Maya Okafor": 3, "problem": ALL, "goal": ALL, "answer": ALL, "names": []})


def _named(messages: Sequence[Message], options: Options) -> str:
    names = [{"original": "Maya Okafor", "name": "Okafor A"}]
    return json.dumps({"problem": "What does Okafor A owe?", "names": names})


HOMES: dict[str, Any] = {
    "echoes": _echo,
    "writes its own keys": _keys,
    "names by the name": _named,
    "declines": Reply("Not about Maya Okafor", "home", finish="refusal"),
    "breaks its shape": OutputInvalid("It was not valid."),
    "writes signs": lambda messages, options: "\0\x1b[31mMaya\u200b Okafor \ud800 \u202eOkafor",
    "says nothing": "",
}
Made_ = Callable[[Model, Far], Model]
PATTERNS: dict[str, Made_] = {
    "mask": lambda h, c: SanitizeAndSolve(h, c.model, c.boundary),
    "plain": lambda h, c: SanitizeAndSolve(h, c.model, c.boundary, level="plain"),
    "abstract": lambda h, c: SanitizeAndSolve(h, c.model, c.boundary, level="abstract"),
    "plan": lambda h, c: PlanThenGround(h, c.model, c.boundary, [letters]),
    "escalate": lambda h, c: EscalateOnHard(h, c.model, c.boundary),
    "draft": lambda h, c: DraftThenRefine(h, c.model, c.boundary),
    "draft first": lambda h, c: DraftThenRefine(h, c.model, c.boundary, start="after_draft"),
    "both answer": lambda h, c: CrossCheck(h, c.model, c.boundary, kind="json"),
    "home proposes": lambda h, c: CrossCheck(h, c.model, c.boundary, shape="home proposes"),
    "cloud proposes": lambda h, c: CrossCheck(h, c.model, c.boundary, shape="cloud proposes"),
}


def _asked(request: Any) -> str:
    return "\n".join(message["content"] for message in request.json["messages"])


def _review_all(request: Any) -> Answer:
    """Says back all that it was told, as a review, so that names stand in it at home."""
    said = {"verdict": "wrong", "what": _asked(request)[:900], "correction": _asked(request)}
    return Answer.sse(chat_events(json.dumps(said)))


async def _run(pattern: Model) -> tuple[Reply | None, list[str]]:
    """The reply, and everything that may be logged or shown: none of it may be private."""
    try:
        reply = await pattern.respond(ASK)
    except DoorstepError as error:
        return None, [str(error), repr(error), repr(error.args), repr(vars(error))]
    outcome = reply.outcome
    assert outcome is not None
    steps = [f"{step.name} {step.note} {step.model}" for step in outcome.steps]
    return reply, [*outcome.reasons, *outcome.notes, *steps, outcome.fallback or ""]


@pytest.mark.parametrize("named", PATTERNS)
async def test_nothing_private_is_sent_or_said(
    cloud: Far, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.server.answer_with(_review_all)
    caplog.set_level(logging.DEBUG)
    for home in HOMES.values():
        before = len(cloud.sent)
        reply, shown = await _run(PATTERNS[named](Scripted([home] * 30, piece=500), cloud))
        sent, ledger = cloud.sent[before:], cloud.ledger.list()[before:]
        assert [private_in(body) for body in sent] == [[]] * len(sent)
        assert [entry.body.decode() for entry in ledger] == sent
        assert [private_in(line) for line in shown] == [[]] * len(shown)
        if reply is not None and reply.outcome is not None:
            crossed = sorted(crossing.id for crossing in reply.outcome.crossings)
            assert crossed == [entry.id for entry in ledger]
            assert crossed == sorted(x for s in reply.outcome.steps for x in s.crossings)
    assert private_in(caplog.text) == []


# --- many at once --------------------------------------------------------------------------------


def _echo_far(request: Any) -> Answer:
    return Answer.sse(chat_events(_asked(request)))


async def test_two_scopes_at_once_do_not_mix(cloud: Far) -> None:
    cloud.server.answer_with(_echo_far)
    of = {
        scope: SanitizeAndSolve(Scripted([]), cloud.model, cloud.boundary, scope=scope)
        for scope in ("anna", "bert")
    }

    async def one(at: int) -> tuple[str, Reply]:
        who = f"user{at:02d}@example.org"
        pattern = of[("anna", "bert")[at % 2]]
        return who, await pattern.respond([Message("user", f"Write to {who}.")])

    replies = await asyncio.gather(*(one(at) for at in range(16)))
    assert all(reply.text == f"Write to {who}." for who, reply in replies)
    crossed = [c for _, reply in replies if reply.outcome for c in reply.outcome.crossings]
    assert len({c.id for c in crossed}) == len(crossed) == len(cloud.sent) == 16
    assert sorted(c.body for c in crossed) == sorted(cloud.sent)
    assert not re.search("example.org", "".join(cloud.sent))


# --- what is shown -------------------------------------------------------------------------------


async def test_what_a_checker_says_is_no_reason(cloud: Far) -> None:
    said = {"verdict": "wrong", "what": "Maya Okafor owes more.", "correction": "8"}
    cloud.says("7")
    pattern = CrossCheck(
        Scripted([json.dumps(said)]), cloud.model, cloud.boundary, shape="cloud proposes"
    )
    reply = await pattern.respond(ASK)
    assert reply.outcome is not None and SAYS_WRONG in reply.outcome.reasons
    assert private_in(" ".join(reply.outcome.reasons)) == []
    assert reply.thinking == "Maya Okafor owes more."


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("price", "json: price"),
        ("Maya Okafor", "json: 1 fields, of which some have private names"),
    ],
)
async def test_private_names_of_fields_are_no_reason(cloud: Far, key: str, reason: str) -> None:
    cloud.says(json.dumps({key: 4}))
    home = Scripted([json.dumps({key: 3})])
    reply = await CrossCheck(home, cloud.model, cloud.boundary, kind="json").respond(ASK)
    assert reply.outcome is not None and reply.outcome.reasons == (reason,)


SAID = "Maya Okafor"


@pytest.mark.parametrize(
    "value",
    [
        Ask(SAID, SAID),
        Made(SAID, "home"),
        Goal(SAID, (Slot("slot_a", "name", SAID),)),
        Slot("slot_a", "name", SAID),
        Passage(SAID, SAID, ""),
        Table((SAID,), [[SAID]]),
        Worked.of(SAID, SAID),
        GoalDraft(goal=SAID, slots=[SlotDraft(name=SAID, kind="name", value=SAID)]),
        AnswerDraft(answer=SAID),
        Rewrite(problem=SAID, names=[Stands(original=SAID, name="person A")], needed=[SAID]),
        Review(verdict="wrong", what=SAID, correction=SAID),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_repr_says_nothing_private(value: object) -> None:
    assert private_in(f"{value!r} {[value]!r}") == []


# --- hostile text --------------------------------------------------------------------------------

LONG = 100_000
HOSTILE: dict[str, tuple[Callable[[str], object], str]] = {
    "a cell of spaces": (number, "1" + " " * LONG + "x" * 8),
    "many dates": (lambda text: list(dates(text)), "1 may " * (LONG // 6)),
    "many times": (lambda text: list(times(text)), "10:00 " * (LONG // 6)),
    "many marks": (final, "####" * (LONG // 4)),
    "marks and spaces": (final, "#### " * (LONG // 5)),
    "equals signs": (equations, "1 + 1" + " " * LONG + "= 2"),
}


@pytest.mark.parametrize("named", HOSTILE)
def test_hostile_text_takes_no_time(named: str) -> None:
    function, text = HOSTILE[named]
    begun = time.process_time()
    function(text)
    assert time.process_time() - begun < 5  # what grows with the square takes minutes


def test_a_number_of_a_million_digits_is_a_number() -> None:
    (found,) = quantities("9" * 1_200_000)
    assert found.kind == "number"


@pytest.mark.parametrize(
    "text", ["10**10**10", "9" * 600, "(" * 200 + "1" + ")" * 200, "2**-99", "1/0", "2**64**64"]
)
def test_an_expression_that_is_too_much_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        evaluate(text)
