"""The ledger: what left, byte for byte, written down before it left.

Append-only rows in one SQLite file, each with the SHA-256 of itself and of the row before it.
Two kinds: a *crossing*, committed durably before the first byte leaves, and its *result*, added
when the reply has ended. The newest hash and the number of rows also stand in a table of the
same file and in a small file beside it (`<name>.head`), so that rows missing at the end show.
Somebody who may write all three files can write a new history: keep the head elsewhere (`verify`
says it, and takes an older one to compare with) where that matters.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from doorstep._errors import LedgerError
from doorstep._values import Crossing
from doorstep.boundary.gate import Outgoing

State = Literal["open", "answered", "not sent", "broke off"]
MARK = "<secret>"  # stands for a secret

_APPLICATION = 0x44535031
_VERSION = 1
_START = "0" * 64
_NOT_SENT: dict[str, object] = {"state": "not sent", "status": None, "reply_bytes": 0}
_SECRETS = frozenset(("authorization", "api-key", "x-api-key"))
_IN_QUERY = re.compile(r"([?&](?:api[-_]?key|key|access[-_]?token|token|sig)=)[^&#]*", re.I)
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


@dataclass(frozen=True, slots=True)
class Check:
    """What `verify` found: no problems, or which rows are wrong and how."""

    rows: int
    head: str
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems


class Ledger:
    """An append-only record in the SQLite file `path`; safe for threads and processes.

    `create`: make the file where there is none. LedgerError for a file that is none of ours.
    """

    def __init__(self, path: str | Path, *, create: bool = True, busy_s: float = 5.0) -> None:
        self.path = Path(path)
        self._head_path = self.path.with_name(self.path.name + ".head")
        self._lock = threading.RLock()
        with _clear("cannot be opened"):
            if create:
                _make(self.path)
            elif not self.path.is_file():
                raise LedgerError("There is no ledger yet.", hint="Nothing has left so far.")
            self._db = sqlite3.connect(
                self.path, timeout=busy_s, isolation_level=None, check_same_thread=False
            )
        try:
            with _clear("cannot be opened"):
                self._open()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        # Not while another thread writes: SQLite would read freed memory.
        with self._lock:
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
        digest = hashlib.sha256(request.body).hexdigest()
        url = _IN_QUERY.sub(rf"\g<1>{MARK}", request.url)
        data = {
            "run": run,
            "method": request.method,
            "url": url,
            "headers": [[n, MARK if n in _SECRETS else v] for n, v in request.headers],
            "sha256": digest,
            "verdict": verdict,
            "found": dict(sorted((found or {}).items())),
        }
        number = self._append("crossing", None, data, request.body)
        return Crossing(number, url, request.body.decode(), digest, verdict)

    def result(
        self, crossing: int, state: State, *, status: int | None = None, reply_bytes: int = 0
    ) -> None:
        """Add what became of a crossing."""
        data = {"state": state, "status": status, "reply_bytes": reply_bytes}
        self._append("result", crossing, data, None)

    def _append(
        self, kind: str, crossing: int | None, data: Mapping[str, object], body: bytes | None
    ) -> int:
        with self._lock, _clear("cannot record"):
            number = self._insert(kind, crossing, data, body)
            try:
                self._write_head()
            except (sqlite3.Error, OSError):
                if crossing is None:  # the row stands, but nothing will be sent: say so
                    with contextlib.suppress(sqlite3.Error):
                        self._insert("result", number, _NOT_SENT, None)
                raise
        return number

    def _insert(
        self, kind: str, crossing: int | None, data: Mapping[str, object], body: bytes | None
    ) -> int:
        with self._transaction():
            rows, crossings, prev = self._head()
            number = crossings + 1 if crossing is None else crossing
            text = json.dumps(data, sort_keys=True)
            row = (rows + 1, kind, number, datetime.now(UTC).isoformat(), text, body, prev)
            digest = _hash(row)
            self._db.execute("INSERT INTO rows VALUES (?,?,?,?,?,?,?,?)", (*row, digest))
            self._db.execute(
                "UPDATE head SET rows=?, crossings=?, hash=?",
                (rows + 1, max(crossings, number), digest),
            )
        return number

    def _head(self) -> tuple[int, int, str]:
        row = self._db.execute("SELECT rows, crossings, hash FROM head").fetchone()
        if row is None:
            raise LedgerError("The ledger has lost its head.", hint="Run doorstep ledger verify.")
        return row[0], row[1], row[2]

    def _write_head(self) -> None:
        # Under the write lock, so that of two processes the later writes the later head.
        with self._transaction():
            rows, _, digest = self._head()
            temporary = self._head_path.with_name(f"{self._head_path.name}.{os.getpid()}")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(f"{rows} {digest}\n")
            temporary.replace(self._head_path)

    @contextlib.contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        self._db.execute(f"BEGIN {kind}")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

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
        with self._lock, _clear("cannot be read"):
            rows = self._db.execute(query, values).fetchall()
        return tuple(_entry(*row) for row in rows)

    def export(self) -> Iterator[str]:
        """Every row as one line of JSON, in order, with its hash."""
        with self._lock, _clear("cannot be read"):
            rows = self._db.execute("SELECT * FROM rows ORDER BY n").fetchall()
        for n, kind, crossing, at, data, body, prev, digest in rows:
            line = {"n": n, "kind": kind, "crossing": crossing, "at": at, **json.loads(data)}
            if body is not None:
                line["body"] = body.decode()
            yield json.dumps({**line, "prev": prev, "hash": digest}, ensure_ascii=False)

    def verify(self, head: str | None = None) -> Check:
        """Look for changed, removed, reordered and added rows. `head`: a hash that was noted
        down earlier and must still be in the chain."""
        beside = self._beside()  # first, so that it cannot be ahead of the rows
        with self._lock, _clear("cannot be read"), self._transaction("DEFERRED"):
            rows = self._db.execute("SELECT * FROM rows ORDER BY n").fetchall()
            said = self._db.execute("SELECT rows, hash FROM head").fetchone()
            whole = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
        if beside is None and rows and self._beside() is not None:
            return self.verify(head)  # the first row was written while we looked
        hashes = [row[7] for row in rows]
        problems = [*_chain(rows), *_ends(rows, hashes, said, beside)]
        if not whole and not problems:  # an index that leads to the wrong row, or to none
            problems.append("the rows are as they were, but the file around them is damaged")
        if head is not None and head not in (_START, *hashes):
            problems.append(
                "the head that was noted down is not in the chain: history was replaced"
            )
        return Check(len(rows), hashes[-1] if hashes else _START, tuple(problems))

    def _beside(self) -> tuple[int, str] | None:
        try:
            count, digest = self._head_path.read_text().split()
            return int(count), digest
        except (OSError, ValueError):
            return None

    def _open(self) -> None:
        db = self._db
        application = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        empty = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not (application == 0 and version == 0 and empty):
            _known(application, version)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        if empty:
            self._create()

    def _create(self) -> None:
        with self._transaction():
            if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return  # another process was first
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute("INSERT INTO head VALUES (1, 0, 0, ?)", (_START,))
            self._db.execute(f"PRAGMA application_id={_APPLICATION}")
            self._db.execute(f"PRAGMA user_version={_VERSION}")


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


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


@contextlib.contextmanager
def _clear(what: str) -> Iterator[None]:
    """One clear line, without anything of the row, for what SQLite and the disk may say."""
    try:
        yield
    except UnicodeDecodeError:  # SQLite quotes what is damaged
        raise LedgerError(f"The ledger {what}: its file is damaged.") from None
    except (sqlite3.Error, OSError) as error:
        reason = f"{type(error).__name__}: {error}" if isinstance(error, sqlite3.Error) else ""
        reason = reason or f"{type(error).__name__}: {error.strerror}"  # type: ignore[union-attr]
        raise LedgerError(
            f"The ledger {what} ({reason}).", hint="Check its path, rights and free space."
        ) from None


def _hash(row: tuple[object, ...]) -> str:
    """Over (n, kind, crossing, at, data, SHA-256 of the body, prev), as JSON."""
    n, kind, crossing, at, data, body, prev = row
    inner = hashlib.sha256(body).hexdigest() if isinstance(body, bytes) else None
    # A damaged file may give bytes where text was.
    text = json.dumps([n, kind, crossing, at, data, inner, prev], default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


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


def _chain(rows: list[tuple[object, ...]]) -> Iterator[str]:
    expected, prev = 1, _START
    for row in rows:
        number = row[0]
        assert isinstance(number, int)
        if number > expected:
            last = number - 1
            gone = f"row {expected} is" if last == expected else f"rows {expected} to {last} are"
            yield f"{gone} missing"
        if _hash(row[:7]) != row[7]:
            yield f"row {number} was changed"
        if row[6] != prev and number == expected:
            yield f"row {number} does not follow the row before it: reordered, added or replaced"
        expected, prev = number + 1, str(row[7])


def _ends(
    rows: list[tuple[object, ...]],
    hashes: list[str],
    said: tuple[int, str] | None,
    beside: tuple[int, str] | None,
) -> Iterator[str]:
    last = rows[-1][0] if rows else 0
    assert isinstance(last, int)
    newest = hashes[-1] if hashes else _START
    if said is None or not isinstance(said[0], int):
        yield "the head in the file is missing or damaged"
    elif said[0] > last:
        yield f"the last {said[0] - last} row(s), up to row {said[0]}, are missing"
    elif said[0] < last:
        yield f"row {said[0] + 1} to {last} were added without the ledger"
    elif said[1] != newest:
        yield f"row {last} is not the row that was written last"
    if beside is None:
        if last:
            yield "the head beside the file is missing or cannot be read"
    elif beside[0] > last:
        yield f"the head beside the file knows row {beside[0]}, the file ends at row {last}"
    elif beside[0] and beside[1] not in hashes:
        yield f"row {beside[0]} is not the row that the head beside the file knows"
