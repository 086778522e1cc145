"""Exact bounds on a share that was counted: Clopper and Pearson, Biometrika 26 (1934), one-sided.

"At most 7% are wrong, with 95% confidence": were the true share greater, so few wrong ones would
have been counted in fewer than 5% of samples. Exact for every n; no normal approximation.
"""

from __future__ import annotations

import math

from doorstep._errors import BadInput

_HALVINGS = 60  # of an interval no longer than 1: the answer is exact to the last bits of a float
_NEGLIGIBLE = 1e-17


def upper_bound(wrong: int, n: int, confidence: float = 0.95) -> float:
    """The greatest share that `wrong` of `n` does not rule out; 1 where nothing was counted."""
    _possible(wrong, n, confidence)
    if wrong == n:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if at_most(wrong, n, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def lower_bound(right: int, n: int, confidence: float = 0.95) -> float:
    """The least share that `right` of `n` does not rule out; 0 where nothing was counted."""
    _possible(right, n, confidence)
    return 1 - upper_bound(n - right, n, confidence)


def at_most(wrong: int, n: int, share: float) -> float:
    """The probability of `wrong` or fewer in `n` independent draws, each so with `share`."""
    if wrong >= n or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    if wrong > n * share:  # sum the shorter tail: its terms fall from the first on
        return 1 - at_most(n - wrong - 1, n, 1 - share)
    term = math.exp(_log_choose(n, wrong) + wrong * math.log(share) + (n - wrong) * _log1m(share))
    total, odds = term, (1 - share) / share
    for i in range(wrong, 0, -1):
        term *= i / (n - i + 1) * odds
        total += term
        if term < _NEGLIGIBLE * total:
            break
    return min(total, 1.0)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _log1m(share: float) -> float:
    return math.log1p(-share)


def _possible(counted: int, n: int, confidence: float) -> None:
    if not 0 <= counted <= n:
        raise BadInput(f"{counted} of {n} is no count.", hint="Count from 0 to n.")
    if not 0 < confidence < 1:
        raise BadInput(f"A confidence of {confidence} is not between 0 and 1.")
