"""Standard streams as they are in the wild: closed, full, cut off. A process of its own each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SUM = ("run", "escalate-on-hard", "What is 2+3?")


def doorstep(
    folder: Path, *words: str, shell: str = "", timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """The command, with the shell's redirections in `shell`."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "OLLAMA_HOST": "127.0.0.1:1"}
    return subprocess.run(
        ["/bin/sh", "-c", f'"$@" {shell}', "sh", sys.executable, "-m", "doorstep", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env=env,
        timeout=timeout,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "escalate-on-hard"), "There is no prompt."),
        (("run", "escalate-on-hard", "--file", "-"), "Standard input is closed."),
        (("advise",), "Nobody is here to ask."),
        (("ask", "Now or later?"), "There is no context."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_closed_standard_input_is_one_line(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    ran = doorstep(tmp_path, *words, shell="<&-")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.count("\n") == 1 and says in ran.stderr, ran.stderr


def test_a_prompt_needs_no_standard_input(tmp_path: Path) -> None:
    ran = doorstep(tmp_path, *SUM, shell="<&-")
    assert ran.returncode == 0 and ran.stdout.startswith("2+3 = 5\n"), ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", [SUM, (*SUM, "--json"), (*SUM, "--stream"), ("patterns",)])
def test_output_that_cannot_be_written_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = doorstep(tmp_path, *words, shell=">/dev/full")
    assert ran.returncode == 2
    assert ran.stderr == "doorstep: The output cannot be written: No space left on device.\n"


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    ran = doorstep(tmp_path, "patterns", "--json", shell="| head -c 1")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_an_argument_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    ran = doorstep(tmp_path, "run", "cross-check", os.fsdecode(b"caf\xe9 in Lyon"))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "doorstep: The prompt is not UTF-8 text. Convert it first.\n"
    ran = doorstep(tmp_path, *SUM, "--system", os.fsdecode(b"caf\xe9"))
    assert ran.returncode == 2 and ran.stderr.count("\n") == 1
