"""Loads under one shared power limit: a mixed-integer program, solved by HiGHS to gap 0.

Formulation in step variables (Christofides, Alvarez-Valdés and Tamarit 1987; Bianco and Caramia
2013 compare them): y[l,k] = 1 where load l has started at or before its k-th candidate start.
A load then runs at minute t where y(t) - y(t - duration) = 1, which keeps a row to two entries a
load however long it runs. Costs are whole numbers above each load's cheapest start, so that two
schedules differ by at least 1, far above HiGHS's tolerances. What comes back is checked again in
exact arithmetic.

Ties go to the earliest starts in the order given: at the least cost, the first load's start is
made least, then fixed, then the second's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import gcd, inf, lcm
from typing import Any, NamedTuple

from doorstep._errors import BadInput, DoorstepError


@dataclass(frozen=True, slots=True)
class Candidate:
    """One load: minutes, kW, ascending feasible starts, and the cost of each in one unit."""

    duration: int
    power: Fraction
    starts: tuple[int, ...]
    costs: tuple[Fraction, ...]


def fits(loads: Sequence[Candidate], starts: Sequence[int], limit: Fraction) -> bool:
    """Whether the loads, so started, never draw more than `limit` together. Exact."""
    return all(_drawn(loads, starts, at) <= limit for at in starts)


def place(loads: Sequence[Candidate], limit: Fraction) -> tuple[int, ...] | None:
    """The cheapest starts under the limit, ties to the earliest in the order given; None: none.

    BadInput where the `solver` extra is not installed.
    """
    _highspy()
    loads = _whole(loads)
    starts = _least_cost(loads, limit)
    if starts is None:
        return None
    budget = sum(_cost(load, start) for load, start in zip(loads, starts, strict=True))
    for index in range(len(loads)):
        loads = [_affordable(load, int(budget)) for load in loads]
        if _could_start_earlier(loads, starts, index, limit):
            starts = _run(loads, limit, aim=index, budget=int(budget)) or starts
        loads = [*loads[:index], _only(loads[index], starts[index]), *loads[index + 1 :]]
    _verify(loads, starts, limit, int(budget))
    return starts


def _least_cost(loads: Sequence[Candidate], limit: Fraction) -> tuple[int, ...] | None:
    greedy = _greedy(loads, limit)
    if greedy is not None:
        bound = sum(_cost(load, start) for load, start in zip(loads, greedy, strict=True))
        loads = [_affordable(load, int(bound)) for load in loads]
    return _run(loads, limit)


def _whole(loads: Sequence[Candidate]) -> list[Candidate]:
    """The same loads, costs as the smallest whole numbers above each load's cheapest start."""
    least = [min(load.costs) for load in loads]
    above = [[c - low for c in load.costs] for load, low in zip(loads, least, strict=True)]
    scale = lcm(*(cost.denominator for costs in above for cost in costs))
    unit = gcd(*(int(cost * scale) for costs in above for cost in costs)) or 1
    return [
        Candidate(
            load.duration, load.power, load.starts, tuple(cost * scale / unit for cost in costs)
        )
        for load, costs in zip(loads, above, strict=True)
    ]


def _greedy(loads: Sequence[Candidate], limit: Fraction) -> list[int] | None:
    """A schedule under the limit that need not be cheapest: hungriest first; None: not found."""
    order = sorted(range(len(loads)), key=lambda i: -loads[i].power * loads[i].duration)
    placed: list[Candidate] = []
    starts: list[int] = []
    for load in (loads[i] for i in order):
        by_cost = sorted(zip(load.costs, load.starts, strict=True))
        free = (s for _, s in by_cost if fits([*placed, load], [*starts, s], limit))
        start = next(free, None)
        if start is None:
            return None
        placed.append(load)
        starts.append(start)
    return [starts[order.index(i)] for i in range(len(loads))]


def _could_start_earlier(
    loads: Sequence[Candidate], starts: Sequence[int], index: int, limit: Fraction
) -> bool:
    """Whether an earlier start of one load fits beside those already fixed before it."""
    fixed, load = list(loads[:index]), loads[index]
    return any(
        fits([*fixed, load], [*starts[:index], start], limit)
        for start in load.starts
        if start < starts[index]
    )


def _affordable(load: Candidate, budget: int) -> Candidate:
    """The load without the starts that cost more than there is to spend on all of them."""
    kept = [(s, c) for s, c in zip(load.starts, load.costs, strict=True) if c <= budget]
    return Candidate(
        load.duration, load.power, tuple(s for s, _ in kept), tuple(c for _, c in kept)
    )


def _only(load: Candidate, start: int) -> Candidate:
    return Candidate(load.duration, load.power, (start,), (_cost(load, start),))


def _cost(load: Candidate, start: int) -> Fraction:
    return load.costs[load.starts.index(start)]


def _drawn(loads: Sequence[Candidate], starts: Sequence[int], at: int) -> Fraction:
    pairs = zip(loads, starts, strict=True)
    return sum((load.power for load, s in pairs if s <= at < s + load.duration), Fraction())


