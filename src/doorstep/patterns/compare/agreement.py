"""How often "agree" is right: counted on examples of the user's own pair of models.

Two models can agree and both be wrong; how often that happens depends on the models and on the
questions, so it is measured on both. The bound is exact (Clopper and Pearson): at the confidence
stated, no more than `at_most` of the agreed answers are wrong, as long as new questions are drawn
as the examples were.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from doorstep._errors import BadInput
from doorstep.patterns.calibration.bound import upper_bound
from doorstep.patterns.compare.compare import compare
from doorstep.patterns.compare.value import STANDARD, Kind, Rules


@dataclass(frozen=True, slots=True, repr=False)
class Example:
    """A question, both models' whole answers, and whether the one that would be taken is right."""

    question: str
    home: str
    cloud: str
    right: bool

    def __repr__(self) -> str:
        return f"Example(right={self.right})"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `n` examples the models agreed on `agreed`, and `wrong` of those were wrong.

    At `confidence`, the share of wrong ones among agreed answers is `at_most`.
    """

    n: int
    agreed: int
    wrong: int
    at_most: float
    confidence: float = 0.95

    @property
    def label(self) -> str:
        """One line that says what agreement is worth, and what that rests on."""
        if not self.agreed:
            return f"calibrated on {self.n} examples, of which none agreed: it says nothing"
        return (
            f"where the two agree, at most {self.at_most:.1%} of answers are wrong "
            f"({self.confidence:.0%} confidence; {self.wrong} of {self.agreed} agreed examples)"
        )

    def save(self, path: Path) -> None:
        """As JSON. It holds counts only."""
        import json

        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Agreement:
        """BadInput where the file is not one that `save` wrote, or its figures do not fit."""
        from pydantic import TypeAdapter, ValidationError

        try:
            found = TypeAdapter(cls).validate_json(path.read_bytes())
        except OSError as error:
            raise BadInput(
                f"The calibration cannot be read ({type(error).__name__}).",
                hint="Look at the path, and who may read it.",
            ) from None
        except ValidationError:
            raise BadInput(
                "The file is no calibration of agreement.",
                hint="Name a file that calibrate_agreement wrote.",
            ) from None
        if not found._fits():
            raise BadInput(
                "The counts of the calibration do not fit its bound.",
                hint="Calibrate again: the file was changed.",
            )
        return found

    def _fits(self) -> bool:
        if not 0 <= self.wrong <= self.agreed <= self.n or not 0 < self.confidence < 1:
            return False
        return abs(self.at_most - _bound(self.wrong, self.agreed, self.confidence)) < 1e-6


def calibrate_agreement(
    examples: Iterable[Example],
    *,
    kind: Kind | None = None,
    rules: Rules = STANDARD,
    confidence: float = 0.95,
) -> Agreement:
    """How often "agree" is right on `examples`. Raises BadInput where there is none."""
    n = agreed = wrong = 0
    for example in examples:
        found = compare(
            example.home, example.cloud, question=example.question, kind=kind, rules=rules
        )
        n += 1
        agreed += found.verdict == "agree"
        wrong += found.verdict == "agree" and not example.right
    if not n:
        raise BadInput(
            "There is no example to calibrate on.",
            hint="Give pairs of answers of which you know whether they were right.",
        )
    return Agreement(n, agreed, wrong, _bound(wrong, agreed, confidence), confidence)


def _bound(wrong: int, agreed: int, confidence: float) -> float:
    return upper_bound(wrong, agreed, confidence) if agreed else 1.0
