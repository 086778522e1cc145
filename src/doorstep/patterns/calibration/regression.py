"""Fitting a `Scorer`: logistic regression, its strength chosen within the examples it is given.

scikit-learn does the fitting (the extra `calibrate`); what comes out needs nothing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from doorstep._errors import ConfigError
from doorstep.patterns.calibration.scorer import FAR, Feature, Scorer
from doorstep.patterns.calibration.words import BITS, Words, rarities, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRENGTHS = (0.003, 0.01, 0.03)  # scikit-learn's C: the smaller, the flatter
WITH_WORDS = (0.1, 0.3, 1.0)
SMALL_BLOCK = 0.3  # of a standard deviation: what the other features weigh beside words
FOLDS = 4
ONE_FOLD_FROM = 2000  # examples: as many as make one fold enough
LEAST_THERE = 0.5  # a feature that fewer than half of the examples have is left out
INSTALL = "Install it: pip install 'doorstep[calibrate]'."


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """What is known of one answer before anyone says whether it was right."""

    features: Mapping[str, float]
    question: str = ""


def fit_scorer(samples: Sequence[Sample], wrong: Sequence[bool], *, words: bool = False) -> Scorer:
    """A scorer fitted on all samples. With one kind of answer only it says the base rate.

    Raises ConfigError where scikit-learn is not installed.
    """
    base = (sum(wrong) + 0.5) / (len(wrong) + 1)
    if min(sum(wrong), len(wrong) - sum(wrong)) < 2:
        return Scorer(math.log(base / (1 - base)), ())
    features = _seen(samples)
    rarity = rarities(sample.question for sample in samples) if words else ()
    matrix = _matrix(samples, features, rarity)
    return _scorer(_fitted(matrix, wrong, words=words), features, rarity)


def folds(wrong: Sequence[bool], count: int, seed: int = 0) -> list[list[int]]:
    """The places of all samples in `count` parts, right and wrong ones dealt out evenly."""
    draw = random.Random(seed)
    parts: list[list[int]] = [[] for _ in range(count)]
    dealt = 0
    for kind in (True, False):
        places = [at for at, value in enumerate(wrong) if value is kind]
        draw.shuffle(places)
        for place in places:
            parts[dealt % count].append(place)
            dealt += 1
    return parts


def _seen(samples: Sequence[Sample]) -> list[Feature]:
    """The features that most samples have and that differ between them, without a weight yet."""
    names = sorted({name for sample in samples for name in sample.features})
    found = (
        _feature(name, [s.features[name] for s in samples if name in s.features]) for name in names
    )
    enough = LEAST_THERE * len(samples)
    return [feature for feature, count in found if feature.scale > 0 and count >= enough]


def _feature(name: str, values: Sequence[float]) -> tuple[Feature, int]:
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    scale = spread if spread > 1e-9 else 0.0
    return Feature(name, mean, scale, min(values), max(values), 1.0), len(values)


def _matrix(samples: Sequence[Sample], features: Sequence[Feature], rarity: Sequence[float]) -> Any:
    """One row a sample: the standardised features, then the hashed words, if any (sparse)."""
    np = _numpy()
    blank = [feature.mean for feature in features]
    rows = [
        [s.features.get(f.name, mean) for f, mean in zip(features, blank, strict=True)]
        for s in samples
    ]
    values = np.array(rows, dtype=float).reshape(len(samples), len(features))
    dense = np.clip((values - blank) / [feature.scale for feature in features], -FAR, FAR)
    if not rarity:
        return dense
    from scipy import sparse  # type: ignore[import-untyped]

    cells = [scaled(sample.question, rarity) for sample in samples]
    indices = [place for row in cells for place in row]
    data = [value for row in cells for value in row.values()]
    starts = np.cumsum([0, *(len(row) for row in cells)])
    hashed = sparse.csr_matrix((data, indices, starts), shape=(len(samples), 1 << BITS))
    return sparse.hstack([sparse.csr_matrix(dense * SMALL_BLOCK), hashed]).tocsr()


def _fitted(matrix: Any, wrong: Sequence[bool], *, words: bool) -> Any:
    np = _numpy()
    labels: NDArray[Any] = np.array(wrong, dtype=bool)
    strengths = WITH_WORDS if words else STRENGTHS
    losses = [_loss(matrix, labels, strength) for strength in strengths]
    return _regression(strengths[losses.index(min(losses))]).fit(matrix, labels)


def _loss(matrix: Any, labels: Any, strength: float) -> float:
    """The log-loss on folds that were held out, all of them or, of a large set, one."""
    np = _numpy()
    count = min(FOLDS, int(labels.sum()), int((~labels).sum()))
    parts = folds(labels.tolist(), count)
    total = 0.0
    for part in parts[: 1 if len(labels) >= ONE_FOLD_FROM else count]:
        held = np.zeros(len(labels), dtype=bool)
        held[part] = True
        model = _regression(strength).fit(matrix[~held], labels[~held])
        likely = np.clip(model.predict_proba(matrix[held])[:, 1], 1e-6, 1 - 1e-6)
        total -= float(np.log(np.where(labels[held], likely, 1 - likely)).sum())
    return total


def _scorer(model: Any, features: Sequence[Feature], rarity: Sequence[float]) -> Scorer:
    weights = [round(float(weight), 6) for weight in model.coef_[0]]
    share = SMALL_BLOCK if rarity else 1.0
    own = tuple(
        Feature(f.name, f.mean, f.scale, f.low, f.high, weight * share)
        for f, weight in zip(features, weights, strict=False)
    )
    words = Words(tuple(rarity), tuple(weights[len(features) :])) if rarity else None
    return Scorer(float(model.intercept_[0]), own, words)


def _regression(strength: float) -> Any:
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise ConfigError("Calibrating needs scikit-learn.", hint=INSTALL) from None
    return LogisticRegression(C=strength, max_iter=500, tol=1e-3)


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        raise ConfigError("Calibrating needs scikit-learn.", hint=INSTALL) from None
    return numpy
