"""What a study says to a person: how well it separates, what is kept, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.patterns.calibration.calibration import Calibration
from doorstep.patterns.calibration.fit import Study
from doorstep.patterns.calibration.threshold import Scored, Threshold

RISKS = (0.05, 0.1, 0.2, 0.3, 0.4)
CHANCE = 0.6  # a separation below this is hardly better than none
MANY = 250


@dataclass(frozen=True, slots=True)
class Other:
    """What would be kept at another risk; `share` is None where nothing could be."""

    risk: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """`separation`: of a wrong and a right answer, held out, how often the wrong one has the
    greater risk (0.5 is chance); None with only one kind."""

    calibration: Calibration
    separation: float | None
    others: tuple[Other, ...]

    @property
    def next(self) -> str:
        """What to do with it, in one line."""
        if self.separation is None:
            return "give examples of both kinds, right and wrong ones."
        if self.calibration.threshold is not None:
            return "give it to EscalateOnHard, and fit it again when a model or its use changes."
        if self.separation < CHANCE:
            return "the signs hardly tell right from wrong here: no number of examples helps that."
        if any(other.share for other in self.others):
            return "allow a greater risk, or give more examples: the bound tightens with them."
        if self.calibration.n < MANY:
            return f"give more examples ({MANY} or so): the bound tightens with them."
        return "home is wrong too often for a useful promise: use a better home model here."


def summary(study: Study, calibration: Calibration) -> Summary:
    """The calibration beside what the study says of other risks."""
    others = tuple(
        Other(risk, threshold.share if (threshold := _at(study, risk, calibration)) else None)
        for risk in RISKS
        if risk != calibration.risk
    )
    return Summary(calibration, separation(study.scored), others)


def _at(study: Study, risk: float, calibration: Calibration) -> Threshold | None:
    return study.calibration(risk, calibration.confidence).threshold


def separation(scored: Sequence[Scored]) -> float | None:
    """The area under the ROC curve; pairs of equal scores count half."""
    told = sorted((s.score, s.wrong) for s in scored if s.score is not None)
    wrong = sum(bad for _, bad in told)
    if not 0 < wrong < len(told):
        return None
    won = 0.0
    rights_below = 0
    at = 0
    while at < len(told):
        end = at
        while end < len(told) and told[end][0] == told[at][0]:
            end += 1
        bad = sum(is_wrong for _, is_wrong in told[at:end])
        good = end - at - bad
        won += bad * (rights_below + good / 2)
        rights_below += good
        at = end
    return won / (wrong * (len(told) - wrong))
