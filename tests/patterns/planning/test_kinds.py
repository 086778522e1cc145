"""Which literals, slots and results fit a parameter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest

from doorstep.patterns.planning.kinds import Column, File, field_of, fits, kind_of, value_of
from doorstep.patterns.planning.tables import Group, Table


@pytest.mark.parametrize(
    ("annotation", "literal", "value"),
    [
        (str, "x", "x"),
        (int, 3, 3),
        (float, 3, 3.0),
        (Decimal, 0.1, Decimal("0.1")),
        (bool, True, True),
        (date, "2026-03-14", date(2026, 3, 14)),
        (Literal["a", "b"], "b", "b"),
        (list[int], [1, 2], [1, 2]),
        (Column, "amount", "amount"),
        (File, "a.md", "a.md"),
        (str | date, "2026-03-14", date(2026, 3, 14)),
        (str | Decimal | date, 5, Decimal(5)),
        (str | None, "x", "x"),
    ],
)
def test_a_literal_becomes_a_value(annotation: Any, literal: object, value: object) -> None:
    made = value_of(kind_of(annotation), literal)
    assert made == value and type(made) is type(value)


@pytest.mark.parametrize(
    ("annotation", "literal"),
    [
        (str, 3),
        (str, True),
        (int, True),
        (int, 3.0),
        (int, "3"),
        (float, True),
        (bool, 1),
        (bool, "true"),
        (date, "soon"),
        (date, 20260314),
        (Literal["a"], "b"),
        (list[int], 3),
        (list[int], ["x"]),
        (Column, "therapist"),
        (Table, "spending"),
        (Table, []),
        (str | date, 5),
    ],
)
def test_what_is_no_such_literal(annotation: Any, literal: object) -> None:
    with pytest.raises(ValueError):
        value_of(kind_of(annotation), literal)


@pytest.mark.parametrize(
    ("given", "wanted", "fit"),
    [
        (int, Decimal, True),
        (Decimal, int, False),
        (date, str, True),
        (str, date, False),
        (list[date], str, True),  # written out
        (Group, str, True),
        (list[Group], str, True),
        (Table, str, False),
        (list[Group], Group, False),
        (list[int], list[Decimal], True),
        (int, list[int], False),
        (Table, Table, True),
        (Table, Table | None, True),
        (date, str | Decimal | date, True),
        (list[date], str | date, False),
        (str | date, str, True),
        (str | date, date, False),
        (str, File, True),
        (str, Column, False),
        (bool, Decimal, False),
    ],
)
def test_a_result_fits_a_parameter(given: Any, wanted: Any, fit: bool) -> None:
    assert fits(kind_of(given), kind_of(wanted)) is fit


def test_fields() -> None:
    rows = kind_of(list[Group])
    assert field_of(rows, "value") == kind_of(list[Decimal])
    assert field_of(rows, "__class__") is None and field_of(kind_of(str), "value") is None
