"""Dates and times: ISO 8601, written out, numeric either way round, relative to a given day.

Two moments are compared in what both of them say: "3 March" agrees with "3 March 2026 at 2 pm".
What can be read in two ways (04/03/2026, 7 o'clock) is compared in both.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from doorstep.patterns.compare.answer import marked, sentences
from doorstep.patterns.compare.calendar_words import FEASTS, MONTHS, ORDINALS, WEEKDAYS, ZONES
from doorstep.patterns.compare.clean import clean
from doorstep.patterns.compare.clock import Clock, clock
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.number_words import value_of
from doorstep.patterns.compare.point import Moment, Readings, dated, differences
from doorstep.patterns.compare.span import bound, halves
from doorstep.patterns.compare.value import Rules, What

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_NTH = r"(?P<d>[0-3]?\d)(?:st|nd|rd|th|\.)?"
_I = re.IGNORECASE
_ISO = re.compile(
    r"(?<!\d)(?P<y>\d{4})(?P<sep>[-/.])(?P<m>[01]?\d)(?:(?P=sep)(?P<d>[0-3]?\d))?(?!\d|[-/.]\d)"
)
_COMPACT = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d/.])(?P<a>[0-3]?\d)(?P<sign>[./-])(?P<b>[0-3]?\d)(?P=sign)(?P<y>\d{4}|\d\d)(?!\d)"
)
_DAY_MONTH = re.compile(
    rf"(?<![\d:.]){_NTH}\s(?:of\s)?(?P<mon>{_MONTH})\b\.?(?:,?\s(?:of\s)?(?P<y>\d{{4}})\b)?", _I
)
_MONTH_DAY = re.compile(
    rf"\b(?P<mon>{_MONTH})\b\.?\s(?:the\s)?{_NTH}(?![\d:])(?:,?\s(?P<y>\d{{4}})\b)?", _I
)
_MONTH_YEAR = re.compile(rf"\b(?P<mon>{_MONTH})\b\.?,?\s(?:of\s)?(?P<y>\d{{4}})\b", _I)
_FEAST = re.compile(rf"\b(?P<feast>{'|'.join(FEASTS)})\b(?:,?\s(?P<y>\d{{4}})\b)?", _I)
_CENTURY = re.compile(r"\b(?P<c>\d{1,2})(?:st|nd|rd|th)[ -]century\b", _I)
_OLD_YEAR = re.compile(r"(?:in (?:the year )?|A: )?(?P<y>[1-9]\d{2,3})(?: AD| CE)?", _I)
_DECADE = re.compile(r"\b(?P<y>1[5-9]\d|20\d)0'?s\b")
_YEAR = re.compile(r"\b(?P<y>1[5-9]\d\d|20\d\d)\b")
_DATES = (_ISO, _COMPACT, _NUMERIC, _DAY_MONTH, _MONTH_DAY, _MONTH_YEAR, _FEAST)
_NTH_ONLY = re.compile(r"\bthe\s(?P<d>[0-3]?\d)(?:st|nd|rd|th)\b(?!\s\w)", _I)

_WEEKDAY = re.compile(rf"\b(?:(?P<next>next|this|coming)\s)?(?P<day>{_DAY})\b\.?", _I)
_RELATIVE = re.compile(
    r"\b(?:(?P<name>the day after tomorrow|tomorrow|today|tonight|yesterday)"
    r"|in (?P<count>\w+) (?P<unit>day|week)s?(?:' time)?"
    r"|(?P<many>\w+) (?P<days>day|week)s? (?P<way>from (?:now|today)|ago))\b",
    _I,
)
_SHIFTED = re.compile(
    r"\b(?:minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?) (?:before|after|earlier|later)\b"
    r"(?! tomorrow| yesterday)",
    _I,
)
_NAMED = {"today": 0, "tonight": 0, "tomorrow": 1, "the day after tomorrow": 2, "yesterday": -1}


def read(text: str, context: Context) -> Readings | None:
    """The moment that `text` gives as its answer, in each of its readings; None without one."""
    text = _in_digits(clean(text))
    said = marked(text)
    places = [said] if said else []
    for place in places + list(reversed(sentences(text)[-2:])):
        if found := _readings(place, context.rules):
            return found
    return None


def whole(text: str, context: Context) -> Readings | None:
    """The moment where `text` hardly says anything else."""
    plain = _in_digits(clean(text)).strip(" .!")
    words = re.findall(r"[^\W\d_]+", plain)
    few = len(words) <= 8 and len(plain) <= 60
    return (_readings(plain, context.rules) or None) if few and _is_bare(plain) else None


_ORDINAL = re.compile(
    rf"(?<=the )(?:{'|'.join(sorted(ORDINALS, key=len, reverse=True))})\b(?! (?:option|one))", _I
)
_KNOWN = re.compile(
    rf"\b(?:{_MONTH}|{_DAY}|{'|'.join(FEASTS)}|{'|'.join(_NAMED)}|noon|midday|midnight|morning"
    r"|afternoon|evening|night|half|quarter|past|to|at|on|in|the|of|by|next|this|coming|am|pm|a|p|m"
    rf"|o'clock|st|nd|rd|th|T|{'|'.join(ZONES)}|h|hours|hrs|days?|weeks?|time|minutes?|one|two|three|four"
    r"|five|six|seven|eight|nine|ten|eleven|twelve|twenty)\b|(?<=\d)(?:st|nd|rd|th|h|T|Z|[ap]m)",
    _I,
)


def _in_digits(text: str) -> str:
    """Ordinal words as 1st, 2nd, 15th."""
    return _ORDINAL.sub(lambda match: f"{ORDINALS[match[0].lower()]}th", text)


def _is_bare(text: str) -> bool:
    return not re.search(r"[^\W\d_]", _KNOWN.sub(" ", text))


def compared(a: Readings, b: Readings, context: Context) -> What:
    """() where they agree in every reading, None where in some only."""
    if len(a) == len(b) > 1:  # written the same way: read the same way
        found = [differences(x, y) for x, y in zip(a, b, strict=True)]
    else:
        found = [differences(x, y) for x in a for y in b]
    if any(what is None for what in found):
        return None
    same = [what == () for what in found]
    return found[0] if all(same) or not any(same) else None


def _readings(text: str, rules: Rules) -> Readings:
    if _SHIFTED.search(text):
        return ()  # "an hour before midnight": not at midnight
    for before, after in halves(text, MONTHS):
        begin, end = _points(before, rules), _points(after, rules)
        if begin and end and _is_span(begin[0], end[0]):
            return tuple(replace(x, until=y) for x in begin for y in end)
    return _points(text, rules)


def _is_span(begin: Moment, end: Moment) -> bool:
    """Whether both name the same part of a moment: two times of day, or two days."""
    if begin.minute is not None and end.minute is not None:
        return True
    parts = ("day", "weekday", "month", "year", "ahead")
    plain = begin.minute is None and end.minute is None
    return plain and any(
        getattr(begin, p) is not None and getattr(end, p) is not None for p in parts
    )


def _points(text: str, rules: Rules) -> Readings:
    days = _days(text, rules)
    time = clock(text)
    if time is None:
        return days
    edge = bound(text, time.start)
    return tuple(
        replace(day, minute=minute, offset=time.offset, bound=edge)
        for day in days or (Moment(),)
        for minute in _minutes(time)
    )


def _minutes(time: Clock) -> tuple[int, ...]:
    return (time.minute, (time.minute + 720) % 1440) if time.either else (time.minute,)


def _days(text: str, rules: Rules) -> Readings:
    for pattern in _DATES:
        if match := pattern.search(text):
            return _valid(match, rules)  # a date that the calendar does not have is none
    return (
        _relative(text, rules.today)
        or _weekday(text, rules.today)
        or _ahead(text)
        or _decade(text)
        or _lone_day(text)
        or _lone_year(text)
    )


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


_Triple = tuple[int | None, int, int | None]  # year, month, day


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
    match = _RELATIVE.search(text)
    if match is None or today is None:
        return ()
    if match["name"]:
        return (dated(today + timedelta(days=_NAMED[match["name"].lower()])),)
    count = _count(match["count"] or match["many"])
    if count is None or count > 10_000:
        return ()
    days = count * (7 if (match["unit"] or match["days"]).lower() == "week" else 1)
    back = (match["way"] or "").lower() == "ago"
    return (dated(today + timedelta(days=-days if back else days)),)


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
    """Tomorrow, of a today that nobody gave."""
    match = _RELATIVE.search(text)
    return (Moment(ahead=_NAMED[match["name"].lower()]),) if match and match["name"] else ()


def _decade(text: str) -> Readings:
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
