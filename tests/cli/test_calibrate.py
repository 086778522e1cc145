"""`doorstep calibrate`, as a process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from doorstep.cli.calibrate import MAX_LINE
from doorstep.patterns.calibration import Example, load
from tests.cli.conftest import Run
from tests.cli.test_bad_input import refused
from tests.patterns.calibration.made import made

pytest.importorskip("sklearn", reason="calibrating needs doorstep[calibrate]")


def _write(path: Path, examples: Iterable[Example]) -> Path:
    rows = [{"prompt": e.question, "answer": e.answer, "right": e.right} for e in examples]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_it_writes_a_calibration_and_says_what_it_is_worth(run: Run, tmp_path: Path) -> None:
    file = _write(tmp_path / "examples.jsonl", made(120))
    ran = run("calibrate", str(file), "--risk", "0.25", "--home", "small")
    assert ran.code == 0, ran
    wrong = sum(not e.right for e in made(120))
    assert f"120 answers, {wrong} of them wrong" in ran.out
    assert "at most 25% of those kept are wrong, with 95% confidence" in ran.out
    assert "exact binomial" in ran.out and "held out" in ran.out and "next " in ran.out
    written = tmp_path / "calibration.json"
    assert written.stat().st_mode & 0o777 == 0o600
    assert load(written).home_model == "small"
    assert "shells" not in written.read_text("utf-8")


def test_as_json_and_where_nothing_can_be_kept(run: Run, tmp_path: Path) -> None:
    file = _write(tmp_path / "examples.jsonl", made(40, wrong=0.5, hidden=1.0))
    found = run("calibrate", str(file), "--json", "--out", "c.json", "--split").json
    assert found["threshold"] is None and found["kept_share"] == 0
    assert "nothing can be kept" in found["label"] and "half held out" in found["bound_kind"]
    assert load(tmp_path / "c.json").threshold is None


def test_a_log_is_judged_and_nothing_is_sent(run: Run, tmp_path: Path) -> None:
    run("calibrate", str(_write(tmp_path / "examples.jsonl", made(70))), "--risk", "0.4")
    log = tmp_path / "log.jsonl"
    rows = [{"prompt": e.question, "answer": e.answer} for e in made(30, seed=8)]
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = ("calibrate", "--shadow", str(log), "--with", "calibration.json", "--cloud", "gpt-5.4")
    found = run(*words, "--json").json
    assert found["answers"] == 30 == found["kept"] + found["escalated"] + found["cannot_tell"]
    assert found["escalated"] > 0 and found["kept"] > 0 and found["input_tokens"] > 0
    page = run(*words).out
    assert "nothing was sent" in page and f"{found['escalated']} escalated" in page
    assert not (tmp_path / "ledger.sqlite3").exists()


def test_what_cannot_be_used_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    file = _write(tmp_path / "examples.jsonl", made(40))
    bad = tmp_path / "bad.jsonl"
    bad.write_text(file.read_text() + '{"prompt": "Maya", "answer": "Mark"}\n')
    few = _write(tmp_path / "few.jsonl", made(12))
    refused(run("calibrate", str(bad)), "Line 41 is no example: right: missing")
    refused(run("calibrate", str(few)), "12 examples are too few")
    refused(run("calibrate"), "not clear what to do")
    refused(run("calibrate", str(file), "--risk", "10"), "A risk is between 0 and 1")
    refused(run("calibrate", str(file), "--out", "no/such/c.json"), "cannot be written")
    refused(run("calibrate", "--shadow", str(file), "--with", str(file)), "no calibration")
    assert not (tmp_path / "calibration.json").exists()


def test_a_log_is_judged_also_where_nobody_knows_the_price(run: Run, tmp_path: Path) -> None:
    file = _write(tmp_path / "examples.jsonl", made(120))
    words = ("calibrate", "--shadow", str(file), "--with", "calibration.json")
    fitted = run("calibrate", str(file), "--risk", "0.25")
    assert "doorstep run escalate-on-hard --calibration calibration.json" in fitted.out
    ran = run(*words)
    assert ran.code == 0, ran.err
    assert "not known (name the cloud model with --cloud); nothing was sent" in ran.out
    assert run(*words, "--json").json["cost"] is None


def test_a_line_without_end_is_refused_before_it_fills_the_memory(run: Run, tmp_path: Path) -> None:
    (tmp_path / "long.jsonl").write_bytes(b"x" * (MAX_LINE + 1))
    refused(run("calibrate", "long.jsonl"), "line 1 is longer than")
