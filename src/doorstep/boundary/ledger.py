"""The ledger: what left, byte for byte, written down before it left.

Append-only rows in one SQLite file, each with the SHA-256 of itself and of the row before it.
Three kinds: a *crossing*, committed before the first byte leaves (see `line.py` and `durable.py`
for when it also survives a power cut), its *result*, added when the reply has ended, and *dropped*,
which says that the bodies of older crossings were taken out (see `dropping.py`). The newest
hash and the number of rows also stand in a table of the same file and in a small file beside it
(`<name>.head`), so that rows missing at the end show.
Somebody who may write all three files can write a new history: keep the head elsewhere (`verify`
says it, and takes an older one to compare with) where that matters.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from doorstep._errors import LedgerError
from doorstep._values import Crossing
from doorstep.boundary import ledger_reading as reading
from doorstep.boundary.audit import Check, audit
from doorstep.boundary.beside import read_beside, write_head
from doorstep.boundary.chain import (
    START,
    Row,
    State,
    add,
    append,
    clear,
    crossing_row,
    result_row,
    transaction,
)
from doorstep.boundary.dropped import Dropping, droppings
from doorstep.boundary.dropping import Old, drop, older, reason, unsaid
from doorstep.boundary.durable import Durable, connect
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.ledger_find import Looked, Search
from doorstep.boundary.ledger_query import Projection
from doorstep.boundary.ledger_values import Choices, Entry, Filter, Page, Summary, Totals
from doorstep.boundary.line import Line

__all__ = ["Check", "Entry", "Ledger", "State"]

_APPLICATION = 0x44535031
_VERSIONS = (1, 2)  # 2: bodies have been dropped; until then it is 1, which older ones read, too
_DROPPED = 2
_SCHEMA = """
CREATE TABLE rows (
  n INTEGER PRIMARY KEY, kind TEXT NOT NULL, crossing INTEGER NOT NULL, at TEXT NOT NULL,
  data TEXT NOT NULL, body BLOB, prev TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX by_crossing ON rows (crossing, kind);
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), rows INTEGER NOT NULL,
  crossings INTEGER NOT NULL, hash TEXT NOT NULL);
