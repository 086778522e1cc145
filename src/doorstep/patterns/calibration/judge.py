"""The judge that a calibration makes: keep, escalate, or cannot tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from doorstep.patterns.calibration.calibration import Calibration
from doorstep.patterns.calibration.features import features_of
from doorstep.patterns.checks.base import Judgement, Look, Sign

REASONS = 3
LEAST_PUSH = 0.05  # of log-odds: less moves nothing


class CalibratedJudge:
    """Keeps an answer where its risk is within the calibration's threshold, else escalates.

    It cannot tell where no threshold met the stated risk, where the answer is unlike the examples,
    or where too little of it could be scored. Which checks were run does not matter: those that
    need the text alone it makes itself where they are missing.
    """

    def __init__(self, calibration: Calibration) -> None:
        self.calibration = calibration

    @property
    def label(self) -> str:
        return self.calibration.label

    def judge(self, look: Look, signs: Sequence[Sign]) -> Judgement:
        """Reasons are the features that moved the risk most, without their values."""
        values = features_of(look, signs)
        home, threshold = self.calibration.home, self.calibration.threshold
        if why := home.why_not(values):
            return Judgement("cannot tell", None, (why,))
        risk = home.risk(values, look.question)
        if threshold is None:
            return Judgement("cannot tell", risk, (self.label, *self._reasons(values, up=True)))
        if risk <= threshold.value:
            return Judgement("keep", risk, self._reasons(values, up=False))
        return Judgement("escalate", risk, self._reasons(values, up=True))

    def _reasons(self, values: Mapping[str, float], *, up: bool) -> tuple[str, ...]:
        """What speaks against the answer (`up`), or for it, most first."""
        pushes = self.calibration.home.pushes(values)
        told = [(push, f) for push, f in pushes if (push if up else -push) > LEAST_PUSH]
        told.sort(key=lambda found: -abs(found[0]))
        return tuple(
            f"{feature.name}, {'more' if push * feature.weight > 0 else 'less'} than usual"
            for push, feature in told[:REASONS]
        )
