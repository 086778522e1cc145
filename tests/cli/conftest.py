"""The command as a person runs it: a process of its own, in an empty environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HOUSEHOLD = ROOT / "examples/household.md"
QUESTION = "Should the dishwasher run now or later?"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("ask", ..., stdin=b"", NAME="value")`; no Ollama answers but one at OLLAMA_HOST."""

    def command(*words: str, stdin: bytes = b"", **environ: str) -> Ran:
        base = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "DOORSTEP_LEDGER": str(tmp_path / "ledger.sqlite3"),
            "OLLAMA_HOST": "127.0.0.1:1",
        }
        done = subprocess.run(
            [sys.executable, "-m", "doorstep", *words],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=base | environ,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return command
