"""Every echo says what was sent, and the upstream sees nothing private: counted over many requests.

Mixed shapes over many connections. The requests draw from a pool of values whose window moves on,
so that new values keep coming; the upstream knows the whole pool (see `watch.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.gateway.jobs import Done, Job
from bench.gateway.stats import Stats, stats
from bench.gateway.targets import Load, Target, gateway, plain, upstream

_PART = 2000  # requests between two lines of progress
_CONNECTIONS = (16, 32, 64)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Counted:
    """`respelled`: the text of a reply is the same JSON in another spelling."""

    asked: int
    right: int
    respelled: int
    wrong: Counter[str]
    refused: Counter[str]
    failed: int
    seen: Stats

    @property
    def ok(self) -> bool:
        return self.right + self.respelled == self.asked and not self.seen.leaks

    def text(self) -> str:
        bad = f"{sum(self.wrong.values()):,} wrong {dict(self.wrong) or ''}".strip()
        replies = f"{self.asked:,} asked: {self.right:,} equal letter by letter, {bad}"
        respelled = f"{self.respelled:,} the same JSON in another spelling"
        other = f"refused {dict(self.refused) or 0}, {self.failed} without a reply"
        leaks = f"{self.seen.leaks:,} private values {list(self.seen.examples) or ''}".strip()
        arrived = f"upstream: {self.seen.requests:,} requests, {leaks}"
        return f"{replies}, {respelled}, {other}\n{arrived}\n{'ok' if self.ok else 'NOT ok'}"


def correctness(
    folder: Path, requests: int, say: Say, *, unmasked: bool = False, surfaces: str = "all"
) -> Counted:
    """`unmasked`: through P (which has no Ollama), to see that the upstream notices."""
    surfaces = "openai" if unmasked and surfaces == "all" else surfaces
    watch = f"pool:{max(3000, min(100_000, requests // 2))}"
    with upstream(folder, watch=watch) as behind, Load(folder) as load:
        make = plain if unmasked else gateway
        target = make(folder / "gateway", behind.url)
        with target.server:
            parts = _parts(load, target, watch, requests, surfaces, say)
            return _sum(parts, requests, stats(behind.url))


def _parts(
    load: Load, target: Target, watch: str, requests: int, surfaces: str, say: Say
) -> list[Done]:
    done: list[Done] = []
    for number, first in enumerate(range(0, requests, _PART)):
        job = Job(
            target.url,
            target.prefix,
            kind="mixed",
            connections=_CONNECTIONS[number % len(_CONNECTIONS)],
            requests=min(_PART, requests - first),
            first=first,
            total=requests,
            watch=watch,
            surfaces=surfaces,
        )
        done.append(load.run(job))
        say(f"{first + job.requests:,} of {requests:,}: {sum(one.wrong for one in done)} wrong")
    return done


def _sum(parts: list[Done], asked: int, seen: Stats) -> Counted:
    wrong, refused = Counter[str](), Counter[str]()
    for part in parts:
        wrong.update(part.wrong_shapes)
        refused.update(part.refused)
    return Counted(
        asked=asked,
        right=sum(part.right for part in parts),
        respelled=sum(part.respelled for part in parts),
        wrong=wrong,
        refused=refused,
        failed=sum(part.failed for part in parts),
        seen=seen,
    )
