"""`doorstep advise`: by flags, by questions, and in a pipe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from doorstep.patterns.adviser import (
    BUYS_ANSWERS,
    FIRST_ANSWERS,
    WHEN_ANSWERS,
    Buys,
    First,
    When,
)
from tests.cli.conftest import Run

FLAGS = ("--first", "home", "--when", "needed", "--buys", "cost")


def test_flags_give_the_pattern_ready_to_use(run: Run) -> None:
    ran = run("advise", *FLAGS)
    assert ran.code == 0 and ran.out.startswith("Escalate-on-Hard: local-first, conditional")
    assert '    use = "escalate-on-hard"' in ran.out
    assert "EscalateOnHard(home, cloud, boundary)" in ran.out
    assert "Do not split at all where" in ran.out
    assert "does not fit" not in ran.out


def test_the_settings_that_it_prints_run(run: Run, tmp_path: Path) -> None:
    (fit,) = run("advise", *FLAGS, "--json").json["fits"]
    (tmp_path / "doorstep.toml").write_text(fit["settings"])
    ran = run("run", "mine", "What is 17*23?", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["pattern"] == "escalate-on-hard" and "391" in ran.json["answer"]


def test_where_none_fits_it_says_what_does_not(run: Run) -> None:
    ran = run("advise", "--first", "home", "--when", "needed", "--buys", "privacy")
    assert ran.out.startswith("No pattern fits exactly. The nearest:")
    assert "it buys cost and latency, and privacy beside it" in ran.out
    got = run("advise", "--first", "home", "--when", "needed", "--buys", "trust", "--json").json
    assert got["exact"] is False and got["fits"][0]["does_not_fit"]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--first", "home", "--when", "never", "--buys", "privacy"), "home model alone"),
        (("--first", "home", "--when", "always", "--buys", "nothing"), "cloud alone"),
    ],
)
def test_it_says_when_not_to_split(run: Run, flags: tuple[str, ...], says: str) -> None:
    ran = run("advise", *flags)
    assert says in ran.out and "doorstep.toml" not in ran.out
    got = run("advise", *flags, "--json").json
    assert says in got["alone"] and got["fits"] == []


def test_in_a_pipe_without_flags_it_is_one_line(run: Run) -> None:
    for flags in ((), FLAGS[:4]):
        ran = run("advise", *flags)
        assert (ran.code, ran.out) == (2, "") and ran.err.count("\n") == 1
        assert "--first, --when and --buys" in ran.err
    wrong = run("advise", *FLAGS[:5], "fun")
    assert wrong.code == 2 and wrong.err.count("\n") == 1


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "doorstep", "advise", "--when", "always"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    ) as asked:
        os.write(ours, b"both\ntrust\n")
        out, err = asked.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert asked.returncode == 0 and out.decode().startswith("Cross-Check: both, always")
    assert "Who should act first?" in err.decode() and "split buy?" in err.decode()
    assert "When should" not in err.decode()
    lines = err.decode().splitlines()
    assert "  both   side by side" in lines and max(map(len, lines)) <= 80


def test_what_can_be_answered_is_what_the_adviser_knows() -> None:
    assert tuple(FIRST_ANSWERS) == get_args(First)
    assert tuple(WHEN_ANSWERS) == get_args(When)
    assert tuple(BUYS_ANSWERS) == get_args(Buys)
