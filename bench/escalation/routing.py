"""How well scores decide which questions go to the strong model, as RouteLLM measures it.

The rows go to the strong model from the highest score on. At each share of calls the part of the
gap (strong minus weak accuracy) that is recovered is PGR. APGR is its mean over all shares: 0.5 at
random. CPT x% is the share of calls that recovers x% of the gap. (Ong et al., arXiv 2406.18665.)
Rows with equal scores go in random order: the curve is the expected one, a straight line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.escalation.rows import Row

DRAWS = 1000
SEED = 20260
FIGURES = ("apgr", "cpt50", "cpt80")


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and its 95% bootstrap interval; None where it could not be computed."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Routing:
    """The figures of one router on n rows."""

    n: int
    apgr: Figure
    cpt50: Figure
    cpt80: Figure

    def as_json(self) -> dict[str, object]:
        found: dict[str, object] = {"n": self.n}
        for name in FIGURES:
            figure: Figure = getattr(self, name)
            found |= {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}
        return found


def measure(scores: Sequence[float], rows: Sequence[Row], draws: int = DRAWS) -> Routing:
    """The figures of a router. The bootstrap draws rows; what was fitted stays as it is."""
    board = _Board(scores, rows)
    values = board.figures(np.ones(len(rows)))
    draw = np.random.default_rng(SEED)
    shares = np.full(len(rows), 1 / len(rows))
    drawn = [board.figures(draw.multinomial(len(rows), shares)) for _ in range(draws)]
    figures = [_figure(value, [d[at] for d in drawn]) for at, value in enumerate(values)]
    return Routing(len(rows), *figures)


def _figure(value: float | None, drawn: Sequence[float | None]) -> Figure:
    known = [one for one in drawn if one is not None]
    if value is None or not known:
        return Figure(None, None, None)
    low, high = np.percentile(known, [2.5, 97.5])
    return Figure(round(value, 4), round(float(low), 4), round(float(high), 4))


class _Board:
    """The rows from the highest score on, in groups of equal scores."""

    def __init__(self, scores: Sequence[float], rows: Sequence[Row]) -> None:
        values = np.asarray(scores, dtype=float)
        self._order = np.argsort(-values, kind="stable")
        ranked = values[self._order]
        self._starts = np.flatnonzero(np.r_[True, np.diff(ranked) != 0])
        gains = np.array([float(row.strong) - float(row.weak) for row in rows])
        self._gains = gains[self._order]

    def figures(self, times: Any) -> tuple[float | None, float | None, float | None]:
        """APGR, CPT50 and CPT80 where row i is there `times[i]` times. None without a gap."""
        weights = times[self._order]
        calls = np.cumsum(np.r_[0, np.add.reduceat(weights, self._starts)])
        won = np.cumsum(np.r_[0, np.add.reduceat(weights * self._gains, self._starts)])
        if won[-1] <= 0:
            return None, None, None
        share, recovered = calls / calls[-1], won / won[-1]
        area = float(np.sum(np.diff(share) * (recovered[1:] + recovered[:-1]) / 2))
        return area, _reaches(share, recovered, 0.5), _reaches(share, recovered, 0.8)


def _reaches(share: Any, recovered: Any, part: float) -> float:
    """The first share of calls at which the curve is at `part`."""
    at = int(np.argmax(recovered >= part))
    rise = recovered[at] - recovered[at - 1]
    within = (part - recovered[at - 1]) / rise if rise > 0 else 1.0
    return float(share[at - 1] + within * (share[at] - share[at - 1]))
