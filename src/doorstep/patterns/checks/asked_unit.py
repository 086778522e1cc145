"""Is the answer in the unit that was asked for? "How many minutes?" is not answered by hours."""

from __future__ import annotations

import re
from fractions import Fraction

from doorstep.patterns.checks.base import Look, Sign
from doorstep.patterns.checks.equations import named_unit, stated
from doorstep.patterns.checks.statements import MAX_TEXT
from doorstep.patterns.compare.units import Unit

NAME = "unit"

OTHER, SAME = 0.6, 0.1

# The last question counts: what stands before it tells the story.
_ASKED = re.compile(
    r"\bhow (?:many|much)(?: (?:more|fewer|less|total|whole|full|extra|additional))* ([a-z]+)"
    r"|\b(?:answer|time|distance|length|height|weight|amount|total|result|cost|price|value)"
    r"(?: \w+){0,12} in ([a-z]+)\b|\bexpress(?:ed)?(?: \w+){0,4} in ([a-z]+)"
    r"|\bin (?:how many )?(dollars|cents|minutes|hours|seconds|days|weeks|months|years|inches|feet"
    r"|meters|metres|kilometers|kilometres|miles|pounds|ounces|grams|kilograms|liters|litres"
    r"|gallons)\W*\?",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?<![\w.,])([$€£]?)([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    r"(?:[ -]([A-Za-z]+))?"
)


def asked_unit(look: Look) -> Sign:
    """Doubt where the final number of the answer carries a unit of the kind that was asked for,
    but another one. None where no unit was asked for, or the final number carries none."""
    asked = _asked(look.question)
    if asked is None:
        return Sign(NAME, None, "no unit was asked for")
    given = _given(look.answer)
    if given is None or given.dimension != asked.dimension:
        return Sign(NAME, None, "the final number carries no such unit")
    if given.factor == asked.factor:
        return Sign(NAME, SAME, "the answer is in the unit that was asked for", {"unit_other": 0.0})
    return Sign(NAME, OTHER, "the answer is in another unit than asked for", {"unit_other": 1.0})


def _asked(question: str) -> Unit | None:
    found = None
    for match in _ASKED.finditer(question[-MAX_TEXT:]):
        found = named_unit(next(word for word in match.groups() if word).lower())
    return found


def _given(answer: str) -> Unit | None:
    """The unit of the final number, where it last stands beside one."""
    amounts = [
        (Fraction(number.replace(",", "")), unit)
        for sign, number, word in _AMOUNT.findall(answer[-MAX_TEXT:])
        if (unit := named_unit(sign or word.lower()))
    ]
    final = stated(answer)
    if final is not None:
        amounts = [(number, unit) for number, unit in amounts if number == abs(final)]
    return amounts[-1][1] if amounts else None
