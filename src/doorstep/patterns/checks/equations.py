"""The calculations that an answer states, and whether they hold.

A statement of which a part cannot be evaluated is left out rather than called wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from doorstep._errors import BadInput
from doorstep.patterns.checks.statements import AMOUNT, MAX_TEXT, NUMBER, statements
from doorstep.patterns.compare.units import UNITS, Unit
from doorstep.patterns.expression import evaluate

Verdict = Literal["exact", "rounded", "wrong"]

_ORDER: tuple[Verdict, ...] = ("exact", "rounded", "wrong")

MAX_STATEMENTS = 200

_SPELLED = {"plus": "+", "minus": "-", "times": "*", "divided by": "/"}
_SPELLED_WORD = re.compile(r"\b(plus|minus|times|divided by)\b")
_ANY_WORD = re.compile(
    r"(?:/(?=[A-Za-z])|(?<![A-Za-z]))(?![xX](?![A-Za-z]))[A-Za-z]+(?:['’-][A-Za-z]+)*(?:/[A-Za-z]+)?"
)
_SINGLE = re.compile(rf"[ (]*{AMOUNT}[ )]*\Z")
_FIRST = re.compile(rf"{NUMBER}")
_NOISE = Fraction(1, 10**9)  # what a computer's own numbers are off by
_DIGITS = re.compile(r"[ ]*[0-9]{1,30}(?:\.[0-9]{1,30})?[ ]*")
_DECIMALS = re.compile(r"\.([0-9]+)")
_SHORT = frozenset("mm cm km ft yd mi kg lb oz ml wh".split())
_MONEY = {
    word: Unit(currency, Fraction(factor))
    for currency, factor, words in (
        ("dollars", "1", "dollar dollars $"),
        ("dollars", "0.01", "cent cents ¢"),
        ("euros", "1", "euro euros €"),
        ("pounds", "1", "£"),
    )
    for word in words.split()
}


@dataclass(frozen=True, slots=True, repr=False)
class Side:
    """One side of a statement: `values` are its readings (with a % there are two)."""

    text: str
    values: tuple[Fraction, ...]
    units: tuple[Unit, ...]

    @property
    def single(self) -> bool:
        """Whether it is one number and no calculation."""
        return _SINGLE.match(self.text) is not None


@dataclass(frozen=True, slots=True, repr=False)
class Equation:
    """`left` = `right`, as the answer says. `mixed`: it adds what cannot be added, such as hours
    to minutes."""

    left: Fraction
    right: Fraction
    verdict: Verdict
    mixed: bool = False


def equations(answer: str) -> tuple[Equation, ...]:
    """The calculations that an answer states, in its order; one that is said twice, once."""
    links = [equation for sides in statements(answer) for equation in _links(sides)]
    return tuple(dict.fromkeys(links))[:MAX_STATEMENTS]


def _links(texts: list[str]) -> list[Equation]:
    try:
        sides = [_side(text, last=at == len(texts) - 1) for at, text in enumerate(texts)]
    except BadInput:
        return []
    return [found for left, right in pairwise(sides) if (found := _link(left, right))]


def _side(text: str, *, last: bool) -> Side:
    if _DIGITS.fullmatch(text):  # most right sides: no need to parse them
        return Side(text, (Fraction(text.strip()),), ())
    words = _ANY_WORD.findall(text)
    signs = re.findall(r"[$€£¢]", text)
    units = tuple(found for word in [*words, *signs] if (found := named_unit(word.lower())))
    bare = _SPELLED_WORD.sub(lambda spelled: _SPELLED[spelled[1]], text)
    bare = _outer(re.sub(r"[$€£¢]", "", _ANY_WORD.sub("", bare)), last=last).strip()
    readings = [evaluate(bare)]
    if "%" in bare:
        readings.append(evaluate(bare.replace("%", "")))
    return Side(bare, tuple(readings), units)


def named_unit(word: str) -> Unit | None:
    """A unit by its name; what is so short ("in", "m") may as well be something else."""
    return _MONEY.get(word) or (UNITS.get(word) if len(word) > 2 or word in _SHORT else None)


def _outer(text: str, *, last: bool) -> str:
    """Without the brackets that stand around the whole statement: "(3 * 4 = 12)"."""
    extra = text.count("(") - text.count(")")
    if extra > 0 and not last:
        return text.replace("(", "", extra)
    while extra < 0 and last and text.rstrip().endswith(")"):
        text, extra = text.rstrip()[:-1], extra + 1
    return text


def _link(left: Side, right: Side) -> Equation | None:
    if left.single and right.single:  # "2 hours = 120 minutes" converts; it calculates nothing
        return None
    verdict, one, other = min(
        ((_verdict(a, b, left, right), a, b) for a in left.values for b in right.values),
        key=lambda found: _ORDER.index(found[0]),
    )
    if verdict == "wrong" and (_runs_on(one, right) or _converts(one, left, other, right)):
        verdict = "exact"
    mixed = _mixes(left)
    if mixed and verdict == "wrong":  # added after a conversion that is not written down
        return None
    return Equation(one, other, verdict, mixed)


def _verdict(value: Fraction, stated: Fraction, left: Side, right: Side) -> Verdict:
    off = abs(value - stated)
    if not off:
        return "exact"
    if off <= abs(value) * _NOISE:
        return "rounded"
    if not right.single:
        return "rounded" if off <= abs(value) / 200 else "wrong"
    step = _step(left, right)
    cut = abs(stated) < abs(value) or step == 1  # the rest left out; up to a whole one (buses)
    near = off <= step / 2 or (cut and off < step)
    return "rounded" if near and value.denominator > 1 else "wrong"


def _step(left: Side, right: Side) -> Fraction:
    """How far a rounded result may be off: one unit of its last place. A calculator's long result
    may be as far off as the rounded numbers that were typed in: "0.33 - 0.2 = 0.133333333"."""
    shown, given = _places(right.text), _places(left.text)
    return Fraction(1, 10 ** (given if given and shown > given + 3 else shown))


def _places(text: str) -> int:
    """The most digits after a point."""
    return max((len(digits) for digits in _DECIMALS.findall(text)), default=0)


def _runs_on(value: Fraction, right: Side) -> bool:
    """Whether the right side goes on from the result: "90 / 450 = 0.2 * 100 = 20"."""
    first = _FIRST.match(right.text)
    if right.single or first is None:
        return False
    return abs(value - evaluate(first[0])) <= abs(value) / 200


def _converts(value: Fraction, left: Side, stated: Fraction, right: Side) -> bool:
    """Whether both are the same amount in two units: "$3 * 4 = 1200 cents"."""
    return any(
        value * one.factor == stated * other.factor
        for one in left.units
        for other in right.units
        if one.dimension == other.dimension
    )


def _mixes(side: Side) -> bool:
    """Whether a sum adds units of one kind and different sizes."""
    if not re.fullmatch(r"[^*/×÷xX^%]*[-+−–][^*/×÷xX^%]*", side.text):
        return False
    return any(
        one.dimension == other.dimension and one.factor != other.factor
        for one in side.units
        for other in side.units
    )


_STATED = re.compile(
    r"(?:####|\\boxed\{|\banswer(?:[ ](?:is|was|to[ ]the[ ]question[ ]is))?[ ]*:?|\bAnswer:)"
    rf"[ *\\($€£]*(-?{NUMBER})",
    re.IGNORECASE,
)


def stated(answer: str) -> Fraction | None:
    """The number that an answer states as its final one ("#### 80", "The answer is 80"), or None.

    Words of a sentence around it are not searched: that is for a comparer of answers.
    """
    found = None
    for match in _STATED.finditer(answer[-MAX_TEXT:]):
        found = match[1]
    return None if found is None else Fraction(found.replace(",", ""))
