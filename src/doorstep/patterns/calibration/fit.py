"""Fitting a calibration on examples of one's own pair of models.

Two ways to know how often answers with a given score are wrong, both scoring each answer by a
scorer that has not seen it:

* "cross" (the default): five scorers, each fitted on four fifths of the examples, score the rest;
  the one that is used is fitted on all. The test is exact for the scores it is made on; that the
  last scorer does no worse than the five is an assumption, which `bench/escalate.py` checks.
* "split": one scorer, fitted on a half and used as it is; the other half is for the test alone.
  Nothing is assumed but that later questions are like the examples. It keeps less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from doorstep._errors import BadInput
from doorstep.patterns.calibration.calibration import Calibration, Method
from doorstep.patterns.calibration.examples import Example, fingerprint
from doorstep.patterns.calibration.regression import Sample, fit_scorer, folds
from doorstep.patterns.calibration.scorer import Scorer
from doorstep.patterns.calibration.threshold import Scored, choose, sensible, upwards

LEAST = 30  # examples
FOLDS = 5
WORDS_FROM = 1000  # examples: fewer teach nothing about single words


@dataclass(frozen=True, slots=True, repr=False)
class Study:
    """Scores of answers by scorers that had not seen them, and the scorers to use.

    `order_scores`: those from which alone the order of thresholds is made.
    """

    home: Scorer
    cloud: Scorer | None
    scored: tuple[Scored, ...]
    order_scores: tuple[float | None, ...]
    method: Method
    n: int
    wrong: int
    data: str = ""

    def calibration(
        self, risk: float = 0.1, confidence: float = 0.95, *, home: str = "", cloud: str = ""
    ) -> Calibration:
        """The calibration at one risk. Several risks may be looked at, but then the confidence
        holds for each of them, not for a choice made between them."""
        sensible(risk, confidence)
        order = upwards(self.order_scores, len(self.scored), risk, confidence)
        return Calibration(
            self.home,
            self.cloud,
            self.n,
            self.wrong,
            risk,
            confidence,
            self.method,
            choose(self.scored, order, risk, confidence),
            home,
            cloud,
            datetime.now(UTC).isoformat(timespec="seconds"),
            self.data,
        )


def fit(
    examples: Sequence[Example],
    risk: float = 0.1,
    confidence: float = 0.95,
    *,
    method: Method = "cross",
    words: bool | None = None,
    home: str = "",
    cloud: str = "",
) -> Calibration:
    """A calibration with a stated risk: see `Calibration` and, for `method`, this module.

    `words`: whether hashed words of the question count; None: from 1,000 examples on. `home` and
    `cloud` name the models. Raises BadInput for fewer than 30 examples or a risk that is none,
    ConfigError where scikit-learn is not installed.
    """
    sensible(risk, confidence)
    found = study(examples, method=method, words=words)
    return found.calibration(risk, confidence, home=home, cloud=cloud)


def study(
    examples: Sequence[Example], *, method: Method = "cross", words: bool | None = None
) -> Study:
    """All of `fit` that does not depend on the risk."""
    if len(examples) < LEAST:
        raise BadInput(f"{len(examples)} examples are too few.", hint=f"Give {LEAST} or more.")
    samples = [Sample(example.features(), example.question) for example in examples]
    wrong = [not example.right for example in examples]
    cloud_wrong = [None if e.cloud_right is None else not e.cloud_right for e in examples]
    wordy = len(examples) >= WORDS_FROM if words is None else words
    found = study_samples(samples, wrong, cloud_wrong, method=method, words=wordy)
    return replace(found, data=fingerprint(examples))


def study_samples(
    samples: Sequence[Sample],
    wrong: Sequence[bool],
    cloud_wrong: Sequence[bool | None] = (),
    *,
    method: Method = "cross",
    words: bool = False,
) -> Study:
    """`study` of features that were computed before."""
    divided = _split if method == "split" else _cross
    home, scored, order = divided(samples, wrong, words)
    cloud = _cloud(samples, cloud_wrong, words)
    return Study(home, cloud, scored, order, method, len(samples), sum(wrong))


_Parts = tuple[Scorer, tuple[Scored, ...], tuple[float | None, ...]]


def _cross(samples: Sequence[Sample], wrong: Sequence[bool], words: bool) -> _Parts:
    scores = cross_scores(samples, wrong, words=words)
    home = fit_scorer(samples, wrong, words=words)
    return home, tuple(map(Scored, scores, wrong)), tuple(scores)


def _split(samples: Sequence[Sample], wrong: Sequence[bool], words: bool) -> _Parts:
    fitted, held = folds(wrong, 2)
    mine, labels = [samples[at] for at in fitted], [wrong[at] for at in fitted]
    home = fit_scorer(mine, labels, words=words)
    tested = tuple(Scored(_score(home, samples[at]), wrong[at]) for at in held)
    return home, tested, tuple(cross_scores(mine, labels, words=words))


def cross_scores(
    samples: Sequence[Sample], wrong: Sequence[bool], *, words: bool = False, seed: int = 0
) -> list[float | None]:
    """The score of each sample by a scorer fitted on the folds that it is not in."""
    scores: list[float | None] = [None] * len(samples)
    for part in folds(wrong, FOLDS, seed):
        held = set(part)
        rest = [at for at in range(len(samples)) if at not in held]
        scorer = fit_scorer([samples[at] for at in rest], [wrong[at] for at in rest], words=words)
        for at in part:
            scores[at] = _score(scorer, samples[at])
    return scores


def _score(scorer: Scorer, sample: Sample) -> float | None:
    if scorer.why_not(sample.features):
        return None
    return scorer.risk(sample.features, sample.question)


def _cloud(
    samples: Sequence[Sample], cloud_wrong: Sequence[bool | None], words: bool
) -> Scorer | None:
    """How probable it is that the cloud is wrong, where at least 30 examples say whether it was."""
    known = [(s, bool(w)) for s, w in zip(samples, cloud_wrong, strict=False) if w is not None]
    if len(known) < LEAST:
        return None
    return fit_scorer([sample for sample, _ in known], [label for _, label in known], words=words)
