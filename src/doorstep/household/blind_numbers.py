"""Blinding quantities: energies, a power limit and prices keep only what the optimum needs.

- *Level*: where no power limit can bind, loads do not touch each other, and the cheapest start of
  a load does not depend on how much it uses. All cross as 1 kWh (0 stays 0: a load without energy
  runs at once whatever the price).
- *Ratio*: where a limit can bind, energies and the limit cross as the smallest whole numbers in
  the same ratios. All powers and all costs are multiplied by one factor: the same schedules fit,
  and the same one is the cheapest.
- *Prices*: a*p + b with a > 0. Every load runs exactly once, so the energy bought is fixed and b
  adds the same to every schedule; for one load b adds its energy times b to every start. So any
  such a and b keep the optimum, ties too. They are chosen so that the lowest price is 0 and the
  others are the smallest whole numbers: no negative price is left, no currency and no level.

Nothing is drawn at random here: every problem that differs in factor and offset alone gives the
same numbers, so what crosses tells nothing about them. A random factor would tell more: with
1.2 kWh times 1.37 the product can be taken apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from doorstep.household.blind_step import Schedule, changed, sendable
from doorstep.household.blind_time import MOST_KW, windows
from doorstep.household.problem import Problem
from doorstep.household.solver import exact, power

MOST_PRICE = 1000


@dataclass(frozen=True, slots=True)
class Level:
    """Every load uses the same, and there is no limit."""

    limited: bool  # whether there was a limit before

    @property
    def told(self) -> str:
        more = ", the power limit left out: it cannot bind" if self.limited else ""
        return f"energies: all 1 kWh{more}"

    def forward(self, problem: Problem) -> Problem:
        loads = [
            load.model_copy(update={"energy_kwh": 1.0 if load.energy_kwh else 0.0})
            for load in problem.loads
        ]
        return changed(problem, loads=loads, power_limit_kw=None)

    def back(self, schedule: Schedule) -> Schedule:
        return schedule


def level(problem: Problem) -> Level | None:
    """None where a power limit can bind."""
    limited = problem.power_limit_kw is not None
    return None if limited and _can_bind(problem) else Level(limited)


def _can_bind(problem: Problem) -> bool:
    """Whether the loads that can be running in some minute draw more than the limit together."""
    limit = exact(problem.power_limit_kw or 0)
    spans = []
    for load in problem.loads:
        parts = windows(problem, load)
        spans.append((parts[0].begin, parts[-1].end, power(load)))
    return any(sum(kw for b, e, kw in spans if b <= at < e) > limit for at, _, _ in spans)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Energies and the power limit in other units. `energies` in the problem's order."""

    energies: tuple[float, ...]
    limit: float

    @property
    def told(self) -> str:
        return "energies and the power limit: only their ratios"

    def forward(self, problem: Problem) -> Problem:
        loads = [
            load.model_copy(update={"energy_kwh": energy})
            for load, energy in zip(problem.loads, self.energies, strict=True)
        ]
        return changed(problem, loads=loads, power_limit_kw=self.limit)

    def back(self, schedule: Schedule) -> Schedule:
        return schedule


def ratio(problem: Problem) -> Ratio | None:
    """None without a power limit, or where the ratios need more digits than can be sent."""
    if problem.power_limit_kw is None:
        return None
    energies = [exact(load.energy_kwh) for load in problem.loads]
    small = smallest((*energies, exact(problem.power_limit_kw)))
    # Both bounds in one: a limit may be ten times as large as an energy.
    sent = sendable((*small, *(10 * e for e in small[:-1])), MOST_KW)
    return None if sent is None else Ratio(sent[: len(energies)], sent[len(energies)])


@dataclass(frozen=True, slots=True)
class Prices:
    """The tariff in other units, in the problem's order."""

    prices: tuple[float, ...]

    @property
    def told(self) -> str:
        return "prices: only how their differences compare"

    def forward(self, problem: Problem) -> Problem:
        tariff = [
            window.model_copy(update={"price": price})
            for window, price in zip(problem.tariff, self.prices, strict=True)
        ]
        return changed(problem, tariff=tariff)

    def back(self, schedule: Schedule) -> Schedule:
        return schedule


def prices(problem: Problem) -> Prices | None:
    """None where the differences need more digits than can be sent."""
    given = [exact(window.price) for window in problem.tariff]
    sent = sendable(smallest(tuple(p - min(given) for p in given)), MOST_PRICE)
    return None if sent is None else Prices(sent)


def smallest(values: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """The smallest whole numbers in the same ratios."""
    scale = lcm(*(value.denominator for value in values))
    whole = [int(value * scale) for value in values]
    unit = gcd(*whole) or 1
    return tuple(Fraction(number // unit) for number in whole)
