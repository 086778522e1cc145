"""What the ledger costs: rows a second, processor time a crossing, and the wait for the disk.

    python -m bench.ledger [--json]

Crossings of 4 KB, each with its result. `record` is the blocking way (each call returns when its
row is durable); `line` is the way of an event loop, with 1, 16 and 64 crossings waiting at once:
`written` is the wait before the request may leave, `durable` the wait before a reply may be given.
Everything is verified afterwards. Processor time is that of the whole process, threads included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from doorstep.boundary import Ledger
from doorstep.boundary.gate import Outgoing

_HEADERS = (
    ("host", "api.example"),
    ("user-agent", "doorstep"),
    ("accept-encoding", "identity"),
    ("authorization", "Bearer none"),
    ("content-type", "application/json"),
    ("content-length", "4096"),
)
Row = dict[str, str | float]


def _request(body: bytes) -> Outgoing:
    return Outgoing("POST", "https://api.example", "/v1/chat/completions", _HEADERS, body)


def _share(times: Sequence[float], part: float) -> float:
    """A quantile of seconds, in ms."""
    return round(sorted(times)[int(len(times) * part)] * 1e3, 3)


def blocking(folder: Path, count: int) -> Row:
    body, waits = os.urandom(2048).hex().encode(), []
    with Ledger(folder / "record.db") as ledger:
        ledger.record(_request(body))
        start, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            began = time.perf_counter()
            crossing = ledger.record(_request(body), found={"person": 2})
            waits.append(time.perf_counter() - began)
            ledger.result(crossing.id, "answered", status=200)
        spent, cpu = time.perf_counter() - start, time.process_time() - cpu
    return _row("record, 1 waiting", count, spent, cpu, {"durable": waits})


async def grouped(folder: Path, count: int, at_once: int) -> Row:
    body, written, durable = os.urandom(2048).hex().encode(), [], []
    with Ledger(folder / f"line{at_once}.db") as ledger:
        line = ledger.line()

        async def work() -> None:
            for _ in range(count // at_once):
                began = time.perf_counter()
                one = await line.written(_request(body), verdict="mask", found={"person": 2})
                written.append(time.perf_counter() - began)
                await line.durable(one)
                durable.append(time.perf_counter() - began)
                line.note(one.crossing.id, "answered", status=200, reply_bytes=10)

        start, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(work() for _ in range(at_once)))
        line.drain()
        spent, cpu = time.perf_counter() - start, time.process_time() - cpu
        check = ledger.verify()
        assert check.ok and check.rows == 2 * len(written), check.problems
    waits = {"written": written, "durable": durable}
    return _row(f"line, {at_once} waiting", len(written), spent, cpu, waits)


def _row(name: str, count: int, spent: float, cpu: float, waits: dict[str, list[float]]) -> Row:
    row: Row = {
        "way": name,
        "n": count,
        "rows_per_s": round(2 * count / spent),
        "cpu_us_per_crossing": round(cpu / count * 1e6),
    }
    for what, times in waits.items():
        row |= {f"{what}_p50_ms": _share(times, 0.5), f"{what}_p99_ms": _share(times, 0.99)}
    return row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        import uvloop  # the gateway's loop, where it is installed

        run = uvloop.run
    except ImportError:
        run = asyncio.run
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as name:
        folder = Path(name)
        rows = [blocking(folder, 500)]
        rows += [run(grouped(folder, n, k)) for k, n in ((1, 1000), (16, 8000), (64, 20_000))]
    for row in rows:
        print(json.dumps(row) if given.json else "  ".join(f"{k}={v}" for k, v in row.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
