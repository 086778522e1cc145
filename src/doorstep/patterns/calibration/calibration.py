"""A calibration: what was fitted, on what, and what may be promised of the answers it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from doorstep.patterns.calibration.scorer import Scorer
from doorstep.patterns.calibration.threshold import Threshold

Method = Literal["cross", "split"]

VERSION = 1

BOUNDS: dict[Method, str] = {
    "cross": "exact binomial on cross-fitted scores, thresholds in a fixed order",
    "split": "exact binomial on a half held out, thresholds in a fixed order",
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted on `n` answers of the model `home`, of which `wrong` were wrong.

    `threshold` is None where nothing can be kept at that `risk` and `confidence`. `cloud` says how
    probable it is that the cloud is wrong, from the question and home's answer; None where no
    example said. `data` is a hash of the examples; no text of theirs is kept.
    """

    home: Scorer
    cloud: Scorer | None
    n: int
    wrong: int
    risk: float
    confidence: float
    method: Method
    threshold: Threshold | None
    home_model: str = ""
    cloud_model: str = ""
    created: str = ""
    data: str = ""

    @property
    def label(self) -> str:
        """What the judgements rest on, in one sentence."""
        of = f" of {self.home_model}" if self.home_model else ""
        base = f"calibrated on {self.n} answers{of}: "
        if self.threshold is None:
            return f"{base}at a risk of {self.risk:.0%} nothing can be kept"
        return (
            f"{base}at most {self.risk:.0%} of those kept are wrong, "
            f"with {self.confidence:.0%} confidence"
        )

    @property
    def bound(self) -> str:
        return BOUNDS[self.method]

    def score(self, values: Mapping[str, float], question: str = "") -> float | None:
        """The probability that the answer is wrong; None where that cannot be told."""
        return None if self.home.why_not(values) else self.home.risk(values, question)

    def gain(self, values: Mapping[str, float], question: str = "") -> float:
        """How much more probable a right answer becomes by asking the cloud (-1 to 1).

        Where nothing is known of the cloud, as if it were always right.
        """
        return gain(self.home, self.cloud, values, question)


def gain(
    home: Scorer, cloud: Scorer | None, values: Mapping[str, float], question: str = ""
) -> float:
    """See `Calibration.gain`."""
    risk = home.risk(values, question)
    return risk - cloud.risk(values, question) if cloud else risk
