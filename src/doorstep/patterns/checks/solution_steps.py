"""The calculations of a worked solution, taken apart: which numbers go in, which comes out.

Looser than `equations`, which says whether a calculation holds and leaves out what it cannot
surely read: here it only matters which numbers a solution uses. Values are rounded floats, so that
"1/3" and 0.3333 are the same number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from doorstep._errors import BadInput
from doorstep.patterns.expression import evaluate

MAX_TEXT = 12_000  # characters of a text that are looked at, the last ones
MAX_CALCULATIONS = 100

_FIGURE = r"(?:[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)"
_NUMBER = re.compile(rf"(?<![\w.]){_FIGURE}")
_OPERATOR = re.compile(r"(?<=[0-9)%])[ ]*([-−+*/x×÷·])")
_NOTED = re.compile(r"<<([^<>=]{1,200})=([^<>]{1,100})>>")
_STATED = re.compile(rf"([-−+*/x×÷·()\\$ %0-9.,]{{3,120}})=[ ]*[$£€]?[ ]*(-?{_FIGURE})")
_KINDS = {"−": "-", "x": "*", "×": "*", "·": "*", "÷": "/"}
# One look a line, and nothing given back: a long row of # takes no time.
_FINAL = re.compile(rf"^(?>[^\n]*?####)((?:[^\n0-9.]|\.(?![0-9]))*+)({_FIGURE})", re.MULTILINE)

_SPELLED = {
    word: value
    for value, words in {
        2.0: "two twice double doubled doubles pair pairs couple",
        3.0: "three thrice triple tripled triples",
        4.0: "four quadruple",
        5.0: "five",
        6.0: "six",
        7.0: "seven",
        8.0: "eight",
        9.0: "nine",
        10.0: "ten",
        11.0: "eleven",
        12.0: "twelve dozen dozens",
        13.0: "thirteen",
        14.0: "fourteen",
        15.0: "fifteen",
        16.0: "sixteen",
        17.0: "seventeen",
        18.0: "eighteen",
        19.0: "nineteen",
        20.0: "twenty",
        30.0: "thirty",
        40.0: "forty",
        50.0: "fifty",
        60.0: "sixty",
        70.0: "seventy",
        80.0: "eighty",
        90.0: "ninety",
        100.0: "hundred",
        1000.0: "thousand",
        0.5: "half halves",
        0.3333: "third thirds",
        0.25: "quarter quarters fourth fourths",
        0.2: "fifth fifths",
        0.1667: "sixth sixths",
        0.1: "tenth tenths",
    }.items()
    for word in words.split()
}
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True, repr=False)
class Calculation:
    """`operands` joined by `operators` ("+", "-", "*", "/") give `result`.

    `value` is what they truly give; None where either cannot be read.
    """

    operands: tuple[float, ...]
    operators: tuple[str, ...]
    result: float | None
    value: float | None


def numbers(text: str) -> list[float]:
    """The figures of a text, in its order."""
    return [found for figure in _NUMBER.findall(text) if (found := _float(figure)) is not None]


def spelled(text: str) -> list[float]:
    """The numbers that a text says in words: "three", "twice", "a dozen", "half"."""
    return [_SPELLED[word] for word in _WORD.findall(text.lower()) if word in _SPELLED]


def calculations(answer: str) -> tuple[Calculation, ...]:
    """The calculations of an answer, in its order.

    In a line with `<<3*4=12>>` those are read, else what is written out: "3 * 4 = 12".
    """
    found = [c for line in answer[-MAX_TEXT:].split("\n") for c in _of_line(line)]
    return tuple(found[:MAX_CALCULATIONS])


def final(answer: str) -> float | None:
    """The final number: after "####", else the last one of the text."""
    match = _FINAL.search(answer)
    if match is not None and (value := _float(match[2])) is not None:
        return -value if match[1].rstrip("$£€ ").endswith("-") else value
    return next(reversed(numbers(answer[-MAX_TEXT:])), None)


def same(a: float, b: float) -> bool:
    """Whether two numbers are one, as people round."""
    return abs(a - b) <= max(0.011, 0.001 * abs(b))


def key(value: float) -> float:
    """What equal numbers have in common."""
    return round(value, 4)


def _of_line(line: str) -> Iterator[Calculation]:
    noted = _NOTED.findall(line)
    for left, right in noted:
        yield _calculation(left, right)
    if not noted:
        for left, right in _STATED.findall(line):
            found = _calculation(left, right)
            if found.operators and len(found.operands) > 1:
                yield found


def _calculation(left: str, right: str) -> Calculation:
    left = left.replace("\\", "").replace("$", "")
    operands = [f for figure in re.findall(_FIGURE, left) if (f := _float(figure)) is not None]
    operators = tuple(_KINDS.get(sign, sign) for sign in _OPERATOR.findall(left))
    results = numbers(right)
    return Calculation(
        tuple(map(key, operands)), operators, key(results[-1]) if results else None, _value(left)
    )


def _value(text: str) -> float | None:
    try:
        return float(evaluate(text.strip(" .,")))
    except (BadInput, OverflowError):
        return None


def _float(figure: str) -> float | None:
    plain = figure.replace(",", "").rstrip(".")
    return float(plain) if plain and len(plain) <= 30 else None
