"""The file of what waits and of what was said once: shared by all processes of a data folder.

One SQLite file (WAL) of mode 0600. Ids and times are plain, all else is sealed (AES-GCM) under a
key of its own. A crossing that waits is a row that its own process keeps alive, by writing the time
into `beat`: nothing is sent from here, only the waiting request itself can go on. Nobody can decide
about a row whose process has died.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from doorstep._errors import ConfigError
from doorstep.boundary.keys import derived
from doorstep.boundary.private_file import Cipher, check_key, connect, create

STALE_S = 5.0  # without a beat for so long, it has died
_WHAT = "file of held crossings"
_BUSY_S = 3.0
_TABLES = (
    "CREATE TABLE IF NOT EXISTS waiting (id TEXT PRIMARY KEY, at REAL NOT NULL,"
    " until REAL NOT NULL, beat REAL NOT NULL, sealed BLOB NOT NULL, decision BLOB)",
    "CREATE TABLE IF NOT EXISTS standing (id TEXT PRIMARY KEY, at REAL NOT NULL,"
    " sealed BLOB NOT NULL)",
)
_LIVE = "beat > ? AND until > ? AND decision IS NULL"


class _Sealing(Protocol):
    def seal(self, plain: bytes, place: bytes) -> bytes: ...
    def open(self, sealed: bytes, place: bytes) -> bytes | None: ...


class _Plain:
    """In memory only: there is nothing to hide it from."""

    def seal(self, plain: bytes, place: bytes) -> bytes:
        return place + plain

    def open(self, sealed: bytes, place: bytes) -> bytes | None:
        return sealed.removeprefix(place) if sealed.startswith(place) else None


@dataclass(frozen=True, slots=True)
class Times:
    """Of a row that waits: seconds since the epoch."""

    at: float
    until: float


class HeldFile:
    """`path` None: in this process's memory. `key`: the house's. Made when it is first written to.
    Blocking; safe for threads. ConfigError where the file or the key cannot be used."""

    def __init__(self, path: Path | None, key: bytes) -> None:
        self._path = path
        self._key = key
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._sealing: _Sealing | None = _Plain() if path is None else None

    def __repr__(self) -> str:
        return "HeldFile()"

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None

    # --- what waits ------------------------------------------------------------------------------

    def add(self, id: str, times: Times, crossing: object, most: int) -> bool:
        """False where `most` wait already. Rows of the dead go."""
        sealed = self._seal(crossing, "waiting", id)
        with self._writing() as db:
            db.execute("DELETE FROM waiting WHERE beat <= ?", (times.at - STALE_S,))
            count = db.execute("SELECT count(*) FROM waiting").fetchone()[0]
            if count >= most:
                return False
            row = (id, times.at, times.until, times.at, sealed)
            db.execute("INSERT INTO waiting VALUES (?, ?, ?, ?, ?, NULL)", row)
        return True

    def beat(self, id: str) -> None:
        """Its process is alive."""
        with self._writing() as db:
            db.execute("UPDATE waiting SET beat = ? WHERE id = ?", (time.time(), id))

    def decided(self, id: str) -> bool:
        """Whether somebody has decided, or the row has gone."""
        rows = self._rows("SELECT decision IS NOT NULL FROM waiting WHERE id = ?", id)
        return not rows or bool(rows[0][0])

    def take(self, id: str) -> Any:
        """Remove a row; what was decided about it, None where nothing was."""
        with self._writing() as db:
            row = db.execute("SELECT decision FROM waiting WHERE id = ?", (id,)).fetchone()
            db.execute("DELETE FROM waiting WHERE id = ?", (id,))
        return self._open(row[0], "decision", id) if row and row[0] is not None else None

    def live(self) -> tuple[str, ...]:
        """Ids of those that wait, oldest first."""
        now = time.time()
        return tuple(
            row[0]
            for row in self._rows(
                f"SELECT id FROM waiting WHERE {_LIVE} ORDER BY at, id", now - STALE_S, now
            )
        )

    def crossings(self) -> Iterator[Any]:
        """What was given to `add`, of those that wait, oldest first."""
        now = time.time()
        for id, sealed in self._rows(
            f"SELECT id, sealed FROM waiting WHERE {_LIVE} ORDER BY at, id", now - STALE_S, now
        ):
            if (crossing := self._open(sealed, "waiting", id)) is not None:
                yield crossing

    def decide(self, id: str, decision: object) -> bool:
        """Whether it still waited: the first decision counts, later ones do nothing."""
        now, sealed = time.time(), self._seal(decision, "decision", id)
        with self._writing() as db:
            changed = db.execute(
                f"UPDATE waiting SET decision = ? WHERE id = ? AND {_LIVE}",
                (sealed, id, now - STALE_S, now),
            ).rowcount
        return changed == 1

    # --- what was said once ----------------------------------------------------------------------

    def version(self) -> int:
        """Another number once another process has written; 0 while there is no file."""
        rows = self._rows("PRAGMA data_version")
        return int(rows[0][0]) if rows else 0

    def standing(self) -> list[tuple[str, float, bytes]]:
        """(id, at, sealed), oldest first."""
        rows = self._rows("SELECT id, at, sealed FROM standing ORDER BY at, id")
        return [(id, at, sealed) for id, at, sealed in rows]

    def stand(self, id: str, said: object) -> None:
        sealed = self._seal(said, "standing", id)
        with self._writing() as db:
            db.execute("INSERT INTO standing VALUES (?, ?, ?)", (id, time.time(), sealed))

    def said(self, id: str, sealed: bytes) -> Any:
        """What was given to `stand`; None where the row was tampered with."""
        return self._open(sealed, "standing", id)

    def forget(self, id: str) -> bool:
        with self._writing() as db:
            return db.execute("DELETE FROM standing WHERE id = ?", (id,)).rowcount == 1

    # --- the file --------------------------------------------------------------------------------

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Nothing where there is no file yet."""
        with self._lock, _named():
            if self._db is None and self._path is not None and not self._path.exists():
                return []
            return self._opened().execute(sql, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _named():
            db = self._opened()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = _database(self._path, derived(self._key, "mark of held crossings"))
        return self._db

    def _seal(self, value: object, table: str, id: str) -> bytes:
        return self._with_cipher().seal(json.dumps(value).encode("ascii"), _place(table, id))

    def _open(self, sealed: bytes, table: str, id: str) -> Any:
        plain = self._with_cipher().open(sealed, _place(table, id))
        return None if plain is None else json.loads(plain)

    def _with_cipher(self) -> _Sealing:
        """Made when it is first needed: it is slow to import."""
        if self._sealing is None:
            key = derived(self._key, "held crossings")
            self._sealing = Cipher(key, "A crossing that waits for a person")
        return self._sealing


def _database(path: Path | None, mark: bytes) -> sqlite3.Connection:
    if path is None:
        db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    else:
        create(path, _WHAT)
        db = connect(path, _BUSY_S)
    try:
        if path is not None:
            check_key(db, mark, path, _WHAT)
        for table in _TABLES:
            db.execute(table)
        db.execute("DELETE FROM waiting WHERE beat <= ?", (time.time() - STALE_S,))
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def _named() -> Iterator[None]:
    """An error of SQLite's as a line of ours."""
    try:
        yield
        return
    except sqlite3.Error as error:
        name = type(error).__name__
    raise ConfigError(
        f"The {_WHAT} cannot be used ({name}).", hint="Is the disk full, or the file damaged?"
    )


def _place(table: str, id: str) -> bytes:
    return f"{table}/{id}/".encode("ascii")
