"""The store: what has been given out, kept in an encrypted file, so that a placeholder which an
agent wrote into a file last week can still be resolved.

One SQLite file (WAL), for several processes at once. A row holds a value, its kind and what stands
for it, encrypted with AES-GCM (NIST SP 800-38D, a random nonce of 96 bits); it is found by keyed
hashes, so that neither values nor placeholders stand in the file. What does stand there: how many
values there are, in how many scopes, when each was last used (to a day), and about how long it is.
Writes are consistent but not flushed one by one: a power cut may lose the last moments.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep._errors import ConfigError
from doorstep.boundary import private_file
from doorstep.boundary.entry import Entry
from doorstep.boundary.forms import Index, placeholder_key, squashed
from doorstep.boundary.keys import derived
from doorstep.boundary.normal import squeezed

if TYPE_CHECKING:
    from doorstep.boundary.surrogates.kept import Kept

_DAY = 86_400
_TABLES = """
CREATE TABLE IF NOT EXISTS entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  scope BLOB NOT NULL,
  value BLOB NOT NULL UNIQUE,
  text BLOB NOT NULL UNIQUE,
  canonical BLOB NOT NULL,
  used INTEGER NOT NULL,
  sealed BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS of_scope ON entry (scope, id);
CREATE INDEX IF NOT EXISTS of_canonical ON entry (canonical);
"""


class Store:
    """Values and what stands for them, by scope. Safe to use from several threads.

    `path`: the file, made with mode 0600 where there is none. `key`: 16 bytes or more, see
    `keys.load_key`. `timeout_s`: how long to wait for another process that is writing.
    ConfigError where the package `cryptography` is missing, where others may read the file, and
    where it was made with another key.
    """

    def __init__(self, path: Path, key: bytes, *, timeout_s: float = 5.0) -> None:
        if len(key) < 16:
            raise ConfigError("The key of the vault needs at least 16 bytes.")
        self._cipher = private_file.Cipher(derived(key, "vault values"), "A vault that is kept")
        self._key = derived(key, "vault look-ups")
        self._lock = threading.RLock()
        self._known: dict[str, Known] = {}
        self._kept: dict[str, Kept] = {}
        private_file.create(path, "vault")
        try:
            self._db = private_file.connect(path, timeout_s)
            self._db.executescript(_TABLES)
            self._check_key(path)
        except sqlite3.Error as error:
            raise ConfigError(
                f"The vault {path.name} cannot be opened ({type(error).__name__}).",
                hint="Look at the file; where a damaged one is moved away, a new one is made.",
            ) from None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "Store()"

    def __len__(self) -> int:
        return int(self._all("SELECT count(*) FROM entry")[0][0])

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def known(self, scope: str) -> Known:
        """Everything of one scope, as the restorer asks for it."""
        with self._lock:
            found = self._known.setdefault(scope, Known(self, scope))
            found.refresh()
            return found

    def kept(self, scope: str) -> Kept:
        """The surrogates of one scope, for texts that were masked into this store before."""
        from doorstep.boundary.surrogates.kept import Kept

        with self._lock:
            found = self._kept.setdefault(scope, Kept(self, scope))
            found.refresh()
            return found

    def find(
        self, scope: str, kind: str, value: str, number: bool = False, surrogate: bool = False
    ) -> Entry | None:
        """What stands for this spelling of a value, if it has ever been given out."""
        where = self._value(scope, Entry("", value, kind, number, surrogate))
        rows = self._all("SELECT id, used, value, sealed FROM entry WHERE value = ?", where)
        if not rows:
            return None
        today = int(time.time()) // _DAY * _DAY
        if rows[0][1] < today:
            self._all("UPDATE entry SET used = ? WHERE id = ?", today, rows[0][0])
        return self._open(rows[0][2], rows[0][3])

    def add(self, scope: str, entry: Entry) -> Entry | None:
        """The entry as it is kept from now on: the one that is there already, if another process
        was first; None if its text stands for another value of this scope."""
        where = self._value(scope, entry)
        self._all(
            "INSERT OR IGNORE INTO entry (scope, value, text, canonical, used, sealed)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            self._hash("scope", scope),
            where,
            self._hash("text", scope, squashed(entry.text)),
            self._hash("canonical", scope, _canonical(entry.value)),
            int(time.time()) // _DAY * _DAY,
            self._seal(where, entry),
        )
        return self.find(scope, entry.kind, entry.value, entry.number, entry.surrogate)

    def forget(self, *, before: datetime, scope: str | None = None) -> int:
        """Remove what was last used before that day (in one scope, or all); how many went."""
        only = "" if scope is None else " AND scope = ?"
        more = () if scope is None else (self._hash("scope", scope),)
        return self._remove("used < ?" + only, int(before.timestamp()) // _DAY * _DAY, *more)

    def forget_value(self, value: str, *, scope: str = "") -> int:
        """Remove a value in all its spellings and kinds; how many entries went."""
        return self._remove("canonical = ?", self._hash("canonical", scope, _canonical(value)))

    def rows(self, scope: str, after: int) -> Iterator[tuple[int, Entry]]:
        """(number, entry) of a scope, those added after number `after`."""
        for row in self._all(
            "SELECT id, value, sealed FROM entry WHERE scope = ? AND id > ? ORDER BY id",
            self._hash("scope", scope),
            after,
        ):
            if entry := self._open(row[1], row[2]):
                yield row[0], entry

    def row(self, number: int) -> Entry | None:
        rows = self._all("SELECT value, sealed FROM entry WHERE id = ?", number)
        return self._open(*rows[0]) if rows else None

    def _remove(self, where: str, *values: object) -> int:
        with self._lock:
            gone = self._db.execute(f"DELETE FROM entry WHERE {where}", values).rowcount
            private_file.emptied(self._db)
            self._known.clear()
            self._kept.clear()
        return gone

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _check_key(self, path: Path) -> None:
        try:
            private_file.check_key(self._db, self._hash("mark", "1"), path, "vault")
        except ConfigError:
            self._db.close()
            raise

    def _value(self, scope: str, entry: Entry) -> bytes:
        flags = f"{entry.number:d}{entry.surrogate:d}"
        return self._hash("value", scope, entry.kind, entry.value, flags)

    def _hash(self, *parts: str) -> bytes:
        message = json.dumps(parts).encode("ascii")
        return hmac.new(self._key, message, hashlib.sha256).digest()

    def _seal(self, where: bytes, entry: Entry) -> bytes:
        plain = json.dumps(
            [entry.text, entry.value, entry.kind, entry.number, entry.surrogate]
        ).encode("ascii")
        # The row's own hash is authenticated, too: a row cannot be moved to another's place.
        return self._cipher.seal(plain, where)

    def _open(self, where: bytes, sealed: bytes) -> Entry | None:
        """The entry; None for a row that was tampered with: it is as if it was not there."""
        plain = self._cipher.open(sealed, where)
        return None if plain is None else Entry(*json.loads(plain))


class Known:
    """The entries of one scope: keys in memory, values fetched when they are asked for."""

    def __init__(self, store: Store, scope: str) -> None:
        self._store = store
        self._scope = scope
        self._rows: dict[str, int] = {}
        self._last = 0
        self.index = Index(())
        self.numbers = False

    def refresh(self) -> None:
        """Take in what was added since, by this process or another."""
        for number, entry in self._store.rows(self._scope, self._last):
            self._last = number
            self.numbers = self.numbers or entry.number
            key = placeholder_key(entry.text)
            # Surrogates are in `Kept`: next week they may be somebody's real name.
            if key and not entry.surrogate and key not in self._rows:
                self._rows[key] = number
                self.index.add(key)

    def entry(self, key: str) -> Entry | None:
        """The entry of a key; None if it has been forgotten."""
        number = self._rows.get(key)
        return self._store.row(number) if number is not None else None


def _canonical(value: str) -> str:
    return squeezed(value)[0].text or value
