"""kill -9 in the middle of a load: is what left in the ledger, is the ledger whole, does it go on?

Each time the gateway is killed at another moment of a mixed load of whole and streamed replies.
Then: every request whose reply had begun at the client, and every request that the upstream had
seen, byte for byte by its SHA-256, is in the ledger; `verify` finds nothing; the next start, on
the same files and without any repair, answers.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.gateway.jobs import Done, Job
from bench.gateway.processes import Server
from bench.gateway.stats import stats
from bench.gateway.targets import Load, gateway, upstream
from doorstep.boundary import Ledger

_CONNECTIONS = 32
_PART = 10_000  # more than come through between two kills
_MOST_S = 1.0  # between the moment when all connections are busy, and the kill
Say = Callable[[str], None]


@dataclass(slots=True)
class Killed:
    """Counts over all kills. `began`: requests whose reply had begun; `seen`: that the upstream
    saw; `missing` of them in the ledger; `problems` that `verify` found; `unanswered` starts."""

    kills: int = 0
    began: int = 0
    seen: int = 0
    began_missing: int = 0
    seen_missing: int = 0
    problems: int = 0
    unanswered: int = 0

    @property
    def ok(self) -> bool:
        lost = self.began_missing or self.seen_missing or self.problems or self.unanswered
        return bool(self.began and not lost)

    def text(self) -> str:
        began = f"replies that had begun {self.began:,}, not in the ledger {self.began_missing}"
        seen = f"requests at the upstream {self.seen:,}, not in the ledger {self.seen_missing}"
        after = f"verify: {self.problems} problems; starts without an answer: {self.unanswered}"
        return f"{self.kills} x kill -9: {began}; {seen}; {after}: {'ok' if self.ok else 'NOT ok'}"


def kill(folder: Path, times: int, say: Say, *, seed: str = "kill") -> Killed:
    """One ledger for all; it grows with each time."""
    rng = random.Random(seed)
    counted = Killed()
    with upstream(folder, keep=True) as behind, Load(folder) as load:
        for number in range(times):
            done = _one(folder, behind, load, number, times, rng.uniform(0, _MOST_S))
            counted.kills += 1
            _check(folder, behind, done, counted)
            counted.unanswered += not _answers(folder, behind, load, number)
            say(f"{number + 1} of {times}: {counted.text()}")
    return counted


def _one(folder: Path, behind: Server, load: Load, number: int, times: int, wait_s: float) -> Done:
    """Start, load, kill after `wait_s`; what the client saw."""
    target = gateway(folder / "gateway", behind.url, name=f"gateway{number}")
    job = Job(
        target.url,
        target.prefix,
        kind="mixed",
        connections=_CONNECTIONS,
        requests=_PART,
        watch="kill:3000",
        first=number * _PART,
        total=times * _PART,
        surfaces="chat",
        marks=True,
    )
    before = stats(behind.url).requests
    with target.server as server:
        load.start(job)
        _under_way(behind, before + _CONNECTIONS)
        time.sleep(wait_s)
        server.kill()
        return load.done()


def _under_way(behind: Server, requests: int) -> None:
    """Return once the upstream has seen so many requests, or after twenty seconds."""
    until = time.perf_counter() + 20
    while stats(behind.url).requests < requests and time.perf_counter() < until:
        time.sleep(0.02)


def _check(folder: Path, behind: Server, done: Done, counted: Killed) -> None:
    with Ledger(folder / "gateway/data/doorstep/ledger.sqlite3", create=False) as ledger:
        entries = ledger.list()
        counted.problems += len(ledger.verify().problems)
    recorded = {entry.sha256 for entry in entries}
    bodies = "\n".join(entry.body.decode() for entry in entries)
    seen = stats(behind.url).digests  # of all times so far
    counted.seen = len(seen)
    counted.seen_missing = sum(digest not in recorded for digest in seen)
    counted.began += len(done.marks)
    counted.began_missing += sum(mark not in bodies for mark in done.marks)


def _answers(folder: Path, behind: Server, load: Load, number: int) -> bool:
    target = gateway(folder / "gateway", behind.url, name=f"after{number}")
    with target.server:
        return load.run(Job(target.url, f"{target.prefix}echo", seed=f"{number}", requests=3)).clean
