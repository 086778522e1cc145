"""Exact checks at home, without a model: is the problem grounded, is the schedule right?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from doorstep.household.clock import DAY, Clock, clock_change_for, hhmm
from doorstep.household.problem import (
    HHMM_RE,
    Load,
    Problem,
    ScheduledLoad,
    Solution,
    TariffWindow,
)
from doorstep.household.solver import (
    Grid,
    decimal,
    exact,
    feasible_starts,
    power,
    quiet_stretches,
    solve,
)
from doorstep.household.values import Device, Household, Limit
from doorstep.household.violations import (
    FEEDBACK_RE,
    LOAD_ID,
    Severity,
    Violation,
    feedback,
    for_person,
)

__all__ = [
    "FEEDBACK_RE",
    "Severity",
    "Violation",
    "check_problem",
    "check_solution",
    "feedback",
    "for_person",
    "times_in",
]

# --- the problem -------------------------------------------------------------------------------


def check_problem(
    problem: Problem,
    mapping: Mapping[str, str],
    household: Household,
    target_device: str,
    limits: Iterable[Limit] = (),
) -> tuple[Violation, ...]:
    """Grounding: does all of the problem stand in the context, and is nothing dropped?

    `limits` are those that the rules found; a problem may be tighter than them, never looser. A
    name in `mapping` or in a limit means a device whatever its case.
    """
    clock, stated = Clock.of(problem), times_in(household.text)
    devices = {_key(device.name): device for device in household.devices}
    found: list[Violation] = [
        *_check_frame(problem, household),
        *_check_mapping(problem, mapping, devices, target_device),
    ]
    for load in problem.loads:
        device = devices.get(_key(mapping.get(load.id, "")))
        own = [limit for limit in limits if device and _key(limit.device) == _key(device.name)]
        found += _check_times(load, problem.now, stated)
        found += _check_facts(load, device)
        found += _check_limits(load, [*own, *_available(device)], clock)
    return tuple(found)


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _check_frame(problem: Problem, household: Household) -> Iterator[Violation]:
    if problem.now != household.now:
        yield Violation("now_differs", times=_typed(problem.now, household.now))
    if _windows(problem.tariff) != _windows(household.tariff):
        yield Violation("tariff_differs")
    if problem.power_limit_kw != household.power_limit_kw:
        yield Violation("power_limit_differs")
    change = clock_change_for(household.date, household.timezone, problem.now)
    if problem.clock_change != change:
        yield Violation("clock_change_differs")


def _windows(tariff: Sequence[TariffWindow]) -> list[tuple[str, str, float]]:
    return sorted((w.start, w.end, w.price) for w in tariff)


def _typed(*times: str) -> tuple[str, ...]:
    return tuple(time for time in times if HHMM_RE.fullmatch(time))


def _check_mapping(
    problem: Problem, mapping: Mapping[str, str], devices: Mapping[str, Device], target: str
) -> Iterator[Violation]:
    ids = [load.id for load in problem.loads]
    taken = [_key(name) for name in mapping.values()]
    for key in sorted(set(ids) | set(mapping)):
        name = _key(mapping.get(key, ""))
        if key not in ids or key not in mapping or ids.count(key) > 1 or taken.count(name) > 1:
            yield Violation("mapping_wrong", key if _is_id(key) else None)
        elif name not in devices or not _can_run(devices[name]):
            yield Violation("load_invented", key)
    if _key(mapping.get(problem.target, "")) != _key(target) or problem.target not in ids:
        yield Violation("wrong_target", problem.target)


def _is_id(key: str) -> bool:
    return re.fullmatch(LOAD_ID, key) is not None


def _can_run(device: Device) -> bool:
    return device.available and device.duration_min is not None and device.energy_kwh is not None


def _check_times(load: Load, now: str, stated: frozenset[str]) -> Iterator[Violation]:
    for field in ("earliest_start", "finish_by", "quiet_by", "quiet_until"):
        time = getattr(load, field)
        if time is not None and time != now and time not in stated:
            yield Violation("time_not_found", load.id, times=(time,), field=field)


def _check_facts(load: Load, device: Device | None) -> Iterator[Violation]:
    if device is None or not _can_run(device):
        return
    if load.duration_min != device.duration_min:
        pair = (Decimal(load.duration_min), Decimal(device.duration_min or 0))
        yield Violation("duration_differs", load.id, amounts=pair)
    if exact(load.energy_kwh) != exact(device.energy_kwh or 0):
        pair = (decimal(exact(load.energy_kwh)), decimal(exact(device.energy_kwh or 0)))
        yield Violation("energy_differs", load.id, amounts=pair)


def _available(device: Device | None) -> list[Limit]:
    if device is None or device.available_from is None:
        return []
    return [Limit(device.name, "not_before", device.available_from, 1.0, -1)]


def _check_limits(load: Load, limits: Sequence[Limit], clock: Clock) -> Iterator[Violation]:
    """No limit of the notes is missing from the load, and none is looser there."""
    for field, kind in _KINDS:
        own = [limit.time for limit in limits if limit.kind == kind]
        if own and (has := getattr(load, field)) is None:
            yield Violation("limit_dropped", load.id, times=(own[0],), field=field)
        elif loose := [time for time in own if not _holds(load, field, time, clock)]:
            yield Violation("limit_loosened", load.id, times=(has, loose[0]), field=field)


def _holds(load: Load, field: str, time: str, clock: Clock) -> bool:
    """Whether the load keeps a limit at `time`: quiet then, or no earlier, or no later."""
    if field == "earliest_start":
        return clock.first(load.earliest_start) >= clock.first(time)
    if field == "finish_by":
        return clock.deadline(load.finish_by or time) <= clock.deadline(time)
    at = clock.first(time) if field == "quiet_by" else clock.deadline(time) - 1
    return any(begin <= at < end for begin, end in quiet_stretches(load, clock))


_KINDS = (
    ("earliest_start", "not_before"),
    ("finish_by", "finish_by"),
    ("quiet_by", "quiet_by"),
    ("quiet_until", "quiet_until"),
)


# --- the schedule ------------------------------------------------------------------------------


def check_solution(problem: Problem, solution: Solution) -> tuple[Violation, ...]:
    """Every load once, in its windows, for its duration, as cheap and as early as can be.

    Costs are compared only where nothing else is wrong. With a shared power limit that binds
    this needs the `solver` extra.
    """
    clock, entries = Clock.of(problem), solution.proposed_schedule
    loads = {load.id: load for load in problem.loads}
    found = list(_check_ids(loads, entries))
    starts: dict[str, int] = {}
    for entry in entries:
        if entry.load_id in loads and entry.load_id not in starts:
            placed = _check_entry(problem, loads[entry.load_id], entry, clock)
            if isinstance(placed, Violation):
                found.append(placed)
            else:
                starts[entry.load_id] = placed
    found += _check_recommendation(problem, solution, starts)
    if not found:
        found += _check_power(problem, starts, clock)
    return tuple(found or _check_cost(problem, starts, clock))


def _check_ids(loads: Mapping[str, Load], entries: Sequence[ScheduledLoad]) -> Iterator[Violation]:
    given = [entry.load_id for entry in entries]
    for key in dict.fromkeys(given):
        if key not in loads:
            yield Violation("unknown_load", key)
        elif given.count(key) > 1:
            yield Violation("scheduled_twice", key)
    yield from (Violation("missing_load", key) for key in loads if key not in given)


def _check_entry(
    problem: Problem, load: Load, entry: ScheduledLoad, clock: Clock
) -> Violation | int:
    """The start in minutes since now, or what is wrong with it.

    On the night that shows an hour twice, HH:MM may be either; the first that holds is taken.
    """
    feasible = feasible_starts(problem, load)
    told = (entry.start, entry.end)
    begins = clock.occurrences(entry.start)
    fitting = [s for s in begins if clock.wall(s + load.duration_min) == entry.end]
    for start in fitting:
        if any(start in part for part in feasible):
            return start
    if not fitting:
        return Violation("wrong_duration", load.id, told, (Decimal(load.duration_min),))
    return _misplaced(load, told, fitting[0], clock)


def _misplaced(load: Load, told: tuple[str, str], start: int, clock: Clock) -> Violation:
    end = start + load.duration_min
    if start < clock.first(load.earliest_start):
        return Violation("too_early", load.id, (told[0], load.earliest_start))
    if load.finish_by is not None and end > clock.deadline(load.finish_by):
        return Violation("too_late", load.id, (told[1], load.finish_by))
    if end > clock.horizon:
        return Violation("past_horizon", load.id, (*told, clock.wall(0)))
    if load.quiet_until is not None and start < (until := clock.first(load.quiet_until)):
        by = 0 if load.quiet_by is None else clock.first(load.quiet_by)
        if not 0 < by < until:  # the quiet time is on already
            return Violation("before_quiet_until", load.id, (*told, load.quiet_until))
    return Violation("after_quiet_by", load.id, (*told, load.quiet_by or ""))


def _check_recommendation(
    problem: Problem, solution: Solution, starts: Mapping[str, int]
) -> Iterator[Violation]:
    """run_now if and only if the target starts at now, to the minute."""
    for entry in solution.proposed_schedule:
        at_once = starts.get(problem.target) == 0
        due = "run_now" if at_once else "run_later"
        if entry.load_id == problem.target in starts and solution.recommendation != due:
            yield Violation("wrong_recommendation", entry.load_id, (entry.start,), field=due)


def _check_power(problem: Problem, starts: Mapping[str, int], clock: Clock) -> Iterator[Violation]:
    if problem.power_limit_kw is None:
        return
    limit = exact(problem.power_limit_kw)
    for at in sorted(set(starts.values())):
        drawn = sum(
            (
                power(load)
                for load in problem.loads
                if 0 <= at - starts[load.id] < load.duration_min
            ),
            Fraction(),
        )
        if drawn > limit:
            amounts = (decimal(drawn), decimal(limit))
            yield Violation("over_power", times=(clock.wall(at),), amounts=amounts)


def _check_cost(problem: Problem, starts: Mapping[str, int], clock: Clock) -> Iterator[Violation]:
    grid, best = Grid(problem), solve(problem)
    cheapest = {slot.load_id: slot.start_min for slot in best.schedule}
    excess = {
        load.id: grid.cost(load, starts[load.id]) - grid.cost(load, cheapest[load.id])
        for load in problem.loads
    }
    if problem.power_limit_kw is not None:
        if total := sum(excess.values(), Fraction()):
            yield Violation("not_cheapest_total", amounts=(decimal(total),))
            return
        excess = {problem.target: Fraction()}  # the rest may have changed places at no cost
    for key, more in excess.items():
        at = (clock.wall(starts[key]),)
        if more > 0:
            yield Violation("not_cheapest", key, at, (decimal(more),))
        elif starts[key] > cheapest[key]:
            yield Violation("not_earliest", key, at)


# --- times in prose ----------------------------------------------------------------------------


def times_in(text: str) -> frozenset[str]:
    """Every HH:MM that the text may mean, in any spelling; both halves of the day where open."""
    from doorstep.household.times import find_times

    found = {match.group() for match in HHMM_RE.finditer(text)}
    for mention in find_times(text):
        for one in (mention, mention.until):
            if one is not None:
                open_half = one.style != "exact" and not _is_padded(text[one.start : one.end])
                found |= {hhmm(one.minute), hhmm(one.minute + (DAY // 2 if open_half else 0))}
    return frozenset(found)


def _is_padded(mention: str) -> bool:
    """06:30 is written on a 24-hour clock, 6:30 need not be; from 13:00 on there is no doubt."""
    return re.match(r"(?:0\d|1[3-9]|2\d)[:.h]?\d\d", mention) is not None
