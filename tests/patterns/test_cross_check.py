"""Cross-Check: what the verdict rests on, whose answer is taken, and what crossed for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from doorstep import BadInput, Message, ModelUnavailable, Outcome, Reply
from doorstep.boundary import Held
from doorstep.models import Scripted
from doorstep.models.base import closing
from doorstep.patterns.compare.agreement import Agreement
from doorstep.patterns.cross_check import NOT_CALIBRATED, SAYS_WRONG, Answers, CrossCheck
from tests.models.openai_server import Answer, chat_events
from tests.patterns.far import Far, far

ASK = [Message("user", "Maya Okafor buys 3 lamps at $4 each. How much does she pay?")]
RIGHT = {"verdict": "right", "what": "", "correction": ""}
WRONG = {"verdict": "wrong", "what": "It is a product.", "correction": "$12"}


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


def home(*lines: str | Reply | Exception) -> Scripted:
    return Scripted(lines, name="home")


def check(cloud: Far, at_home: Scripted, **options: object) -> CrossCheck:
    return CrossCheck(at_home, cloud.model, cloud.boundary, **options)  # type: ignore[arg-type]


def outcome(reply: Reply) -> Outcome:
    assert reply.outcome is not None
    return reply.outcome


def steps(reply: Reply) -> list[str]:
    return [step.name for step in outcome(reply).steps]


# --- both answer -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at_home", "far_away", "verdict", "why"),
    [
        ("She pays $12.", "3 × $4 = $12.00, so she pays $12.00 in total.", "agree", NOT_CALIBRATED),
        ("She pays $12.", "She pays $7.", "differ", "money: amount"),
        ("She pays $12.", "She pays €12.", "differ", "money: currency"),
    ],
)
async def test_two_answers_are_compared_by_what_they_are(
    cloud: Far, at_home: str, far_away: str, verdict: str, why: str
) -> None:
    cloud.says(far_away)
    reply = await check(cloud, home(at_home)).respond(ASK)
    assert (outcome(reply).verdict, outcome(reply).reasons) == (verdict, (why,))
    assert outcome(reply).pattern == "cross-check"
    assert reply.text == at_home
    assert sorted(steps(reply)) == ["cloud answers: solve", "compare", "home answers"]


async def test_the_cloud_sees_the_masked_twin_and_values_are_back_before_comparing(
    cloud: Far,
) -> None:
    def says_the_name_back(request: object) -> Answer:
        text = request.json["messages"][-1]["content"]  # type: ignore[attr-defined]
        name = text.split(" buys ")[0]
        return Answer.sse(chat_events(f"{name}, Tom"), cut=5)

    cloud.server.answer_with(says_the_name_back)
    ask = [Message("user", "Maya Okafor buys and Tom sells. Who are they?")]
    reply = await check(cloud, home("Tom and Maya Okafor"), kind="set").respond(ask)
    assert outcome(reply).verdict == "agree"
    assert len(cloud.sent) == 1 and "Okafor" not in cloud.sent[0]
    assert [crossing.body for crossing in outcome(reply).crossings] == cloud.sent


async def test_neither_waits_for_the_other(cloud: Far) -> None:
    asked = asyncio.Event()

    class Waits(Scripted):
        async def stream(self, messages, options=None):  # type: ignore[no-untyped-def]
            await asyncio.wait_for(asked.wait(), 5)  # until the cloud has been asked
            async for piece in super().stream(messages):
                yield piece

    loop = asyncio.get_running_loop()

    def answer(request: object) -> Answer:
        loop.call_soon_threadsafe(asked.set)
        return Answer.sse(chat_events("$12"))

    cloud.server.answer_with(answer)
    reply = await check(cloud, Waits(["$12"])).respond(ASK)
    assert outcome(reply).verdict == "agree"


async def test_nothing_is_said_before_the_verdict(cloud: Far) -> None:
    cloud.says("$12")
    async with closing(check(cloud, home("It is $12.")).stream(ASK)) as stream:
        pieces = [piece async for piece in stream]
    assert pieces[0].reply is not None and pieces[0].reply.outcome is not None
    assert "".join(piece.text for piece in pieces) == pieces[-1].reply.text == "It is $12."  # type: ignore[union-attr]


@pytest.mark.parametrize(("letters", "verdict"), [("AA", "agree"), ("AB", "differ")])
async def test_free_text_is_compared_by_home_both_ways(
    cloud: Far, letters: str, verdict: str
) -> None:
    cloud.says("Give the fern a little water twice a week.")
    ask = [Message("user", "Tell me about the care of ferns.")]
    at_home = home("Water the fern sparingly, two times weekly.", *letters)
    reply = await check(cloud, at_home).respond(ask)
    assert outcome(reply).verdict == verdict
    assert steps(reply).count("compare the meaning") == 2
    assert len(cloud.sent) == 1


async def test_an_answer_that_was_cut_off_agrees_with_nothing(cloud: Far) -> None:
    cloud.says("$12")
    cut = Reply("She pays $12", "home", finish="length")
    reply = await check(cloud, home(cut)).respond(ASK)
    assert outcome(reply).verdict == "incomparable"


# --- a side that fails -------------------------------------------------------------------------


async def test_where_the_cloud_fails_home_answers_and_it_is_said(cloud: Far) -> None:
    cloud.server.script(Answer.error(404))
    reply = await check(cloud, home("$12"), rule="cloud").respond(ASK)
    assert (reply.text, outcome(reply).verdict) == ("$12", "incomparable")
    assert outcome(reply).fallback == "the cloud gave no answer (ModelUnavailable)"


async def test_what_may_not_leave_is_answered_at_home(cloud: Far) -> None:
    reply = await check(cloud, home("$12"), level="plain").respond(ASK)
    assert (reply.text, outcome(reply).verdict, cloud.sent) == ("$12", "incomparable", [])
    assert "Blocked" in (outcome(reply).fallback or "")


async def test_where_home_fails_the_cloud_answers(cloud: Far) -> None:
    cloud.says("$12")
    reply = await check(cloud, home(ModelUnavailable("gone"))).respond(ASK)
    assert (reply.text, outcome(reply).verdict) == ("$12", "incomparable")


async def test_where_both_fail_so_does_the_pattern(cloud: Far) -> None:
    cloud.server.script(Answer.error(404))
    with pytest.raises(ModelUnavailable, match="gone"):
        await check(cloud, home(ModelUnavailable("gone"))).respond(ASK)


async def test_a_dry_run_shows_what_would_leave(tmp_path: Path) -> None:
    async with far(tmp_path, dry_run=True) as cloud:
        with pytest.raises(Held) as held:
            await check(cloud, home("$12")).respond(ASK)
        assert "lamps" in held.value.crossing.body and "Okafor" not in held.value.crossing.body
        assert cloud.sent == []


# --- one checks the other ----------------------------------------------------------------------


async def test_the_cloud_checks_what_home_proposes(cloud: Far) -> None:
    cloud.says(json.dumps(RIGHT))
    reply = await check(cloud, home("Maya Okafor pays $12."), shape="home proposes").respond(ASK)
    assert (reply.text, outcome(reply).verdict) == ("Maya Okafor pays $12.", "agree")
    assert steps(reply) == ["propose", "check: solve"]
    assert "pays $12." in cloud.sent[0] and "Okafor" not in cloud.sent[0]


@pytest.mark.parametrize(("rule", "answer"), [("home", "$7"), ("cloud", "$12")])
async def test_a_wrong_proposal_and_its_correction(cloud: Far, rule: str, answer: str) -> None:
    cloud.says(json.dumps(WRONG))
    reply = await check(cloud, home("$7"), shape="home proposes", rule=rule).respond(ASK)
    assert (reply.text, outcome(reply).verdict) == (answer, "differ")
    assert outcome(reply).reasons == ("money: amount", SAYS_WRONG)
    assert reply.thinking == "It is a product."


@pytest.mark.parametrize(("rule", "answer"), [("home", "$12"), ("cloud", "$7")])
async def test_home_checks_what_the_cloud_proposes(cloud: Far, rule: str, answer: str) -> None:
    cloud.says("$7")
    at_home = home(json.dumps(WRONG))
    reply = await check(cloud, at_home, shape="cloud proposes", rule=rule).respond(ASK)
    assert (reply.text, outcome(reply).verdict) == (answer, "differ")
    assert len(cloud.sent) == 1


@pytest.mark.parametrize(
    ("review", "verdict"),
    [
        ({"verdict": "cannot tell", "what": "", "correction": "$99"}, "incomparable"),
        (WRONG | {"correction": "12 dollars"}, "incomparable"),  # contradicts itself
        (WRONG | {"correction": ""}, "differ"),
        (RIGHT | {"correction": "$99"}, "agree"),
    ],
)
async def test_a_checker_is_not_believed_beyond_its_verdict(
    cloud: Far, review: dict[str, str], verdict: str
) -> None:
    cloud.says(json.dumps(review))
    reply = await check(cloud, home("$12"), shape="home proposes", rule="cloud").respond(ASK)
    assert (reply.text, outcome(reply).verdict) == ("$12", verdict)


async def test_where_the_checker_fails_the_proposal_stands_unchecked(cloud: Far) -> None:
    cloud.server.script(Answer.error(404))
    reply = await check(cloud, home("$12"), shape="home proposes").respond(ASK)
    assert (reply.text, outcome(reply).verdict) == ("$12", "incomparable")
    assert "the cloud gave no answer" in (outcome(reply).fallback or "")


async def test_where_the_proposer_fails_the_checker_answers(cloud: Far) -> None:
    cloud.server.script(Answer.error(404))
    reply = await check(cloud, home("$12"), shape="cloud proposes").respond(ASK)
    assert (reply.text, steps(reply)[-1]) == ("$12", "answer instead")
    assert outcome(reply).verdict == "incomparable"


# --- the rule ----------------------------------------------------------------------------------


async def test_a_person_is_asked_where_they_differ(cloud: Far) -> None:
    asked: list[Answers] = []

    def choose(answers: Answers) -> str:
        asked.append(answers)
        return answers.cloud

    cloud.says("$7", "$12")
    pattern = check(cloud, home("$12", "$12"), rule="ask", ask=choose)
    assert (await pattern.respond(ASK)).text == "$7"
    assert (asked[0].home, asked[0].cloud, asked[0].comparison.what) == ("$12", "$7", ("amount",))
    assert (await pattern.respond(ASK)).text == "$12" and len(asked) == 1


async def test_without_anybody_to_ask_both_answers_come_back(cloud: Far) -> None:
    cloud.says("$7")
    reply = await check(cloud, home("$12"), rule="ask").respond(ASK)
    assert "$12" in reply.text and "$7" in reply.text and "differ" in reply.text
    assert outcome(reply).verdict == "differ"


async def test_a_function_may_be_the_rule(cloud: Far) -> None:
    async def shorter(answers: Answers) -> str:
        return min(answers.home, answers.cloud, key=len)

    cloud.says("$7")
    assert (await check(cloud, home("$12"), rule=shorter).respond(ASK)).text == "$7"


async def test_a_rule_that_gives_nonsense_is_bad_input(cloud: Far) -> None:
    cloud.says("$7")
    with pytest.raises(BadInput, match="neither a text nor None"):
        await check(cloud, home("$12"), rule=lambda answers: 7).respond(ASK)


@pytest.mark.parametrize(
    ("third", "answer", "why"),
    [
        ("I get $7.", "$7", "the third model agrees with the cloud"),
        ("twelve dollars", "$12", "the third model agrees with home"),
        ("$99", None, "the third model settles nothing"),
        (ModelUnavailable("gone"), None, "the third model gave no answer"),
    ],
)
async def test_a_third_model_decides(
    cloud: Far, third: str | Exception, answer: str | None, why: str
) -> None:
    cloud.says("$7")
    reply = await check(cloud, home("$12"), rule=Scripted([third])).respond(ASK)
    assert outcome(reply).reasons[-1] == why
    assert reply.text == answer if answer else "$12" in reply.text and "$7" in reply.text


async def test_a_third_model_that_agrees_with_both_settles_nothing(cloud: Far) -> None:
    cloud.says("$103")
    reply = await check(cloud, home("$100"), rule=Scripted(["about $101.50"])).respond(ASK)
    assert outcome(reply).reasons[-1] == "the third model settles nothing"
    assert "$100" in reply.text and "$103" in reply.text


async def test_once_calibrated_it_says_how_often_agreeing_is_right(cloud: Far) -> None:
    cloud.says("$12")
    known = Agreement(n=100, agreed=60, wrong=1, at_most=0.0767)
    reply = await check(cloud, home("$12"), calibration=known).respond(ASK)
    assert outcome(reply).reasons == (known.label,)


# --- how it is made, and nests -----------------------------------------------------------------


async def test_what_cannot_work_is_refused_at_once(cloud: Far) -> None:
    at_home = home()
    for options in ({"shape": "both"}, {"kind": "colour"}, {"rule": "fastest"}):
        with pytest.raises(BadInput):
            check(cloud, at_home, **options)
    with pytest.raises(BadInput, match="no boundary was given"):
        CrossCheck(at_home, cloud.model)
    with pytest.raises(BadInput, match="no boundary was given"):
        CrossCheck(at_home, home(), rule=cloud.model)
    with pytest.raises(BadInput, match="given as the model at home"):
        CrossCheck(cloud.model, cloud.model, cloud.boundary)
    with pytest.raises(BadInput, match="no message"):
        await check(cloud, at_home).respond([])


async def test_it_stands_where_a_model_can(cloud: Far) -> None:
    cloud.says("$12", "$12")
    inner = check(cloud, home("$12"))
    reply = await CrossCheck(home("$12"), inner).respond(ASK)
    assert outcome(reply).verdict == "agree"
    assert "cloud answers: cloud answers: solve" in steps(reply)
    assert len(outcome(reply).crossings) == 1
