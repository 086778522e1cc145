"""Arithmetic and units: do the calculations hold, and do they lead to the final answer?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from doorstep.patterns.checks.base import Look, Sign
from doorstep.patterns.checks.equations import Equation, equations, stated

NAME = "arithmetic"

WRONG, UNRELATED, MIXED, ROUNDED, HOLDS = 0.9, 0.6, 0.75, 0.3, 0.1


def arithmetic(look: Look) -> Sign:
    """Doubt where a calculation does not hold, adds different units, or leads elsewhere than to
    the stated answer. None where the answer calculates nothing."""
    found, final = equations(look.answer), stated(look.answer)
    features = _features(found, final)
    if not found:
        return Sign(NAME, None, "the answer states no calculation", features)
    doubt, reason = _says(found, final)
    return Sign(NAME, doubt, reason, features)


def _says(found: Sequence[Equation], final: Fraction | None) -> tuple[float, str]:
    wrong = sum(equation.verdict == "wrong" for equation in found)
    if wrong:
        return WRONG, f"{wrong} of {len(found)} calculations do not hold"
    if any(equation.mixed for equation in found):
        return MIXED, "a sum adds different units"
    if final is not None and not _leads_to(found, final):
        return UNRELATED, "the final answer is the result of no calculation"
    rounded = sum(equation.verdict == "rounded" for equation in found)
    if rounded:
        return ROUNDED, f"{rounded} of {len(found)} calculations hold only after rounding"
    return HOLDS, "1 calculation holds" if len(found) == 1 else f"{len(found)} calculations hold"


def _leads_to(found: Sequence[Equation], final: Fraction) -> bool:
    """Whether `final` is one of the results: as it stands, rounded up or down, or in percent."""
    values = [abs(value) for equation in found for value in (equation.left, equation.right)]
    return any(_close(value, abs(final)) or _close(100 * value, abs(final)) for value in values)


def _close(value: Fraction, final: Fraction) -> bool:
    off = abs(value - final)
    return off == 0 or (off < 1 and value.denominator > 1)


def _features(found: Sequence[Equation], final: Fraction | None) -> dict[str, float]:
    features = {
        "equations": float(len(found)),
        "equations_wrong": float(sum(e.verdict == "wrong" for e in found)),
        "equations_rounded": float(sum(e.verdict == "rounded" for e in found)),
        "equations_mixed": float(sum(e.mixed for e in found)),
        "final_stated": float(final is not None),
    }
    if final is not None:
        features["final_whole"] = float(final.denominator == 1)
        features["final_positive"] = float(final > 0)
    if found and final is not None:
        features["final_is_a_result"] = float(_leads_to(found, final))
        features["final_is_last_result"] = float(_leads_to(found[-1:], final))
    return features
