"""The numbers that a calibrated model looks at, by name: "check: what".

Three sources: the question ("question: ..."), how the answer is written ("wording: ..."), and the
features of the signs that checks gave. The checks that need the text alone are made here where
they were not made already, so that a calibration does not depend on the bank that it is used with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from doorstep.patterns.calibration.question import question_features
from doorstep.patterns.calibration.wording import wording_features
from doorstep.patterns.checks.arithmetic import arithmetic
from doorstep.patterns.checks.base import Look, Sign
from doorstep.patterns.checks.grounded import Grounded
from doorstep.patterns.checks.solution_use import worked_solution
from doorstep.patterns.checks.whole import cut_off, repetition
from doorstep.patterns.checks.words import hedging, refusal

TEXT_CHECKS: dict[str, Callable[[Look], Sign]] = {
    "arithmetic": arithmetic,
    "worked solution": worked_solution,
    "cut off": cut_off,
    "repetition": repetition,
    "refusal": refusal,
    "hedging": hedging,
    "grounded": Grounded().see,
}


def features_of(look: Look, signs: Sequence[Sign] = ()) -> dict[str, float]:
    """Every feature of an answer. An empty answer, as of a prompt alone, has only its question's.

    Raises nothing: a text check that fails on a text gives no feature.
    """
    found = {f"question: {name}": value for name, value in question_features(look.question).items()}
    if not look.answer:
        return found
    wording = wording_features(look.question, look.answer)
    found |= {f"wording: {name}": value for name, value in wording.items()}
    for sign in (*signs, *_text_signs(look, {sign.check for sign in signs})):
        found |= {f"{sign.check}: {_spaced(name)}": v for name, v in sign.features.items()}
    return found


def _text_signs(look: Look, made: set[str]) -> list[Sign]:
    return [sign for name in TEXT_CHECKS if name not in made and (sign := _sign(name, look))]


def _sign(name: str, look: Look) -> Sign | None:
    try:
        return TEXT_CHECKS[name](look)
    except Exception:  # as in the bank: a check that fails takes nothing down with it
        return None


def _spaced(name: str) -> str:
    return name.replace("_", " ")
