"""`doorstep ask` and `doorstep run` keep what they asked; `doorstep runs` shows and drops it."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from doorstep.boundary.keys import load_key
from doorstep.runs.book import Book
from doorstep.runs.values import KeptRun
from tests.cli.conftest import HOUSEHOLD, QUESTION, Run
from tests.runs.kept import bytes_of

ASK = ("ask", QUESTION, "--context", str(HOUSEHOLD))
MAIL = "maya@example.org"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / ".local/share/doorstep"


def kept(data: Path) -> list[KeptRun]:
    with Book(data / "runs.sqlite3", load_key(folder=data)) as book:
        return [run for one in book.runs() if (run := book.run(one.id)) is not None]


def test_ask_keeps_the_household_its_day_and_what_is_private(run: Run, data: Path) -> None:
    said = run(*ASK, "--json")
    (one,) = kept(data)
    assert (one.source, one.pattern, one.ending) == ("ask", "household", "answered")
    assert [step.name for step in one.steps] == ["sanitize", "solve", "answer"]
    assert all(step.stand_in for step in one.steps)
    assert one.crossings == (1,)
    texts = one.texts
    assert texts is not None
    assert texts.answer == said.json["answer"]
    notes, question = texts.asked
    assert (notes.text, question.text) == (HOUSEHOLD.read_text(), QUESTION)
    marked = {notes.text[mark.start : mark.end].lower() for mark in notes.marks}
    assert "ev charger" in marked
    assert {question.text[m.start : m.end].lower() for m in question.marks} == {"dishwasher"}
    assert b"dishwasher" not in bytes_of(data / "runs.sqlite3")


def test_the_day_that_is_kept_is_the_one_that_was_answered(run: Run, data: Path) -> None:
    said = run(*ASK, "--json")
    texts = kept(data)[0].texts
    assert texts is not None
    assert texts.details is not None
    day = texts.details["day"]
    assert isinstance(day, dict)
    assert (day["now"], day["horizon"], day["target"]) == ("18:30", 1440, "dishwasher")
    assert day["tariff"][0]["start"] == 0
    assert day["tariff"][-1]["end"] == 1440
    assert all(
        a["end"] == b["start"] for a, b in zip(day["tariff"], day["tariff"][1:], strict=False)
    )
    loads = {load["name"]: load for load in day["loads"]}
    dishwasher = loads["dishwasher"]
    assert f"{dishwasher['begins']}" in said.json["answer"]
    assert dishwasher["end"] - dishwasher["start"] == 90
    assert (18 * 60 + 30 + dishwasher["start"]) % 1440 == _minutes(dishwasher["begins"])
    assert f"{dishwasher['cost']:.2f}" in said.json["answer"]
    for load in loads.values():
        assert load["start"] >= load["earliest"]
        assert load["finish_by"] is None or load["end"] <= load["finish_by"]
        assert all(load["end"] <= a or load["start"] >= b for a, b in load["quiet"])


def _minutes(hhmm: str) -> int:
    return int(hhmm[:2]) * 60 + int(hhmm[3:])


def test_run_keeps_its_pattern(run: Run, data: Path) -> None:
    assert run("run", "escalate-on-hard", f"What is 17 * 23? Ask {MAIL}").code == 0
    (one,) = kept(data)
    assert (one.source, one.pattern) == ("run", "escalate-on-hard")
    assert one.texts is not None
    (asked,) = one.texts.asked
    assert [asked.text[m.start : m.end] for m in asked.marks] == [MAIL]
    assert MAIL.encode() not in bytes_of(data / "runs.sqlite3")


def test_what_fails_is_kept_as_failed(run: Run, data: Path) -> None:
    assert run("ask", QUESTION, stdin=b"No household at all.").code == 2
    (one,) = kept(data)
    assert (one.ending, one.why, one.stayed) == ("failed", "BadInput", True)


def test_a_dry_run_is_no_run(run: Run, data: Path) -> None:
    assert run(*ASK, "--dry-run").code == 0
    assert run("run", "cross-check", "What is 17 * 23?", "--dry-run").code == 0
    assert not (data / "runs.sqlite3").exists()


@pytest.mark.parametrize(("keep", "texts"), [("counts", "never"), ("none", None)])
def test_less_is_kept_where_less_is_wanted(
    run: Run, data: Path, tmp_path: Path, keep: str, texts: str | None
) -> None:
    (tmp_path / "doorstep.toml").write_text(f'[runs]\nkeep = "{keep}"\n')
    assert run(*ASK).code == 0
    if texts is None:
        assert not (data / "runs.sqlite3").exists()
    else:
        assert [one.texts_are for one in kept(data)] == [texts]


def test_a_locked_book_neither_breaks_nor_long_delays_an_answer(run: Run, data: Path) -> None:
    run(*ASK)
    other = sqlite3.connect(data / "runs.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.perf_counter()
    said = run(*ASK)
    took = time.perf_counter() - begun
    other.execute("ROLLBACK")
    assert said.code == 0
    assert "dishwasher" in said.out
    assert said.err.count("This run is not kept.") == 1
    assert "Traceback" not in said.err
    assert took < 30
    assert len(kept(data)) == 1


def test_a_book_of_another_key_neither(run: Run, data: Path) -> None:
    run(*ASK)
    (data / "doorstep.key").write_text("ab" * 32 + "\n")
    said = run(*ASK)
    assert said.code == 0
    assert "made with another key" in said.err


def test_runs_are_listed_shown_and_dropped(run: Run, data: Path) -> None:
    assert "no book of runs" in run("runs", "list").err
    run(*ASK)
    run("run", "cross-check", f"What is 17 * 23? Ask {MAIL}")
    lines = run("runs", "list").out.splitlines()
    assert ["cross-check" in lines[0], "household" in lines[1]] == [True, True]
    assert [line.split("  ")[-1] for line in lines] == ["ledger #2", "ledger #1"]
    assert run("runs", "list", "--pattern", "household").out.splitlines() == lines[1:]
    id = lines[0].split()[0]
    shown = run("runs", "show", id).out
    assert MAIL in shown
    assert run("runs", "drop").code == 2
    assert run("runs", "drop", "--before", "yesterday").code == 2
    assert "now: 0" in run("runs", "drop", "--before", "2020-01-01").out
    assert "now: 2" in run("runs", "drop", "--all").out
    shown = run("runs", "show", id).out
    assert MAIL not in shown
    assert "What was said has been dropped." in shown
    assert run("runs", "list").out.splitlines() == lines
    assert "no such run" in run("runs", "show", "elsewhere").err
