"""CSV files: filtered, added up, grouped; exactly, and never silently wrong."""

from __future__ import annotations

import time
from csv import field_size_limit
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from doorstep import BadInput
from doorstep.patterns.planning.tables import Group, Table, number, table
from doorstep.patterns.planning.tools import StepFailed
from doorstep.patterns.run import Run

CSV = """day,kind,what,paid
2026-01-05,garden,Seeds,"1,200.50"
05.02.2026,car,Tyres,80
2026-02-14,Garden,"Rope, thick",20.25

2026-03-01,garden,Refund,-10
"""


def tools(path: Path) -> dict[str, Any]:
    return {one.name: one.bind(Run("p")) for one in table(path)}


@pytest.fixture
def csv(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "spending.csv"
    path.write_text(CSV)
    return tools(path)


@pytest.mark.parametrize(
    ("column", "test", "value", "count"),
    [
        ("category", "is", "garden", 3),
        ("category", "is not", "garden", 1),
        ("category", "contains", "ARD", 3),
        ("kind", "is", "car", 1),  # by its name, from a slot
        ("any", "contains", "rope, thick", 1),
        ("any", "contains", "zebra", 0),
        ("date", "since", date(2026, 2, 14), 2),
        ("date", "after", date(2026, 2, 14), 1),
        ("date", "until", date(2026, 2, 14), 3),
        ("date", "before", date(2026, 2, 14), 2),
        ("date", "is", date(2026, 2, 5), 1),
        ("date", "since", "14 February 2026", 2),
        ("amount", "above", Decimal(80), 1),
        ("amount", "below", Decimal("20.25"), 1),
        ("amount", "is", Decimal("20.250"), 1),
    ],
)
def test_rows_are_filtered(
    csv: dict[str, Any], column: str, test: str, value: object, count: int
) -> None:
    assert len(csv["filter_rows"](column=column, test=test, value=value)) == count


@pytest.mark.parametrize(
    ("how", "value"),
    [("total", "1290.75"), ("count", "4"), ("largest", "1200.50"), ("smallest", "-10"),
     ("median", "50.125"), ("average", "322.6875")],
)  # fmt: skip
def test_a_column_becomes_one_number(csv: dict[str, Any], how: str, value: str) -> None:
    assert csv["aggregate"](how=how) == Decimal(value)


def test_no_rows_left_is_not_all_rows(csv: dict[str, Any]) -> None:
    none = csv["filter_rows"](column="any", test="contains", value="zebra")
    assert csv["aggregate"](how="total", rows=none) == 0
    assert csv["aggregate"](how="count", rows=none) == 0
    assert len(csv["filter_rows"](column="amount", test="above", value=Decimal(0), rows=none)) == 0
    assert csv["group_rows"](by="category", how="total", rows=none) == []
    with pytest.raises(StepFailed, match="no_rows"):
        csv["aggregate"](how="average", rows=none)


def test_groups(csv: dict[str, Any]) -> None:
    assert csv["group_rows"](by="date", how="count", unit="month") == [
        Group("2026-01", Decimal(1)), Group("2026-02", Decimal(2)), Group("2026-03", Decimal(1)),
    ]  # fmt: skip
    assert csv["group_rows"](by="category", how="total")[0] == Group("Garden", Decimal("20.25"))
    with pytest.raises(StepFailed, match="a_cell_holds_no_date"):
        csv["group_rows"](by="category", how="count", unit="year")


def test_rows_as_text(csv: dict[str, Any]) -> None:
    rows = csv["filter_rows"](column="category", test="is", value="car")
    assert csv["show_rows"](rows=rows) == ["05.02.2026, car, Tyres, 80"]


@pytest.mark.parametrize("meant", ["place", "name", "nothing"])
def test_a_column_that_is_not_there_is_said(csv: dict[str, Any], meant: str) -> None:
    with pytest.raises(StepFailed, match="no_such_column"):
        csv["filter_rows"](column=meant, test="is", value="x")


def test_a_column_is_found_by_what_it_holds() -> None:
    rows = Table(("a", "b", "c"), [["x", "2026-01-01", "5 EUR"], ["y", "", "6"]])
    assert (rows.column("date"), rows.column("amount")) == (1, 2)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("date,amount\n2026-01-01,5\n2026-01-02,five\n", "a_cell_holds_no_number"),
        ("date,amount\n2026-01-01,5\n2026-01-02\n", "table_has_ragged_rows"),
    ],
)
def test_a_bad_cell_is_said_and_not_skipped(tmp_path: Path, text: str, error: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(StepFailed, match=error):
        tools(tmp_path / "t.csv")["aggregate"](how="total")


def test_other_dialects(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(
        "\ufeffDatum;Betrag\n1.2.2026;1.200,50 €\n2.2.2026;7,25 €\n".encode()
    )
    assert tools(tmp_path / "t.csv")["aggregate"](how="total") == Decimal("1207.75")


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_a_header_is_refused_at_once(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(BadInput, match="header"):
        table(tmp_path / "t.csv")
    with pytest.raises(BadInput, match="does not exist"):
        table(tmp_path / "none.csv")


def test_the_columns_are_known_at_home_and_in_no_signature(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("date,therapist,amount\n")
    made = table(tmp_path / "t.csv")
    assert made[0].columns == ("date", "therapist", "amount")
    assert not any("therapist" in one.signature for one in made)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", "12"), ("-3", "-3"), ("−3.50", "-3.50"), ("1,234.50", "1234.50"), ("1.234,50",
     "1234.50"), ("1,234", "1234"), ("12,5", "12.5"), ("€ 9.90", "9.90"), ("9.90 EUR", "9.90"),
     ("1'200", "1200"), ("1 200", "1200"), ("14 kWh", "14"), ("5.", "5"), ("", None), ("n/a", None),
     ("2026-01-01", None), ("3 of 4", None), ("1,2,3.4.5", None)],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: str | None) -> None:
    assert number(text) == (None if value is None else Decimal(value))


def test_ten_megabytes_are_fine(tmp_path: Path) -> None:
    line = "2026-01-05,garden,Seeds and a long description of them all,12.50\n"
    (tmp_path / "t.csv").write_text("date,category,item,amount\n" + line * 40_000)
    made, begun = tools(tmp_path / "t.csv"), time.process_time()
    rows = made["filter_rows"](column="category", test="is", value="garden")
    assert made["aggregate"](how="total", rows=rows) == Decimal("500000.00")
    assert time.process_time() - begun < 10


def test_a_field_without_end_is_refused_whatever_others_set(tmp_path: Path) -> None:
    """`csv.field_size_limit` belongs to the process; another library may have raised it."""
    (tmp_path / "long.csv").write_text("date," + "x" * 200_000 + "\n")
    before = field_size_limit(10_000_000)
    try:
        with pytest.raises(BadInput, match="cannot be read"):
            table(tmp_path / "long.csv")
    finally:
        field_size_limit(before)
