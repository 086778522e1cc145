"""The day of a household as it was planned: what a picture of it needs, in elapsed minutes."""

from __future__ import annotations

from collections.abc import Iterator

from doorstep.household.clock import DAY, Clock, minutes
from doorstep.household.problem import Load, Problem, ScheduledLoad, Solution
from doorstep.household.solver import cost_at, quiet_stretches
from doorstep.household.values import Kept
from doorstep.runs.values import Change, Day, LoadRun, Price

_TICK = 120  # minutes between two ticks


def day_of(kept: Kept, solution: Solution) -> Day:
    """The tariff and the loads of one answer, by the household's own names. Private.

    A wall time that is shown twice (autumn) means its first occurrence, as in the problem.
    """
    problem, reading = kept.problem, kept.reading
    clock = Clock.of(problem)
    loads = {load.id: load for load in problem.loads}
    return Day(
        now=problem.now,
        horizon=clock.horizon,
        currency=kept.household.currency,
        target=reading.target,
        power_limit_kw=problem.power_limit_kw,
        clock_change=_change(problem),
        ticks=[(at, clock.wall(at)) for at in _ticks(clock)],
        tariff=list(_tariff(problem, clock)),
        loads=[
            _load(problem, loads[one.load_id], one, reading.mapping.get(one.load_id, ""), clock)
            for one in solution.proposed_schedule
            if one.load_id in loads
        ],
    )


def _change(problem: Problem) -> Change | None:
    change = problem.clock_change
    if change is None:
        return None
    at = (minutes(change.at) - minutes(problem.now)) % DAY or DAY
    return Change(at=at, shift_min=change.shift_min)


def _ticks(clock: Clock) -> Iterator[int]:
    """Elapsed minutes at which the wall shows an even full hour."""
    return (at for at in range(clock.horizon + 1) if clock.face(at) % _TICK == 0)


def _tariff(problem: Problem, clock: Clock) -> Iterator[Price]:
    prices = _prices(problem)
    start, price = 0, prices[clock.face(0)]
    for at in range(1, clock.horizon):
        if (then := prices[clock.face(at)]) != price:
            yield Price(start=start, end=at, price=price)
            start, price = at, then
    yield Price(start=start, end=clock.horizon, price=price)


def _prices(problem: Problem) -> list[float]:
    """By the minute on the clock's face."""
    prices = [0.0] * DAY
    for window in problem.tariff:
        first = minutes(window.start)
        length = (minutes(window.end) - first) % DAY or DAY
        for minute in range(first, first + length):
            prices[minute % DAY] = window.price
    return prices


def _load(problem: Problem, load: Load, chosen: ScheduledLoad, name: str, clock: Clock) -> LoadRun:
    start = clock.first(chosen.start)
    earliest = clock.first(load.earliest_start)
    return LoadRun(
        name=name or load.id,
        start=start,
        end=start + load.duration_min,
        begins=chosen.start,
        ends=clock.wall(start + load.duration_min),
        energy_kwh=load.energy_kwh,
        cost=float(cost_at(problem, load, start)),
        earliest=earliest,
        finish_by=None if load.finish_by is None else clock.deadline(load.finish_by),
        quiet=[(a, b) for a, b in quiet_stretches(load, clock)],
    )
