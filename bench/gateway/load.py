"""The load, in a process of its own: `python -m bench.gateway.load`, a Job a line, a Done a line.

Every reply is compared with what was sent, after the clock has stopped. Requests that are timed
are written before it starts.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import uvloop

from bench.gateway import values
from bench.gateway.client import Connection, Ended, Reply, request
from bench.gateway.jobs import Done, Job
from bench.gateway.prompts import Prompts
from bench.gateway.replies import compared
from bench.gateway.shapes import Asked, Mixed, one_prompt

_pools: dict[str, list[str]] = {}


@dataclass(slots=True)
class _Tally:
    """What came back. Times are kept only of prompts: a mixed load is not timed."""

    verdicts: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    seconds: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def add(self, asked: Asked, reply: Reply) -> None:
        if reply.status != 200:
            self.refused[str(reply.status)] += 1
        else:
            verdict = compared(asked, reply.body)
            self.verdicts[verdict] += 1
            if verdict == "wrong":
                self.wrong[f"{asked.shape} {'streamed' if asked.stream else 'whole'}"] += 1
        self.seconds.append(reply.seconds)
        if not math.isnan(reply.first_s):
            self.firsts.append(reply.first_s)


async def run(job: Job) -> Done:
    lanes = [iter(lane) for lane in (_mixed(job) if job.kind == "mixed" else _prompts(job))]
    tally, later = _Tally(), list[tuple[Asked, Reply]]()

    def keep(asked: Asked, reply: Reply) -> None:
        later.append((asked, reply))

    add = keep if job.kind == "prompts" and job.seconds is None else tally.add
    due = count()
    start = time.perf_counter()
    await asyncio.gather(*(_lane(job, lane, due, tally, add) for lane in lanes))
    seconds = time.perf_counter() - start
    for asked, reply in later:
        tally.add(asked, reply)
    return _done(tally, seconds)


async def _lane(
    job: Job,
    lane: Iterator[Asked],
    due: Iterator[int],
    tally: _Tally,
    add: Callable[[Asked, Reply], None],
) -> None:
    """One connection. It ends with its requests, with the time, or when the other side closes."""
    start = time.perf_counter()
    try:
        connection = await Connection.opened(job.url)
    except OSError:
        tally.failed += 1
        return
    for asked in lane:
        if job.rate:
            at = start + next(due) / job.rate
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
        if job.seconds and time.perf_counter() - start > job.seconds:
            break
        try:
            reply = await connection.send(request(job.url, asked.path, asked.body))
        except Ended as ended:
            tally.failed += 1
            if job.marks and ended.began:
                tally.marks.append(asked.mark)
            return
        if job.marks:
            tally.marks.append(asked.mark)
        add(asked, reply)
    connection.close()


def _prompts(job: Job) -> Iterator[list[Asked] | Iterator[Asked]]:
    """A conversation for each connection; made at once where they are timed."""
    for number in range(job.connections):
        pool = f"{job.pool} {number}"
        made = Prompts(f"{job.seed} {number}", new=job.new, pool=pool, per=job.per)
        share = len(range(number, job.requests, job.connections))
        lane = (one_prompt(job.model, made.text(), stream=job.stream) for _ in range(share))
        yield lane if job.seconds else list(lane)


def _mixed(job: Job) -> Iterator[Iterator[Asked]]:
    """The requests in turn: whichever connection is free takes the next."""
    if job.watch not in _pools:
        seed, _, size = job.watch.partition(":")
        _pools[job.watch] = values.pool(seed, int(size))
    mixed = Mixed(_pools[job.watch], job.seed, prefix=job.model, surfaces=job.surfaces)
    total = job.total or job.requests
    numbers = iter(range(job.first, job.first + job.requests))
    for _ in range(job.connections):
        yield (mixed.asked(number, total) for number in numbers)


def _done(tally: _Tally, seconds: float) -> Done:
    return Done(
        right=tally.verdicts["right"],
        respelled=tally.verdicts["respelled"],
        wrong=tally.verdicts["wrong"],
        refused=dict(tally.refused),
        failed=tally.failed,
        seconds=seconds,
        p50=_quantile(tally.seconds, 0.5),
        p99=_quantile(tally.seconds, 0.99),
        first_p50=_quantile(tally.firsts, 0.5),
        wrong_shapes=dict(tally.wrong),
        marks=tuple(tally.marks),
    )


def _quantile(seconds: list[float], share: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for line in sys.stdin:
            print(runner.run(run(Job.of(line))).line(), flush=True)


if __name__ == "__main__":
    main()
