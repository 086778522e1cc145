"""Logistic regression as it is used: stored weights, scored in pure Python, with its own limits.

What it was not fitted on, it says that it cannot tell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from doorstep.patterns.calibration.words import Words

WIDER = 0.5  # of its range in the examples: so far beyond it may a feature lie
OUTSIDE = 0.06  # the share of features that may lie further out
MISSING = 1 / 3  # of the weight: with more of it missing, nothing can be said
FAR = 3.0  # standard deviations at which a feature pushes no harder


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature in the examples: its mean, spread and range there, and its weight."""

    name: str
    mean: float
    scale: float
    low: float
    high: float
    weight: float

    def push(self, value: float) -> float:
        """What this value adds to the log-odds, in comparison with the mean."""
        return self.weight * max(-FAR, min(FAR, (value - self.mean) / self.scale))

    def outside(self, value: float) -> bool:
        """Whether a value lies far from all that were seen."""
        margin = WIDER * (self.high - self.low)
        return not self.low - margin <= value <= self.high + margin


@dataclass(frozen=True, slots=True)
class Scorer:
    """How probable it is that an answer is wrong."""

    intercept: float
    features: tuple[Feature, ...]
    words: Words | None = None

    def risk(self, values: Mapping[str, float], question: str = "") -> float:
        """Between 0 and 1. A feature that is not there counts as its mean."""
        logit = self.intercept + sum(push for push, _ in self.pushes(values))
        if self.words is not None:
            logit += self.words.push(question)
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))

    def pushes(self, values: Mapping[str, float]) -> list[tuple[float, Feature]]:
        """What each feature that is there adds to the log-odds."""
        there = ((values.get(feature.name), feature) for feature in self.features)
        return [(feature.push(value), feature) for value, feature in there if value is not None]

    def missing(self, values: Mapping[str, float]) -> float:
        """The share of all weight whose features are not there."""
        whole = sum(abs(feature.weight) for feature in self.features)
        gone = sum(abs(f.weight) for f in self.features if f.name not in values)
        return gone / whole if whole else 0.0

    def strange(self, values: Mapping[str, float]) -> tuple[str, ...]:
        """The features far outside what was seen, where they are more than a few."""
        there = [f for f in self.features if f.name in values]
        names = tuple(f.name for f in there if f.outside(values[f.name]))
        return names if len(names) > max(2, OUTSIDE * len(there)) else ()

    def why_not(self, values: Mapping[str, float]) -> str:
        """Why nothing can be said of this answer; empty where something can."""
        if self.missing(values) > MISSING:
            return "too little of what the calibration looks at could be scored"
        strange = self.strange(values)
        if strange:
            return f"unlike the examples in {len(strange)} ways, such as {strange[0]}"
        return ""