"""


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
        self._projection: Projection | None = None
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
            if self._projection is not None:
                self._projection.close()
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

    # dropping

    def droppings(self) -> tuple[Dropping, ...]:
        """When and of what bodies were dropped, in order."""
        with self._reader() as db:
            return droppings(db)

    def count_bodies(self, before: datetime) -> int:
        """How many `drop_bodies` would take out."""
        with self._reader() as db:
            return len(older(db, before))

    def drop_bodies(self, before: datetime, by: str = "a person") -> int:
        """Take out the bodies of all crossings before a moment; how many. Their rows and hashes
        stay, and a new row says which, when, and `by` whom. LedgerError; BadInput for a time
        without a zone."""
        with (
            clear("cannot drop bodies"),
            contextlib.closing(connect(self.path, self._busy_s)) as db,
        ):
            old = older(db, before)
            if old:
                db.execute(f"PRAGMA user_version={_DROPPED}")
                self._say(old, before, by)
                drop(db, old, self._durable.wrote)
            if not self._durable.empty_log() and old:
                raise LedgerError(
                    f"{len(old)} bodies were dropped, but they still stand in the ledger's log, "
                    "which others are reading.",
                    hint="Do it once more when nobody else looks at the ledger.",
                )
        return len(old)

    def _say(self, old: Old, before: datetime, by: str) -> None:
        """Add the row that says so, where no row does: several servers may drop at once."""
        self._durable.check_file()
        with self._lock:
            with transaction(self._db):
                new = unsaid(droppings(self._db), old)
                rows = [reason(new, before, by)] if new else []
                if rows:
                    add(self._db, rows)
            mark = self._durable.mark(rows)
        self._durable.sync(mark)

    # reading

    def list(self) -> tuple[Entry, ...]:
        """Every crossing, oldest first, with its body."""
        return tuple(self.each())

    def each(self) -> Iterator[Entry]:
        """The same, one after the other."""
        with self._reader() as db:
            yield from reading.entries(db)

    def show(self, number: int) -> Entry:
        """Crossing `number`; LedgerError if there is none."""
        found = self.entries((number,))
        if not found:
            raise LedgerError(f"There is no crossing {number} in the ledger.")
        return found[0]

    def entries(self, ids: Iterable[int]) -> tuple[Entry, ...]:
        """Those of these crossings that exist, in order."""
        with self._reader() as db:
            return reading.some(db, ids)

    def export(self, *, bodies: bool = True) -> Iterator[str]:
        """Every row as one line of JSON, in order, with its hash."""
        with self._reader() as db:
            yield from reading.lines(db, bodies)

    def find(self, text: str, before: int | None = None) -> Iterator[Looked]:
        """Look for a text in everything that ever crossed, newest first, in all forms that the
        gate knows (see `ledger_find`); `before`: only in crossings below that number. One `Looked`
        for each crossing, also where it is not found. BadInput for a text without any letter or
        digit."""
        search = Search(text)
        return self._found(search, before)

    def _found(self, search: Search, before: int | None) -> Iterator[Looked]:
        with self._reader() as db:
            for entry in reading.newest(db, before):
                yield search.look(entry)

    def verify(self, head: str | None = None) -> Check:
        """Look for changed, removed, reordered and added rows. `head`: a hash that was noted
        down earlier and must still be in the chain."""
        beside = read_beside(self._head_path)  # first, so that it cannot be ahead of the rows
        with self._reader() as db, transaction(db, "DEFERRED"):
            said = db.execute("SELECT rows, hash FROM head").fetchone()
            whole = db.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            rows = db.execute("SELECT * FROM rows ORDER BY n")
            check = audit(rows, said, beside, whole=whole, noted=head)
        if beside is None and check.rows and read_beside(self._head_path) is not None:
            return self.verify(head)  # the first row was written while we looked
        return check

    # questions, answered without reading everything

    def totals(self, day: date | None = None) -> Totals:
        """Sums over one day (UTC), or over everything."""
        with self._projected() as projection:
            return projection.totals(day)

    def days(self) -> tuple[tuple[date, int, int], ...]:
        """Each day (UTC) on which something crossed: how many crossings and bytes, newest first."""
        with self._projected() as projection:
            return projection.days()

    def choices(self) -> Choices:
        """Destinations, verdicts and states that occur."""
        with self._projected() as projection:
            return projection.choices()

    def page(self, wanted: Filter, before: int | None = None, limit: int = 50) -> Page:
        """Up to `limit` crossings below number `before`, newest first."""
        with self._projected() as projection:
            return projection.page(wanted, before, limit)

    def summaries(self, ids: Iterable[int]) -> tuple[Summary, ...]:
        """Those of these crossings that exist, in order, without their bodies."""
        with self._projected() as projection:
            return projection.summaries(ids)

    def catch_up(self) -> None:
        """Read what these questions need beforehand: the first time that takes a while."""
        with self._projected() as projection:
            projection.catch_up()

    @contextlib.contextmanager
    def _projected(self) -> Iterator[Projection]:
        with clear("cannot be read"):
            with self._lock:
                self._drain()
                if self._projection is None:
                    self._projection = Projection(self.path, self._busy_s)
            yield self._projection

    @contextlib.contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        with self._lock, clear("cannot be read"):
            self._drain()
        with reading.reader(self.path, self._busy_s) as db:
            yield db

    def _drain(self) -> None:
        """Write the results that still wait for a crossing to ride along with."""
        self._db.execute("SELECT one FROM head")  # it is open, and the file is one
        for line in self._lines:
            line.drain()

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
            self._db.execute(f"PRAGMA user_version={_VERSIONS[0]}")


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
    if version not in _VERSIONS:
        age = "a newer" if version > max(_VERSIONS) else "an older"
        raise LedgerError(
            f"The ledger was written by {age} Doorstep (format {version}, this one reads "
            f"{' and '.join(map(str, _VERSIONS))}).",
            hint="Use that version, or give another path for the ledger.",
        )
