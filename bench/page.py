"""What the page costs: processor time and bytes of each room, over a long ledger and a full book.

    python -m bench.page [--rows 100000] [--runs 100000] [--times 30] [--json]

A ledger with that many crossings and a book with that many runs, over 60 days, are written to a
temporary folder; the page answers from them as the gateway mounts it (ASGI, no socket). `ms` is
processor time of the whole process, threads included: the median of `n` times, after one that is
not counted; `first` is that one. `kb` is the page itself, `all` with its style, scripts and icon.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bench.page_ledger import filled
from doorstep.assemble.keeping import Recorder
from doorstep.assemble.page import LatePage
from doorstep.boundary import Ledger
from doorstep.config import Settings
from doorstep.gateway.app import App
from doorstep.runs.book import Book
from doorstep.runs.held import Waiting
from doorstep.runs.values import KeptRun, KeptStep, Said, Texts

DAYS = 60
PATTERNS = ("household", "sanitize-and-solve", "escalate-on-hard", "draft-then-refine", "home")
Row = dict[str, str | float]


def fill(book: Book, count: int, crossings: int) -> None:
    """Write `count` runs over `DAYS` days, the last of them now; about three of ten crossed."""
    chance = random.Random(7)
    texts = Texts((Said("user", "When should it run?"),), (), "At nine.")
    step = timedelta(days=DAYS) / count
    start = datetime.now(UTC) - timedelta(days=DAYS)
    for first in range(0, count, 1000):
        numbers = range(first, min(first + 1000, count))
        book.write_all([_run(chance, n, start + step * n, crossings, texts) for n in numbers])


def _run(chance: random.Random, number: int, at: datetime, crossings: int, texts: Texts) -> KeptRun:
    crossed = (chance.randrange(1, crossings + 1),) if chance.random() < 0.3 else ()
    home = KeptStep("draft", "home", "small", chance.uniform(0.2, 4), 200, 60)
    cloud = KeptStep("ask", "cloud", "gpt-5.4", chance.uniform(1, 9), 400, 90, Decimal("0.0021"))
    return KeptRun(
        f"{number:016x}",
        at.isoformat(),
        chance.uniform(0.2, 12),
        "gateway",
        chance.choice(PATTERNS),
        chance.choices(("answered", "failed", "refused"), (96, 3, 1))[0],  # type: ignore[arg-type]
        steps=(home, cloud) if crossed else (home,),
        crossings=crossed,
        sent=1500 * len(crossed),
        alone=Decimal("0.0030"),
        texts=texts,
    )


class Caller:
    """A client without a socket."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        parts: list[bytes] = []
        status, asked = 0, False

        async def receive() -> dict[str, object]:
            nonlocal asked
            if asked:
                await asyncio.Event().wait()  # the client stays
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(event: dict[str, object]) -> None:
            nonlocal status
            status = int(str(event.get("status", status)))
            parts.append(bytes(event.get("body", b"")))  # type: ignore[arg-type]

        place, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": "GET",
            "path": place,
            "raw_path": place.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"127.0.0.1:8080"), (b"accept", b"text/html")],
            "scheme": "http",
            "server": ("127.0.0.1", 8080),
            "client": ("127.0.0.1", 50_000),
            "http_version": "1.1",
        }
        await self._app(scope, receive, send)  # type: ignore[arg-type]
        return status, b"".join(parts)


async def measured(caller: Caller, path: str, times: int) -> Row:
    spent, status, body = [], 0, b""
    for _ in range(times + 1):
        start = time.process_time()
        status, body = await caller.get(path)
        spent.append((time.process_time() - start) * 1e3)
    whole = len(body)
    for file in set(re.findall(rb'(?:href|src)="(/page/static/[^"]+)"', body)):
        whole += len((await caller.get(file.decode()))[1])
    return {
        "room": path,
        "status": status,
        "ms": round(statistics.median(spent[1:]), 2),
        "first": round(spent[0], 1),
        "n": times,
        "kb": round(len(body) / 1000, 1),
        "all": round(whole / 1000, 1),
    }


async def rooms(ledger: Ledger, book: Book, times: int, last: int, crossing: int) -> list[Row]:
    ledger.catch_up()  # as a server does when it starts
    recorder = Recorder(book)
    page = LatePage(Settings(), {}, ledger, book, Waiting(), recorder=recorder)
    caller = Caller(App({}, mounts={"/page": page}))
    paths = (
        "/page/today",
        "/page/today.json",
        "/page/ask",
        "/page/runs",
        f"/page/runs/{last:016x}",
        "/page/held",
        "/page/ledger",
        f"/page/ledger/{crossing}",
        "/page/patterns",
        "/page/patterns/escalate-on-hard",
        "/page/quality?days=90",
    )
    return [await measured(caller, path, times) for path in paths]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filled(folder / "ledger.sqlite3", given.rows)
        with (
            Ledger(folder / "ledger.sqlite3") as ledger,
            Book(folder / "runs.sqlite3", b"k" * 32) as book,
        ):
            fill(book, given.runs, given.rows)
            last, crossing = given.runs - 1, given.rows // 2
            found = asyncio.run(rooms(ledger, book, given.times, last, crossing))
    if given.json:
        json.dump(found, sys.stdout, indent=1)
        return
    print(f"{given.rows} crossings, {given.runs} runs, n = {given.times}")
    print(f"{'room':34}{'ms':>8}{'first':>8}{'kb':>8}{'all':>8}")
    for row in found:
        line = f"{row['room']:34}{row['ms']:8}{row['first']:8}{row['kb']:8}{row['all']:8}"
        print(line if row["status"] == 200 else f"{line}  status {row['status']}")


if __name__ == "__main__":
    main()
