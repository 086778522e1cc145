"""Dates and periods as people write them: in notes, in cells, in questions.

Days are read as ISO 8601, "14 March 2026", "March 14, 2026", "14.03.2026" and "14/03/2026" (the
day first). A date without a year is none: the year would be a guess.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}
_MONTHS["sept"] = 9
_NAMED = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_NAMED})\.?,? (\d{{4}})(?!\d)", re.IGNORECASE
)
_MONTH_FIRST = re.compile(
    rf"\b({_NAMED})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})(?!\d)", re.IGNORECASE
)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)")
_MONTH_YEAR = re.compile(rf"({_NAMED})\.? (\d{{4}})", re.IGNORECASE)
_YEAR_MONTH = re.compile(r"(\d{4})-(\d\d)")
_QUARTER = re.compile(r"(?:q([1-4]) (\d{4})|(\d{4})[- ]?q([1-4]))", re.IGNORECASE)


def find_dates(text: str) -> Iterator[tuple[int, date, str]]:
    """Where a date begins, which it is, and how it is written; in the order of the text."""
    found: list[tuple[int, date, str]] = []
    for pattern, order in (
        (_ISO, (1, 2, 3)),
        (_DAY_FIRST, (3, 2, 1)),
        (_MONTH_FIRST, (3, 1, 2)),
        (_NUMBERS, (3, 2, 1)),
    ):
        for match in pattern.finditer(text):
            day = _date(*(match[group] for group in order))
            if day is not None:
                found.append((match.start(), day, match[0]))
    yield from sorted(found, key=lambda one: one[0])


def parse_date(text: str) -> date | None:
    """The date that is all of a text."""
    text = text.strip()
    return next((day for _, day, written in find_dates(text) if written == text), None)


def period(text: str, today: date | None = None) -> tuple[date, date] | None:
    """First and last day of "March 2026", "2026-03", "2026", "Q1 2026", "last month", ...

    What is relative needs `today`; without it, it is a period whose days are today's.
    """
    said = " ".join(text.lower().split())
    if match := _MONTH_YEAR.fullmatch(said):
        return _month(int(match[2]), _MONTHS[match[1]])
    if match := _YEAR_MONTH.fullmatch(said):
        return _month(int(match[1]), int(match[2]))
    if match := _QUARTER.fullmatch(said):
        quarter, year = int(match[1] or match[4]), int(match[2] or match[3])
        return _months(year, quarter * 3 - 2, quarter * 3)
    if re.fullmatch(r"(?:19|20)\d\d", said):
        return _months(int(said), 1, 12)
    return _relative(said, today or date.today())  # noqa: DTZ011 - the person's own day


def _relative(said: str, today: date) -> tuple[date, date] | None:
    if said in ("today", "yesterday"):
        day = today - timedelta(days=said == "yesterday")
        return day, day
    which, _, unit = said.partition(" ")
    if which not in ("this", "last") or unit not in ("week", "month", "year"):
        return None
    back = which == "last"
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=6)
    if unit == "year":
        return _months(today.year - back, 1, 12)
    before = today.replace(day=1) - timedelta(days=1)
    return _month(before.year, before.month) if back else _month(today.year, today.month)


def _month(year: int, month: int) -> tuple[date, date] | None:
    return _months(year, month, month)


def _months(year: int, first: int, last: int) -> tuple[date, date] | None:
    try:
        start = date(year, first, 1)
        return start, date(year, last, calendar.monthrange(year, last)[1])
    except ValueError:
        return None


def _date(year: str, month: str, day: str) -> date | None:
    number = _MONTHS.get(month.lower()) or (int(month) if month.isdigit() else 0)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None
