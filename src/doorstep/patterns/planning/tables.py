"""Tools over CSV files: filter rows, add them up, group them.

The names of the columns are private and do not cross. A plan says which column it means by its
role ("date", "amount", "category", ...), or by a slot; the table finds the column, by its name or
by what stands in it.
"""

from __future__ import annotations

import csv
import re
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Literal, TextIO

from doorstep._errors import BadInput
from doorstep.patterns.planning.dates import parse_date
from doorstep.patterns.planning.kinds import Column, Handle
from doorstep.patterns.planning.tools import StepFailed, Tool, tool

Test = Literal["is", "is not", "contains", "before", "until", "since", "after", "below", "above"]
How = Literal["total", "average", "median", "smallest", "largest", "count"]
Unit = Literal["value", "year", "month", "day"]

MAX_FILE = 100_000_000  # bytes
MAX_FIELD = 131_072  # characters
_SAMPLE = 50  # rows that are looked at to see what a column holds
_MOST_GROUPS = 1000
# Possessive: what was taken is never given back, so that a long cell takes no time.
_AMOUNT = re.compile(r"\D{0,4}?\s*+([-−]?\d[\d.,' ]*+)\s*+[^\d]{0,6}")
_NAMES = {
    "date": "date day when datum fecha dato on booked",
    "amount": "amount price cost costs value total sum paid eur usd gbp money spent betrag",
    "category": "category kind type group class topic for area tag kategorie",
    "text": "text description item note notes what details comment memo subject",
    "name": "name who whom payee vendor shop seller customer from to",
    "place": "place where location city town address",
}


@dataclass(frozen=True, repr=False)
class Table(Handle):
    """Rows of a CSV file, all as text."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    label = "table"

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, meant: str) -> int:
        """Where the column is that is named or meant. StepFailed where there is none."""
        names = [name.strip().casefold() for name in self.columns]
        if meant.strip().casefold() in names:
            return names.index(meant.strip().casefold())
        role = _NAMES.get(meant, "").split()
        for at, name in enumerate(names):
            if set(re.findall(r"[^\W\d_]+", name)) & set(role):
                return at
        if meant in ("date", "amount"):
            reads = parse_date if meant == "date" else number
            for at in range(len(names)):
                if self._holds(at, reads):
                    return at
        raise StepFailed("no_such_column")

    def _holds(self, at: int, reads: Callable[[str], object]) -> bool:
        cells = [row[at] for row in self.rows[:_SAMPLE] if row[at].strip()]
        return bool(cells) and all(reads(cell) is not None for cell in cells)


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """One group of rows, and what came out for it."""

    name: str
    value: Decimal


class CsvFile:
    """A CSV file, read once, when it is first needed."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise BadInput("The CSV file does not exist.", hint="Look at the path.")
        if path.stat().st_size > MAX_FILE:
            raise BadInput(
                f"The CSV file is larger than {MAX_FILE} bytes.", hint="Take a part of it."
            )
        self._path = path
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                self._dialect = _dialect(file.read(65_536))
            self.columns = self._header()
        except (OSError, UnicodeDecodeError, csv.Error):
            hint = "It must be UTF-8 text, with a header."
            raise BadInput("The CSV file cannot be read.", hint=hint) from None

    @cached_property
    def table(self) -> Table:
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                rows = list(_rows(file, self._dialect))[1:]
        except (OSError, UnicodeDecodeError, csv.Error):
            raise StepFailed("table_cannot_be_read") from None
        wide = len(self.columns)
        if any(len(row) != wide for row in rows):
            raise StepFailed("table_has_ragged_rows")
        return Table(self.columns, rows)

    def _header(self) -> tuple[str, ...]:
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            first = next(_rows(file, self._dialect), None)
        if not first:
            raise BadInput("The CSV file has no header.", hint="Its first line names the columns.")
        return tuple(first)


def _rows(file: TextIO, dialect: type[csv.Dialect]) -> Iterator[list[str]]:
    """Rows that hold something. csv.Error at a field that never seems to end.

    `csv.field_size_limit` is one number for the whole process: another library that raises it
    would take this limit away, so it is held here as well.
    """
    for row in csv.reader(file, dialect):
        if any(len(field) > MAX_FIELD for field in row):
            raise csv.Error("a field is too long")
        if any(row):
            yield row


