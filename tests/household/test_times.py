"""Times of day in prose."""

from __future__ import annotations

import pytest

from doorstep.household.halves import Day, choose, known, resolve, settle, settle_range
from doorstep.household.times import clock, find_times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("through by 22:30", "22:30"),
        ("It is 6.30 pm.", "18:30"),
        ("ready at 7 am", "07:00"),
        ("by 7 p.m. sharp", "19:00"),
        ("12 am", "00:00"),
        ("12 pm", "12:00"),
        ("dry by half past six in the morning", "06:30"),
        ("a quarter past four in the morning", "04:15"),
        ("ten to eight, before the school run", "07:50"),
        ("twenty-five past seven in the evening", "19:25"),
        ("half seven this evening", "19:30"),
        ("at noon", "12:00"),
        ("until midnight", "00:00"),
        ("seven o'clock in the morning", "07:00"),
        ("nine in the evening", "21:00"),
        ("by 0630", "06:30"),
        ("18h30", "18:30"),
        ("24:00", "00:00"),
        ("not before nine tonight", "21:00"),
        ("eleven at night", "23:00"),
        ("once everyone is in bed, about ten", "22:00"),
    ],
)
def test_one_time(text: str, expected: str) -> None:
    (time,) = find_times(text)
    value = resolve(time, text)
    assert value is not None
    assert clock(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("between 22:00 and 06:00 it must stay off", ("22:00", "06:00")),
        ("from 22:00 on until 6:00", ("22:00", "06:00")),
        ("between ten at night and six in the morning", ("22:00", "06:00")),
        ("9-11 pm", ("21:00", "23:00")),
        ("10 pm to 6 am", ("22:00", "06:00")),
        ("17.00–20.00", ("17:00", "20:00")),
        ("off from 20:15 to 21:45", ("20:15", "21:45")),
        ("silent between 13 and 15", ("13:00", "15:00")),
    ],
)
def test_ranges(text: str, expected: tuple[str, str]) -> None:
    (time,) = find_times(text)
    assert time.until is not None
    a, b = settle_range(time, text)
    assert (clock(a), clock(b)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "takes 2 h and 1.2 kWh for 90 minutes",
        "costs $0.45",
        "two to three hours",
        "for 20 kids",
        "at 20 degrees",
        "one of the twins",
        "battery 78%",
    ],
)
def test_no_time(text: str) -> None:
    assert find_times(text) == []


def test_a_range_of_two_hours_is_not_ten_minutes_to_eight() -> None:
    (time,) = find_times("open from ten to eight")
    assert time.until is not None
    (other,) = find_times("done by ten to eight")
    assert other.until is None and other.minute == 470


def test_the_half_of_the_day_that_the_words_leave_open() -> None:
    (time,) = find_times("done by seven")
    assert resolve(time, "done by seven") is None
    assert settle(time, "done by seven", "morning") == 420
    assert settle(time, "done by seven", "evening") == 1140


def test_quiet_begins_in_the_evening_and_a_deadline_is_the_next_one() -> None:
    (time,) = find_times("off by nine")
    assert choose(time, "off by nine", "quiet_by", Day(now=480)) == 21 * 60
    assert choose(time, "off by nine", "finish_by", Day(now=1110, length=60)) == 21 * 60
    assert choose(time, "off by nine", "finish_by", Day(now=1230, length=60)) == 9 * 60


def test_a_time_told_in_full_elsewhere_settles_its_half() -> None:
    told = known("He lies down at 8 in the morning. Silent by 8.")
    assert told == {480: 480}
    (time,) = find_times("Silent by 8.")
    assert choose(time, "Silent by 8.", "quiet_by", Day(now=1110, known=told)) == 480
    assert known("From 08:00, and again at 20:00.") == {}


def test_quarter_to_takes_the_hour_before_it() -> None:
    first, second = find_times("She leaves at eight, so it must be charged by quarter to.")
    assert (first.minute, second.minute) == (480, 465)
