"""Blinding: does the optimum come back, and how far does guessing fall?

    python bench/blinding.py [--problems 10000] [--homes 2000] [--json]

*Exactness*: random problems (odd minutes, negative prices, loads without energy, clock changes,
power limits) are blinded, sent through the wire format, solved exactly, mapped back and compared
with the optimum of the original. *Attack*: see `blinding_attack.py`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

from doorstep.household.blind import EXACT, Blinded, Blinding
from doorstep.household.blind_step import Span
from doorstep.household.checks import check_solution
from doorstep.household.clock import hhmm
from doorstep.household.problem import ClockChange, Load, Problem, TariffWindow, load_ids
from doorstep.household.render import parse_rendered, render
from doorstep.household.solver import Grid, NoSchedule, solve, to_solution

GRIDS = (1, 1, 5, 10, 15, 30, 60)
KWH = (0.0, 0.3, 0.45, 0.7, 1.2, 1.25, 2.0, 7.35, 14.0, 22.0)


@dataclass(frozen=True, slots=True)
class Exactness:
    """How many problems came back with the very optimum; `wrong` should be 0."""

    problems: int = 0
    wrong: int = 0
    rejected: int = 0  # by the exact checks against the original
    clock_changes: int = 0
    clock_changes_gone: int = 0
    negative_prices: int = 0
    limits: int = 0
    limits_gone: int = 0
    limited_swapped: int = 0  # same cost and target start, another optimal schedule
    stretched: int = 0
    with_decoys: int = 0
    infeasible_skipped: int = 0
    seconds: float = 0.0


def problems(count: int, seed: int = 3) -> Iterator[Problem]:
    """Random problems, some under a power limit, one in five on a clock-change day."""
    rng = random.Random(seed)
    for _ in range(count):
        yield _problem(rng)


def _problem(rng: random.Random) -> Problem:
    grid = rng.choice(GRIDS)
    limited = rng.random() < 0.2
    now = rng.randrange(0, 1440, rng.choice((grid, grid, 1)))
    loads = tuple(
        _load(rng, key, grid, now, limited)
        for key in load_ids(rng.randint(2, 3) if limited else rng.randint(1, 6))
    )
    change = None
    if rng.random() < 0.2:
        shift = rng.choice((60, 60, -60, -60, 30, -30))
        change = ClockChange(at=hhmm(60 * rng.randrange(24)), shift_min=shift)
    return Problem(
        now=hhmm(now),
        target=rng.choice(loads).id,
        loads=loads,
        tariff=_tariff(rng, grid),
        clock_change=change,
        power_limit_kw=_limit(rng, loads) if limited else None,
    )


def _load(rng: random.Random, key: str, grid: int, now: int, limited: bool) -> Load:
    """Under a limit windows are short, so that the mixed-integer program is small."""
    length = grid * rng.randint(1, max(1, min(24, 300 // grid)))
    begin = grid * rng.randrange(0, max(1, 600 // grid)) if rng.random() < 0.4 else 0
    times = {"earliest_start": hhmm(now + begin)}
    room = rng.randrange(0, 180 if limited else 600, grid)
    if limited or rng.random() < 0.6:
        times["finish_by"] = hhmm(now + min(1439, begin + length + room))
    for name, chance in (("quiet_by", 0.3), ("quiet_until", 0.25)):
        if rng.random() < chance:
            times[name] = hhmm(now + rng.randrange(0, 1440, grid))
    return Load.model_validate(
        {"id": key, "duration_min": length, "energy_kwh": rng.choice(KWH), **times}
    )


def _tariff(rng: random.Random, grid: int) -> tuple[TariffWindow, ...]:
    every = range(0, 1440, rng.choice((grid, 30, 60)))
    marks = sorted(rng.sample(every, rng.randint(1, 6)))
    digits, low = rng.choice((0, 1, 2, 4)), rng.choice((-0.2, 0.0, 0.05))
    prices = [round(rng.uniform(low, 0.6), digits) for _ in marks]
    return tuple(
        TariffWindow(start=hhmm(a), end=hhmm(b), price=p)
        for a, b, p in zip(marks, [*marks[1:], marks[0]], prices, strict=True)
    )


def _limit(rng: random.Random, loads: tuple[Load, ...]) -> float:
    powers = [x.energy_kwh * 60 / x.duration_min for x in loads]
    return round(
        max(0.01, rng.uniform(max(powers), max(max(powers), sum(powers) * 0.95))) + 0.01, 2
    )


def judge(problem: Problem, blinding: Blinding, count: Exactness) -> Exactness:
    """The problem there and back, counted."""
    try:
        best = solve(problem)
    except NoSchedule:
        return replace(count, infeasible_skipped=count.infeasible_skipped + 1)
    blinded = blinding.blind(problem)
    crossed = parse_rendered(render(blinded.problem))
    found = solve(crossed)
    spans = blinded.undo(tuple(Span(s.load_id, s.start_min, s.end_min) for s in found.schedule))
    same = {s.load_id: (s.start, s.end) for s in spans} == {
        s.load_id: (s.start_min, s.end_min) for s in best.schedule
    }
    limited = blinded.problem.power_limit_kw is not None
    as_good = same or (limited and _as_good(problem, spans, best.schedule))
    faults = check_solution(problem, blinded.back(to_solution(crossed, found)))
    return _counted(count, problem, blinded, same, as_good and crossed == blinded.problem, faults)


def _as_good(problem: Problem, spans: tuple[Span, ...], best: tuple[object, ...]) -> bool:
    grid = Grid(problem)
    loads = {load.id: load for load in problem.loads}
    ours = sum((grid.cost(loads[s.load_id], s.start) for s in spans), Fraction())
    theirs = sum((grid.cost(loads[s.load_id], s.start_min) for s in best), Fraction())  # type: ignore[attr-defined]
    target = {s.load_id: s.start for s in spans}[problem.target]
    due = {s.load_id: s.start_min for s in best}[problem.target]  # type: ignore[attr-defined]
    return ours == theirs and target == due


def _counted(
    count: Exactness,
    problem: Problem,
    blinded: Blinded,
    same: bool,
    as_good: bool,
    faults: tuple[object, ...],
) -> Exactness:
    there = blinded.problem
    change, limit = problem.clock_change is not None, problem.power_limit_kw is not None
    shorter = any(a.duration_min > 1 for a in problem.loads) and "steps" in " ".join(blinded.told)
    return replace(
        count,
        problems=count.problems + 1,
        wrong=count.wrong + (not as_good),
        rejected=count.rejected + bool(faults),
        clock_changes=count.clock_changes + change,
        clock_changes_gone=count.clock_changes_gone + (change and there.clock_change is None),
        negative_prices=count.negative_prices + any(w.price < 0 for w in problem.tariff),
        limits=count.limits + limit,
        limits_gone=count.limits_gone + (limit and there.power_limit_kw is None),
        limited_swapped=count.limited_swapped + (as_good and not same),
        stretched=count.stretched + shorter,
        with_decoys=count.with_decoys + (len(there.loads) > len(problem.loads)),
    )


def exactness(count: int, seed: int = 3) -> Exactness:
    """`count` problems that have a schedule, there and back."""
    blinding = Blinding(EXACT, key=seed.to_bytes(32))
    result, began = Exactness(), time.perf_counter()
    for problem in problems(4 * count, seed):
        result = judge(problem, blinding, result)
        if result.problems == count:
            break
    return replace(result, seconds=round(time.perf_counter() - began, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=int, default=10_000)
    parser.add_argument("--homes", type=int, default=2_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1]))  # for the attack, which lies beside it
    exact = exactness(options.problems) if options.problems else Exactness()
    if options.problems and not options.json:
        for name, value in asdict(exact).items():
            print(f"{name:20} {value}", flush=True)
    attack = []
    for row in _attack(options.homes) if options.homes else ():
        attack.append(row)
        if not options.json:
            print(" | ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    if options.json:
        print(json.dumps({"exactness": asdict(exact), "attack": attack}))


def _attack(homes: int) -> Iterator[dict[str, object]]:
    from bench.blinding_attack import attacks

    return attacks(homes)


if __name__ == "__main__":
    main()
