"""Secrets of the table are found whole; near misses are left alone."""

from __future__ import annotations

import pytest

from doorstep.boundary.detect.formats import Formats
from doorstep.boundary.detect.patterns.entropy import entropy
from tests.boundary.detect.secrets_table import Row, near_misses, secrets


@pytest.fixture(scope="module")
def formats() -> Formats:
    return Formats(kinds={"secret"})


def _found(formats: Formats, row: Row) -> bool:
    assert row.end is not None
    return any(f.start <= row.start and f.end >= row.end for f in formats.find(row.text))


def test_the_table_is_wide() -> None:
    assert len({row.kind for row in secrets()}) >= 100
    assert len(near_misses()) >= 50


def test_secrets_are_found_whole(formats: Formats) -> None:
    missed = {row.kind for row in secrets() if not _found(formats, row)}
    assert not missed


@pytest.mark.parametrize("row", near_misses(), ids=lambda row: f"{row.kind}: {row.text[:40]}")
def test_near_misses_are_left_alone(formats: Formats, row: Row) -> None:
    assert [finding.by for finding in formats.find(row.text)] == []


def test_nothing_but_the_secret_is_taken(formats: Formats) -> None:
    text = "DB_HOST=db.example\nDB_PASSWORD=" + "hunter2-" + "wagon9" + "\nDB_PORT=5432"
    spans = {(f.start, f.end) for f in formats.find(text)}
    start = text.index("hunter2")
    assert spans == {(start, start + 14)}


@pytest.mark.parametrize(
    ("value", "bits"), [("aaaa", 0.0), ("abab", 1.0), ("abcd", 2.0), ("0123456789abcdef", 4.0)]
)
def test_entropy(value: str, bits: float) -> None:
    assert entropy(value) == pytest.approx(bits)
