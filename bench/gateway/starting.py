"""How long until the first answer, and what the gateway weighs when nothing is asked of it."""

from __future__ import annotations

import time
from pathlib import Path

from bench.gateway.figures import Aim, Figure
from bench.gateway.jobs import Job
from bench.gateway.targets import Load, gateway

_SETTLED_S = 2.0


def start_and_idle(folder: Path, load: Load, upstream_url: str, times: int) -> list[Figure]:
    """Seconds from the start of the process to the end of its first reply (a masked prompt of
    4 KB); PSS in MB of 10**6 bytes two seconds after that. The data folder is new each time."""
    seconds, memory = [], []
    for number in range(times):
        started = time.perf_counter()
        target = gateway(folder / f"start{number}", upstream_url)
        with target.server as server:
            done = load.run(Job(target.url, "mask/echo", requests=1))
            seconds.append(time.perf_counter() - started)
            if not done.right:
                raise RuntimeError(f"The first answer was none: {done.refused or 'wrong'}")
            time.sleep(_SETTLED_S)
            memory.append(server.memory()[0] / 1e6)
    n = "1 start"
    return [
        Figure("start to first answer", "gateway", "s", tuple(seconds), n, Aim(1, 0.7)),
        Figure("idle memory (PSS)", "gateway", "MB", tuple(memory), n, Aim(80, 50)),
    ]
