"""Coarsening: times and durations in half hours. Not exact; the loss is bounded. Off by default.

Durations are rounded up, windows drawn in, price changes moved to the nearest half hour, all
counted from now. A schedule of the coarse problem is one of the problem itself: the load runs
where its longer shadow may run. Not under a power limit (a shadow draws at other times than the
load), and not on a day of a clock change.

The bound, G minutes being the grid, for a load of P kW: let `spread` be the highest less the
lowest price, and `swing` the sum of all price changes, without sign, within reach.

- The nearest coarse start to the best one is less than 2G away, so it costs less than
  2G * spread more a kW; the minutes (fewer than G) that the shadow runs longer differ between two
  starts by less than G * spread.
- Moving a price change by at most G/2 changes the price of any run by at most G/2 of that change,
  so of all together by at most G/2 * swing, at the one start and at the other.

Together (3 * spread + swing) * G / 60 * P, in the tariff's unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from doorstep.household.blind_step import Schedule, Span, changed
from doorstep.household.blind_time import Window, price_changes, windows
from doorstep.household.clock import DAY, hhmm, minutes
from doorstep.household.problem import Load, Problem, TariffWindow
from doorstep.household.solver import power

GRID = 30


@dataclass(frozen=True, slots=True)
class Coarse:
    """`durations` are those of the loads before, by id."""

    durations: Mapping[str, int]
    grid: int = GRID

    @property
    def told(self) -> str:
        return f"coarse: times and durations in steps of {self.grid} min (not exact)"

    def forward(self, problem: Problem) -> Problem:
        now = minutes(problem.now)
        loads = [_coarse(load, windows(problem, load), now, self.grid) for load in problem.loads]
        return changed(problem, loads=loads, tariff=_tariff(problem, now, self.grid))

    def back(self, schedule: Schedule) -> Schedule:
        """The load ends before its shadow does, by as much as that was longer."""
        return tuple(Span(s.load_id, s.start, s.end - self._longer(s.load_id)) for s in schedule)

    def _longer(self, key: str) -> int:
        return -self.durations[key] % self.grid


def coarse(problem: Problem) -> Coarse | None:
    """None under a power limit, on a day of a clock change, or where a window would vanish."""
    if problem.power_limit_kw is not None or problem.clock_change is not None:
        return None
    for load in problem.loads:
        drawn = [_drawn_in(window, GRID) for window in windows(problem, load)]
        if any(w.end - w.begin < _up(load.duration_min, GRID) for w in drawn):
            return None
    return Coarse({load.id: load.duration_min for load in problem.loads})


def slack(problem: Problem) -> Mapping[str, Fraction]:
    """What each load may cost more than its cheapest start, in the tariff's unit."""
    changes = [price for _, price in price_changes(problem)]
    swing = sum((abs(b - a) for a, b in pairwise(changes)), Fraction())
    most = (3 * (max(changes) - min(changes)) + swing) * Fraction(GRID, 60)
    return {load.id: most * power(load) for load in problem.loads}


def _up(at: int, grid: int) -> int:
    return -(-at // grid) * grid


def _drawn_in(window: Window, grid: int) -> Window:
    return Window(_up(window.begin, grid), window.end // grid * grid)


def _coarse(load: Load, parts: tuple[Window, ...], now: int, grid: int) -> Load:
    drawn = [_drawn_in(part, grid) for part in parts]
    times = {"earliest_start": drawn[0].begin, "finish_by": drawn[-1].end}
    if len(drawn) > 1:
        times |= {"quiet_by": drawn[0].end, "quiet_until": drawn[-1].begin}
    return Load.model_validate(
        {
            "id": load.id,
            "duration_min": _up(load.duration_min, grid),
            "energy_kwh": load.energy_kwh,
            **{name: hhmm(now + at) for name, at in times.items()},
        }
    )


def _tariff(problem: Problem, now: int, grid: int) -> tuple[TariffWindow, ...]:
    """Price changes at the nearest point of the grid; of several at one point the last counts."""
    moved = {(at + grid // 2) // grid * grid: price for at, price in price_changes(problem)}
    starts = [at for at in moved if at < DAY]
    return tuple(
        TariffWindow(start=hhmm(now + at), end=hhmm(now + end), price=float(moved[at]))
        for at, end in zip(starts, [*starts[1:], DAY], strict=True)
    )
