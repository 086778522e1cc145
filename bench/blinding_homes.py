"""Generated households for the attack on blinding: devices and their habits.

Durations, energies and habits are ours, set by hand to what appliances are usually labelled with;
they overlap as real ones do. No household is real.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from doorstep._errors import BadInput
from doorstep.household.blind import Blinding
from doorstep.household.clock import hhmm
from doorstep.household.problem import Load, Problem, TariffWindow, load_ids

WAKES = (330, 360, 390, 420, 450, 480)  # 05:30 to 08:00


@dataclass(frozen=True, slots=True)
class Kind:
    """Minutes and kW to draw from, and how likely each limit is."""

    minutes: tuple[int, ...]
    low_kw: float
    high_kw: float
    by_wake: float = 0.0  # has to be through when the house gets up
    by_leave: float = 0.0  # ... when it leaves
    quiet: float = 0.0  # not after bedtime
    later: float = 0.0  # not free yet


KINDS = {
    "dishwasher": Kind((60, 90, 90, 120, 150, 180, 195, 210), 0.35, 0.9, 0.6, 0.0, 0.45),
    "washing machine": Kind((45, 60, 75, 90, 90, 120, 150), 0.35, 0.8, 0.1, 0.2, 0.6),
    "dryer": Kind((60, 90, 100, 120, 150), 0.7, 2.6, 0.1, 0.3, 0.5, 0.5),
    "EV charger": Kind((120, 180, 240, 240, 300, 360, 420), 2.3, 11.0, 0.0, 0.85, 0.0, 0.2),
    "water heater": Kind((90, 120, 150, 180, 240), 0.5, 3.0, 0.75),
    "pool pump": Kind((180, 240, 300, 360), 0.4, 1.5, 0.0, 0.0, 0.2),
    "bread maker": Kind((150, 180, 200, 210, 240), 0.08, 0.2, 0.9),
    "e-bike charger": Kind((120, 180, 210, 240, 300), 0.1, 0.3, 0.0, 0.7, 0.05, 0.3),
}
DEVICES = tuple(KINDS)
# (minutes since midnight, price) from then on
TARIFFS = (
    ((0, 0.12), (360, 0.25), (1020, 0.45), (1200, 0.22)),
    ((0, 0.18), (360, 0.31), (1320, 0.18)),
    ((0, 0.16), (420, 0.29), (1380, 0.16)),
    ((0, 0.30), (30, 0.09), (270, 0.30)),
    ((0, 0.22), (420, 0.28), (960, 0.41), (1140, 0.28), (1380, 0.22)),
)


@dataclass(frozen=True, slots=True)
class House:
    """A problem, what its loads are, and when the house gets up (minutes since midnight)."""

    problem: Problem
    devices: dict[str, str]  # id -> device
    wake: int


def houses(count: int, *, minute: int, seed: int = 1) -> Iterator[House]:
    """`count` houses that have a schedule; `now` falls on a multiple of `minute`."""
    rng = random.Random(seed)
    check = Blinding(())
    while count:
        house = _house(rng, minute)
        try:
            check.blind(house.problem)
        except BadInput:
            continue
        count -= 1
        yield house


def _house(rng: random.Random, minute: int) -> House:
    now = rng.randrange(15 * 60, 22 * 60 + 30, minute)
    wake = rng.choice(WAKES)
    bed = 1440 - 30 * rng.randrange(1, 6)
    names = rng.sample(DEVICES, rng.choice((1, 2, 2, 3, 3, 4, 5)))
    ids = load_ids(len(names))
    loads = [_load(rng, key, KINDS[n], now, wake, bed) for key, n in zip(ids, names, strict=True)]
    problem = Problem(
        now=hhmm(now),
        target=rng.choice(ids),
        loads=tuple(loads),
        tariff=_tariff(rng),
        power_limit_kw=rng.choice((4.6, 7.4, 9.2, 11.0)) if rng.random() < 0.1 else None,
    )
    return House(problem, dict(zip(ids, names, strict=True)), wake)


def _load(rng: random.Random, key: str, kind: Kind, now: int, wake: int, bed: int) -> Load:
    length = rng.choice(kind.minutes)
    kwh = round(rng.uniform(kind.low_kw, kind.high_kw) * length / 60, rng.choice((1, 1, 2)))
    times = {"earliest_start": hhmm(now)}
    if rng.random() < kind.later:
        times["earliest_start"] = hhmm(-(-now // 30) * 30 + 30 * rng.randint(1, 4))
    if rng.random() < kind.by_wake:
        times["finish_by"] = hhmm(wake)
    elif rng.random() < kind.by_leave:
        times["finish_by"] = hhmm(wake + 30 * rng.randint(1, 3))
    if rng.random() < kind.quiet:
        times["quiet_by"] = hhmm(bed)
        if rng.random() < 0.4:
            times["quiet_until"] = hhmm(wake)
    return Load.model_validate({"id": key, "duration_min": length, "energy_kwh": kwh, **times})


def _tariff(rng: random.Random) -> tuple[TariffWindow, ...]:
    if rng.random() < 0.2:
        marks = [(60 * h, round(rng.uniform(0.05, 0.5), 2)) for h in range(24)]
    else:
        scale = rng.uniform(0.7, 1.4)
        marks = [(at, round(price * scale, 2)) for at, price in rng.choice(TARIFFS)]
    ends = [*(at for at, _ in marks[1:]), 1440]
    return tuple(
        TariffWindow(start=hhmm(at), end=hhmm(end), price=price)
        for (at, price), end in zip(marks, ends, strict=True)
    )
