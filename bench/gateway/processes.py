"""Processes of the benchmark: started on loopback, measured from outside, always ended.

CPU time is what the kernel's clock of a process says (clock_getcpuclockid, POSIX.1): all threads,
also those that have ended, in nanoseconds. Memory is PSS: pages that are shared count in part.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
_LISTENS = re.compile(rb"listens on (http://\S+?)\.?\s*\n")
_CLOCK_SCHED = 2  # CPUCLOCK_SCHED of linux/posix-timers.h


class NotStarted(Exception):
    """A process ended, or said nothing for too long; its last lines."""


class Server:
    """A process that prints `… listens on http://HOST:PORT`; a context manager that ends it."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environ: Mapping[str, str] | None = None,
        *,
        url: str = "",
        wait_s: float = 30.0,
    ) -> None:
        self.log = log
        self.started = time.perf_counter()
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=log.parent,
                env={**_base(), **(environ or {})},
            )
        self.url = url or self._ready(wait_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> int:
        """The exit status; killed if it does not end by itself within ten seconds."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._process.wait()

    def kill(self) -> None:
        """kill -9, the processes that it started too."""
        for pid in reversed(self.pids()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()

    def pids(self) -> list[int]:
        return _with_children(self.pid)

    def answers(self, wait_s: float) -> None:
        """Return once somebody listens at `url`; NotStarted if nobody does in time."""
        parts = urlsplit(self.url)
        while time.perf_counter() - self.started < wait_s and self._process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection((parts.hostname or "", parts.port or 80), 1).close()
                return
            time.sleep(0.05)
        raise self._given_up()

    def cpu_s(self) -> float:
        """CPU time so far, of it and of its children."""
        return sum(map(cpu_s, self.pids()))

    def memory(self) -> tuple[int, int]:
        """PSS and RSS in bytes."""
        sizes = [_memory(pid) for pid in self.pids()]
        return sum(pss for pss, _ in sizes), sum(rss for _, rss in sizes)

    def _ready(self, wait_s: float) -> str:
        while time.perf_counter() - self.started < wait_s:
            said = self.log.read_bytes()
            if found := _LISTENS.search(said):
                return found[1].decode()
            if self._process.poll() is not None:
                break
            time.sleep(0.005)
        raise self._given_up()

    def _given_up(self) -> NotStarted:
        self.kill()
        last = self.log.read_text(errors="replace")[-1500:]
        return NotStarted(f"It does not listen (status {self._process.returncode}): {last}")


def python(module: str, *words: str) -> list[str]:
    return [sys.executable, "-m", module, *words]


def cpu_s(pid: int) -> float:
    """0 for a process that has ended."""
    try:
        return time.clock_gettime(((~pid) << 3) | _CLOCK_SCHED)
    except OSError:
        return 0.0


def _memory(pid: int) -> tuple[int, int]:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0, 0
    sizes = dict(re.findall(r"^(Pss|Rss):\s+(\d+) kB", text, re.MULTILINE))
    return int(sizes["Pss"]) * 1024, int(sizes["Rss"]) * 1024


def _with_children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in listed for one in _with_children(int(child)))]


def _base() -> dict[str, str]:
    """Nothing of the user's settings, proxies or keys."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(ROOT)}
