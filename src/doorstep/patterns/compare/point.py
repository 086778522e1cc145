"""A point in time, or a span of it, as far as it was said, and how two of them differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from doorstep.patterns.compare.value import What


@dataclass(frozen=True, slots=True)
class Moment:
    """As much of a point in time as was said. `minute` counts from midnight, `offset` its zone.

    `ahead` counts days from a today that nobody gave ("tomorrow" is 1); `nth` is which such weekday
    of the month, -1 the last; `third` is early, mid or late in what it goes with; `bound` is
    "before" or "after" where no more is said than that; `until` is the end of a span.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    minute: int | None = None
    offset: int | None = None
    ahead: int | None = None
    decade: int | None = None
    century: int | None = None
    nth: int | None = None
    season: str | None = None
    third: str | None = None
    bound: str | None = None
    until: Moment | None = None

    @property
    def date(self) -> date | None:
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)


Readings = tuple[Moment, ...]  # the ways in which a text may be read, the likelier one first
_PARTS = (
    "year",
    "month",
    "day",
    "weekday",
    "minute",
    "ahead",
    "decade",
    "century",
    "nth",
    "season",
    "third",
    "bound",
)
_NAMES = {"minute": "time", "ahead": "day"}


def differences(a: Moment, b: Moment) -> What:
    """The parts that differ, of those that both have; None where they have none in common."""
    a, b = _at_one_zone(a, b), _at_one_zone(b, a)
    both = [p for p in _PARTS if getattr(a, p) is not None and getattr(b, p) is not None]
    if not both or both == ["bound"]:
        return None
    what = tuple(_NAMES.get(p, p) for p in both if getattr(a, p) != getattr(b, p))
    what = tuple(p for p in what if p != "weekday") or what
    return what if what else _ends(a, b)


def _ends(a: Moment, b: Moment) -> What:
    """Two that begin alike: a span against a single point cannot be scored."""
    if a.until is None and b.until is None:
        return ()
    if a.until is None or b.until is None:
        return None
    found = differences(a.until, b.until)
    return None if found is None else tuple(f"end {part}" for part in found)


def _at_one_zone(moment: Moment, other: Moment) -> Moment:
    if moment.minute is None or moment.offset is None or other.offset is None:
        return moment
    total = moment.minute - moment.offset
    if moment.date is None:
        return replace(moment, minute=total % 1440)
    try:
        day = moment.date + timedelta(days=total // 1440)
    except OverflowError:  # the first day or the last that the calendar has
        return replace(moment, minute=total % 1440)
    return dated(day, replace(moment, minute=total % 1440))


def dated(day: date, moment: Moment = Moment()) -> Moment:
    return replace(moment, year=day.year, month=day.month, day=day.day, weekday=day.weekday())
