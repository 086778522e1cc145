"""Dates and times of day in an English text, in a form that can be compared.

What can be read in two ways ("6:30", "03/04/2026") keeps both readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Reading = tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Quantity:
    """`text[start:end]`. A reading is (dimension, value in its base unit) for a number, (year,
    month, day) with "" for what is not said or (weekday,) for a date, (minute of the day,) for a
    time. `bare`: the readings of a number without its unit, of a date without year or day.
    """

    kind: str
    start: int
    end: int
    readings: frozenset[Reading]
    bare: frozenset[Reading] = frozenset()


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


_HOURS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_I = re.IGNORECASE
_SAYS_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_YEAR = r"(?:,?\s+(?P<year>(?:19|20)\d\d)\b)?"
_DATES = (
    re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"),
    re.compile(rf"(?<![\w.:]){_DAY}\.?\s+(?:of\s+)?{_SAYS_MONTH}{_YEAR}", _I),
    re.compile(rf"\b{_SAYS_MONTH}\s+(?:the\s+)?{_DAY}(?![:.]\d){_YEAR}", _I),
    re.compile(rf"\b{_SAYS_MONTH}\s+(?P<year>(?:19|20)\d\d)\b(?P<day>)", _I),
    re.compile(r"(?<![\d./])(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4}|\d\d)(?!\d)"),
)
_WEEKDAY = re.compile(
    r"\b(mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(today|tomorrow|yesterday|tonight)\b", _I
)
_HALF = r"(?P<half>[ap])\.?\s?m\b\.?"
_TIMES = (
    re.compile(rf"(?<![\d.:])(?P<hour>\d{{1,2}})[:.](?P<minute>[0-5]\d)\s?{_HALF}", _I),
    re.compile(rf"(?<![\d.:,])(?P<hour>\d{{1,2}})(?P<minute>)\s?{_HALF}", _I),
    re.compile(r"(?<![\d.:])(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?![\d:])(?P<half>)"),
    re.compile(r"(?<![\d.:])(?P<hour>\d{1,2})(?P<minute>)\s?o['’]clock\b(?P<half>)", _I),
)
_PAST = re.compile(
    r"\b(?P<part>half past|(?:a )?quarter past|(?:a )?quarter to)\s+"
    rf"(?P<hour>1[0-2]|[1-9]|{'|'.join(_HOURS[1:])})\b(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?",
    _I,
)
# What says which half of the day: "eight in the evening", "8 at night".
_IN_THE = re.compile(
    rf"\b(?P<hour>1[0-2]|[1-9]|{'|'.join(_HOURS[1:])})(?::(?P<minute>[0-5]\d))?\s+"
    r"(?:in the (?P<half>morning|afternoon|evening)|at (?P<night>night))\b",
    _I,
)
_NOON = re.compile(r"\b(noon|midday|midnight)\b", _I)


def dates(text: str) -> Iterator[Quantity]:
    taken = bytearray(len(text))
    for pattern in _DATES:
        for match in pattern.finditer(text):
            readings = _date_readings(match["year"], match["month"], match["day"])
            if readings and not any(taken[match.start() : match.end()]):
                _take(taken, match)
                yield Quantity("date", *match.span(), readings, _parts(readings))
    for match in _WEEKDAY.finditer(text):
        day = (match[1] + "day" if match[1] else match[2]).lower()
        yield Quantity("date", *match.span(), frozenset({(day,)}))


def _take(taken: bytearray, match: re.Match[str]) -> None:
    """Mark the signs of a match: one step each, however many there are."""
    taken[match.start() : match.end()] = b"x" * (match.end() - match.start())


def _date_readings(year: str | None, month: str, day: str | None) -> frozenset[Reading]:
    year = f"20{year}" if year and len(year) == 2 else year or ""
    if not month.isdigit():
        number = 1 + _MONTHS.index(month[:3].lower())
        return _calendar(year, number, int(day) if day else 0)
    first, second = int(month), int(day or 0)
    return _calendar(year, first, second) | _calendar(year, second, first)


def _parts(readings: frozenset[Reading]) -> frozenset[Reading]:
    whole = (reading for reading in readings if all(reading))
    return frozenset(part for y, m, d in whole for part in (("", m, d), (y, m, "")))


def _calendar(year: str, month: int, day: int) -> frozenset[Reading]:
    if not (1 <= month <= 12 and day <= 31):
        return frozenset()
    return frozenset({(year, str(month), str(day) if day else "")})


def times(text: str) -> Iterator[Quantity]:
    taken = bytearray(len(text))
    for pattern, read in ((_PAST, _past), (_IN_THE, _in_the)):
        for match in pattern.finditer(text):
            _take(taken, match)
            yield Quantity("time", *match.span(), read(match))
    for pattern in _TIMES:
        for match in pattern.finditer(text):
            readings = _minutes(match["hour"], match["minute"], match["half"])
            if readings and not any(taken[match.start() : match.end()]):
                _take(taken, match)
                yield Quantity("time", *match.span(), readings)
    for match in _NOON.finditer(text):
        minute = "0" if match[1].lower() == "midnight" else "720"
        yield Quantity("time", *match.span(), frozenset({(minute,)}))


def _past(match: re.Match[str]) -> frozenset[Reading]:
    """ "Half past six": twice a day, unless it says which half."""
    hour = _hour(match["hour"].lower())
    part = match["part"].lower()
    more = {"half past": 30, "quarter past": 15, "quarter to": -15}[part.removeprefix("a ")]
    at = (hour % 12) * 60 + more
    halves = {"a": (0,), "p": (720,)}.get((match["half"] or "").lower(), (0, 720))
    return frozenset({(str((at + half) % 1440),) for half in halves})


def _in_the(match: re.Match[str]) -> frozenset[Reading]:
    hour = _hour(match["hour"].lower()) % 12 + (0 if match["half"] == "morning" else 12)
    return frozenset({(str(hour * 60 + int(match["minute"] or 0)),)})


def _hour(word: str) -> int:
    return int(word) if word.isdigit() else _HOURS.index(word)


def _minutes(hour: str, minute: str, half: str) -> frozenset[Reading]:
    at = int(hour) * 60 + int(minute or 0)
    if half:
        hours = [int(hour) % 12 + (12 if half.lower() == "p" else 0)] if int(hour) <= 12 else []
        return frozenset({(str(h * 60 + int(minute or 0)),) for h in hours})
    if int(hour) > 24:
        return frozenset()
    either = 1 <= int(hour) <= 12 and not hour.startswith("0")
    later = (at + 720) % 1440
    return frozenset({(str(at % 1440),), (str(later),)} if either else {(str(at % 1440),)})
