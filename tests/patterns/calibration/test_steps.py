"""Worked solutions taken apart: numbers, calculations, the final number, what is left unused."""

from __future__ import annotations

import time

import pytest

from doorstep import Message, Reply
from doorstep.patterns.checks.base import Look, Sign
from doorstep.patterns.checks.solution_cues import cue_features
from doorstep.patterns.checks.solution_steps import calculations, final, numbers, spelled
from doorstep.patterns.checks.solution_use import worked_solution


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3 apples, 1,250 pears and 0.5 kg", [3, 1250, 0.5]),
        ("costs $4.50.", [4.5]),
        ("at 3:45", [3, 45]),
        ("A4 paper, v2.1, x9", []),  # parts of names
        (".75 of it", [0.75]),
        ("1/3 of 12", [1, 3, 12]),
        ("", []),
    ],
)
def test_numbers(text: str, found: list[float]) -> None:
    assert numbers(text) == found


def test_numbers_in_words() -> None:
    assert spelled("Twice a dozen, a third of it, and Three halves") == [2, 12, 0.3333, 3, 0.5]
    assert spelled("someone often tenderly") == []


@pytest.mark.parametrize(
    ("answer", "operands", "operators", "result"),
    [
        ("so 3 * 4 = <<3*4=12>>12 pens", (3, 4), ("*",), 12),
        ("3 × $4 = $12", (3, 4), ("*",), 12),
        ("(90 - 10) / 2 = 40", (90, 10, 2), ("-", "/"), 40),
        ("1,200 + 300 = 1,500 in all", (1200, 300), ("+",), 1500),
        ("20 x 45 − 1 = 899", (20, 45, 1), ("*", "-"), 899),
    ],
)
def test_one_calculation(
    answer: str, operands: tuple[float, ...], operators: tuple[str, ...], result: float
) -> None:
    (step,) = calculations(answer)
    assert (step.operands, step.operators, step.result) == (operands, operators, result)
    assert step.value == result


@pytest.mark.parametrize(
    "answer", ["x = 12", "12 = 12", "so it is 40", "3 * 4", "<<15+2", "a + b = 3"]
)
def test_what_is_no_calculation(answer: str) -> None:
    assert calculations(answer) == ()


def test_a_calculation_that_does_not_hold_keeps_both_numbers() -> None:
    (step,) = calculations("90 * 6 = 530")
    assert (step.result, step.value) == (530, 540)


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("3 + 4 = 7\n#### 7", 7),
        ("#### $1,200 a month, for 12 months", 1200),
        ("#### -5", -5),
        ("They need 9 boxes in all.", 9),
        ("nobody knows", None),
    ],
)
def test_final(answer: str, number: float | None) -> None:
    assert final(answer) == number


def test_no_text_takes_long() -> None:
    begun = time.process_time()
    for text in ("1" * 50_000, "1 + " * 20_000, "1,1.1 (" * 9_000, "<<1" * 9_000, "= 1 " * 9_000):
        _sign(text, question=text)
    assert time.process_time() - begun < 3


QUESTION = "Tom has 3 boxes of 12 pens and gives away 5 pens. How many pens are left?"


def _sign(answer: str, question: str = QUESTION) -> Sign:
    return worked_solution(Look((Message("user", question),), Reply(answer, "m")))


def test_a_whole_solution_raises_little_doubt() -> None:
    sign = _sign("3 * 12 = 36 pens. 36 - 5 = 31.\n#### 31")
    assert sign.doubt == 0.2
    assert sign.features["unused_numbers"] == 0
    assert sign.features["final_is_last"] == sign.features["final_is_true_result"] == 1


@pytest.mark.parametrize(
    ("answer", "feature"),
    [
        ("3 * 12 = 36.\n#### 36", "unused_numbers"),
        ("3 * 12 = 36. 12 - 5 = 7.\n#### 7", "results_unused"),
        ("3 * 12 = 36. 36 - 5 = 31. 31 + 17 = 48\n#### 48", "from_nowhere"),
        ("3 * 12 = 38. 38 - 5 = 33.\n#### 33", "steps_failing"),
        ("3 * 12 = 36. 36 / 5 = 7.2\n#### 7.2", "half_a_thing"),
        ("3 * 12 = 36. 5 - 36 = -31\n#### -31", "final_below_zero"),
        ("3 * 3 * 12 = 108. 108 - 5 = 103\n#### 103", "given_used_again"),
        ("3 * 12 = 36. 36 + 5 = 41\n#### 41", "left_without_minus"),
        ("12 + 3 + 5 = 20\n#### 12", "final_is_given"),
    ],
)
def test_a_feature_sees_its_fault_and_not_in_a_good_solution(answer: str, feature: str) -> None:
    assert _sign(answer).features[feature] > 0
    assert _sign("3 * 12 = 36 pens. 36 - 5 = 31.\n#### 31").features[feature] == 0


def test_without_numbers_it_says_nothing() -> None:
    assert _sign("It depends.").doubt is None
    assert _sign("3 * 12 = 36", question="How many pens are there?").doubt is None


def test_reasons_hold_no_number_of_the_text() -> None:
    sign = _sign("48213 * 2 = 96426.\n#### 96426", "I owe 48213 and earn 777. What is twice it?")
    assert sign.reason == "1 of the 2 numbers of the question are used in no calculation"


@pytest.mark.parametrize(
    ("question", "answer", "feature"),
    [
        ("He pays $9 a month. How much a year?", "9 * 4 + 1 = 37", None),
        ("He pays $9 a month. How much a year?", "9 * 10 = 90", "factor_missing"),
        ("She has 40 fewer than 90.", "90 + 40 = 130", "comparison_turned"),
        ("She has 40 fewer than 90.", "90 - 40 = 50", None),
        ("He has 3 times as many as 8.", "8 + 3 = 11", "comparison_turned"),
        ("Twice as many as 8.", "8 + 2 = 10", "multiples_lacking"),
        ("20% of 50", "50 - 20 = 30", "percents_lacking"),
        ("20% of 50", "50 * 0.2 = 10", None),
    ],
)
def test_cues(question: str, answer: str, feature: str | None) -> None:
    found = cue_features(question, calculations(answer))
    assert {name for name, value in found.items() if value} == ({feature} if feature else set())
