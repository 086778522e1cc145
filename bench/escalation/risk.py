"""Does the stated risk hold? Calibrate on a few random rows, count on all the others."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.escalation.rows import Row
from doorstep.patterns.calibration.calibration import Calibration, Method
from doorstep.patterns.calibration.fit import study_samples
from doorstep.patterns.calibration.regression import Sample

SIZES = (30, 60, 120, 250)
RISKS = (0.05, 0.1, 0.2, 0.3)
CONFIDENCE = 0.95
SPLITS = 200


@dataclass(frozen=True, slots=True)
class Held:
    """Over `splits` splits: the share in which at most `risk` of the kept rest was wrong.

    `kept_nothing` is the share of splits in which no threshold passed: those hold, and are of no
    use. `coverage` is the mean share of the rest that was kept, those splits included.
    """

    n: int
    risk: float
    splits: int
    holds: float
    coverage: float
    kept_nothing: float

    def as_json(self) -> dict[str, float]:
        return {name: round(getattr(self, name), 4) for name in self.__slots__}


def risk_table(
    samples: Sequence[Sample],
    rows: Sequence[Row],
    splits: int = SPLITS,
    sizes: Sequence[int] = SIZES,
    method: Method = "cross",
) -> Iterator[Held]:
    """A line for each size and risk. No hashed words: the examples are too few for them."""
    wrong = [not row.weak for row in rows]
    for n in sizes:
        if n > len(rows) // 2:
            continue
        outcomes: dict[float, list[tuple[float, bool]]] = {risk: [] for risk in RISKS}
        for split in range(splits):
            for risk, outcome in _split(samples, wrong, n, split, method):
                outcomes[risk].append(outcome)
        for risk, found in outcomes.items():
            yield _held(n, risk, found)


def _split(
    samples: Sequence[Sample], wrong: Sequence[bool], n: int, split: int, method: Method
) -> Iterator[tuple[float, tuple[float, bool]]]:
    """For each risk: the share of the rest that was kept, and whether the risk held there."""
    places = list(range(len(samples)))
    random.Random(split).shuffle(places)
    mine, rest = places[:n], places[n:]
    found = study_samples([samples[i] for i in mine], [wrong[i] for i in mine], method=method)
    scores: list[tuple[float | None, bool]] | None = None
    for risk in RISKS:
        calibration = found.calibration(risk, CONFIDENCE)
        if calibration.threshold is None:
            yield risk, (0.0, True)
            continue
        scores = scores or [(_score(calibration, samples[i]), wrong[i]) for i in rest]
        most = calibration.threshold.value
        kept = [bad for score, bad in scores if score is not None and score <= most]
        yield risk, (len(kept) / len(rest), sum(kept) <= risk * len(kept))


def _score(calibration: Calibration, sample: Sample) -> float | None:
    return calibration.score(sample.features, sample.question)


def _held(n: int, risk: float, outcomes: Sequence[tuple[float, bool]]) -> Held:
    count = len(outcomes)
    return Held(
        n,
        risk,
        count,
        sum(held for _, held in outcomes) / count,
        sum(kept for kept, _ in outcomes) / count,
        sum(kept == 0 for kept, _ in outcomes) / count,
    )
