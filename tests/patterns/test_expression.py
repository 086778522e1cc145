"""Arithmetic that a model wrote: exact, and nothing else can be said in it."""

from __future__ import annotations

import operator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep import BadInput
from doorstep.patterns.expression import MAX_DEPTH, MAX_EXPONENT, MAX_LENGTH, evaluate

VALUES = {
    "1 + 2 * 3": "7",
    "(1 + 2) * 3": "9",
    "0.1 + 0.2": "3/10",
    "1,250.50 + 1": "2503/2",
    "1 250 * 2": "2500",
    "12\u202f000 - 1": "11999",
    "1'000/8": "125",
    "7 // 2": "3",
    "17 % 5": "2",
    "17 % (2 + 3)": "2",
    "15%": "3/20",
    "15% * 80": "12",
    "15% of 80": "12",
    "80 - 15%": "1597/20",
    "(5 + 10)% * 80": "12",
    "2 ** 10": "1024",
    "2^3^2": "512",
    "-2 ** 2": "-4",
    "2 ** -1": "1/2",
    "2 * -3": "-6",
    "- - 3": "3",
    "3 × 4 ÷ 2": "6",
    "10 − 4": "6",
    "5 x 6": "30",
    "5x6": "30",
    ".5 * 8": "4",
    "1/3 + 1/6": "1/2",
    "8 / 4 / 2": "1",
    "10 - 4 - 3": "3",
}


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str) -> None:
    if "1 250" in text:
        text = text.replace("1 250", "1\u00a0250")
    assert evaluate(text) == Fraction(VALUES[text.replace("\u00a0", " ")])


REFUSED = (
    "",
    "   ",
    "x + 1",
    "2x",
    "3 5",
    "3,5",
    "1,00",
    "1.000,5",
    "1.2.3",
    "1..2",
    "5 +",
    "* 5",
    "(1 + 2",
    "1 + 2)",
    "()",
    "2(3)",
    "5 of 3 of",
    "1 / 0",
    "1 // (2 - 2)",
    "1 % 0 ",
    "0 ** -1",
    "4 ** 0.5",
    "1e5",
    "0xff",
    "inf",
    "__import__('os')",
    "max(1, 2)",
    "[1]",
    "1 if 1 else 2",
    "1; 2",
    "1 == 1",
    "5 & 3",
    "~5",
    "5!",
    "$5 + $3",
    "٣ + ٤",
)


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        evaluate(text)
    if len(text.strip()) > 6:
        assert text not in str(caught.value)


LARGE = (
    "1" * (MAX_LENGTH + 1),
    "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1),
    "-" * (MAX_DEPTH + 2) + "1",
    f"2 ** {MAX_EXPONENT + 1}",
    "9 ** 64 ** 64",
    "(10 ** 60) ** 60",
    "*".join(["(10**60)"] * 40),
    "**".join(["9"] * 200),
)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", LARGE, ids=range(len(LARGE)))
def test_what_would_grow_too_large_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadInput):
        evaluate(text)


def test_the_bounds_themselves_pass() -> None:
    assert evaluate(f"2 ** {MAX_EXPONENT}") == 2**MAX_EXPONENT
    assert evaluate("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH) == 1
    assert evaluate("1" * MAX_LENGTH) == int("1" * MAX_LENGTH)


Pair = tuple[str, Fraction | None]  # an expression, and its value; None where it divides by zero
SIGNS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}


def joined(three: tuple[Pair, str, Pair]) -> Pair:
    (left, a), sign, (right, b) = three
    text = f"({left} {sign} {right})"
    if a is None or b is None or (sign in ("/", "//", "%") and not b):
        return text, None
    return text, Fraction(SIGNS[sign](a, b))


numbers = st.integers(0, 10**6).map(lambda number: (str(number), Fraction(number)))
expressions = st.recursive(
    numbers,
    lambda inner: st.tuples(inner, st.sampled_from(sorted(SIGNS)), inner).map(joined),
    max_leaves=8,
)


@given(expressions)
@settings(max_examples=200, deadline=None)
def test_it_says_what_fractions_say(pair: Pair) -> None:
    text, expected = pair
    if expected is None:
        with pytest.raises(BadInput, match="zero"):
            evaluate(text)
    else:
        assert evaluate(text) == expected


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_number_or_bad_input(text: str) -> None:
    try:
        assert isinstance(evaluate(text), Fraction)
    except BadInput as error:
        assert str(error)
