"""Escalate-on-Hard over a real wire: what is kept sends nothing, what is escalated is masked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from doorstep import (
    BadInput,
    Message,
    ModelUnavailable,
    Options,
    Outcome,
    Piece,
    Reply,
    ReplyBroken,
    Usage,
    Zone,
)
from doorstep._values import TokenLogprob
from doorstep.models import Model, Scripted
from doorstep.models.base import closing
from doorstep.patterns.checks import (
    Budget,
    Judgement,
    Look,
    Rules,
    Sign,
    TwoSamples,
    cheap_checks,
    default_checks,
    own,
)
from doorstep.patterns.escalate_on_hard import EscalateOnHard
from tests.models.openai_server import Answer, Request, chat_events
from tests.patterns.far import Far, far

ASK = [
    Message("user", "Maya Okafor packs 3 bags of 4 apples and eats 2. How many does she have left?")
]
GOOD = "Maya Okafor has 3 * 4 = 12 apples, and 12 - 2 = 10 are left.\n#### 10"
BAD = "Maya Okafor has 3 * 4 = 12 apples, and 12 - 2 = 11 are left.\n#### 11"
BETTER = "She has 10 left."


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


def pattern(cloud: Far, *script: object, **options: object) -> EscalateOnHard:
    options = {"checks": cheap_checks()} | options
    home = options.pop("home", None) or Scripted(script)  # type: ignore[arg-type]
    return EscalateOnHard(home, cloud.model, cloud.boundary, **options)  # type: ignore[arg-type]


def told(reply: Reply) -> Outcome:
    assert reply.outcome is not None and reply.outcome.answer == reply.text
    return reply.outcome


async def test_an_answer_that_holds_is_kept_and_nothing_is_sent(cloud: Far) -> None:
    reply = await pattern(cloud, GOOD).respond(ASK)
    outcome = told(reply)
    assert reply.text == GOOD and outcome.verdict == "kept"
    assert outcome.pattern == "escalate-on-hard"
    assert outcome.reasons == ("2 calculations hold",)
    assert outcome.notes == ("judged by rules, not calibrated: no stated risk",)
    assert outcome.crossings == () and cloud.sent == [] and cloud.ledger.list() == ()
    names = [step.name for step in outcome.steps]
    assert names == ["answer", *(f"check: {check.name}" for check in cheap_checks())]
    (step,) = (step for step in outcome.steps if step.name == "check: arithmetic")
    assert (step.actor, step.note) == ("check", "doubt 0.10: 2 calculations hold")
    assert outcome.cost == Decimal(0)


def echo(request: Request) -> Answer:
    """The cloud says back what it was asked."""
    text = request.json["messages"][-1]["content"]
    return Answer.sse(chat_events(f"You asked: {text}"), cut=7)


async def test_an_answer_that_does_not_hold_is_escalated_masked(cloud: Far) -> None:
    cloud.server.answer_with(echo)
    reply = await pattern(cloud, BAD, price=lambda model, usage: Decimal("0.5")).respond(ASK)
    outcome = told(reply)
    assert outcome.verdict == "escalated"
    assert outcome.reasons == ("1 of 2 calculations do not hold",)
    assert reply.text == f"You asked: {ASK[0].text}"  # the name is back
    (sent,) = cloud.sent
    assert "Okafor" not in sent and "bags of 4 apples" in sent
    assert "12 - 2 = 11" not in sent  # home's draft stays at home
    (crossing,) = outcome.crossings
    assert crossing.body == sent
    assert outcome.steps[-1].name == "escalate: solve"
    assert outcome.steps[-1].crossings == (crossing.id,)
    assert outcome.cost == Decimal("0.5") and outcome.cloud_usage == Usage(11, 7)


async def test_at_level_plain_what_is_private_is_refused_and_home_answers(cloud: Far) -> None:
    cloud.server.answer_with(echo)
    reply = await pattern(cloud, BAD, level="plain").respond(ASK)
    outcome = told(reply)
    assert reply.text == BAD and cloud.sent == []
    assert outcome.verdict == "kept"
    assert outcome.fallback is not None and "Blocked" in outcome.fallback
    assert "Okafor" not in str((outcome.fallback, outcome.reasons, outcome.notes))


async def test_the_clouds_answer_streams_and_a_kept_one_comes_whole(cloud: Far) -> None:
    cloud.server.answer_with(echo)
    pieces = [piece async for piece in pattern(cloud, BAD).stream(ASK)]
    assert len(pieces) > 3
    assert [piece.reply is None for piece in pieces] == [True] * (len(pieces) - 1) + [False]
    assert "".join(piece.text for piece in pieces) == pieces[-1].reply.text  # type: ignore[union-attr]
    pieces = [piece async for piece in pattern(cloud, GOOD).stream(ASK)]
    assert [piece.text for piece in pieces] == [GOOD, ""]


CANNOT_TELL = "Plants turn light into sugar."


@pytest.mark.parametrize(
    ("choice", "text", "verdict"),
    [
        ("escalate", BETTER, "cannot tell (escalated)"),
        ("keep", CANNOT_TELL, "cannot tell (kept)"),
    ],
)
async def test_where_nobody_can_tell(cloud: Far, choice: str, text: str, verdict: str) -> None:
    cloud.says(BETTER)
    ask = [Message("user", "What do plants do?")]
    reply = await pattern(cloud, CANNOT_TELL, on_cannot_tell=choice).respond(ask)
    assert (reply.text, told(reply).verdict) == (text, verdict)
    assert told(reply).reasons == ("no check could say whether it is right",)


@pytest.mark.parametrize("status", [404, 401])
async def test_a_cloud_that_fails_leaves_homes_answer(cloud: Far, status: int) -> None:
    cloud.server.script(Answer.error(status))
    reply = await pattern(cloud, BAD).respond(ASK)
    outcome = told(reply)
    assert reply.text == BAD and outcome.verdict == "kept"
    assert outcome.fallback is not None and outcome.fallback.startswith("the cloud failed")
    assert outcome.reasons[-1] == outcome.fallback
    assert len(outcome.crossings) == 1  # it was sent all the same


async def test_unless_told_otherwise(cloud: Far) -> None:
    cloud.server.script(Answer.error(404))
    with pytest.raises(ModelUnavailable):
        await pattern(cloud, BAD, fall_back=False).respond(ASK)


async def test_a_cloud_that_breaks_off_in_the_middle_is_an_error(cloud: Far) -> None:
    cloud.server.script(Answer.sse(chat_events("Half an ans", done=False)[:-150], breaks=True))
    seen = ""
    with pytest.raises(ReplyBroken):
        async for piece in pattern(cloud, BAD).stream(ASK):
            seen += piece.text
    assert BAD not in seen


async def test_a_home_model_that_fails_escalates(cloud: Far) -> None:
    cloud.says(BETTER)
    reply = await pattern(cloud, ModelUnavailable("gone")).respond(ASK)
    outcome = told(reply)
    assert (reply.text, outcome.verdict) == (BETTER, "escalated")
    assert outcome.reasons == ("the home model failed: ModelUnavailable",)
    assert [step.name for step in outcome.steps] == ["answer", "escalate: solve"]
    cloud.server.script(Answer.error(404))
    with pytest.raises(ModelUnavailable):
        await pattern(cloud, ModelUnavailable("gone")).respond(ASK)


class Slow(Model):
    name = "slow"
    zone = Zone.HOME

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    async def stream(
        self,
        messages: Sequence[Message],
        options: Options = Options(),  # noqa: B008 - frozen
    ) -> AsyncIterator[Piece]:
        try:
            yield Piece("Let me think")
            await asyncio.sleep(30)
        finally:
            self.closed.set()


async def test_a_home_model_that_takes_too_long_is_stopped(cloud: Far) -> None:
    cloud.says(BETTER)
    home = Slow()
    reply = await pattern(cloud, home=home, budget=Budget(seconds=0.05)).respond(ASK)
    outcome = told(reply)
    assert reply.text == BETTER and home.closed.is_set()
    assert outcome.reasons == ("the home model took longer than it may",)
    assert outcome.steps[0].note == "cancelled"


async def test_an_answer_over_budget_is_escalated(cloud: Far) -> None:
    cloud.says(BETTER)
    reply = await pattern(cloud, GOOD, budget=Budget(characters=20)).respond(ASK)
    assert told(reply).reasons == ("the answer took more characters than set",)


async def test_a_decisive_sign_spares_the_home_model(cloud: Far) -> None:
    cloud.says(BETTER)
    home = Scripted([BAD])
    reply = await pattern(cloud, home=home, checks=default_checks()).respond(ASK)
    assert told(reply).verdict == "escalated" and len(home.calls) == 1


async def test_the_default_bank_asks_home_again_and_says_so(cloud: Far) -> None:
    home = Scripted([GOOD, "3 * 4 - 2", GOOD])
    outcome = told(await EscalateOnHard(home, cloud.model, cloud.boundary).respond(ASK))
    assert outcome.verdict == "kept" and len(home.calls) == 3 and cloud.sent == []
    assert [step.name for step in outcome.steps if step.actor == "home"] == [
        "answer",
        "check: two representations",
        "check: two samples",
    ]


async def test_a_check_of_ones_own_decides(cloud: Far) -> None:
    cloud.says(BETTER)
    checks = [own("asks for pears", lambda look: "pears" in look.answer)]
    outcome = told(await pattern(cloud, GOOD, checks=checks).respond(ASK))
    assert outcome.verdict == "escalated"
    assert outcome.reasons == ("asks for pears: did not pass",)


async def test_a_check_that_fails_takes_nothing_down(cloud: Far) -> None:
    def breaks(look: Look) -> bool:
        raise RuntimeError(look.answer)

    outcome = told(
        await pattern(cloud, GOOD, checks=[*cheap_checks(), own("mine", breaks)]).respond(ASK)
    )
    assert outcome.verdict == "kept"
    assert outcome.steps[-1].note == "no score: failed: RuntimeError"


async def test_a_judge_of_ones_own(cloud: Far) -> None:
    class Strict:
        label = "calibrated on nothing"

        def judge(self, look: Look, signs: Sequence[Sign]) -> Judgement:
            assert look.seconds is not None and look.messages == tuple(ASK)
            return Judgement("escalate", 0.4, ("risk 0.4",))

    cloud.says(BETTER)
    home = Scripted([GOOD])  # which is not asked again for a judge that nobody fitted on that
    strict = EscalateOnHard(home, cloud.model, cloud.boundary, judge=Strict())
    outcome = told(await strict.respond(ASK))
    assert (outcome.verdict, outcome.reasons) == ("escalated", ("risk 0.4",))
    assert outcome.notes == ("judged by calibrated on nothing",)


async def test_log_probabilities_are_asked_for_where_they_are_to_be_had(cloud: Far) -> None:
    def says(messages: Sequence[Message], options: Options) -> Reply:
        tokens = (TokenLogprob("It is ", -0.1), TokenLogprob("10", -3.0))
        return Reply("It is 10", "h", logprobs=tokens if options.logprobs else ())

    cloud.says(BETTER)
    home = Scripted([says], can_logprobs=True)
    outcome = told(await pattern(cloud, home=home).respond(ASK))
    assert home.calls[0].options.logprobs == 1
    assert outcome.reasons == ("the model held its final answer to be 5% probable",)
    home = Scripted([GOOD])
    await pattern(cloud, home=home).respond(ASK)
    assert home.calls[0].options.logprobs == 0


async def test_it_nests_in_itself_and_takes_a_pattern_for_its_cloud(cloud: Far) -> None:
    cloud.says(BETTER)
    second = pattern(cloud, "10 - 1 = 8\n#### 8")
    first = EscalateOnHard(Scripted([BAD]), second, checks=cheap_checks())
    outcome = told(await first.respond(ASK))
    assert outcome.answer == BETTER and outcome.verdict == "escalated"
    names = [step.name for step in outcome.steps if step.actor != "check"]
    assert names == ["answer", "escalate: answer", "escalate: escalate: solve"]
    assert len(outcome.crossings) == 1


async def test_cancelling_closes_the_cloud(cloud: Far) -> None:
    chunks = chat_events("Hello " * 50)
    cloud.server.script(Answer(pieces=[chunks[:400], 20.0], content_type="text/event-stream"))
    async with closing(pattern(cloud, BAD).stream(ASK)) as pieces:
        assert (await anext(pieces)).text
    assert await asyncio.to_thread(cloud.server.gone.wait, 5)


async def test_what_makes_no_sense_is_refused_at_once(cloud: Far) -> None:
    with pytest.raises(BadInput, match="no boundary"):
        EscalateOnHard(Scripted([]), cloud.model)
    with pytest.raises(BadInput, match="at home"):
        EscalateOnHard(cloud.model, pattern(cloud), cloud.boundary)
    for options in (
        {"on_cannot_tell": "ask"},
        {"checks": []},
        {"checks": [TwoSamples(), TwoSamples()]},
        {"checks": [Budget(tokens=1)], "budget": Budget(seconds=1)},
    ):
        with pytest.raises(BadInput):
            pattern(cloud, **options)
    with pytest.raises(BadInput, match="no message"):
        await pattern(cloud).respond([])
    assert cloud.sent == []


async def test_watch_and_outcome_hold_no_private_text(cloud: Far) -> None:
    cloud.server.answer_with(echo)
    heard: list[str] = []
    outcome = told(await pattern(cloud, BAD, watch=heard.append, judge=Rules()).respond(ASK))
    said = "\n".join(
        [*heard, *outcome.reasons, *outcome.notes, *(f"{s.name} {s.note}" for s in outcome.steps)]
    )
    assert heard[0] == "answer: scripted" and "Okafor" not in said and "apples" not in said
