"""The exact solver: the cheapest start of every load on a minute grid, ties to the earliest.

Without a shared power limit the loads do not touch each other: every feasible start is tried,
its cost read off prefix sums. All arithmetic is in whole numbers and fractions, so that a tie is
a tie. With a limit that binds, `solver_limit` takes over.

A load's quiet time, `quiet_by` to `quiet_until`, by what the problem gives:

- both, `quiet_by` first: it may not run between the two, and may after `quiet_until`;
- both, `quiet_until` first (or `quiet_by` now): the quiet time is on already; not from now until
  `quiet_until`, and not from `quiet_by` on;
- `quiet_by` alone: it has to be through by then;
- `quiet_until` alone: the quiet time is on already; not before `quiet_until`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, chain
from math import lcm
from typing import Literal

from doorstep._errors import BadInput, Infeasible
from doorstep.household.clock import DAY, Clock, hhmm, minutes
from doorstep.household.problem import (
    Load,
    Problem,
    Recommendation,
    ScheduledLoad,
    Solution,
    TariffWindow,
)

Why = Literal["window", "quiet", "power", "together"]


@dataclass(frozen=True, slots=True)
class Slot:
    """When one load runs, in minutes since now, and what that costs in the tariff's unit."""

    load_id: str
    start_min: int
    end_min: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """The optimum: one slot per load, in the problem's order."""

    schedule: tuple[Slot, ...]
    cost: Decimal
    recommendation: Recommendation


@dataclass(frozen=True, slots=True)
class Cause:
    """Why one load has no feasible start.

    *window*: it does not fit between its earliest start and its deadline; *quiet*: it would but
    for its quiet time; *power*: it draws more than the limit alone; *together*: each load fits,
    all of them under the power limit do not.
    """

    load_id: str
    why: Why


_WHY: Mapping[Why, str] = {
    "window": "does not fit between its earliest start and its deadline",
    "quiet": "does not fit outside its quiet time",
    "power": "draws more than the power limit alone",
    "together": "does not fit under the power limit beside the others",
}


class NoSchedule(Infeasible):
    """`causes` says which loads, and why; `named` says it with the household's names."""

    def __init__(self, causes: tuple[Cause, ...]) -> None:
        super().__init__(
            "; ".join(f"{c.load_id} {_WHY[c.why]}" for c in causes) + ".",
            hint="Move a deadline, a quiet time or an earliest start, or raise the power limit.",
        )
        self.causes = causes

    def named(self, mapping: Mapping[str, str]) -> str:
        """The same line for the person at home. Private: it holds device names."""
        return "; ".join(f"{mapping.get(c.load_id, c.load_id)} {_WHY[c.why]}" for c in self.causes)


def solve(problem: Problem) -> Plan:
    """The cheapest schedule; ties to the earliest start, the target first.

    BadInput for a tariff with gaps or overlaps, a twice-used id or a target that is no load;
    NoSchedule where a load cannot run.
    """
    grid = Grid(problem)
    options = {load.id: grid.options(load) for load in problem.loads}
    if causes := [_cause(problem, load) for load in problem.loads if not options[load.id]]:
        raise NoSchedule(tuple(causes))
    best = {key: min(starts, key=lambda o: (o[1], o[0]))[0] for key, starts in options.items()}
    if problem.power_limit_kw is not None:
        best = _within_limit(problem, options, best)
    return grid.plan(best)


def feasible_starts(problem: Problem, load: Load) -> tuple[range, ...]:
    """Every minute since now at which `load` may start, as ascending ranges."""
    clock = Clock.of(problem)
    return _starts(load, clock, quiet_stretches(load, clock))


def cost_at(problem: Problem, load: Load, start_min: int) -> Decimal:
    """What `load` costs when it starts at that minute since now, in the tariff's unit."""
    return decimal(Grid(problem).cost(load, start_min))


def to_solution(problem: Problem, plan: Plan) -> Solution:
    """The plan as what a cloud returns."""
    clock = Clock.of(problem)
    return Solution(
        recommendation=plan.recommendation,
        proposed_schedule=tuple(
            ScheduledLoad(
                load_id=slot.load_id,
                start=clock.wall(slot.start_min),
                end=clock.wall(slot.end_min),
                reason="cheapest feasible start",
            )
            for slot in plan.schedule
        ),
        reasoning=f"Every start minute was compared; the total cost is {plain(plan.cost)}.",
    )