def _verify(
    loads: Sequence[Candidate], starts: Sequence[int], limit: Fraction, budget: int
) -> None:
    spent = sum(_cost(load, start) for load, start in zip(loads, starts, strict=True))
    if spent != budget or not fits(loads, starts, limit):
        raise DoorstepError(
            "HiGHS returned a schedule that does not hold in exact arithmetic.",
            hint="Please report it, with the versions that `doorstep doctor` shows.",
        )


def _run(
    loads: Sequence[Candidate],
    limit: Fraction,
    *,
    aim: int | None = None,
    budget: int | None = None,
) -> tuple[int, ...] | None:
    """Minimise the cost, or the start of load `aim` within `budget`; None where nothing fits."""
    highspy = _highspy()
    solver = highspy.Highs()
    for option, value in _OPTIONS.items():
        solver.setOptionValue(option, value)
    first = [0, *accumulate(len(load.starts) for load in loads)]
    rows = [*_rising(first), *_power_rows(loads, first, limit)]
    if budget is not None:
        rows.append(Row(-inf, budget, *_differences([load.costs for load in loads], first)))
    aims = [load.starts if aim == i else (0,) * len(load.starts) for i, load in enumerate(loads)]
    goal = _differences([load.costs for load in loads] if aim is None else aims, first)[1]
    _fill(solver, goal, [k - 1 for k in first[1:]], rows)
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise DoorstepError("HiGHS did not finish.", hint="Try again with fewer loads.")
    return _chosen(loads, first, solver.getSolution().col_value)


# Tolerances far below the default 1e-6, so that no sum of near-whole steps passes for a whole one.
_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    "time_limit": 60.0,
    "random_seed": 0,
    "threads": 1,
}


class Row(NamedTuple):
    """lower <= values . columns <= upper."""

    lower: float
    upper: float
    columns: Sequence[int]
    values: Sequence[float]


def _fill(solver: Any, goal: Sequence[float], last: Sequence[int], rows: Sequence[Row]) -> None:
    """Give HiGHS binary columns (the `last` of each load is 1) and rows, and heed its answers."""
    highspy, n = _highspy(), len(goal)
    lower = [0.0] * n
    for column in last:
        lower[column] = 1.0
    every, begins = list(range(n)), [0, *accumulate(len(row.columns) for row in rows)]
    done = [
        solver.addVars(n, lower, [1.0] * n),
        solver.changeColsCost(n, every, goal),
        solver.changeColsIntegrality(n, every, [highspy.HighsVarType.kInteger] * n),
        solver.addRows(
            len(rows),
            [row.lower for row in rows],
            [row.upper for row in rows],
            begins[-1],
            begins[:-1],
            [column for row in rows for column in row.columns],
            [value for row in rows for value in row.values],
        ),
    ]
    if any(status == highspy.HighsStatus.kError for status in done):
        raise DoorstepError("HiGHS refused the problem.", hint="Use rounder prices and energies.")


def _rising(first: Sequence[int]) -> list[Row]:
    """y[l,k-1] <= y[l,k]: what has started stays started."""
    return [
        Row(0, inf, (k - 1, k), (-1.0, 1.0))
        for begin, end in pairwise(first)
        for k in range(begin + 1, end)
    ]


def _power_rows(loads: Sequence[Candidate], first: Sequence[int], limit: Fraction) -> list[Row]:
    """At every minute at which a load may start, what runs stays within the limit (as 1)."""
    rows: dict[tuple[int, ...], Row] = {}
    for at in sorted({start for load in loads for start in load.starts}):
        columns: list[int] = []
        values: list[float] = []
        most = Fraction()
        for load, base in zip(loads, first, strict=False):
            begun = bisect_right(load.starts, at)
            ended = bisect_right(load.starts, at - load.duration)
            share = load.power / limit
            most += share if begun > ended else 0
            steps = ((begun, share), (ended, -share)) if begun > ended else ()
            columns += [base + k - 1 for k, _ in steps if k]
            values += [float(value) for k, value in steps if k]
        if most > 1:
            rows.setdefault(tuple(columns), Row(-inf, 1.0, columns, values))
    return list(rows.values())


def _differences(
    worth: Sequence[Sequence[Fraction | int]], first: Sequence[int]
) -> tuple[list[int], list[float]]:
    """The worth of the chosen starts in step variables: w[k] (y[k] - y[k-1]), summed by parts."""
    values = [float(a - b) for of in worth for a, b in zip(of, (*of[1:], 0), strict=True)]
    return list(range(first[-1])), values


def _chosen(
    loads: Sequence[Candidate], first: Sequence[int], values: Sequence[float]
) -> tuple[int, ...]:
    """The first candidate of each load whose step is up."""
    return tuple(
        next(start for k, start in enumerate(load.starts) if values[base + k] > 0.5)
        for load, base in zip(loads, first, strict=False)
    )


def _highspy() -> Any:
    try:
        import highspy
    except ImportError as error:
        raise BadInput(
            "Loads that exceed the power limit together need the HiGHS solver.",
            hint="Run: pip install 'doorstep[solver]'",
        ) from error
    return highspy
