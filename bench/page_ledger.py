"""What looking at a long ledger costs: the page's questions, verify, find, export and drop.

    python -m bench.page_ledger [--rows 100000] [--json]

A ledger with that many crossings (and as many results) of about 1.5 KB over 60 days, to three
destinations, is written to a temporary folder. `ms` is processor time of the whole process, threads
included: the median of `n` times where there are several. `catch up` is what a server does once, in
a thread, at its start; everything below it is asked after that.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from doorstep.boundary import Ledger, chain
from doorstep.boundary.durable import connect
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.ledger_values import Filter

_DAYS = 60
_ORIGINS = ("https://api.openai.com", "https://one.openai.azure.com", "https://api.example")
_WORDS = (
    "the of and to in is that for on with as at by this from have which one would all there time "
    "plan load kitchen price evening battery window morning order invoice report summary answer"
).split()


def filled(path: Path, count: int) -> None:
    """Write `count` crossings with their results, as the ledger writes them, over `_DAYS` days."""
    chance = random.Random(7)
    start = datetime.now(UTC) - timedelta(days=_DAYS)
    Ledger(path).close()
    db = connect(path, 5)
    clock = _Clock(start, timedelta(days=_DAYS) / (2 * count))
    with patch.object(chain, "datetime", clock):
        for first in range(1, count + 1, 1000):
            rows = []
            for number in range(first, min(first + 1000, count + 1)):
                rows.append(_crossing(chance))
                rows.append(chain.result_row(number, _state(chance), 200, chance.randrange(4000)))
            chain.append(db, rows)
    db.close()


class _Clock:
    def __init__(self, start: datetime, step: timedelta) -> None:
        self._now, self._step = start, step

    def now(self, zone: object) -> datetime:
        self._now += self._step
        return self._now


def _crossing(chance: random.Random) -> chain.Row:
    words = " ".join(chance.choices(_WORDS, k=chance.randrange(120, 360)))
    body = json.dumps(
        {
            "model": "gpt-5.4",
            "messages": [
                {"role": "system", "content": "You are a helpful assistant for PERSON_Q7F3."},
                {"role": "user", "content": words},
            ],
        }
    ).encode()
    headers = (("content-type", "application/json"), ("content-length", str(len(body))))
    request = Outgoing("POST", chance.choice(_ORIGINS), "/v1/chat/completions", headers, body)
    run = f"{chance.getrandbits(64):016x}"
    verdict = chance.choice(("mask", "mask", "allow", "ask"))
    return chain.crossing_row(request, run, verdict, {"person": 2})[0]


def _state(chance: random.Random) -> chain.State:
    return "answered" if chance.random() < 0.97 else "not sent"


def spent(work: Callable[[], object], n: int = 1) -> float:
    """Processor time of one call in ms, the median of `n`."""
    times = []
    for _ in range(n):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1e3)
    return statistics.median(times)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(path: Path) -> list[tuple[str, int, float]]:
    rows = []
    with Ledger(path) as ledger:

        def one(name: str, work: Callable[[], object], n: int = 1) -> None:
            rows.append((name, n, round(spent(work, n), 2)))

        before = _memory()
        one("catch up, once", ledger.catch_up)
        rows.append(("memory of it, MB", 1, _memory() - before))
        days = [day for day, _, _ in ledger.days()]
        one("totals of a day", lambda: ledger.totals(days[1]), 51)
        one("totals of everything", lambda: ledger.totals(), 51)
        one("days", lambda: ledger.days(), 51)
        one("choices of the filters", lambda: ledger.choices(), 51)
        one("a page of 50", lambda: ledger.page(Filter()), 51)
        one("a page of 50, deep", lambda: ledger.page(Filter(), before=500), 51)
        wanted = Filter(_ORIGINS[1], "ask", "not sent", days[30])
        one("a page, four filters", lambda: ledger.page(wanted), 51)
        rare = Filter(state="not sent", verdict="ask")
        one("a page, a rare state", lambda: ledger.page(rare), 51)
        last = ledger.page(Filter(), limit=1).rows[0].id
        one("one crossing", lambda: ledger.show(last // 2), 51)
        one("verify, all", lambda: ledger.verify())
        one("export, all", lambda: sum(map(len, ledger.export())))
        some = iter(ledger.find("nowhere to be found"))
        one("find, 1,000 crossings", lambda: [next(some) for _ in range(1000)])
        rows.append(("memory at most, MB", 1, _memory()))
        middle = datetime.now(UTC) - timedelta(days=_DAYS // 2)
        one("drop, the older half", lambda: ledger.drop_bodies(middle))
        assert ledger.verify().ok
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as name:
        path = Path(name) / "ledger.db"
        filled(path, given.rows)
        for what, n, ms in measured(path):
            row = {"what": what, "crossings": given.rows, "n": n, "ms": ms}
            print(json.dumps(row) if given.json else f"{what:<26} {ms:>10} ms   n={n}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
