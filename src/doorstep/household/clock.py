"""Wall time and elapsed minutes: from HH:MM to minutes since now, over one day, and back.

The horizon runs from now until the same wall time tomorrow: 1440 minutes, 1380 where the clock
jumps an hour ahead in between, 1500 where it jumps back. A wall time means its first occurrence
at or after now. Two kinds of wall time are odd on the day of a change:

- *shown twice* (autumn): the first occurrence counts; `occurrences` gives both;
- *never shown* (spring): it means the moment of the jump, when the clock passes over it. So a
  deadline is kept, and a start waits no longer than it has to.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from doorstep._errors import BadInput
from doorstep.household.problem import HHMM_RE, ClockChange

if TYPE_CHECKING:
    from doorstep.household.problem import Problem

DAY = 1440


def minutes(hhmm: str) -> int:
    """Minutes since midnight on the clock's face; BadInput for anything but HH:MM."""
    if not HHMM_RE.fullmatch(hhmm):
        raise BadInput(
            "A time is not on the clock.", hint="Write times as HH:MM from 00:00 to 23:59."
        )
    return int(hhmm[:2]) * 60 + int(hhmm[3:])


def hhmm(face: int) -> str:
    """HH:MM for minutes since midnight, of any day."""
    hours, rest = divmod(face % DAY, 60)
    return f"{hours:02d}:{rest:02d}"


class Clock:
    """The clock on the wall during one horizon.

    `horizon` is the last elapsed minute, at which the wall shows `now` again.
    """

    __slots__ = ("_jump", "_now", "_shift", "horizon")

    def __init__(self, now: str, change: ClockChange | None = None) -> None:
        self._now = minutes(now)
        self._shift = change.shift_min if change else 0
        # A change at `now` itself lies a whole day ahead: a wall time that has just been jumped
        # over cannot be now, and one that was jumped back from is now only afterwards.
        self._jump = (minutes(change.at) - self._now) % DAY or DAY if change else DAY
        self.horizon = DAY if self._jump == DAY else max(DAY - self._shift, self._jump)

    @classmethod
    def of(cls, problem: Problem) -> Clock:
        return cls(problem.now, problem.clock_change)

    def face(self, elapsed: int) -> int:
        """Minutes since midnight that the wall shows `elapsed` minutes from now."""
        return self._raw(elapsed) % DAY

    def wall(self, elapsed: int) -> str:
        """HH:MM that the wall shows `elapsed` minutes from now."""
        return hhmm(self._raw(elapsed))

    def is_next_day(self, elapsed: int) -> bool:
        """Whether midnight lies between now and then."""
        return self._raw(elapsed) >= DAY

    def occurrences(self, wall: str) -> tuple[int, ...]:
        """Every elapsed minute in [0, horizon) at which the wall shows `wall`: one, two or none."""
        before = (minutes(wall) - self._now) % DAY
        after = (before - self._shift) % DAY
        found = [before] if before < self._jump else []
        return tuple(found + [t for t in (after, after + DAY) if self._jump <= t < self.horizon])

    def first(self, wall: str) -> int:
        """The first elapsed minute at which the wall shows `wall`, or jumps over it."""
        found = self.occurrences(wall)
        return found[0] if found else self._jump

    def deadline(self, wall: str) -> int:
        """As `first`, but a deadline equal to now means the end of the horizon."""
        return self.first(wall) or self.horizon

    def _raw(self, elapsed: int) -> int:
        jumped = self._shift if self._jump <= elapsed and self._jump < DAY else 0
        return self._now + elapsed + jumped


def clock_change_for(day: date | None, timezone: str | None, now: str) -> ClockChange | None:
    """The change of the clock between `now` on that day and the same wall time on the next.

    None where there is none, or where the day or the zone is not known. A `now` that the wall
    shows twice is taken as the first. Changes come from the IANA database (`zoneinfo`);
    BadInput where it has no such zone.
    """
    if day is None or timezone is None:
        return None
    zone = _zone(timezone)
    face = time(*divmod(minutes(now), 60))
    start = datetime.combine(day, face, zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), face, zone).astimezone(UTC)
    shift = _offset(end, zone) - _offset(start, zone)
    jump = _first_change(start, zone)
    if not shift or jump is None:
        return None
    return ClockChange(at=hhmm(minutes(now) + jump), shift_min=shift)


def _first_change(start: datetime, zone: _Zone) -> int | None:
    """Elapsed minutes to the first minute with another offset, by bisection; None within a day."""
    low, high, was = 0, DAY - 1, _offset(start, zone)
    if _offset(start + timedelta(minutes=high), zone) == was:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        same = _offset(start + timedelta(minutes=middle), zone) == was
        low, high = (middle, high) if same else (low, middle)
    return high


def _offset(moment: datetime, zone: _Zone) -> int:
    """Minutes east of Greenwich at a moment given in UTC."""
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return round(offset.total_seconds() / 60)


def _zone(name: str) -> _Zone:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(
            "The time zone is not known here.",
            hint="Give an IANA name such as Europe/Berlin; on Windows: pip install tzdata.",
        ) from error


if TYPE_CHECKING:
    from zoneinfo import ZoneInfo as _Zone
