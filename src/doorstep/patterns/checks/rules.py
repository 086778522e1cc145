"""A judge without calibration: thresholds of ours, and no risk that anybody could state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from doorstep._errors import BadInput
from doorstep.patterns.checks.asked_unit import NAME as UNIT
from doorstep.patterns.checks.base import Judgement, Look, Sign
from doorstep.patterns.checks.budget import NAME as BUDGET
from doorstep.patterns.checks.shape import JSON
from doorstep.patterns.checks.whole import CUT_OFF, REPETITION
from doorstep.patterns.checks.words import HEDGING, REFUSAL

# What is wrong with the form of an answer makes it wrong; a good form does not make it right.
FORM = frozenset({REFUSAL, HEDGING, CUT_OFF, REPETITION, JSON, BUDGET, UNIT})

FAINT = 0.2  # doubts below this do not add up


@dataclass(frozen=True, slots=True)
class Rules:
    """Escalates where one doubt, or several together, reach `escalate_at`; cannot tell where no
    check but those of form had anything to say; keeps the rest.

    Doubts add up as if they were independent chances: 0.6 and 0.4 make 0.76.
    """

    escalate_at: float = 0.7
    label: str = "rules, not calibrated: no stated risk"

    def __post_init__(self) -> None:
        if not 0 < self.escalate_at <= 1:
            raise BadInput("The doubt from which on to escalate is above 0, and 1 at most.")

    def judge(self, look: Look, signs: Sequence[Sign]) -> Judgement:
        """See `Judge.judge`."""
        doubts = [(sign.doubt, sign) for sign in signs if sign.doubt is not None]
        doubts.sort(key=lambda pair: -pair[0])
        strong = [sign for doubt, sign in doubts if doubt >= self.escalate_at]
        if strong:
            return Judgement("escalate", None, _reasons(strong))
        added = [(doubt, sign) for doubt, sign in doubts if doubt >= FAINT]
        if 1 - prod(1 - doubt for doubt, _ in added) >= self.escalate_at:
            return Judgement("escalate", None, _reasons([sign for _, sign in added]))
        content = [sign for _, sign in doubts if sign.check not in FORM]
        if not content:
            return Judgement("cannot tell", None, ("no check could say whether it is right",))
        return Judgement("keep", None, _reasons(content))


def _reasons(signs: Sequence[Sign]) -> tuple[str, ...]:
    return tuple(sign.reason for sign in signs if sign.reason)
