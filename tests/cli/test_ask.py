"""`doorstep ask`, the main job, end to end."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import HOUSEHOLD, QUESTION, Run

ASK = ("ask", QUESTION, "--context", str(HOUSEHOLD))
KEYS = {
    "answer", "recommendation", "schedule", "crossings", "steps", "models", "stand_ins",
    "unsure", "fallback",
}  # fmt: skip
PRIVATE = (
    "dishwasher", "maya", "mark", "ev", "charger", "vacuum", "robot", "kitchen", "bedroom",
    "bedrooms", "breakfast", "children", "bowls", "sleeps", "lightly", "lunch", "bed",
)  # fmt: skip


def test_the_household_gets_its_schedule(run: Run) -> None:
    ran = run(*ASK, "--json")
    assert (ran.code, ran.err) == (0, "")
    got = ran.json
    assert set(got) >= KEYS
    assert got["recommendation"] == "run_later"
    assert [{k: v.lower() for k, v in row.items()} for row in got["schedule"]] == [
        {"device": "dishwasher", "start": "20:00", "end": "21:30"},
        {"device": "ev charger", "start": "00:00", "end": "02:00"},
    ]
    assert "20:00" in got["answer"] and "load_" not in got["answer"]
    assert got["fallback"] is None and got["unsure"] == []
    assert len(got["stand_ins"]) == 2


def test_only_an_anonymous_problem_crosses(run: Run) -> None:
    (crossing,) = run(*ASK, "--json").json["crossings"]
    words = set(re.findall(r"[a-z]+", crossing["body"].lower()))
    assert not words & set(PRIVATE)
    assert hashlib.sha256(crossing["body"].encode()).hexdigest() == crossing["sha256"]
    assert json.loads(crossing["body"])["store"] is False
    assert crossing["destination"].startswith("http://127.0.0.1:")


def test_the_ledger_holds_the_very_bytes(run: Run, tmp_path: Path) -> None:
    (crossing,) = run(*ASK, "--json").json["crossings"]
    shown = run("ledger", "show", "1")
    assert shown.code == 0 and crossing["body"] in shown.out
    listed = run("ledger", "list").out.splitlines()
    assert len(listed) == 1 and crossing["sha256"][:12] in listed[0]
    assert "the chain is whole" in run("ledger", "verify").out
    exported = [json.loads(line) for line in run("ledger", "export").out.splitlines()]
    assert crossing["sha256"] in json.dumps(exported)
    assert (tmp_path / "ledger.sqlite3").stat().st_mode & 0o077 == 0


def test_a_tampered_ledger_is_found(run: Run, tmp_path: Path) -> None:
    run(*ASK)
    database = sqlite3.connect(tmp_path / "ledger.sqlite3")
    (table,) = [
        name
        for (name,) in database.execute("select name from sqlite_master where type = 'table'")
        if "body" in [row[1] for row in database.execute(f"pragma table_info({name})")]
    ]
    database.execute(f"update {table} set body = replace(body, '00:03', '00:04')")
    database.commit()
    database.close()
    ran = run("ledger", "verify")
    assert ran.code == 2 and "does not verify" in ran.err


def test_the_page_has_three_lanes_and_names_the_stand_ins(run: Run) -> None:
    ran = run(*ASK)
    assert (ran.code, ran.err) == (0, "")
    head = ran.out.splitlines()[0]
    assert head.index("HOME") < head.index("WHAT CROSSED") < head.index("CLOUD")
    assert "finish by 06:30" in ran.out and "quiet by 22:30" in ran.out
    assert "Stand-ins answered" in ran.out
    assert "ollama pull" in ran.out and "OPENAI_API_KEY" in ran.out


def test_the_page_shows_what_crossed_and_how_it_was_blinded(run: Run) -> None:
    """The middle lane is what crossed, as it crossed; home's says what that is."""
    out = run(*ASK, COLUMNS="60").out
    assert "now=00:00" in out and "now=18:30" not in out
    said = " ".join(out.split())  # the lanes are narrow: a line may end anywhere
    assert out.count("blinded ") == 5 and "= dishwasher" in said and "= decoy" in said
    assert "dishwasher 20:00-21:30" in out
    assert len(run(*ASK, "--json").json["blinding"]) == 5


def test_what_is_not_to_be_blinded_crosses_as_it_was_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text("[household]\nblind = []\n")
    out = run(*ASK, COLUMNS="60").out
    assert "now=18:30" in out and "blinded" not in out and "decoy" not in out
    (tmp_path / "doorstep.toml").write_text('[household]\nblind = ["rot13"]\n')
    ran = run(*ASK)
    assert ran.code == 2 and "household.blind" in ran.err and ran.err.count("\n") == 1


def test_a_narrow_terminal_gets_the_lanes_one_under_the_other(run: Run) -> None:
    out = run(*ASK, COLUMNS="60").out
    assert max(len(line) for line in out.split("\n\nStand-ins")[0].splitlines()[:20]) <= 60


def test_standard_input_is_as_good_as_a_file(run: Run) -> None:
    text = HOUSEHOLD.read_bytes()
    for words in (("ask", QUESTION, "--json"), ("ask", QUESTION, "--context", "-", "--json")):
        assert run(*words, stdin=text).json["recommendation"] == "run_later"


def test_a_dry_run_sends_nothing_and_shows_what_would_leave(run: Run, tmp_path: Path) -> None:
    sent = run(*ASK, "--json").json["crossings"][0]
    (tmp_path / "ledger.sqlite3").unlink()
    shown = run(*ASK, "--dry-run", "--json").json
    assert shown["crossings"] == [] and shown["dry_run"] is True
    assert shown["would_cross"][0]["body"] == sent["body"]
    page = run(*ASK, "--dry-run")
    assert page.code == 0 and sent["body"] in page.out and "Nothing was sent" in page.out
    assert run("ledger", "list").out == ""


def test_a_declared_word_is_as_private_as_one_that_was_found(run: Run, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text(
        '[boundary]\nprivate = ["0.45"]\n[household]\nblind = []\n'
    )
    ran = run(*ASK)
    assert ran.code == 2 and ran.err.count("\n") == 1
    assert "nothing was sent" in ran.err.lower() and "0.45" not in ran.err
    assert run("ledger", "list").out == ""


@pytest.mark.parametrize("question", ["When is the EV charger cheapest?", "Charge the EV now?"])
def test_the_question_decides_what_is_asked(run: Run, question: str) -> None:
    got = run("ask", question, "--context", str(HOUSEHOLD), "--json").json
    assert got["recommendation"] == "run_later"
    assert got["schedule"][0]["device"].lower() == "ev charger"
