"""Rows of the ledger, each with the hash of itself and of the row before it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring_ascii as _quoted
from typing import Literal

from doorstep._errors import LedgerError
from doorstep._values import Crossing
from doorstep.boundary.gate import Outgoing

State = Literal["open", "answered", "not sent", "broke off"]
MARK = "<secret>"  # stands for a secret
START = "0" * 64
Head = tuple[int, int, str]  # rows, crossings, hash of the newest row

# What JSON raises that somebody else wrote into a row: too deep, numbers without end, other shapes.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)

_SECRETS = frozenset(("authorization", "api-key", "x-api-key"))
_IN_QUERY = re.compile(r"([?&](?:api[-_]?key|key|access[-_]?token|token|sig)=)[^&#]*", re.I)


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """A row that waits for its place in the chain. `crossing` 0: a new one, to be numbered, or none
    at all ("dropped"). `digest` is the SHA-256 of `body` in hex."""

    kind: Literal["crossing", "result", "dropped"]
    crossing: int
    data: str
    body: bytes | None = None
    digest: str | None = None


def crossing_row(
    request: Outgoing, run: str, verdict: str, found: Mapping[str, int] | None
) -> tuple[Row, Callable[[int], Crossing]]:
    """The row of a request, and what gives the crossing once its number is known."""
    body, url = request.body, request.url
    digest, text = hashlib.sha256(body).hexdigest(), body.decode()
    if "?" in url:
        url = _IN_QUERY.sub(rf"\g<1>{MARK}", url)
    data = {
        "found": dict(sorted((found or {}).items())),
        "headers": [[n, MARK if n in _SECRETS else v] for n, v in request.headers],
        "method": request.method,
        "run": run,
        "sha256": digest,
        "url": url,
        "verdict": verdict,
    }
    row = Row("crossing", 0, json.dumps(data), body, digest)
    return row, lambda number: Crossing(number, url, text, digest, verdict)


def result_row(crossing: int, state: State, status: int | None, reply_bytes: int) -> Row:
    code = "null" if status is None else int(status)
    data = f'{{"reply_bytes": {int(reply_bytes)}, "state": {_quoted(state)}, "status": {code}}}'
    return Row("result", crossing, data)


def read_head(db: sqlite3.Connection) -> Head:
    row = db.execute("SELECT rows, crossings, hash FROM head").fetchone()
    if row is None:
        raise LedgerError("The ledger has lost its head.", hint="Run doorstep ledger verify.")
    return row[0], row[1], row[2]


def append(db: sqlite3.Connection, rows: Sequence[Row]) -> list[int]:
    """Add rows in one transaction; gives the number of each one's crossing.

    Nothing is added where anything fails. Committed means that it survives the end of the
    process; that it survives a power cut, `Durable` sees to.
    """
    with transaction(db):
        return add(db, rows)


def add(db: sqlite3.Connection, rows: Sequence[Row]) -> list[int]:
    """The same, within a transaction."""
    count, crossings, prev = read_head(db)
    numbers, ready = [], []
    for row in rows:
        count += 1
        number = crossings + 1 if row.kind == "crossing" else row.crossing
        crossings = max(crossings, number)
        at = datetime.now(UTC).isoformat()
        digest = _hash_of_new(count, number, at, row, prev)
        ready.append((count, row.kind, number, at, row.data, row.body, prev, digest))
        numbers.append(number)
        prev = digest
    db.executemany("INSERT INTO rows VALUES (?,?,?,?,?,?,?,?)", ready)
    db.execute("UPDATE head SET rows=?, crossings=?, hash=?", (count, crossings, prev))
    return numbers


@contextlib.contextmanager
def transaction(db: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    db.execute(f"BEGIN {kind}")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def clear(what: str) -> Iterator[None]:
    """One clear line, without anything of the row, for what SQLite and the disk may say."""
    try:
        yield
    except UnicodeDecodeError:  # SQLite quotes what is damaged
        raise LedgerError(f"The ledger {what}: its file is damaged.") from None
    except (sqlite3.Error, OSError) as error:
        raise failed(what, error) from None


def failed(what: str, error: BaseException) -> LedgerError:
    """A LedgerError for an error: the words of SQLite and of the system, the name of others."""
    name = type(error).__name__
    if isinstance(error, LedgerError):
        return error
    if isinstance(error, sqlite3.Error):
        name = f"{name}: {error}"
    elif isinstance(error, OSError):
        name = f"{name}: {error.strerror}"
    return LedgerError(
        f"The ledger {what} ({name}).", hint="Check its path, rights and free space."
    )


def hashed(row: Sequence[object]) -> str:
    """Over (n, kind, crossing, at, data, SHA-256 of the body, prev), as JSON. A crossing without
    its body has the SHA-256 that its data says: whether the body may be gone, `audit` asks."""
    n, kind, crossing, at, data, body, prev = row
    inner = hashlib.sha256(body).hexdigest() if isinstance(body, bytes) else None
    if body is None and kind == "crossing":
        inner = _digest_said(data)
    # A damaged file may give bytes where text was.
    text = json.dumps([n, kind, crossing, at, data, inner, prev], default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def _digest_said(data: object) -> str | None:
    try:
        said = json.loads(str(data))["sha256"]
    except UNREADABLE:
        return None
    return said if isinstance(said, str) else None


def _hash_of_new(n: int, number: int, at: str, row: Row, prev: str) -> str:
    """The same (`verify` compares), spelled without an encoder and with the known digest."""
    inner = f'"{row.digest}"' if row.digest else "null"
    text = f'[{n}, "{row.kind}", {number}, "{at}", {_quoted(row.data)}, {inner}, "{prev}"]'
    return hashlib.sha256(text.encode()).hexdigest()
