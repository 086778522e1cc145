"""The risk up to which answers are kept, such that few of those kept are wrong: with a confidence.

Learn then Test (Angelopoulos et al., arXiv 2110.01052), fixed-sequence testing: thresholds are
tried in an order that the labels they are tested on had no say in, each by an exact binomial test
of "more than `risk` of the answers kept here are wrong", until one is not rejected. The last one
that was is chosen, and the probability that its true share is above `risk` is at most
1 - `confidence`, whichever it is.

The order goes upwards from where the test is most likely to succeed: from a start at the very
lowest scores one wrong answer among a handful would end it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorstep._errors import BadInput
from doorstep.patterns.calibration.bound import at_most, upper_bound

STEPS = 20


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer: its score, and whether it was wrong.

    `score` is None where the scorer could not tell; such an answer is never kept.
    """

    score: float | None
    wrong: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """Answers scored up to `value` are kept: `kept` of `n` were, of which `wrong` were wrong.

    `bound`: the exact upper bound on the share of wrong ones.
    """

    value: float
    kept: int
    wrong: int
    n: int
    bound: float

    @property
    def share(self) -> float:
        return self.kept / self.n


def choose(
    scored: Sequence[Scored], order: Sequence[float], risk: float, confidence: float
) -> Threshold | None:
    """The last threshold of `order` that passes, before one does not; None where none does."""
    chosen = None
    for value in order:
        tried = _tried(scored, value, confidence)
        if not tried.kept or at_most(tried.wrong, tried.kept, risk) > 1 - confidence:
            break
        chosen = tried
    return chosen


def _tried(scored: Sequence[Scored], value: float, confidence: float) -> Threshold:
    kept = [s for s in scored if s.score is not None and s.score <= value]
    wrong = sum(s.wrong for s in kept)
    return Threshold(
        value, len(kept), wrong, len(scored), upper_bound(wrong, len(kept), confidence)
    )


def upwards(
    scores: Sequence[float | None], n: int, risk: float, confidence: float
) -> tuple[float, ...]:
    """The order in which to try, from `scores` alone: they are probabilities of being wrong.

    `n`: how many answers the thresholds will be tested on. The start is the one most likely to
    pass if the scores are right; of equally likely ones the greatest.
    """
    told = sorted(score for score in scores if score is not None)
    if not told:
        return ()
    grid = _grid(told)
    hopes = []
    for value in grid:
        below = [score for score in told if score <= value]
        size = round(n * len(below) / len(scores))
        hopes.append(round(_hope(size, (sum(below) + 0.5) / (len(below) + 1), risk, confidence), 2))
    start = max(range(len(grid)), key=lambda at: (hopes[at], at))
    return grid[start:]


def _grid(told: Sequence[float]) -> tuple[float, ...]:
    """Quantiles, each once, lowest first."""
    last = len(told) - 1
    return tuple(sorted({told[round(last * step / STEPS)] for step in range(1, STEPS + 1)}))


def _hope(size: int, expected: float, risk: float, confidence: float) -> float:
    """How probable it is that `size` answers, each wrong with `expected`, pass the test."""
    allowed = _allowed(size, risk, confidence)
    return at_most(allowed, size, min(expected, 1 - 1e-9)) if allowed >= 0 else 0.0


def _allowed(size: int, risk: float, confidence: float) -> int:
    """How many of `size` may be wrong; -1 where even none is too many."""
    low, high = -1, size
    while low < high:
        middle = (low + high + 1) // 2
        if size and middle < size and at_most(middle, size, risk) <= 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


def sensible(risk: float, confidence: float) -> None:
    """BadInput where a risk or a confidence is no share strictly between 0 and 1."""
    for name, value in (("risk", risk), ("confidence", confidence)):
        if not 0 < value < 1:
            raise BadInput(f"A {name} is between 0 and 1, such as 0.1 or 0.95.")
