"""A file of private values: SQLite, of mode 0600, its rows encrypted under one key.

Rows are sealed with AES-GCM (NIST SP 800-38D, a random nonce of 96 bits). What is deleted is
overwritten (`secure_delete`), and gone from the write-ahead log after `emptied`.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import Any

from doorstep._errors import ConfigError

_NONCE = 12  # bytes
_MARKS = "CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value BLOB NOT NULL)"
_SETTINGS = ("synchronous=NORMAL", "secure_delete=ON")


class Cipher:
    """Seals bytes under `key` (16, 24 or 32 bytes), each bound to its place.

    ConfigError where the package `cryptography` is missing; `what` needs it then ("A vault that is
    kept").
    """

    def __init__(self, key: bytes, what: str) -> None:
        try:
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError:
            raise ConfigError(
                f"{what} needs the package cryptography.", hint="pip install 'doorstep[vault]'"
            ) from None
        self._wrong: type[Exception] = InvalidTag
        self._cipher: Any = AESGCM(key)

    def __repr__(self) -> str:
        return "Cipher()"

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """`place` is authenticated, too: what is sealed cannot be moved to another's."""
        nonce = os.urandom(_NONCE)
        sealed: bytes = self._cipher.encrypt(nonce, plain, place)
        return nonce + sealed

    def open(self, sealed: bytes, place: bytes) -> bytes | None:
        """None for what was tampered with, or is of another place or key."""
        try:
            plain: bytes = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
        except (self._wrong, ValueError):
            return None
        return plain


def create(path: Path, what: str) -> None:
    """An empty file of mode 0600 before SQLite sees it; its other files get the same mode.

    ConfigError for one that others may read; `what` names it ("vault").
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise ConfigError(
            f"The {what} {path.name} may be read by others (mode {mode:04o}).",
            hint=f"chmod 600 {path}",
        )


def connect(path: Path, timeout_s: float) -> sqlite3.Connection:
    """A connection for several threads that take turns; `timeout_s`: how long to wait for another
    process that is writing. Raises `sqlite3.Error`."""
    db = sqlite3.connect(path, timeout=timeout_s, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(db, timeout_s)
        for setting in _SETTINGS:
            db.execute(f"PRAGMA {setting}")
    except BaseException:
        db.close()
        raise
    return db


def check_key(db: sqlite3.Connection, mark: bytes, path: Path, what: str) -> None:
    """`mark` is made of the key: the file notes it when it is new. ConfigError for another key."""
    db.execute(_MARKS)
    db.execute("INSERT OR IGNORE INTO mark VALUES ('key', ?)", (mark,))
    kept = db.execute("SELECT value FROM mark WHERE name='key'").fetchone()[0]
    if not hmac.compare_digest(kept, mark):
        raise ConfigError(
            f"The {what} {path.name} was made with another key.",
            hint="Give the key it was made with, or begin a new file.",
        )


def emptied(db: sqlite3.Connection) -> bool:
    """Put the write-ahead log into the file and cut it to nothing, so that nothing of what was
    deleted stays in it. False where another process kept it from that."""
    return bool(db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


def _write_ahead(db: sqlite3.Connection, timeout_s: float) -> None:
    """SQLite itself does not wait here where two change the mode at once, whatever its timeout."""
    end = time.monotonic() + timeout_s
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > end:
                raise
        time.sleep(0.01)
