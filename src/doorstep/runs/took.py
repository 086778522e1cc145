"""How long runs took, as counts in steps of 10 %: quantiles of sums cannot be had from quantiles.

A sketch with a relative error (Masson, Rim and Lee 2019, "DDSketch", VLDB 12(12)): a value read
back is within 5 % of the one that went in.
"""

from __future__ import annotations

from math import floor, log

_STEP = log(1.1)
_LEAST_S = 0.001


def bucket(seconds: float) -> int:
    """The step that a time falls into; below a millisecond all are alike."""
    return floor(log(max(seconds, _LEAST_S)) / _STEP)


def seconds_of(step: int) -> float:
    """The middle of a step, in seconds."""
    return float(1.1 ** (step + 0.5))
