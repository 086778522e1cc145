"""Days, as they are written: numeric, with the name of the month, a weekday, tomorrow, a decade."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from doorstep.patterns.compare.aim import MANY, aimed
from doorstep.patterns.compare.calendar_words import FEASTS, MONTHS, ORDINALS, WEEKDAYS
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.number_words import value_of
from doorstep.patterns.compare.point import Moment, Readings, dated
from doorstep.patterns.compare.value import Rules

_I = re.IGNORECASE
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_NTH = r"(?P<d>[0-3]?\d)(?:st|nd|rd|th|\.)?"
_ISO = re.compile(
    r"(?<!\d)(?P<y>\d{4})(?P<sep>[-/.])(?P<m>[01]?\d)(?:(?P=sep)(?P<d>[0-3]?\d))?(?!\d|[-/.]\d)"
)
_COMPACT = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d/.])(?P<a>[0-3]?\d)(?P<sign>[./-])(?P<b>[0-3]?\d)(?P=sign)(?P<y>\d{4}|\d\d)(?!\d)"
)
_DAY_MONTH = re.compile(
    rf"(?<![\d:.]){_NTH}\s(?:of\s)?(?P<mon>{MONTH})\b\.?(?:,?\s(?:of\s)?(?P<y>\d{{4}})\b)?", _I
)
_MONTH_DAY = re.compile(
    rf"\b(?P<mon>{MONTH})\b\.?\s(?:the\s)?{_NTH}(?![\d:])(?:,?\s(?P<y>\d{{4}})\b)?", _I
)
_MONTH_YEAR = re.compile(rf"\b(?P<mon>{MONTH})\b\.?,?\s(?:of\s)?(?P<y>\d{{4}})\b", _I)
_FEAST = re.compile(rf"\b(?P<feast>{'|'.join(FEASTS)})\b(?:,?\s(?P<y>\d{{4}})\b)?", _I)
_SEASON = re.compile(
    r"\b(?:(?P<season>spring|summer|autumn|winter)|(?:in (?:the )?|early |late |mid-?)fall)\b", _I
)
_THIRD = re.compile(
    rf"\b(?P<third>early|late|mid|middle)(?: (?:of )?|-)(?:(?P<month>{MONTH})|spring|summer|autumn"
    r"|winter|\d{4}|the)\b",
    _I,
)
_CENTURY = re.compile(r"\b(?P<c>\d{1,2})(?:st|nd|rd|th)[ -]century\b", _I)
_OLD_YEAR = re.compile(r"(?:in (?:the year )?|A: )?(?P<y>[1-9]\d{2,3})(?: AD| CE)?", _I)
_DECADE = re.compile(r"\b(?P<y>1[5-9]\d|20\d)0'?s\b")
_YEAR = re.compile(r"\b(?P<y>1[5-9]\d\d|20\d\d)\b")
_DATES = (_ISO, _COMPACT, _NUMERIC, _DAY_MONTH, _MONTH_DAY, _MONTH_YEAR, _FEAST)
_NTH_ONLY = re.compile(
    r"\bthe\s(?P<d>[0-3]?\d)(?:st|nd|rd|th)\b(?!\s(?!of (?:the|this|each|every) month)\w)", _I
)
_WEEKDAY = re.compile(rf"\b(?:(?P<next>next|this|coming)\s)?(?P<day>{DAY})\b\.?", _I)
_NTHS = {word: n for word, n in ORDINALS.items() if n <= 5} | {
    f"{n}{end}": n for n in range(1, 6) for end in ("st", "nd", "rd", "th")
}
_NTH_WEEKDAY = re.compile(
    rf"\b(?P<nth>{'|'.join(_NTHS)}|last)\s(?P<day>{DAY})\s(?:of|in)\s(?:the\s)?(?P<month>\w+)", _I
)
_RELATIVE = re.compile(
    r"\b(?:(?P<name>the day after tomorrow|tomorrow|today|tonight|yesterday)"
    r"|in (?P<count>\w+) (?P<unit>day|week)s?(?:' time)?"
    r"|(?P<many>\w+) (?P<days>day|week)s? (?P<way>from (?:now|today)|ago))\b",
    _I,
)
NAMED = {"today": 0, "tonight": 0, "tomorrow": 1, "the day after tomorrow": 2, "yesterday": -1}
_Triple = tuple[int | None, int, int | None]  # year, month, day


def days(text: str, context: Context) -> Readings:
    """The day that `text` names, in each of its readings; of several that which is asked for."""
    return _rough(text, _days(text, context))


def _rough(text: str, days: Readings) -> Readings:
    """With the season, and whether early or late in it; of those, a month alone is one, too."""
    season, third = _SEASON.search(text), _THIRD.search(text)
    if season is None and third is None:
        return days
    name = (season["season"] or "autumn").lower() if season else None
    part = third["third"].lower().replace("middle", "mid") if third else None
    month = MONTHS[third["month"].lower()] if third and third["month"] else None
    found = days or ((Moment(month=month),) if month or season else ())
    return tuple(replace(day, season=name, third=part) for day in found)


def _days(text: str, context: Context) -> Readings:
    dates = [(match, pattern) for pattern in _DATES for match in pattern.finditer(text)]
    if dates:  # a date that the calendar does not have is none
        return _dates(text, [match for match, _ in dates], context)
    today = context.rules.today
    return (
        _relative(text, today)
        or _nth_weekday(text)
        or _weekday(text, today)
        or _ahead(text)
        or _century(text)
        or _lone_day(text)
        or _lone_year(text)
    )


def _dates(text: str, matches: list[re.Match[str]], context: Context) -> Readings:
    """The first date, by the surest way of writing one; that which the question aims at."""
    apart: list[re.Match[str]] = []
    for match in matches[:MANY]:
        if all(match.end() <= one.start() or one.end() <= match.start() for one in apart):
            apart.append(match)
    if len(apart) == 1 or not context.question:
        return _valid(apart[0], context.rules)
    numbers = aimed(context.question, text, [match.span() for match in apart])
    found = [_valid(apart[number], context.rules) for number in numbers]
    return tuple(dict.fromkeys(reading for readings in found for reading in readings))


def _valid(match: re.Match[str], rules: Rules) -> Readings:
    """The dates that a match can mean: those that the calendar has."""
    found = []
    for year, month, day in _candidates(match.groupdict(), rules.day_first):
        try:
            whole = date(year or 2000, month, day or 1)
        except ValueError:
            continue
        known = year is not None and day is not None
        found.append(Moment(year, month, day, whole.weekday() if known else None))
    return tuple(dict.fromkeys(found))


def _candidates(groups: dict[str, str | None], day_first: bool | None) -> list[_Triple]:
    year, day = _int(groups.get("y")), _int(groups.get("d"))
    if groups.get("feast"):
        return [(year, *FEASTS[str(groups["feast"]).lower()])]
    if groups.get("mon"):
        return [(year, MONTHS[str(groups["mon"]).lower()], day)]
    month, a, b = (_int(groups.get(name)) for name in ("m", "a", "b"))
    if a is None or b is None:
        return [(year, month or 0, day)]
    year = year + 2000 if year is not None and year < 100 else year
    ways: list[_Triple] = [(year, b, a), (year, a, b)]
    if groups["sign"] == "." or day_first:
        return ways[:1]
    return ways if day_first is None else ways[1:]


def _int(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _relative(text: str, today: date | None) -> Readings:
    days = None if today is None else _days_ahead(text)
    return () if days is None or today is None else (dated(today + timedelta(days=days)),)


def _days_ahead(text: str) -> int | None:
    match = _RELATIVE.search(text)
    if match is None:
        return None
    if match["name"]:
        return NAMED[match["name"].lower()]
    count = _count(match["count"] or match["many"])
    if count is None or count > 10_000:
        return None
    days = count * (7 if (match["unit"] or match["days"]).lower() == "week" else 1)
    return -days if (match["way"] or "").lower() == "ago" else days


def _count(word: str) -> int | None:
    if word.lower() in ("a", "an"):
        return 1
    value = Fraction(word) if word.isdecimal() else value_of(word)
    return None if value is None else int(value)


def _weekday(text: str, today: date | None) -> Readings:
    """The next such day after `today`; without one, just the weekday."""
    named = {WEEKDAYS[match["day"].lower()] for match in _WEEKDAY.finditer(text)}
    if len(named) != 1:
        return ()  # none, or a list of them
    weekday = named.pop()
    if today is None:
        return (Moment(weekday=weekday),)
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    return (dated(today + timedelta(days=ahead)),)


def _ahead(text: str) -> Readings:
    """Tomorrow, or in two weeks, of a today that nobody gave."""
    days = _days_ahead(text)
    return () if days is None else (Moment(ahead=days),)


def _nth_weekday(text: str) -> Readings:
    """The last Friday of May."""
    match = _NTH_WEEKDAY.search(text)
    if match is None:
        return ()
    nth = -1 if match["nth"].lower() == "last" else _NTHS[match["nth"].lower()]
    month = MONTHS.get(match["month"].lower())
    return (Moment(month=month, weekday=WEEKDAYS[match["day"].lower()], nth=nth),)


def _century(text: str) -> Readings:
    """A century or a decade."""
    if match := _CENTURY.search(text):
        return (Moment(century=int(match["c"])),)
    match = _DECADE.search(text)
    return (Moment(decade=int(match["y"])),) if match else ()


def _lone_day(text: str) -> Readings:
    match = _NTH_ONLY.search(text)
    return (Moment(day=int(match["d"])),) if match else ()


def _lone_year(text: str) -> Readings:
    match = _YEAR.search(text) or _OLD_YEAR.fullmatch(text.strip(" .!"))
    return (Moment(year=int(match["y"])),) if match else ()
