"""What one blinding transformation is, and the schedule that it maps back.

A transformation is fitted to one problem and then fixed: `forward` gives the problem that may
cross, `back` takes a schedule of that problem to one of the problem before. An exact one keeps
the optimum: the cheapest schedule of the one problem is the cheapest schedule of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from doorstep.household.problem import Problem
from doorstep.household.solver import exact


@dataclass(frozen=True, slots=True)
class Span:
    """One load's run [start, end), in minutes since the problem's `now`."""

    load_id: str
    start: int
    end: int


Schedule = tuple[Span, ...]


class Step(Protocol):
    """One transformation, its parameters fixed for one problem. Private: it undoes the blinding."""

    @property
    def told(self) -> str:
        """What was done, for the person at home."""
        ...

    def forward(self, problem: Problem) -> Problem:
        """The problem after it."""
        ...

    def back(self, schedule: Schedule) -> Schedule:
        """A schedule of the problem after it as one of the problem before."""
        ...


def changed(problem: Problem, **fields: object) -> Problem:
    """The problem with other fields, validated anew."""
    kept = {name: getattr(problem, name) for name in type(problem).model_fields}
    return Problem.model_validate(kept | fields)


def sendable(values: tuple[Fraction, ...], most: int) -> tuple[float, ...] | None:
    """Decimals in the ratios of `values`, none above `most`; None where floats cannot say them.

    They are divided by a power of ten where they are too large, so that they stay finite decimals.
    """
    top, shrink = max(map(abs, values)), 1
    while top > most * shrink:
        shrink *= 10
    floats = tuple(float(value / shrink) for value in values)
    same = all(exact(f) == v / shrink for f, v in zip(floats, values, strict=True))
    return floats if same else None
