"""What a comparison is about, by which rules, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Kind = Literal[
    "number",
    "money",
    "moment",
    "duration",
    "choice",
    "yes/no",
    "list",
    "set",
    "json",
    "code",
    "text",
]
Verdict = Literal["agree", "differ", "incomparable"]

# Runs a program, evaluates an expression in it, and gives something to compare.
Runner = Callable[[str, str], object]

# What differs, in words of our own; () where nothing does, None where it cannot be scored.
What = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Rules:
    """How close is equal, and what the answers do not say themselves.

    `relative` and `absolute`: tolerance of numbers, money and durations, as a share of the larger
    one and in the unit of the answer. `ordered`: whether the order of a list matters, None to
    leave it to the kind. `today`: what "tomorrow" and "on Friday" count from. `day_first`: how
    03/04/2026 is read, None where nobody knows. `options`: the texts of the options A, B, C, ...
    `cases`: expressions that tell two programs apart, each given to `runner` with the program.
    Without a runner no program is run.
    """

    relative: Fraction = Fraction(0)
    absolute: Fraction = Fraction(0)
    ordered: bool | None = None
    today: date | None = None
    day_first: bool | None = None
    options: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    runner: Runner | None = None


STANDARD = Rules()


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """A final answer: `text` as it stood in the prose, `data` as its kind reads it."""

    kind: Kind
    text: str
    data: object

    @property
    def number(self) -> Fraction | None:
        """The amount as it was written, where it is one and no range."""
        low = getattr(self.data, "low", None)
        return low if low is not None and low == getattr(self.data, "high", None) else None

    def __repr__(self) -> str:
        return f"Value({self.kind!r}, {len(self.text)} characters)"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`what` names what differs ("amount", "unit", "items[2].price") and quotes no value.

    `left` and `right` are the answers as they were read, None where nothing could be read.
    """

    verdict: Verdict
    kind: Kind
    what: tuple[str, ...] = ()
    left: Value | None = None
    right: Value | None = None
