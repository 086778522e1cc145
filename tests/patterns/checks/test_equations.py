"""Which calculations an answer states, and whether they hold; what is none is left out."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.patterns.checks.arithmetic import arithmetic
from doorstep.patterns.checks.equations import equations, stated
from tests.patterns.checks.looks import look

HOLD = (
    "20 x 20 = <<20*20=400>>400 tons",
    "8 cups/day * 30 days = 240 cups",
    "240 cups / 16 cups/gallon = 15 gallons",
    "He paid $600 / 2 = $<<600/2=300>>300 for it.",
    "20% of $50 = $10",
    "1/2 of 30 = 15",
    "100% - 20% = 80%",
    "15/60 = 25%",
    "The share is (4/20)*100% = 20%.",
    "(3 + 4 = 7)",
    "**3 * 4 = 12**",
    "so it is 3 * 4 = **12**.",
    r"\frac{3}{4} \times 8 = 6",
    r"\(3 \times 4 = 12\)",
    r"7 \* (3 + 5) = $<<7*(3+5)=56>>56 each week",
    "- 3 * 4 = 12",
    "* 3 x 4 = 12",
    "1. 5 apples plus 3 apples equals 8 apples",
    "2**3 = 8",
    "x = 28 / 2 = 14",
    "In 2 days he walks 3*4 = 12 miles",
    "34 (from the two zebras) + 36 (from one zebra) = 70 stripes",
    "(28 hours) gives us a total of 8 + 12 + 28 = 48",
    "1040 apartments * 3 collections/apartment * $0.40/collection = $1248",
    "the temperature was -6 + 3 = -3 degrees",
    "$3 * 4 = 1200 cents",
    "2 * 60 minutes = 120 minutes = 2 hours",
    "2 * 8 cups = 16 cups = 1 gallon",
    "90 / 450 = 0.2 * 100 = 20",
    "1,200 + 300 = 1,500",
    "1 - 1/3 = 2/3",
    "5 - -3 = 8",
)
ROUND = (
    "10/3 = 3.33",
    "10 / 3 ≈ 3.3",
    "7 / 2 = 3",
    "140 / 3 = <<140/3=46.666666666666664>>46.67",
    "0.33 - 0.2 = 0.133333333333",
)
WRONG = (
    "3 + 4 = 8",
    "<<4500+300=4490>>4490 pounds",
    "7 * (3 + 5) = 63",
    "10/3 = 3.4",
    "12 * 12 = 143",
    "$10 - $4 = -$6",
    "5 apples + 3 apples = 9 apples",
    "20% of 50 = 12",
    "12000 + 20000 + 250000 = $<<12000+20000+250000=380000>>380,000",
    "6 * 7 = 42 = 40 + 3",
)
NONE = (
    "",
    "It is 12.",
    "2x + 5 = 15",
    "x + 5 * 2 = 15",
    "x - 3 * 4 = 12",
    "x -3 * 4 = 12",
    "(x + 3) * 4 = 20",
    "6s + 9 = 3s + 27",
    "3A + 37 = 85",
    "3 * 4 = 12x",
    "3 * 4 = 2(5)",
    "3 * 4 = 5 + y",
    "f(3) * 4 = 20",
    "1 hour = 60 minutes",
    "The ratio is 3:4 = 12:16",
    "10:30 + 2 = 12:30",
    "2 dozen * 3 = 72 eggs",
    "5 million + 3 = 8",
    "4 feet + 3 inches = 51 inches",
    "width=100 height=200",
    "see a = b",
    "<<15+2",
    "4 / 0 = 0",
    "9 ** 9 ** 9 = 1",
)


@pytest.mark.parametrize("text", HOLD)
def test_these_hold(text: str) -> None:
    found = equations(text)
    assert found and {equation.verdict for equation in found} == {"exact"}


@pytest.mark.parametrize("text", ROUND)
def test_these_hold_after_rounding(text: str) -> None:
    assert {equation.verdict for equation in equations(text)} == {"rounded"}


@pytest.mark.parametrize("text", WRONG)
def test_these_do_not_hold(text: str) -> None:
    assert "wrong" in {equation.verdict for equation in equations(text)}


@pytest.mark.parametrize("text", NONE)
def test_these_are_left_out(text: str) -> None:
    assert equations(text) == ()


def test_what_is_said_twice_counts_once() -> None:
    assert len(equations("3 * 4 = <<3*4=12>>12. As said, 3 * 4 = 12.")) == 1


def test_they_come_in_the_order_of_the_answer() -> None:
    answer = "1 + 1 = 2. Then 2 * 3 = <<2*3=6>>6, 6 + 1 = 7, and 7 * 4 = <<7*4=28>>28; 28 - 1 = 27"
    assert [equation.right for equation in equations(answer)] == [2, 6, 7, 28, 27]


def test_hours_are_not_added_to_minutes() -> None:
    (found,) = equations("5 hours + 30 minutes = 35")
    assert found.mixed
    (found,) = equations("5 hours * 30 minutes = 150")
    assert not found.mixed
    (found,) = equations("5 hours + 30 hours = 35 hours")
    assert not found.mixed


STATED = {
    "#### 80": 80,
    "#### $1,248": 1248,
    "So.\n#### -3\n": -3,
    "The answer is 12.5.": "12.5",
    "Answer: **42**": 42,
    r"\boxed{7}": 7,
    "The final answer is: $15": 15,
    "#### 12\nWait.\n#### 13": 13,
    "It is 80.": None,
    "#### none": None,
}


@pytest.mark.parametrize("text", STATED)
def test_the_stated_answer(text: str) -> None:
    expected = STATED[text]
    assert stated(text) == (None if expected is None else Fraction(expected))


SIGNS = {
    "3 * 4 = 12\n#### 12": (0.1, "1 calculation holds"),
    "3 * 4 = 13\n#### 13": (0.9, "1 of 1 calculations do not hold"),
    "3 * 4 = 12\n#### 17": (0.6, "the final answer is the result of no calculation"),
    "4 / 20 = 0.2\n#### 20": (0.1, "1 calculation holds"),
    "16 / 12 = 1.3333333\n#### 2": (0.3, "1 of 1 calculations hold only after rounding"),
    "10 hours + 20 minutes = 30\n#### 30": (0.75, "a sum adds different units"),
    "It is 12.": (None, "the answer states no calculation"),
}


@pytest.mark.parametrize("text", SIGNS)
def test_the_sign(text: str) -> None:
    sign = arithmetic(look(text))
    assert (sign.doubt, sign.reason) == SIGNS[text]


def test_the_features() -> None:
    features = arithmetic(look("3 * 4 = 12, 12 + 1 = 14\n#### 14")).features
    assert features["equations"] == 2 and features["equations_wrong"] == 1
    assert features["final_is_a_result"] == features["final_is_last_result"] == 1
    assert arithmetic(look("3 * 4 = 12, 1 + 1 = 2\n#### 12")).features["final_is_last_result"] == 0


LONG = (
    "1+" * 20_000 + "1 = 3",
    "1 apples of some kind " * 4_000,
    "1 apples of some kind + " * 1_500,
    "(1 apple of kind) (some) + " * 1_500,
    "(" * 20_000,
    "1" + " " * 20_000,
    " 1 " * 9_000,
    "= " * 10_000,
    "1 = " * 8_000,
    "<<1+1" * 6_000,
    "3 (a" * 8_000,
    "1" * 30_000 + " + 1 = 2",
    "a" * 30_000 + " = 3",
    "1 - " * 9_000,
)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_long_texts_take_no_time(text: str) -> None:
    begun = time.process_time()
    equations(text)
    assert time.process_time() - begun < 3  # half a second where nothing else runs


@given(st.text(alphabet="0123456789+-*/=() .,$%xa\n<>^", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert all(equation.verdict for equation in equations(text))


@given(st.integers(0, 999), st.sampled_from("+-*"), st.integers(0, 999), st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_true_and_false_statements_are_told_apart(a: int, sign: str, b: int, off: int) -> None:
    result = {"+": a + b, "-": a - b, "*": a * b}[sign]
    (true,) = equations(f"Then {a} {sign} {b} = {result} apples are left.")
    (false,) = equations(f"Then {a} {sign} {b} = {result + off} apples are left.")
    assert (true.verdict, false.verdict) == ("exact", "wrong")
