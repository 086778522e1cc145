"""Dates and periods as people write them; what has no year is none."""

from __future__ import annotations

from datetime import date

import pytest

from doorstep.patterns.planning.dates import find_dates, parse_date, period

DAY = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-14", DAY),
        ("14 March 2026", DAY),
        ("14th of March 2026", DAY),
        ("14 Mar. 2026", DAY),
        ("March 14, 2026", DAY),
        ("mar 14 2026", DAY),
        ("14.03.2026", DAY),
        ("14/3/2026", DAY),
        (" 2026-03-14 ", DAY),
        ("2026-02-30", None),
        ("14 March", None),
        ("March 2026", None),
        ("14/13/2026", None),
        ("2026-03-145", None),
        ("12026-03-14", None),
        ("on 2026-03-14", None),
        ("0000-01-01", None),
        ("", None),
    ],
)
def test_a_text_that_is_a_date(text: str, day: date | None) -> None:
    assert parse_date(text) == day


def test_dates_in_a_text_in_its_order() -> None:
    text = "From 14 March 2026 until 2026-04-01, not 99.99.2026, due March 5th, 2027."
    found = list(find_dates(text))
    assert [day for _, day, _ in found] == [DAY, date(2026, 4, 1), date(2027, 3, 5)]
    assert all(text[at:].startswith(written) for at, _, written in found)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("March 2026", date(2026, 3, 1), date(2026, 3, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("Q2 2026", date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("last  month", date(2026, 2, 1), date(2026, 2, 28)),
        ("this month", date(2026, 3, 1), date(2026, 3, 31)),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("this week", date(2026, 3, 9), date(2026, 3, 15)),
        ("last week", date(2026, 3, 2), date(2026, 3, 8)),
        ("yesterday", date(2026, 3, 13), date(2026, 3, 13)),
    ],
)
def test_periods(text: str, first: date, last: date) -> None:
    assert period(text, DAY) == (first, last)


@pytest.mark.parametrize("text", ["next month", "2026-13", "9999999", "soon", "last", "12", ""])
def test_what_is_no_period(text: str) -> None:
    assert period(text, DAY) is None
