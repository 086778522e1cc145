"""The ledger: what left, byte for byte, written down before it left.

Append-only rows in one SQLite file, each with the SHA-256 of itself and of the row before it.
Two kinds: a *crossing*, committed before the first byte leaves (see `line.py` and `durable.py` for
when it also survives a power cut), and its *result*, added when the reply has ended. The newest
hash and the number of rows also stand in a table of the same file and in a small file beside it
(`<name>.head`), so that rows missing at the end show.
Somebody who may write all three files can write a new history: keep the head elsewhere (`verify`
says it, and takes an older one to compare with) where that matters.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from doorstep._errors import LedgerError
from doorstep._values import Crossing
from doorstep.boundary.audit import Check, audit
from doorstep.boundary.beside import read_beside, write_head
from doorstep.boundary.chain import (
    START,
    Row,
    State,
    append,
    clear,
    crossing_row,
    result_row,
    transaction,
)
from doorstep.boundary.durable import Durable, connect
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.line import Line

__all__ = ["Check", "Entry", "Ledger", "State"]

_APPLICATION = 0x44535031
_VERSION = 1
_ENTRIES = (
    "SELECT c.crossing, c.at, c.data, c.body, r.data FROM rows c LEFT JOIN rows r "
    "ON r.crossing=c.crossing AND r.kind='result' WHERE c.kind='crossing'"
)
_SCHEMA = """
CREATE TABLE rows (
  n INTEGER PRIMARY KEY, kind TEXT NOT NULL, crossing INTEGER NOT NULL, at TEXT NOT NULL,
  data TEXT NOT NULL, body BLOB, prev TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX by_crossing ON rows (crossing, kind);
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), rows INTEGER NOT NULL,
  crossings INTEGER NOT NULL, hash TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One crossing and what became of it. `at` is UTC, ISO 8601. `state` "open" means that no
    result was written: the process ended first, and the request may or may not have left."""

    id: int
    at: str
    run: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    sha256: str
    verdict: str
    found: Mapping[str, int]
    state: State = "open"
    status: int | None = None
    reply_bytes: int = 0

    @property
    def approved(self) -> bool:
        """Whether a person saw this request and said yes before it left."""
        return self.verdict == "ask"

    @property
    def crossing(self) -> Crossing:
        return Crossing(self.id, self.url, self.body.decode(), self.sha256, self.verdict)


class Ledger:
    """An append-only record in the SQLite file `path`; safe for threads and processes.

    `create`: make the file where there is none. LedgerError for a file that is none of ours.
    """

    def __init__(self, path: str | Path, *, create: bool = True, busy_s: float = 5.0) -> None:
        self.path = Path(path)
        self._head_path = self.path.with_name(self.path.name + ".head")
        self._busy_s = busy_s
        self._lock = threading.RLock()
        self._lines: list[Line] = []
        with clear("cannot be opened"):
            if create:
                _make(self.path)
            elif not self.path.is_file():
                raise LedgerError("There is no ledger yet.", hint="Nothing has left so far.")
            self._db = connect(self.path, busy_s)
        try:
            with clear("cannot be opened"):
                self._open()
                self._durable = Durable(self.path, self._head_path, busy_s)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Write and sync the rest. Whoever still waits for a crossing gets an error."""
        # Not while another thread writes: SQLite would read freed memory.
        with self._lock:
            lines, self._lines = self._lines, []
            for line in lines:
                with contextlib.suppress(sqlite3.Error):
                    line.close()
            # Whoever waited for these rows has its error; rows that are there stay there.
            with contextlib.suppress(sqlite3.Error, OSError, LedgerError):
                self._durable.close()
            self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # writing

    def record(
        self,
        request: Outgoing,
        *,
        run: str = "",
        verdict: str = "allow",
        found: Mapping[str, int] | None = None,
    ) -> Crossing:
        """Commit one crossing durably. Only after this returns may a byte leave."""
        row, crossing = crossing_row(request, run, verdict, found)
        return crossing(self._append(row))

    def result(
        self, crossing: int, state: State, *, status: int | None = None, reply_bytes: int = 0
    ) -> None:
        """Add what became of a crossing."""
        self._append(result_row(crossing, state, status, reply_bytes))

    def line(self) -> Line:
        """A way to write from an event loop, many crossings in one transaction. It belongs to the
        loop that it is first used on; close it, or the ledger."""
        with self._lock, clear("cannot be opened"):
            self._durable.probe()
            line = Line(self.path, self._durable, self._busy_s)
            self._lines = [*(one for one in self._lines if not one.closed), line]
        return line

    def _append(self, row: Row) -> int:
        with clear("cannot record"):
            if row.kind == "crossing":
                self._durable.check_file()
            with self._lock:
                (number,) = append(self._db, [row])
                mark = self._durable.mark([row])
            try:
                self._durable.sync(mark)  # one for all threads that have come so far
            except (sqlite3.Error, OSError, LedgerError):
                if row.kind == "crossing":  # the row stands, but nothing will be sent: say so
                    with self._lock, contextlib.suppress(sqlite3.Error):
                        append(self._db, [result_row(number, "not sent", None, 0)])
                raise
        return number

    # reading

    def list(self) -> tuple[Entry, ...]:
        """Every crossing, oldest first."""
        return self._entries(_ENTRIES + " ORDER BY c.n")

    def show(self, number: int) -> Entry:
        """Crossing `number`; LedgerError if there is none."""
        found = self._entries(_ENTRIES + " AND c.crossing=? ORDER BY c.n", number)
        if not found:
            raise LedgerError(f"There is no crossing {number} in the ledger.")
        return found[0]

    def _entries(self, query: str, *values: int) -> tuple[Entry, ...]:
        with self._reading():
            rows = self._db.execute(query, values).fetchall()
        return tuple(_entry(*row) for row in rows)

    def export(self) -> Iterator[str]:
        """Every row as one line of JSON, in order, with its hash."""
        with self._reading():
            rows = self._db.execute("SELECT * FROM rows ORDER BY n").fetchall()
        for n, kind, crossing, at, data, body, prev, digest in rows:
            line = {"n": n, "kind": kind, "crossing": crossing, "at": at, **json.loads(data)}
            if body is not None:
                line["body"] = body.decode()
            yield json.dumps({**line, "prev": prev, "hash": digest}, ensure_ascii=False)

    def verify(self, head: str | None = None) -> Check:
        """Look for changed, removed, reordered and added rows. `head`: a hash that was noted
        down earlier and must still be in the chain."""
        beside = read_beside(self._head_path)  # first, so that it cannot be ahead of the rows
        with self._reading(), transaction(self._db, "DEFERRED"):
            rows = self._db.execute("SELECT * FROM rows ORDER BY n").fetchall()
            said = self._db.execute("SELECT rows, hash FROM head").fetchone()
            whole = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
        if beside is None and rows and read_beside(self._head_path) is not None:
            return self.verify(head)  # the first row was written while we looked
        return audit(rows, said, beside, whole=whole, noted=head)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """With the results that still wait for a crossing to ride along with."""
        with self._lock, clear("cannot be read"):
            for line in self._lines:
                line.drain()
            yield

    def _open(self) -> None:
        db = self._db
        db.execute("BEGIN")  # another process may be making it: all three of one moment
        application = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        empty = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        db.execute("COMMIT")
        if not (application == 0 and version == 0 and empty):
            _known(application, version)
        _write_ahead(db, self._busy_s)
        if empty:
            self._create()

    def _create(self) -> None:
        with transaction(self._db):
            if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return  # another process was first
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute("INSERT INTO head VALUES (1, 0, 0, ?)", (START,))
            write_head(self._head_path, 0, START)  # it is there before the first row is
            self._db.execute(f"PRAGMA application_id={_APPLICATION}")
            self._db.execute(f"PRAGMA user_version={_VERSION}")


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _write_ahead(db: sqlite3.Connection, busy_s: float) -> None:
    """SQLite itself does not wait here where two change the mode at once, whatever its timeout."""
    end = time.monotonic() + busy_s
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > end:
                raise
        time.sleep(0.01)


def _known(application: int, version: int) -> None:
    if application != _APPLICATION:
        raise LedgerError(
            "The ledger's file is a database of something else.",
            hint="Give another path for the ledger.",
        )
    if version != _VERSION:
        age = "a newer" if version > _VERSION else "an older"
        raise LedgerError(
            f"The ledger was written by {age} Doorstep (format {version}, this one reads "
            f"{_VERSION}).",
            hint="Use that version, or give another path for the ledger.",
        )


def _entry(number: int, at: str, data: str, body: bytes, result: str | None) -> Entry:
    try:
        known = json.loads(data)
        headers = tuple((name, value) for name, value in known.pop("headers"))
        after = json.loads(result) if result else {}
        return Entry(id=number, at=at, headers=headers, body=body, **known, **after)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise LedgerError(
            f"Crossing {number} cannot be read.", hint="Run doorstep ledger verify."
        ) from None
