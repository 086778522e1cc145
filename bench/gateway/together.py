"""One conversation over two workers, and over two processes that share a data folder.

The upstream has to see the same placeholders whoever sealed a turn. Each turn goes over a new
connection, several at once, so that both workers get some; both must have worked (their CPU time
tells) or the run says nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.gateway.client import Connection, request
from bench.gateway.processes import Server, cpu_s
from bench.gateway.prompts import Prompts
from bench.gateway.replies import compared
from bench.gateway.shapes import one_prompt
from bench.gateway.stats import stats
from bench.gateway.targets import gateway, upstream

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Together:
    """`different`: how many different texts the upstream saw of one and the same prompt; `worked`:
    processes that used CPU time for it."""

    name: str
    asked: int
    right: int
    different: int
    worked: int

    @property
    def ok(self) -> bool:
        return self.right == self.asked and self.different == 1 and self.worked == 2

    def text(self) -> str:
        found = f"{self.right} right, {self.worked} of 2 processes worked"
        says = "ok" if self.ok else "NOT ok"
        return f"{self.name}: {self.asked} turns, {found}, {self.different} sealed text(s): {says}"


def two_workers(folder: Path, turns: int) -> Together:
    with upstream(folder, keep=True) as behind:
        target = gateway(folder / "workers", behind.url, words=("--workers", "2"))
        with target.server as server:
            return _shared("two workers", [server], server.pids()[1:], behind, turns)


def two_processes(folder: Path, turns: int) -> Together:
    """Two servers of their own, started one after the other, with one data folder."""
    with upstream(folder, keep=True) as behind:
        first = gateway(folder / "processes", behind.url, name="first").server
        with first, gateway(folder / "processes", behind.url, name="second").server as second:
            pids = [first.pid, second.pid]
            return _shared("two processes", [first, second], pids, behind, turns)


def _shared(
    name: str, servers: Sequence[Server], pids: Sequence[int], behind: Server, turns: int
) -> Together:
    text = Prompts("together", new=0).text()
    before = [cpu_s(pid) for pid in pids]
    right = asyncio.run(_turns([server.url for server in servers], text, turns))
    worked = sum(cpu_s(pid) - was > 0.002 for pid, was in zip(pids, before, strict=True))
    different = len(set(stats(behind.url).texts))
    return Together(name, turns, right, different, worked)


async def _turns(urls: Sequence[str], text: str, turns: int) -> int:
    """How many of the replies were right."""
    right = 0
    for start in range(0, turns, _AT_ONCE):
        numbers = range(start, min(turns, start + _AT_ONCE))
        said = await asyncio.gather(*(_turn(urls[n % len(urls)], text, n) for n in numbers))
        right += sum(said)
    return right


async def _turn(url: str, text: str, number: int) -> bool:
    asked = one_prompt("mask/echo", text, stream=bool(number % 3))
    connection = await Connection.opened(url)
    reply = await connection.send(request(url, asked.path, asked.body))
    connection.close()
    return reply.status == 200 and compared(asked, reply.body) == "right"
