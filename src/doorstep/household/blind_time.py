"""Blinding the clock: times count from now, in the largest step that they share.

- *Shift*: `now` becomes 00:00. The clock is only a name for the minutes since now.
- *Windows*: a load's earliest start, deadline and quiet time become the one window (or the two)
  in which it may run. A deadline of 06:30 behind a quiet time from 22:30 says nothing more.
- *Clock change*: minutes since now do not jump, so it is gone, and with it the date.
- *Tariff*: prices of hours that no load can reach are gone, and bounds between equal prices.
- *Stretch*: what is left is divided by the largest number of minutes that divides all of it, so
  that 90 minutes on a grid of 30 cross as 3.

Why the optimum stays. The first four rewrite the same feasible starts at the same costs. Stretch:
let all durations, window ends and price changes be multiples of g. The order in which loads run
splits the schedules into polyhedra of difference constraints (start minus start, or start alone,
against a multiple of g), and the cost is linear on each cell between multiples of g. Vertices of
such cells are multiples of g (the constraint matrix is totally unimodular), so the least cost,
and among ties the earliest starts, are taken at multiples of g: exactly the schedules of the
problem divided by g. Power is energy by time, so a power limit is multiplied by g.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import gcd

from doorstep.household.blind_step import Schedule, Span, changed
from doorstep.household.clock import DAY, Clock, hhmm, minutes
from doorstep.household.problem import Load, Problem, TariffWindow
from doorstep.household.solver import exact, feasible_starts

MOST_WINDOWS = 200
MOST_KW = 10_000


@dataclass(frozen=True, slots=True)
class Window:
    """Where a load may run: [begin, end) in minutes since now."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A problem on a clock of its own; one minute there is `step` minutes here."""

    step: int

    @property
    def told(self) -> str:
        steps = f" in steps of {self.step} min" if self.step > 1 else ""
        return f"times: from now{steps}, windows only"

    def forward(self, problem: Problem) -> Problem:
        loads = tuple(_load(load, windows(problem, load), self.step) for load in problem.loads)
        limit = problem.power_limit_kw
        return changed(
            problem,
            now=hhmm(0),
            loads=loads,
            tariff=_tariff(price_changes(problem), self.step),
            clock_change=None,
            power_limit_kw=None if limit is None else float(exact(limit) * self.step),
        )

    def back(self, schedule: Schedule) -> Schedule:
        return tuple(Span(s.load_id, s.start * self.step, s.end * self.step) for s in schedule)


def timeline(problem: Problem) -> Timeline | None:
    """Fitted to a problem whose loads can all run; None where a day of 24 hours cannot hold it."""
    step, last = step_of(problem), reach(problem).end
    limit = exact(problem.power_limit_kw or 0) * step
    small = limit <= MOST_KW and exact(float(limit)) == limit
    fits = last // step <= DAY and len(price_changes(problem)) <= MOST_WINDOWS
    return Timeline(step) if small and fits else None


def windows(problem: Problem, load: Load) -> tuple[Window, ...]:
    """The one or two stretches that hold every feasible run of the load, ascending."""
    parts = feasible_starts(problem, load)
    return tuple(Window(part[0], part[-1] + load.duration_min) for part in parts)


def reach(problem: Problem) -> Window:
    """From the first minute in which a load can run to the last."""
    every = [w for load in problem.loads for w in windows(problem, load)]
    return Window(min(w.begin for w in every), max(w.end for w in every))


def step_of(problem: Problem) -> int:
    """The largest number of minutes that divides every time that matters."""
    every = [w for load in problem.loads for w in windows(problem, load)]
    marks = [x for w in every for x in (w.begin, w.end)]
    return gcd(*marks, *(x.duration_min for x in problem.loads), *dict(price_changes(problem)))


def price_changes(problem: Problem) -> tuple[tuple[int, Fraction], ...]:
    """(minute since now, price from then on), the first at 0; where no load can run, none."""
    clock, faces = Clock.of(problem), _faces(problem)
    open_to_some = [False] * clock.horizon
    for load in problem.loads:
        for w in windows(problem, load):
            open_to_some[w.begin : w.end] = [True] * (w.end - w.begin)
    seen = [(t, faces[clock.face(t)]) for t in range(clock.horizon) if open_to_some[t]]
    seen[0] = (0, seen[0][1])
    return (seen[0], *(b for a, b in pairwise(seen) if a[1] is not b[1] and a[1] != b[1]))


def _faces(problem: Problem) -> list[Fraction]:
    faces = [Fraction()] * DAY
    for window in problem.tariff:
        start, price = minutes(window.start), exact(window.price)
        for face in range(start, start + ((minutes(window.end) - start) % DAY or DAY)):
            faces[face % DAY] = price
    return faces


def _load(load: Load, parts: Sequence[Window], step: int) -> Load:
    first, last = parts[0], parts[-1]
    times = {"earliest_start": first.begin, "finish_by": last.end}
    if len(parts) > 1:
        times |= {"quiet_by": first.end, "quiet_until": last.begin}
    return Load.model_validate(
        {
            "id": load.id,
            "duration_min": load.duration_min // step,
            "energy_kwh": load.energy_kwh,
            **{name: hhmm(at // step) for name, at in times.items()},
        }
    )


def _tariff(changes: Sequence[tuple[int, Fraction]], step: int) -> tuple[TariffWindow, ...]:
    ends = [*(at // step for at, _ in changes[1:]), DAY]
    return tuple(
        TariffWindow(start=hhmm(at // step), end=hhmm(end), price=float(price))
        for (at, price), end in zip(changes, ends, strict=True)
    )
