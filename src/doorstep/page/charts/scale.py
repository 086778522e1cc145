"""From numbers to lengths, and the round numbers that an axis is labelled with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """`low` lies at `start`, `high` at `end`; linear between, and what lies outside is held at the
    ends."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        return round(self.start + share * (self.end - self.start), 1)


def step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 x 10^k that divides `span` into `most` parts or fewer (after P.
    Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990)."""
    least = span / most
    unit = 10.0 ** math.floor(math.log10(least))
    return next(unit * one for one in (1, 2, 5, 10) if unit * one >= least * (1 - 1e-9))


def ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Round numbers from at most `low` to at least `high`, evenly spaced, in `most` parts or so."""
    if high - low <= 1e-9 * max(1.0, abs(low), abs(high)):
        high = low + 1
    size = step(high - low, most)
    first, last = math.floor(low / size + 1e-9), math.ceil(high / size - 1e-9)
    return tuple(round(n * size, 12) for n in range(first, last + 1))


def axis(
    values: Iterable[float], start: float, end: float, most: int
) -> tuple[Scale, tuple[float, ...]]:
    """A scale that holds zero and all of `values`, and the numbers to label it with."""
    known = [0.0, *(value for value in values if math.isfinite(value))]
    marked = ticks(min(known), max(known), most)
    return Scale(marked[0], marked[-1], start, end), marked
