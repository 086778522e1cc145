"""`doorstep ledger`: what was dropped is said, a word is found, a table comes out."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from doorstep.boundary import Ledger
from tests.boundary.ledgers import in_files, old


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return old(tmp_path / "l.db", [f"Heron {n} on the canal" for n in range(6)])


def run(path: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[bytes]:
    environ = os.environ | {"DOORSTEP_LEDGER": str(path), "HOME": str(path.parent)}
    return subprocess.run(
        [sys.executable, "-m", "doorstep", "ledger", *words],
        input=given.encode(),
        capture_output=True,
        env=environ,
        cwd=path.parent,
        timeout=60,
        check=False,
    )


def said(path: Path, *words: str, given: str = "") -> str:
    done = run(path, *words, given=given)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_drop_asks_and_then_does_it(path: Path) -> None:
    asked = run(path, "drop", "--before", "2026-08-04", given="n\n")
    assert asked.returncode == 130 and b"Drop 3 bodies" in asked.stderr
    assert in_files(path.parent, "Heron 1")
    assert "3 bodies from before 2026-08-04" in said(
        path, "drop", "--before", "2026-08-04", given="y\n"
    )
    assert not in_files(path.parent, "Heron 1") and in_files(path.parent, "Heron 4")
    assert "3 bodies were dropped" in said(path, "verify")
    assert "3 bodies from" in said(path, "drop", "--older-than", "1d", "--yes")
    assert not in_files(path.parent, "Heron")
    assert "0 bodies" in said(path, "drop", "--older-than", "2w")


def test_what_was_dropped_is_said_where_it_would_be_shown(path: Path) -> None:
    said(path, "drop", "--before", "2026-08-03", "--yes")
    lines = said(path, "list").splitlines()
    assert ["body dropped on" in line for line in lines] == [True] * 2 + [False] * 4
    assert "33 bytes" in lines[0]
    shown = said(path, "show", "1")
    assert "The body of crossing 1 was dropped on" in shown and "Heron" not in shown
    assert '{"input": "Heron 3' in said(path, "show", "4")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--before", "yesterday"),
        ("--older-than", "soon"),
        ("--older-than", "90d", "--before", "2026-01-01"),
    ],
)
def test_which_ones_has_to_be_said(path: Path, words: tuple[str, ...]) -> None:
    done = run(path, "drop", "--yes", *words)
    assert done.returncode == 2 and b"Traceback" not in done.stderr
    assert in_files(path.parent, "Heron 1")


def test_find_takes_the_word_from_its_input(path: Path) -> None:
    said(path, "drop", "--before", "2026-08-03", "--yes")
    done = run(path, "find", given="HERON 4\n")
    assert done.returncode == 0 and done.stdout.decode().split()[0] == "5"
    assert b"Found in 1 of 6 crossings; 2 bodies are no longer kept" in done.stderr
    assert b"1 of 3" in run(path, "find", "--newest", "3", given="Heron 4").stderr
    assert run(path, "find", "Heron").returncode == 2  # never in the shell's history
    assert run(path, "find", given="!").returncode != 0


def test_export_as_a_table(path: Path) -> None:
    text = run(path, "export", "--format", "csv").stdout.decode()
    rows = list(csv.DictReader(StringIO(text, newline="")))
    assert len(rows) == 6 and "body" not in rows[0] and text.endswith("\r\n")
    assert "Heron 2" in said(path, "export", "--format", "csv", "--bodies")
    assert "Heron" not in said(path, "export", "--no-bodies")
    assert said(path, "export").count('"body"') == 6


def test_a_ledger_of_which_all_was_dropped_still_works(path: Path) -> None:
    said(path, "drop", "--older-than", "0d", "--yes")
    with Ledger(path) as ledger:
        assert ledger.verify().ok and ledger.verify().dropped == 6
