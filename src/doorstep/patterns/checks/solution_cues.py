"""What the words of a question lead one to expect of its calculation.

"Twice" expects a product, "5 fewer" a difference, "a month ... in a year" a twelve. A solution
without it is not wrong for that; more often than others it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from doorstep.patterns.checks.solution_steps import Calculation, key

MOST = 3.0

_SENTENCE = re.compile(r"(?<=[.?!])\s+")

# Words that, together, imply a factor: one of `factors` is then expected among the operands.
_IMPLIED = tuple(
    (re.compile(first, re.I), re.compile(second, re.I), frozenset(factors))
    for first, second, factors in (
        (r"\bmonth", r"\byear|\bannual", (12, 52, 4)),
        (r"\bweek", r"\byear|\bannual", (52, 12)),
        (r"\bday|\bdaily", r"\bweek", (7, 5, 2, 6)),
        (r"\bday|\bdaily", r"\bmonth", (30, 31, 28, 4)),
        (r"\bweek", r"\bmonth", (4,)),
        (r"\bminute", r"\bhour", (60, 0.5, 30)),
        (r"\bsecond[s ]", r"\bminute", (60,)),
        (r"\bhours?\b", r"\bdays?\b", (24, 8, 7)),
        (r"\binch", r"\bfeet|\bfoot", (12,)),
        (r"\bfeet|\bfoot", r"\byard", (3,)),
        (r"\bounce", r"\bpound", (16,)),
        (r"\bcent|\bpenn", r"\$|\bdollar", (100, 0.01)),
        (r"\bround.trip|\band back\b", "", (2,)),
        (r"\bdozen", "", (12,)),
        (r"\bpair", "", (2,)),
        (r"\bweekend", "", (2,)),
        (r"\bweekday", "", (5,)),
        (r"\bquarters\b", "", (4, 0.25, 25)),
    )
)
_COMPARED = re.compile(
    r"(?<![0-9,.])([0-9][0-9,]{0,20}(?:\.[0-9]{1,20})?) (?:\w+ ){0,2}?"
    r"(fewer|less|younger|shorter|more|older|longer|times)\b"
)
_DOWN = frozenset("fewer less younger shorter".split())
_MULTIPLIED = re.compile(r"\b(?:twice|doubled?|thrice|tripled?|half)\b", re.I)
_PERCENT = re.compile(r"[0-9] ?(?:%|percent)")
_LEFT = re.compile(r"\bleft\b|\bremain", re.I)
_TOTAL = re.compile(r"\btotal\b|\baltogether\b|\bcombined\b|\bin all\b", re.I)


def sentences(text: str) -> list[str]:
    return _SENTENCE.split(text.strip())


def cue_features(question: str, steps: Sequence[Calculation]) -> dict[str, float]:
    """How much that the question leads one to expect is not in the steps, by kind."""
    operators = [operator for step in steps for operator in step.operators]
    scaling = sum(bool({"*", "/"} & set(step.operators)) for step in steps)
    shares = sum(any(0 < x < 1 or x == 100 for x in step.operands) for step in steps)
    return {
        "factor_missing": _factors_missing(question, steps),
        "comparison_turned": _turned(question, steps),
        "multiples_lacking": float(max(0, len(_MULTIPLIED.findall(question)) - scaling)),
        "percents_lacking": float(max(0, len(_PERCENT.findall(question)) - shares)),
        "left_without_minus": float(bool(_LEFT.search(question)) and "-" not in operators),
        "total_without_plus": float(
            bool(_TOTAL.search(sentences(question)[-1])) and "+" not in operators
        ),
    }


def _factors_missing(question: str, steps: Sequence[Calculation]) -> float:
    used = {operand for step in steps for operand in step.operands}
    missing = sum(
        bool(first.search(question) and second.search(question)) and not factors & used
        for first, second, factors in _IMPLIED
    )
    return min(missing, MOST)


def _turned(question: str, steps: Sequence[Calculation]) -> float:
    """Numbers that are compared with ("5 fewer than"), used with no operator that fits."""
    signs = _signs(steps)
    turned = 0
    for figure, word in _COMPARED.findall(question):
        beside = signs.get(key(float(figure.replace(",", ""))), set())
        turned += bool(beside) and not beside & _expected(word)
    return min(turned, MOST)


def _expected(word: str) -> set[str]:
    if word == "times":
        return {"*", "/"}
    return {"-"} if word in _DOWN else {"+", "-"}


def _signs(steps: Sequence[Calculation]) -> dict[float, set[str]]:
    """The operators that each operand stands beside."""
    signs: dict[float, set[str]] = {}
    for step in steps:
        for at, operand in enumerate(step.operands):
            signs.setdefault(operand, set()).update(step.operators[max(0, at - 1) : at + 1])
    return signs