def _dialect(sample: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(sample, delimiters=",;\t|")
    except csv.Error:
        return csv.excel


def table(path: Path | str) -> tuple[Tool, ...]:
    """The tools `filter_rows`, `aggregate`, `group_rows` and `show_rows` over one CSV file.

    BadInput where there is none. Where a step is given no rows, it takes all.
    """
    source = CsvFile(Path(path))

    def filter_rows(
        column: Column,
        test: Test,
        value: str | Decimal | date,
        rows: Table | None = None,
    ) -> Table:
        """Rows of the private table whose column passes a test; since and until include the day."""
        return _filtered(source.table if rows is None else rows, column, test, value)

    def aggregate(how: How, column: Column = "amount", rows: Table | None = None) -> Decimal:
        """One number out of a column of the private table: its total, average, count, ..."""
        return _aggregate(how, source.table if rows is None else rows, column)

    def group_rows(
        by: Column,
        how: How,
        unit: Unit = "value",
        column: Column = "amount",
        rows: Table | None = None,
    ) -> list[Group]:
        """One number for each value of a column, or for each year, month or day of a date."""
        return _groups(source.table if rows is None else rows, by, unit, how, column)

    def show_rows(rows: Table, limit: int = 20) -> list[str]:
        """The first rows as lines of text."""
        shown = rows.rows[: max(1, min(limit, 200))]
        return [", ".join(cell.strip() for cell in row) for row in shown]

    functions = (filter_rows, aggregate, group_rows, show_rows)
    return tuple(tool(function, columns=source.columns) for function in functions)


def _filtered(rows: Table, column: str, test: Test, value: object) -> Table:
    passes = _passes(test, value)
    if column == "any":
        kept = [row for row in rows.rows if any(map(passes, row))]
    else:
        at = rows.column(column)
        kept = [row for row in rows.rows if passes(row[at])]
    return Table(rows.columns, kept)


def _passes(test: Test, value: object) -> Callable[[str], bool]:
    if test in ("is", "is not", "contains"):
        return _says(test, value)
    wanted, reads = _comparable(value)
    return lambda cell: (found := reads(cell)) is not None and _compare(test, found, wanted)


def _says(test: Test, value: object) -> Callable[[str], bool]:
    if isinstance(value, date):
        return lambda cell: (parse_date(cell) == value) is (test != "is not")
    if isinstance(value, Decimal):
        return lambda cell: (number(cell) == value) is (test != "is not")
    wanted = _folded(str(value))
    if test == "contains":
        return lambda cell: wanted in _folded(cell)
    return lambda cell: (_folded(cell) == wanted) is (test == "is")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _comparable(value: object) -> tuple[object, Callable[[str], object]]:
    if isinstance(value, str):
        value = parse_date(value) or number(value)
    if isinstance(value, date):
        return value, parse_date
    if isinstance(value, Decimal):
        return value, number
    raise StepFailed("neither_a_date_nor_a_number")


def _compare(test: Test, found: object, wanted: object) -> bool:
    a, b = _ordered(found), _ordered(wanted)
    if test in ("before", "below"):
        return a < b
    if test in ("after", "above"):
        return a > b
    return a >= b if test == "since" else a <= b


def _ordered(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value.toordinal())  # type: ignore[attr-defined]


def _aggregate(how: How, rows: Table, column: str) -> Decimal:
    if how == "count":
        return Decimal(len(rows))
    values = _numbers(rows.rows, rows.column(column))
    if how == "total":
        return sum(values, Decimal(0))
    if not values:
        raise StepFailed("no_rows")
    if how in ("smallest", "largest"):
        return min(values) if how == "smallest" else max(values)
    if how == "median":
        return Decimal(statistics.median(values))
    return sum(values, Decimal(0)) / len(values)


def _groups(rows: Table, by: str, unit: Unit, how: How, column: str) -> list[Group]:
    at, found = rows.column(by), dict[str, list[Sequence[str]]]()
    for row in rows.rows:
        found.setdefault(_group_name(row[at], unit), []).append(row)
    if len(found) > _MOST_GROUPS:
        raise StepFailed("too_many_groups")
    one = {name: Table(rows.columns, group) for name, group in found.items()}
    return [Group(name, _aggregate(how, one[name], column)) for name in sorted(one)]


def _group_name(cell: str, unit: Unit) -> str:
    if unit == "value":
        return cell.strip()
    day = parse_date(cell)
    if day is None:
        raise StepFailed("a_cell_holds_no_date")
    return day.isoformat()[: {"year": 4, "month": 7, "day": 10}[unit]]


def _numbers(rows: Iterable[Sequence[str]], at: int) -> list[Decimal]:
    """The numbers of a column; empty cells count for nothing, any other text is an error."""
    found = []
    for row in rows:
        if not row[at].strip():
            continue
        value = number(row[at])
        if value is None:
            raise StepFailed("a_cell_holds_no_number")
        found.append(value)
    return found


def number(text: str) -> Decimal | None:
    """ "1,234.50", "1.234,50", "€ 12", "-3 kWh" as a number; None where it is none."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    said = re.sub(r"[' ]", "", match[1]).replace("−", "-").rstrip(".,")
    if re.search(r",\d{1,2}$", said) or ("," in said and said.rfind(",") > said.rfind(".") > 0):
        said = said.replace(".", "").replace(",", ".")
    try:
        return Decimal(said.replace(",", ""))
    except InvalidOperation:
        return None
