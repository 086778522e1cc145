"""The loads whose figures the table holds, with their aims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench.gateway.figures import Aim
from bench.gateway.jobs import Job
from bench.gateway.targets import Target


@dataclass(frozen=True, slots=True)
class Scene:
    """One load. `measure`: "latency" of whole replies, or of the first text of a stream; "cpu" of
    the server; "ledger" and "ledger cpu": the gateway's with its ledger, less without it."""

    name: str
    measure: Literal["latency", "cpu", "ledger", "ledger cpu"]
    requests: int
    aim: Aim | None = None
    connections: int = 16
    stream: bool = False
    per: int = 40
    new: float = 0.1
    model: str = "echo"

    def job(self, target: Target, part: str) -> Job:
        """The texts of each scene and of each `part` are texts of their own; the conversations of
        a scene go on from part to part."""
        pool = f"{self.name} {self.stream} {self.connections}"
        return Job(
            url=target.url,
            model=target.prefix + self.model,
            requests=self.requests,
            connections=self.connections,
            stream=self.stream,
            per=self.per,
            new=self.new,
            seed=f"{pool} {part}",
            pool=pool,
        )


def scenes(quick: bool) -> tuple[Scene, ...]:
    """A conversation brings 10% new values in each request; in "all new" every value that is found
    by its form was never seen before."""
    one, many, streams, paced, wait = (25, 96, 48, 32, 10) if quick else (200, 800, 320, 160, 40)
    new = "the same, all values new"
    slow = "echo-wait50"
    return (
        Scene("JSON, added p50, 1 connection", "latency", one, Aim(3, 2), 1),
        Scene(new, "latency", one, Aim(3, 2), 1, new=1.0),
        Scene("JSON, CPU a request, 16 connections", "cpu", many, Aim(3.5, 2.6)),
        Scene(new, "cpu", many, Aim(3.5, 2.6), new=1.0),
        Scene("stream, added time to first text, 1", "latency", one, Aim(2, 1.4), 1, stream=True),
        Scene("stream, CPU, 16 at once", "cpu", streams, Aim(2, 1.5), stream=True),
        Scene(new, "cpu", streams, Aim(2, 1.5), stream=True, new=1.0),
        Scene("5 ms a chunk, CPU, 16", "cpu", paced, Aim(1.3, 1), stream=True, model="echo-pace5"),
        Scene("1 ms a chunk, CPU, 16", "cpu", paced, stream=True, model="echo-pace1"),
        Scene("nothing to mask, CPU, 16", "cpu", many, Aim(1.5, 1.2), per=0),
        Scene("ledger on - off, 50 ms, 1 connection", "ledger", wait, Aim(0.5, 0.2), 1, model=slow),
        Scene("ledger on - off, 50 ms, 16", "ledger", wait * 8, Aim(0.5, 0.2), model=slow),
        Scene("ledger on - off, CPU a request, 16", "ledger cpu", many, Aim(0.5, 0.2)),
    )