class Grid:
    """A problem laid out minute by minute: prices summed from now on, in whole numbers."""

    def __init__(self, problem: Problem) -> None:
        _ensure_sound(problem)
        self.problem = problem
        self.clock = Clock.of(problem)
        scale, by_face = _prices(problem.tariff)
        faces = [self.clock.face(t) for t in range(self.clock.horizon)]
        gap = next((face for face in faces if by_face[face] is None), None)
        if gap is not None:
            raise BadInput(
                f"The tariff gives no price for {hhmm(gap)}.", hint="Close the gap in the tariff."
            )
        self._scale = scale
        self._sums = [0, *accumulate(by_face[face] or 0 for face in faces)]

    def options(self, load: Load) -> tuple[tuple[int, int], ...]:
        """(start, weight) of every feasible start; costs of one load compare as weights do."""
        d, sums, used = load.duration_min, self._sums, 1 if load.energy_kwh else 0
        starts = chain.from_iterable(_starts(load, self.clock, quiet_stretches(load, self.clock)))
        return tuple((s, (sums[s + d] - sums[s]) * used) for s in starts)

    def cost(self, load: Load, start: int) -> Fraction:
        """Exact: energy spread evenly over the minutes, each at its price."""
        total = self._sums[start + load.duration_min] - self._sums[start]
        return exact(load.energy_kwh) * total / (load.duration_min * self._scale)

    def plan(self, starts: Mapping[str, int]) -> Plan:
        loads = self.problem.loads
        costs = [self.cost(load, starts[load.id]) for load in loads]
        return Plan(
            tuple(
                Slot(load.id, starts[load.id], starts[load.id] + load.duration_min, decimal(cost))
                for load, cost in zip(loads, costs, strict=True)
            ),
            decimal(sum(costs, Fraction())),
            "run_later" if starts[self.problem.target] else "run_now",
        )


def power(load: Load) -> Fraction:
    """kW that a load draws, constantly, while it runs."""
    return exact(load.energy_kwh) * 60 / load.duration_min


def exact(number: float) -> Fraction:
    """The number as a person wrote it: 0.45 is 45/100, not the nearest binary fraction.

    Nine digits after the point are kept: what a sum of floats leaves behind them is noise.
    """
    return Fraction(repr(round(number, 9)))


def decimal(fraction: Fraction) -> Decimal:
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def plain(number: Decimal) -> str:
    """Digits without exponent, at most six after the point and no zeros at the end."""
    text = format(round(number, 6), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _starts(load: Load, clock: Clock, quiet: Sequence[tuple[int, int]]) -> tuple[range, ...]:
    start = clock.first(load.earliest_start)
    last = clock.horizon if load.finish_by is None else clock.deadline(load.finish_by)
    free = []
    for begins, ends in quiet:
        free.append(range(start, min(begins, last) - load.duration_min + 1))
        start = max(start, ends)
    free.append(range(start, last - load.duration_min + 1))
    return tuple(part for part in free if part)


def quiet_stretches(load: Load, clock: Clock) -> tuple[tuple[int, int], ...]:
    """Half-open stretches [from, until) of minutes since now in which it may not run, in order."""
    by = None if load.quiet_by is None else clock.first(load.quiet_by)
    until = None if load.quiet_until is None else clock.first(load.quiet_until)
    if by is None:
        return () if until is None else ((0, until),)
    if until is None:
        return ((by, clock.horizon),)
    return ((by, until),) if by < until else ((0, until), (by, clock.horizon))


def _cause(problem: Problem, load: Load) -> Cause:
    clock = Clock.of(problem)
    return Cause(load.id, "quiet" if _starts(load, clock, ()) else "window")


def _ensure_sound(problem: Problem) -> None:
    ids = [load.id for load in problem.loads]
    if len(set(ids)) < len(ids):
        raise BadInput("Two loads share one id.", hint="Give every load an id of its own.")
    if problem.target not in ids:
        raise BadInput("The target is not among the loads.", hint="Name one of the loads.")


def _prices(tariff: Sequence[TariffWindow]) -> tuple[int, list[int | None]]:
    """A scale, and the price times that scale for every minute of the clock's face."""
    prices = [exact(window.price) for window in tariff]
    scale = lcm(*(price.denominator for price in prices))
    faces: list[int | None] = [None] * DAY
    for window, price in zip(tariff, prices, strict=True):
        start = minutes(window.start)
        for face in range(start, start + ((minutes(window.end) - start) % DAY or DAY)):
            if faces[face % DAY] is not None:
                raise BadInput(
                    f"The tariff gives two prices for {hhmm(face)}.",
                    hint="Let each tariff window end where the next one starts.",
                )
            faces[face % DAY] = int(price * scale)
    return scale, faces


def _within_limit(
    problem: Problem, options: Mapping[str, Sequence[tuple[int, int]]], best: Mapping[str, int]
) -> dict[str, int]:
    """The best starts under the shared limit; `best` itself wherever the limit does not bind."""
    from doorstep.household.solver_limit import Candidate, fits, place

    limit = exact(problem.power_limit_kw or 0)
    if too_big := [load.id for load in problem.loads if power(load) > limit]:
        raise NoSchedule(tuple(Cause(key, "power") for key in too_big))
    first = sorted(problem.loads, key=lambda load: load.id != problem.target)
    candidates = [
        Candidate(
            load.duration_min,
            power(load),
            tuple(start for start, _ in options[load.id]),
            tuple(Fraction(w) * power(load) for _, w in options[load.id]),
        )
        for load in first
    ]
    starts: Sequence[int] | None = [best[load.id] for load in first]
    if not fits(candidates, starts or (), limit):
        starts = place(candidates, limit)
    if starts is None:
        raise NoSchedule(tuple(Cause(load.id, "together") for load in problem.loads))
    return {load.id: start for load, start in zip(first, starts, strict=True)}
