"""The judged router, and those that it stands beside on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.escalation.rows import Row
from doorstep.patterns.calibration.bound import upper_bound
from doorstep.patterns.calibration.calibration import gain
from doorstep.patterns.calibration.fit import WORDS_FROM
from doorstep.patterns.calibration.regression import Sample, fit_scorer, folds

FOLDS = 5
OPTIONS = 4  # of a question of MMLU: what guessing gets right is a quarter


@dataclass(frozen=True, slots=True)
class Artefact:
    """A domain whose labels cannot be a measure of the strong model."""

    domain: str
    n: int
    weak: float
    strong: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Of each row: what asking the strong model is expected to win, and the weak one's risk."""

    gain: list[float]
    risk: list[float]


def scores_of(samples: Sequence[Sample], rows: Sequence[Row], asked: Sequence[Sample]) -> Scores:
    """Scores of `asked`, as a calibration on `samples` gives them (`Calibration.gain`).

    Fitted on `samples` and the labels of `rows` alone. Strengths are chosen within them.
    """
    words = len(rows) >= WORDS_FROM
    home = fit_scorer(samples, [not row.weak for row in rows], words=words)
    cloud = fit_scorer(samples, [not row.strong for row in rows], words=words)
    return Scores(
        [gain(home, cloud, sample.features, sample.question) for sample in asked],
        [home.risk(sample.features, sample.question) for sample in asked],
    )


def cross_scores(samples: Sequence[Sample], rows: Sequence[Row], seed: int = 0) -> Scores:
    """Scores of every row by what was fitted on the folds that it is not in."""
    found = Scores([0.0] * len(rows), [0.0] * len(rows))
    for part in folds([not row.weak for row in rows], FOLDS, seed):
        held = set(part)
        rest = [at for at in range(len(rows)) if at not in held]
        known = [samples[at] for at in rest]
        scores = scores_of(known, [rows[at] for at in rest], [samples[at] for at in part])
        for at, won, risk in zip(part, scores.gain, scores.risk, strict=True):
            found.gain[at], found.risk[at] = won, risk
    return found


def baselines(rows: Sequence[Row]) -> dict[str, list[float]]:
    """At random; the longest prompt first; every answer that is truly wrong first."""
    return {
        "random": [0.0] * len(rows),
        "prompt_length": [float(len(row.prompt)) for row in rows],
        "perfect_verifier": [float(not row.weak) for row in rows],
    }


def artefacts(rows: Sequence[Row]) -> list[Artefact]:
    """Domains in which the strong model is surely worse than guessing, and worse than the weak one.

    Nobody is worse than guessing for want of ability: there the label measures something else. By
    an exact upper bound at 99.9% on the strong model's accuracy.
    """
    found = []
    for domain in sorted({row.domain for row in rows if row.domain}):
        mine = [row for row in rows if row.domain == domain]
        weak, strong = sum(row.weak for row in mine), sum(row.strong for row in mine)
        if strong < weak and upper_bound(strong, len(mine), 0.999) < 1 / OPTIONS:
            found.append(Artefact(domain, len(mine), weak / len(mine), strong / len(mine)))
    return found
