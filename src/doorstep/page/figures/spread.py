"""Quantiles of how long runs took, from the book's counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from doorstep.runs.took import seconds_of

Steps = Mapping[int, int]  # step of `runs.took` -> how many runs


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 90th percentile in seconds, each within 5 % (see `runs.took`), over `runs`
    answered runs; None where there were none."""

    runs: int
    median: float | None
    p90: float | None


def spread(steps: Steps) -> Spread:
    """Of counts by step."""
    total = sum(steps.values())
    if not total:
        return Spread(0, None, None)
    return Spread(total, _quantile(steps, total, 0.5), _quantile(steps, total, 0.9))


def _quantile(steps: Steps, total: int, share: float) -> float:
    """The nearest rank: the smallest value with `share` of all at or below it."""
    below = 0
    for step in sorted(steps):
        below += steps[step]
        if below >= share * total:
            return seconds_of(step)
    raise AssertionError
