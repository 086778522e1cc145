"""Dropping old bodies, so that nothing of them is left in the ledger's files.

First the row that says it is written (see `dropped`), then the bodies go, some at a time, so that
whoever writes waits a few milliseconds at most; where the process ends in between, the next time
does the rest. SQLite writes zeros over what they were (`secure_delete`), and the log, in which they
still stand, is emptied at the end. What a disk or a file system keeps of overwritten blocks, and
what stands in backups, is beyond us.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from doorstep._errors import BadInput
from doorstep.boundary.chain import Row, transaction
from doorstep.boundary.dropped import Dropping, dropped_row, since

if TYPE_CHECKING:
    from doorstep.boundary.ledger import Ledger

_AT_ONCE = 256 * 1024  # bytes of bodies in one transaction
_PAGE = 4096

Old = Sequence[tuple[int, int, int]]  # row, crossing, bytes of its body


def drop_old(ledger: Ledger, days: int) -> int:
    """Drop bodies that are older than `days` days (the setting ledger.keep_days; 0: none); how
    many went. LedgerError."""
    if days <= 0:
        return 0
    before = datetime.now(UTC) - timedelta(days=days)
    return ledger.drop_bodies(before, by=f"ledger.keep_days = {days}")


def older(db: sqlite3.Connection, before: datetime) -> Old:
    """Crossings before that moment whose body is still there."""
    if before.tzinfo is None:
        raise BadInput("The time before which bodies are dropped needs a time zone.")
    at = before.astimezone(UTC).isoformat()
    return db.execute(
        "SELECT n, crossing, length(body) FROM rows"
        " WHERE kind='crossing' AND at < ? AND body IS NOT NULL ORDER BY n",
        (at,),
    ).fetchall()


def unsaid(known: Sequence[Dropping], old: Old) -> Old:
    """Those of which no row says yet that they are dropped."""
    return [one for one in old if not since(known, one[0], one[1])]


def reason(old: Old, before: datetime, by: str) -> Row:
    crossings = sorted(crossing for _, crossing, _ in old)
    size = sum(length for _, _, length in old)
    return dropped_row(crossings, size, before.astimezone(UTC).isoformat(), by)


def drop(db: sqlite3.Connection, old: Old, wrote: Callable[[int], None]) -> None:
    """Take the bodies out. `wrote` is told of each commit how many pages it wrote."""
    db.execute("PRAGMA secure_delete=ON")
    for rows, size in _some_at_a_time(old):
        began = time.monotonic()
        with transaction(db):
            db.executemany("UPDATE rows SET body=NULL WHERE n=?", [(n,) for n in rows])
        wrote(size // _PAGE + 3 * len(rows))
        time.sleep(time.monotonic() - began)  # half of the time is for others


def _some_at_a_time(old: Old) -> Iterator[tuple[list[int], int]]:
    rows: list[int] = []
    size = 0
    for n, _, length in old:
        rows.append(n)
        size += length
        if size > _AT_ONCE or len(rows) == 64:
            yield rows, size
            rows, size = [], 0
    if rows:
        yield rows, size
