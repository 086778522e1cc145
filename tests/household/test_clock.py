"""Wall time and elapsed minutes, on plain days and on the two days that are not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep._errors import BadInput
from doorstep.household.clock import DAY, Clock, clock_change_for, hhmm, minutes
from doorstep.household.problem import ClockChange

SPRING = ClockChange(at="02:00", shift_min=60)
AUTUMN = ClockChange(at="03:00", shift_min=-60)
faces = st.integers(0, DAY - 1).map(hhmm)
changes = st.one_of(
    st.none(),
    st.builds(ClockChange, at=faces, shift_min=st.sampled_from([60, -60, 30, -30, 120, -120])),
)


@pytest.mark.parametrize(
    ("now", "change", "wall", "elapsed"),
    [
        ("18:30", None, "18:30", 0),
        ("18:30", None, "18:29", 1439),
        ("18:30", None, "00:00", 330),
        ("18:30", SPRING, "01:59", 449),
        ("18:30", SPRING, "02:00", 450),  # never shown: the moment of the jump
        ("18:30", SPRING, "02:30", 450),
        ("18:30", SPRING, "03:00", 450),
        ("18:30", SPRING, "07:00", 690),
        ("18:30", AUTUMN, "02:30", 480),  # shown twice: the first
        ("18:30", AUTUMN, "03:00", 570),
        ("18:30", AUTUMN, "07:00", 810),
        ("02:30", AUTUMN, "02:10", 40),  # only the second is still ahead
        ("03:00", SPRING, "02:30", 1380),
    ],
)
def test_first_occurrence(now: str, change: ClockChange | None, wall: str, elapsed: int) -> None:
    assert Clock(now, change).first(wall) == elapsed


@pytest.mark.parametrize(
    ("now", "change", "horizon"),
    [
        ("18:30", None, 1440),
        ("18:30", SPRING, 1380),
        ("18:30", AUTUMN, 1500),
        ("02:30", AUTUMN, 1500),
        ("02:30", SPRING, 1410),  # 02:30 is not shown tomorrow: until the jump over it
        ("02:00", SPRING, 1440),  # it cannot be 02:00 in the night that skips it
    ],
)
def test_horizon(now: str, change: ClockChange | None, horizon: int) -> None:
    assert Clock(now, change).horizon == horizon


def test_both_occurrences() -> None:
    assert Clock("18:30", AUTUMN).occurrences("02:30") == (480, 540)
    assert Clock("18:30", AUTUMN).occurrences("02:00") == (450, 510)
    assert Clock("18:30", SPRING).occurrences("02:30") == ()


def test_deadline_now_is_tomorrow() -> None:
    assert Clock("18:30").deadline("18:30") == 1440
    assert Clock("18:30", AUTUMN).deadline("18:30") == 1500


@given(now=faces, change=changes, data=st.data())
def test_wall_and_first_are_inverse(
    now: str, change: ClockChange | None, data: st.DataObject
) -> None:
    clock = Clock(now, change)
    elapsed = data.draw(st.integers(0, clock.horizon - 1))
    assert elapsed in clock.occurrences(clock.wall(elapsed))
    assert clock.first(clock.wall(elapsed)) <= elapsed


def test_is_next_day() -> None:
    clock = Clock("18:30")
    assert not clock.is_next_day(329)
    assert clock.is_next_day(330)


@pytest.mark.parametrize("wall", ["25:00", "24:00", "12:60", "7:30", "", "ab:cd", "12:30\n"])
def test_impossible_times(wall: str) -> None:
    with pytest.raises(BadInput):
        minutes(wall)


@pytest.mark.parametrize(
    ("day", "zone", "now", "change"),
    [
        (date(2026, 3, 28), "Europe/Berlin", "18:30", ClockChange(at="02:00", shift_min=60)),
        (date(2026, 10, 24), "Europe/Berlin", "18:30", ClockChange(at="03:00", shift_min=-60)),
        (date(2026, 10, 25), "Europe/Berlin", "02:30", ClockChange(at="03:00", shift_min=-60)),
        (date(2026, 10, 25), "Europe/Berlin", "03:00", None),
        (date(2026, 10, 24), "Europe/Berlin", "02:30", None),  # 24 hours on it is still ahead
        (date(2026, 3, 28), "Europe/Berlin", "02:30", ClockChange(at="02:00", shift_min=60)),
        (date(2026, 11, 1), "America/New_York", "00:10", ClockChange(at="02:00", shift_min=-60)),
        (date(2026, 4, 4), "Australia/Lord_Howe", "12:00", ClockChange(at="02:00", shift_min=-30)),
        (date(2026, 7, 1), "Europe/Berlin", "18:30", None),
        (date(2026, 7, 1), None, "18:30", None),
        (None, "Europe/Berlin", "18:30", None),
    ],
)
def test_change_from_the_calendar(
    day: date | None, zone: str | None, now: str, change: ClockChange | None
) -> None:
    assert clock_change_for(day, zone, now) == change


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), faces)
def test_clock_agrees_with_the_calendar(day: date, now: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = datetime.combine(day, datetime.strptime(now, "%H:%M").time(), zone)  # noqa: DTZ007
    if start.astimezone(UTC).astimezone(zone).strftime("%H:%M") != now:
        return  # a wall time that was never shown
    clock = Clock(now, clock_change_for(day, "Europe/Berlin", now))
    for elapsed in range(0, clock.horizon, 37):
        real = (start.astimezone(UTC) + timedelta(minutes=elapsed)).astimezone(zone)
        assert clock.wall(elapsed) == real.strftime("%H:%M")


def test_unknown_zone() -> None:
    with pytest.raises(BadInput, match="time zone"):
        clock_change_for(date(2026, 7, 1), "Mars/Olympus", "18:30")
    with pytest.raises(BadInput, match="time zone"):
        clock_change_for(date(2026, 7, 1), "../../etc/passwd", "18:30")
