"""Where the reader is unsure: a person at a terminal is asked, anybody else is told."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from doorstep.household import parse
from doorstep.household.reader import RulesReader
from tests.cli.conftest import HOUSEHOLD, QUESTION, Run

NOTES = HOUSEHOLD.read_text("utf-8")
# Said so that nobody could tell what is meant; the first that the reader is unsure about is used.
VAGUE = (
    "22:30 is the thing with the dishwasher.",
    "The dishwasher and 22:30: you know how it is.",
    "22:30, dishwasher.",
    "About the dishwasher, remember 22:30.",
    "The dishwasher, 22:30 or so, as agreed.",
    "With the dishwasher it is always 22:30.",
)


@pytest.fixture
def vague() -> str:
    start = NOTES.index("- It must not still be running")
    end = NOTES.index("- The EV")
    for sentence in VAGUE:
        text = NOTES[:start] + f"- {sentence}\n" + NOTES[end:]
        if RulesReader().read(parse(text), QUESTION).doubts:
            return text
    raise AssertionError("the reader is sure of what nobody can know")


def test_a_pipe_is_told(run: Run, vague: str) -> None:
    got = run("ask", QUESTION, "--json", stdin=vague.encode()).json
    assert len(got["unsure"]) == 1 and "22:30" in got["unsure"][0]
    assert "Unsure: " in run("ask", QUESTION, stdin=vague.encode()).out


@pytest.mark.parametrize(
    ("answer", "start"),
    [("quiet", "20:00"), ("none", "00:00"), ("after", "00:00")],
)
def test_a_person_is_asked_and_the_answer_counts(
    tmp_path: Path, vague: str, answer: str, start: str
) -> None:
    file = tmp_path / "household.md"
    file.write_text(vague, "utf-8")
    shown, out = _at_a_terminal(tmp_path, file, answer)
    assert "What does 22:30 mean for" in shown
    assert f"at {start}" in out, out
    assert "Unsure" not in out


def _at_a_terminal(folder: Path, file: Path, answer: str) -> tuple[str, str]:
    """What the person saw on the terminal (stderr), and the command's output."""
    master, slave = pty.openpty()
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DOORSTEP_LEDGER": str(folder / "ledger.sqlite3"),
        "OLLAMA_HOST": "127.0.0.1:1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "doorstep", "ask", QUESTION, "--context", str(file)],
        stdin=slave,
        stderr=slave,
        stdout=subprocess.PIPE,
        env=environ,
    )
    os.close(slave)
    shown = _until(master, "mean for")
    os.write(master, f"{answer}\n".encode())
    shown += _until(master, None)
    out, _ = process.communicate(timeout=30)
    os.close(master)
    return shown, out.decode()


def _until(terminal: int, sign: str | None) -> str:
    """What comes until `sign` has come, or until the other side is gone."""
    seen, deadline = b"", time.monotonic() + 30
    while time.monotonic() < deadline and (sign is None or sign.encode() not in seen):
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                part = os.read(terminal, 4096)
            except OSError:  # how Linux says that the other side is closed
                break
            if not part:
                break
            seen += part
    return seen.decode(errors="replace")
