"""Ledgers to look at: with crossings of given times, written as the ledger writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from doorstep.boundary import Ledger, chain
from doorstep.boundary.durable import connect
from doorstep.boundary.gate import Outgoing

START = datetime(2026, 8, 1, 12, tzinfo=UTC)


class Clock:
    """Stands for `datetime` in `chain`: each time it is asked, the next one."""

    def __init__(self, times: Sequence[datetime]) -> None:
        self._times = iter(times)

    def now(self, zone: object) -> datetime:
        return next(self._times)


def outgoing(text: str = "x", origin: str = "https://api.example", **headers: str) -> Outgoing:
    body = json.dumps({"input": text}, ensure_ascii=False).encode()
    named = {"content-length": str(len(body)), **headers}
    return Outgoing("POST", origin, "/v1/responses", tuple(named.items()), body)


def old(path: Path, texts: Sequence[str], *, days: float = 1, origin: str = "") -> Path:
    """A ledger in which `texts` crossed, one every `days` days from `START` on, and were
    answered."""
    Ledger(path).close()
    rows = []
    for number, text in enumerate(texts, 1):
        request = outgoing(text, origin or "https://api.example")
        rows.append(chain.crossing_row(request, f"run{number}", "mask", {"person": 1})[0])
        rows.append(chain.result_row(number, "answered", 200, 10))
    times = [START + timedelta(days=days * (n // 2), seconds=n % 2) for n in range(len(rows))]
    db = connect(path, 5)
    with patch.object(chain, "datetime", Clock(times)):
        chain.append(db, rows)
    db.close()
    return path


def day(number: int) -> datetime:
    """The moment before crossing `number` of `old`."""
    return START + timedelta(days=number - 1) - timedelta(seconds=1)


def in_files(folder: Path, text: str) -> list[str]:
    """The files of a folder in which the text stands."""
    return sorted(p.name for p in folder.iterdir() if text.encode() in p.read_bytes())
