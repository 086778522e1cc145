"""Sums over runs, as the views show them. Days are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from doorstep.runs.values import Ending, KeptRun


@dataclass(frozen=True, slots=True)
class Sums:
    """`runs` are questions: `stayed` of them left nothing, of `crossed` something left (`crossings`
    requests, `sent` bytes of bodies). By ending: `answered`, `failed`, `refused` (by the boundary),
    `cancelled`.

    `cost` is that of the priced runs, in US dollars; `unpriced` could not be priced. `cloud_only`
    estimates what `cloud_only_runs` of them would have cost with the cloud's model alone,
    `cost_compared` is what those cost. Tokens as the servers counted them; of `uncounted` runs a
    model did not say. `seconds` is all runs together.
    """

    runs: int = 0
    stayed: int = 0
    crossed: int = 0
    crossings: int = 0
    sent: int = 0
    answered: int = 0
    failed: int = 0
    refused: int = 0
    cancelled: int = 0
    fell_back: int = 0
    cost: Decimal = Decimal(0)
    unpriced: int = 0
    cloud_only: Decimal = Decimal(0)
    cloud_only_runs: int = 0
    cost_compared: Decimal = Decimal(0)
    home_tokens: int = 0
    cloud_tokens: int = 0
    uncounted: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternDay(Sums):
    """The sums of one pattern on one day."""

    day: str
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals(Sums):
    """The sums of one day, its slowest run and its dearest, without their texts. None where there
    was no run, or none that cost anything."""

    slowest: KeptRun | None = None
    dearest: KeptRun | None = None


class Latency(NamedTuple):  # there are many
    """How many answered runs took about so long: see `took.seconds_of`."""

    day: str
    pattern: str
    bucket: int
    runs: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many runs of a pattern ended so."""

    pattern: str
    verdict: str
    ending: Ending
    why: str
    fell_back: bool
    runs: int


@dataclass(frozen=True, slots=True)
class Reason:
    """In how many runs that were not simply kept at home this check spoke for the cloud; where
    `scored` is False, in how many it could not score the answer. A run may count several times."""

    pattern: str
    check: str
    scored: bool
    runs: int
