"""Decoys: loads that are not there, so that neither their number nor their mix tells the house.

A house has its own phantoms, drawn once from its key: asked again tomorrow, they are there again,
as a real dishwasher would be. Decoys drawn anew each time would give themselves away to whoever
compares two days. The number of loads crosses as a power of two, at least half of them decoys.

Loads that share no power limit do not touch each other, so decoys change nothing. Under a limit
they would: there are none then. They keep to the step and the reach of the real loads, so that
they add no time that would tell (or be told) apart.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from doorstep.household.blind_step import Schedule, changed
from doorstep.household.blind_time import Window, reach, step_of, windows
from doorstep.household.clock import Clock
from doorstep.household.problem import Load, Problem, load_ids

LEAST = 4  # loads that cross, decoys among them
MOST = 64  # decoys
_MINUTES = (40, 60, 75, 90, 90, 105, 120, 120, 150, 180, 180, 210, 240, 240, 300, 360, 420)
_KWH = (0.4, 0.7, 0.9, 1.2, 1.5, 2.0, 2.4, 3.5, 5.0, 7.4, 11.0, 14.0, 22.0)
_UNTIL = (
    *("05:30", "06:00", "06:30", "06:45", "07:00", "07:00", "07:30", "08:00", "08:30"),
    *("20:00", "21:00", "21:30", "22:00", "22:30", "23:00"),
)
_FROM = ("17:00", "18:00", "19:00", "20:00", "21:00", "22:00")


@dataclass(frozen=True, slots=True)
class Phantom:
    """A load that this house pretends to have; wall times, minutes, kWh."""

    duration_min: int
    energy_kwh: float
    like: int  # whose window it takes, counted through the real loads; -1: one of its own
    begins: str | None
    ends: str | None


@dataclass(frozen=True, slots=True)
class Decoys:
    """`loads` were added."""

    loads: tuple[Load, ...]

    @property
    def told(self) -> str:
        return f"decoys: {len(self.loads)} loads that are not there"

    def forward(self, problem: Problem) -> Problem:
        return changed(problem, loads=(*problem.loads, *self.loads))

    def back(self, schedule: Schedule) -> Schedule:
        added = {load.id for load in self.loads}
        return tuple(span for span in schedule if span.load_id not in added)


class Phantoms:
    """The phantoms of the house that has this key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __call__(self, problem: Problem) -> Decoys | None:
        """As many as the problem needs; None under a power limit, or where an hour that the wall
        shows twice bounds what can be said."""
        if problem.power_limit_kw is not None:
            return None
        count = wanted(len(problem.loads))
        taken = {load.id for load in problem.loads}
        ids = [key for key in load_ids(702) if key not in taken][:count]
        bounds, step = reach(problem), step_of(problem)
        if not _sayable(bounds, Clock.of(problem)):
            return None
        loads = (_load(key, self._phantom(i), problem, bounds, step) for i, key in enumerate(ids))
        return Decoys(tuple(loads))

    def _phantom(self, number: int) -> Phantom:
        seed = hmac.digest(self._key, b"phantom %d" % number, hashlib.sha256)
        rng = Random(seed)
        return Phantom(
            duration_min=rng.choice(_MINUTES),
            energy_kwh=rng.choice(_KWH),
            like=rng.randrange(10**6) if rng.random() < 0.5 else -1,
            begins=rng.choice(_FROM) if rng.random() < 0.15 else None,
            ends=rng.choice(_UNTIL) if rng.random() < 0.7 else None,
        )


def wanted(count: int) -> int:
    """How many decoys beside `count` loads."""
    total = LEAST
    while total < 2 * count:
        total *= 2
    return min(total - count, MOST, len(load_ids(702)) - count)


def _load(key: str, phantom: Phantom, problem: Problem, bounds: Window, step: int) -> Load:
    clock = Clock.of(problem)
    window = _window(phantom, problem, bounds, step)
    if window.begin >= window.end or not _sayable(window, clock):
        window = bounds
    longest = window.end - window.begin
    duration = min(max(step, round(phantom.duration_min / step) * step), longest)
    return Load(
        id=key,
        duration_min=duration,
        energy_kwh=_energy(phantom, problem.loads),
        earliest_start=clock.wall(window.begin),
        finish_by=clock.wall(window.end),
    )


def _energy(phantom: Phantom, loads: Sequence[Load]) -> float:
    """What all loads use that use anything, where they are level; else its own."""
    used = {load.energy_kwh for load in loads if load.energy_kwh}
    return used.pop() if len(loads) > 1 and len(used) == 1 else phantom.energy_kwh


def _window(phantom: Phantom, problem: Problem, bounds: Window, step: int) -> Window:
    """On the step and inside the reach."""
    if phantom.like >= 0:
        return windows(problem, problem.loads[phantom.like % len(problem.loads)])[-1]
    clock, begin, end = Clock.of(problem), bounds.begin, bounds.end
    if phantom.begins is not None:
        begin = _inside(clock.first(phantom.begins) // step * step, bounds)
    if phantom.ends is not None:
        end = _inside(clock.deadline(phantom.ends) // step * step, bounds)
    return Window(begin, end)


def _sayable(window: Window, clock: Clock) -> bool:
    """Whether wall times say it; not those of an hour that the wall shows twice."""
    told = (clock.first(clock.wall(window.begin)), clock.deadline(clock.wall(window.end)))
    return told == (window.begin, window.end)


def _inside(at: int, bounds: Window) -> int:
    return at if bounds.begin <= at <= bounds.end else bounds.end
