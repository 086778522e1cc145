"""The order of the bank, its early end, and the rules that judge without calibration."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from doorstep import BadInput, Options
from doorstep.models import Scripted
from doorstep.patterns.checks import (
    Budget,
    Judgement,
    Look,
    Plain,
    Rules,
    Sign,
    TwoSamples,
    at,
    cheap_checks,
    default_checks,
    in_order,
    own,
    weigh,
)
from tests.patterns.checks.looks import look

QUESTION = "Maya has 3 bags of 4 apples and eats 2. How many are left?"
GOOD = "3 * 4 = 12, 12 - 2 = 10\n#### 10"
BAD = "3 * 4 = 12, 12 - 2 = 11\n#### 11"


def sign(check: str, doubt: float | None) -> Sign:
    return Sign(check, doubt, f"{check} says so")


JUDGED = (
    ([sign("a", 0.7)], "escalate", ("a says so",)),
    ([sign("a", 0.1), sign("b", 0.9)], "escalate", ("b says so",)),
    ([sign("a", 0.69)], "keep", ("a says so",)),
    ([sign("a", 0.6), sign("b", 0.4)], "escalate", ("a says so", "b says so")),
    ([sign("a", 0.5), *[sign(f"b{n}", 0.1) for n in range(9)]], "keep", None),
    ([sign("a", None), sign("cut off", 0.0)], "cannot tell", None),
    ([sign("cut off", 0.5), sign("hedging", 0.1)], "cannot tell", None),
    ([sign("cut off", 0.0), sign("unit", 0.1)], "cannot tell", None),
    ([sign("cut off", 0.0), sign("arithmetic", 0.1)], "keep", ("arithmetic says so",)),
    ([], "cannot tell", None),
)


@pytest.mark.parametrize(("signs", "verdict", "reasons"), JUDGED)
def test_the_rules(signs: Sequence[Sign], verdict: str, reasons: tuple[str, ...] | None) -> None:
    judgement = Rules().judge(look("x"), signs)
    assert judgement.verdict == verdict and judgement.risk is None
    assert reasons is None or judgement.reasons == reasons


def test_the_rules_are_labelled_as_what_they_are() -> None:
    assert Rules().label == "rules, not calibrated: no stated risk"
    with pytest.raises(BadInput):
        Rules(escalate_at=0)


def test_checks_that_ask_come_last() -> None:
    last = own("mine", lambda look: True)
    checks = in_order((TwoSamples(), *cheap_checks(), last))
    assert [check.name for check in checks[-2:]] == ["mine", "two samples"]
    assert [check.name for check in in_order(default_checks())] == [
        check.name for check in default_checks()
    ]


def test_no_check_and_two_of_a_name_are_refused() -> None:
    for checks in ((), (Budget(seconds=1), Budget(tokens=1))):
        with pytest.raises(BadInput):
            in_order(checks)


async def test_a_decisive_sign_ends_the_bank_before_a_model_is_asked() -> None:
    home, seen = Scripted([]), list[str]()
    weighed = await weigh(
        look(BAD, QUESTION),
        in_order(default_checks()),
        Rules(),
        at(home, Options()),
        lambda sign, seconds: seen.append(sign.check),
    )
    assert weighed.judgement.verdict == "escalate" and home.calls == []
    assert weighed.judgement.reasons == ("1 of 2 calculations do not hold",)
    assert seen == [check.name for check in cheap_checks()]


async def test_otherwise_the_model_is_asked_until_somebody_doubts() -> None:
    home = Scripted(["3 * 4 + 2", "never asked"])
    weighed = await weigh(
        look(GOOD, QUESTION), in_order(default_checks()), Rules(), at(home, Options())
    )
    assert weighed.judgement.verdict == "escalate" and len(home.calls) == 1
    home = Scripted(["3 * 4 - 2", "#### 10"])
    weighed = await weigh(
        look(GOOD, QUESTION), in_order(default_checks()), Rules(), at(home, Options())
    )
    assert weighed.judgement.verdict == "keep" and len(home.calls) == 2


async def test_without_a_model_the_checks_that_ask_are_left_out() -> None:
    weighed = await weigh(look(GOOD, QUESTION), in_order(default_checks()), Rules())
    assert [sign.check for sign in weighed.signs] == [check.name for check in cheap_checks()]


async def test_a_judge_that_fails_cannot_tell() -> None:
    class Broken:
        label = "broken"

        def judge(self, look: Look, signs: Sequence[Sign]) -> Judgement:
            raise ZeroDivisionError(look.answer)

    weighed = await weigh(look("Maya's secret"), cheap_checks(), Broken())
    assert weighed.judgement == Judgement(
        "cannot tell", None, ("the judge failed: ZeroDivisionError",)
    )


SECRETS = ("Okafor", "8417", "Zanzibar")


@pytest.mark.parametrize(
    "answer",
    [
        "Okafor owes 8417 + 1 = 8420 to Zanzibar.",
        "I'm sorry, Okafor, I can't help with 8417.",
        '"Okafor lives in Zanzibar Lane" 8417',
        "```json\n{Okafor: 8417}\n```",
        "Okafor 8417 Zanzibar " * 40,
        "I am not sure about Okafor (8417",
    ],
)
async def test_no_reason_and_no_feature_holds_private_text(answer: str) -> None:
    weighed = await weigh(look(answer, "word " * 80), cheap_checks(), Rules())
    for sign in weighed.signs:
        said = sign.reason + " ".join(sign.features)
        assert not any(secret in said for secret in SECRETS)
        assert not any(abs(value) == 8417 for value in sign.features.values())


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["a" * 200_000, "1 " * 100_000, '"' * 100_000, "```\n" * 50_000])
async def test_a_long_answer_takes_no_time(text: str) -> None:
    begun = time.process_time()
    await weigh(look(text, text), cheap_checks(), Rules())
    assert time.process_time() - begun < 6  # a tenth of it where nothing else runs


def test_a_plain_check_is_a_name_and_a_function() -> None:
    assert Plain("mine", lambda look: Sign("mine", 0.0)).see(look("x")).doubt == 0
