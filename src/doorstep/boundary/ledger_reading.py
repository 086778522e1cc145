"""Reading the ledger from one end to the other, a piece at a time: memory stays as it is however
long it is, and no reader keeps its log from being emptied for longer than one piece takes."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from doorstep._errors import LedgerError
from doorstep.boundary.chain import UNREADABLE, clear
from doorstep.boundary.dropped import droppings, since
from doorstep.boundary.durable import connect
from doorstep.boundary.ledger_values import Entry, entry

_PIECE = 100  # rows with their bodies
_ROWS = "SELECT * FROM rows WHERE n > ? ORDER BY n LIMIT ?"
_ENTRIES = (
    "SELECT c.n, c.crossing, c.at, c.data, c.body, r.data FROM rows c LEFT JOIN rows r "
    "ON r.crossing=c.crossing AND r.kind='result' WHERE c.kind='crossing'"
)
_ALL = _ENTRIES + " AND c.n > ? ORDER BY c.n LIMIT ?"
_SOME = _ENTRIES + " AND c.crossing IN (SELECT value FROM json_each(?)) ORDER BY c.n"
_NEWEST = _ENTRIES + " AND c.crossing < ? ORDER BY c.crossing DESC LIMIT ?"


@contextlib.contextmanager
def reader(path: Path, busy_s: float) -> Iterator[sqlite3.Connection]:
    """A connection of its own: whoever writes is not held up. LedgerError."""
    with clear("cannot be read"), contextlib.closing(connect(path, busy_s)) as db:
        yield db


def lines(db: sqlite3.Connection, bodies: bool) -> Iterator[str]:
    """Every row as one line of JSON, in order, with its hash; `bodies`: and with its body."""
    last = 0
    while rows := db.execute(_ROWS, (last, _PIECE)).fetchall():
        for row in rows:
            yield _line(*row, bodies=bodies)
        last = rows[-1][0]


def _line(
    n: int,
    kind: str,
    crossing: int,
    at: str,
    data: str,
    body: bytes | None,
    prev: str,
    digest: str,
    *,
    bodies: bool,
) -> str:
    try:
        line = {"n": n, "kind": kind, "crossing": crossing, "at": at, **json.loads(data)}
        if body is not None and bodies:
            line["body"] = body.decode()
    except UNREADABLE:
        hint = "Run doorstep ledger verify."
        raise LedgerError(f"Row {n} cannot be read.", hint=hint) from None
    return json.dumps({**line, "prev": prev, "hash": digest}, ensure_ascii=False)


def entries(db: sqlite3.Connection) -> Iterator[Entry]:
    """Every crossing, oldest first."""
    last = 0
    while rows := db.execute(_ALL, (last, _PIECE)).fetchall():
        yield from _entries(db, rows)
        last = rows[-1][0]


def newest(db: sqlite3.Connection, before: int | None) -> Iterator[Entry]:
    """Crossings below number `before` (None: all), newest first."""
    below = (1 << 62) if before is None else before
    while rows := db.execute(_NEWEST, (below, _PIECE)).fetchall():
        yield from _entries(db, rows)
        below = rows[-1][1]


def some(db: sqlite3.Connection, ids: Iterable[int]) -> tuple[Entry, ...]:
    """Those of these numbers that exist, in order."""
    return tuple(_entries(db, db.execute(_SOME, (json.dumps(tuple(ids)),)).fetchall()))


def _entries(db: sqlite3.Connection, rows: list[tuple]) -> Iterator[Entry]:  # type: ignore[type-arg]
    known = droppings(db) if any(row[4] is None for row in rows) else ()
    for n, number, at, data, body, result in rows:
        yield entry(number, at, data, body, result, since(known, n, number) if known else "")
