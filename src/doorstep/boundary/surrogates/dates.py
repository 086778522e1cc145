"""Dates and ages: moved, in the same spelling.

All dates of a scope move by the same whole number of weeks, so that weekdays, intervals and orders
stay what they are.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from doorstep.boundary.surrogates.draw import Draw, like

_LEAST, _MOST = 26, 260  # weeks
_MONTHS = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "januar februar marts april maj juni juli august september oktober november december",
)
_NAMES = [line.split() for line in _MONTHS]
_WORD = "|".join(sorted({name for line in _NAMES for name in line}, key=len, reverse=True))
_NUMBERS = re.compile(
    r"(?<!\d)(\d{4}|\d{1,2})([-/. ]{1,2})(\d{1,2})([-/. ]{1,2})(\d{4}|\d{1,2})(?!\d)"
)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})((?:st|nd|rd|th|er|\.)? (?:of |de )?)({_WORD})(\.?,? (?:de )?)(\d{{4}})",
    re.I,
)
_MONTH_FIRST = re.compile(rf"\b({_WORD})(\.? )(\d{{1,2}})((?:st|nd|rd|th)?,? )(\d{{4}})", re.I)
_AGE = re.compile(r"(?<!\d)(\d{1,3})(?!\d)")
# What may stay around a date or an age: signs, the weekday (whole weeks do not change it),
# the time of day; words that say that a number is an age. Anything else could be private itself.
_TIME = re.compile(
    r"[T ,]{1,2}(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:\.\d{1,9})?)?"
    r"(?: ?(?:[AaPp][Mm]|Z|UTC|[+-]\d\d:?\d\d))?"
)
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri "
    "sat sun montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi "
    "jeudi vendredi samedi dimanche lunes martes miércoles viernes sábado domingo mandag "
    "jueves tirsdag onsdag torsdag fredag lørdag søndag the on".split()
)
_OLD = frozenset(
    "a an at the is was be age aged of turned turning turns year years yr yrs y o yo old month "
    "months mo ans jahr jahre jahren jährig jährige jähriger alt año años anni år gammel".split()
)
_PLAIN_WORDS = re.compile(r"[^\W\d_]+")

Parts = tuple[str, ...]


def date(value: str, draw: Draw) -> str | None:
    """The date some weeks off; None where it is not spelt with its year."""
    weeks = _LEAST + draw.below(_MOST - _LEAST, "weeks")
    by = datetime.timedelta(weeks=-weeks if draw.below(2, "direction") else weeks)
    for pattern, move in (
        (_DAY_FIRST, _day_first),
        (_MONTH_FIRST, _month_first),
        (_NUMBERS, _numbers),
    ):
        match = pattern.search(value)
        if match and _telling_nothing(
            value[: match.start()], _TIME.sub("", value[match.end() :], 1)
        ):
            new = move(match.groups(), by)
            return new and value[: match.start()] + new + value[match.end() :]
    return None


def _telling_nothing(*around: str, words: frozenset[str] = _DAYS) -> bool:
    """Whether what stays of a value is signs and known words only."""
    return all(
        not re.search(r"\w", _PLAIN_WORDS.sub("", text))
        and words.issuperset(word.lower() for word in _PLAIN_WORDS.findall(text))
        for text in around
    )


def spellings(text: str, value: str) -> list[tuple[str, str]]:
    """A moved date and the date, both in each usual way of writing dates."""
    moved, was = _read(text), _read(value)
    if moved is None or was is None:
        return []
    found = list(zip(_written(moved), _written(was), strict=True))
    short, bare = (f"{day.day}.{day.month}.{day.year}" for day in (moved, was))
    return found if moved.day > 9 and moved.month > 9 else [*found, (short, bare)]


def _read(value: str) -> datetime.date | None:
    none = datetime.timedelta(0)
    if match := _DAY_FIRST.search(value):
        return _moved(match[5], _month(match[3]), int(match[1]), none)
    if match := _MONTH_FIRST.search(value):
        return _moved(match[5], _month(match[1]), int(match[3]), none)
    if (match := _NUMBERS.search(value)) and (parts := _ordered(match.groups())):
        return _moved(parts["y"], int(parts["m"]), int(parts["d"]), none)
    return None


def _written(day: datetime.date) -> list[str]:
    month, short = (line[day.month - 1].capitalize() for line in _NAMES[:2])
    nth = f"{day.day}{_ordinal(day.day)}"
    return [
        day.isoformat(),
        day.strftime("%d.%m.%Y"),
        day.strftime("%d/%m/%Y"),
        day.strftime("%m/%d/%Y"),
        *(f"{day.day} {m} {day.year}" for m in (month, short)),
        *(f"{m} {day.day}, {day.year}" for m in (month, short)),
        *(f"{m} {day.day}" for m in (month, short)),
        *(f"{day.day} {m}" for m in (month, short)),
        f"{month} {nth}, {day.year}",
        f"{month} {nth}",
        f"{nth} of {month}",
    ]


def age(value: str, draw: Draw) -> str | None:
    """A year or three more or less. A bare number is left to a placeholder: it could not be told
    from any other number in a reply."""
    match = _AGE.search(value)
    if match is None or not re.search(r"[A-Za-z]{3}", value):
        return None
    if not _telling_nothing(value[: match.start()], value[match.end() :], words=_OLD):
        return None
    years = int(match[1])
    by = 1 + draw.below(3, "years")
    new = years - by if years > by and draw.below(2, "direction") else years + by
    if (years < 18) != (new < 18):  # a child stays a child
        new = years + by if years >= 18 else max(1, years - by)
    return value[: match.start()] + str(new) + value[match.end() :] if new != years else None


def _ordered(parts: Parts) -> dict[str, str] | None:
    """Year, month and day of three numbers, in the order in which they stand."""
    one, first, two, _, three = parts
    if len(one) == 4:
        order = "ymd"
    elif len(three) == 4 or first.strip() == ".":
        american = first.strip() == "/" and int(one) <= 12
        order = "mdy" if american or int(two) > 12 else "dmy"
    else:
        return None
    return dict(zip(order, (one, two, three), strict=True))


def _numbers(parts: Parts, by: datetime.timedelta) -> str | None:
    values = _ordered(parts)
    if values is None:
        return None
    moved = _moved(values["y"], int(values["m"]), int(values["d"]), by)
    if moved is None:
        return None
    year = f"{moved.year:04d}"[-len(values["y"]) :]
    new = {"y": year, "m": _padded(moved.month, values["m"]), "d": _padded(moved.day, values["d"])}
    one, two, three = (new[k] for k in values)
    return f"{one}{parts[1]}{two}{parts[3]}{three}"


def _day_first(parts: Parts, by: datetime.timedelta) -> str | None:
    day, one, month, two, year = parts
    moved = _moved(year, _month(month), int(day), by)
    if moved is None:
        return None
    if one[:2] in ("st", "nd", "rd", "th"):
        one = _ordinal(moved.day) + one[2:]
    return f"{_padded(moved.day, day)}{one}{_named(moved.month, month)}{two}{moved.year}"


def _month_first(parts: Parts, by: datetime.timedelta) -> str | None:
    month, one, day, two, year = parts
    moved = _moved(year, _month(month), int(day), by)
    if moved is None:
        return None
    if two[:2] in ("st", "nd", "rd", "th"):
        two = _ordinal(moved.day) + two[2:]
    return f"{_named(moved.month, month)}{one}{_padded(moved.day, day)}{two}{moved.year}"


def _moved(year: str, month: int, day: int, by: datetime.timedelta) -> datetime.date | None:
    century = 0 if len(year) == 4 else 2000 if int(year) < 40 else 1900
    try:
        return datetime.date(century + int(year), month, day) + by
    except (ValueError, OverflowError):
        return None


def _line(month: str) -> list[str]:
    return next(line for line in _NAMES if month.lower() in line)


def _month(month: str) -> int:
    return _line(month).index(month.lower()) + 1


def _named(month: int, old: str) -> str:
    name = _line(old)[month - 1]
    return like(old, name) if old.islower() or old.isupper() else name.capitalize()


def _ordinal(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _padded(number: int, old: str) -> str:
    return (
        f"{number:02d}"
        if (len(old) == 2 and old[0] == "0") or (len(old) == 2 and number < 10)
        else str(number)
    )


FAMILIES: dict[str, Callable[[str, Draw], str | None]] = {
    "date": date,
    "birth_date": date,
    "age": age,
}
