"""How long: hours and minutes, ISO 8601 (PT1H30M), clock faces (1:30 h), weeks, months, years.

Months have no length in days: a year is twelve months, and a month against 30 days is
incomparable. A clock face counts hours and minutes, with three parts hours, minutes, seconds.
"""

from __future__ import annotations

import re
from fractions import Fraction

from doorstep.patterns.compare import amount
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.quantity import Quantity
from doorstep.patterns.compare.units import UNITS
from doorstep.patterns.compare.value import What

_ISO = re.compile(
    r"\bP(?:(?P<weeks>\d+)W|(?=\d|T\d)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?)\b"
)
_CLOCK = re.compile(
    r"(?<!\bat )(?<!\bby )(?<!\bfrom )(?<!\buntil )"
    r"(?<!\bto )(?<!\btill )(?<!\bbefore )(?<!\bafter )"
    r"\b(\d{1,3}):([0-5]\d)(?::([0-5]\d))?\b(?:\s?(h(?:ours|rs)?|min(?:utes|s)?)\b)?"
)
_BARE = re.compile(r"\s*\d{1,2}:\d\d\s*")  # on its own it is more likely a time of day
_SHORT = re.compile(r"\b(\d{1,3})\s?h\s?([0-5]?\d)(?:\s?m)?\b(?!\s?min)")
_LONG = ("time", "months")


def read(text: str, context: Context) -> Quantity | None:
    return amount.read(_spelled_out(text), context)


def whole(text: str, context: Context) -> Quantity | None:
    if _BARE.fullmatch(text):
        return None
    found = amount.whole(_spelled_out(text), context)
    return found if found is not None and is_long(found) else None


def compared(a: Quantity, b: Quantity, context: Context) -> What:
    kinds = {q.unit.dimension for q in (a, b) if q.unit is not None}
    if kinds == set(_LONG):
        return None if _near(a, b) else ("amount",)
    return amount.compared(a, b, context)


def is_long(quantity: Quantity) -> bool:
    return quantity.unit is not None and quantity.unit.dimension in _LONG


def _near(a: Quantity, b: Quantity) -> bool:
    """Whether months of 28 to 31 days could make them equal."""
    months, other = (a, b) if a.unit and a.unit.dimension == "months" else (b, a)
    assert months.unit is not None and other.unit is not None
    days = other.low * other.unit.factor / UNITS["day"].factor
    count = months.low * months.unit.factor
    return 28 * count <= days <= 31 * count


def _spelled_out(text: str) -> str:
    """ISO durations, clock faces and 2h15 as "2 h 15 min"."""
    text = _SHORT.sub(r"\1 h \2 min", _ISO.sub(_iso, text))
    return _CLOCK.sub(_clock, text)


def _iso(match: re.Match[str]) -> str:
    return " ".join(f"{count} {name}" for name, count in match.groupdict().items() if count)


def _clock(match: re.Match[str]) -> str:
    total = Fraction(int(match[1]) * 60 + int(match[2])) + Fraction(int(match[3] or 0), 60)
    minutes_first = (match[4] or "").startswith("min") and match[3] is None
    return f"{total} s" if minutes_first else f"{total} min"
