"""The ledger: whatever is written, wherever the process ends, and whatever byte is changed.

An untouched ledger, and a copy of its files at any moment, verifies and holds all that was
recorded. After a change the ledger says so; where it does not, every entry must be as it was (a
byte between two rows may change without anybody being told anything wrong).
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from bench.fuzz.leaks import Broken, check
from doorstep._errors import LedgerError
from doorstep.boundary import Entry, Ledger
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.ledger import State

_STATES: tuple[State, ...] = ("answered", "not sent", "broke off")
_SHM = Path("/dev/shm")  # a disk in memory, where there is one: thousands of commits are waited for
COLUMNS = ("kind", "crossing", "at", "data", "body", "prev", "hash")


@dataclass(frozen=True, slots=True)
class Case:
    """`steps`: crossings (bytes) and results (number, state). `change` is a column, "row", "head",
    "beside" or "file", changed at a place in proportion to `at` (0 to 1), by `bit`."""

    steps: Sequence[bytes | tuple[int, State]]
    copy_at: int
    change: str
    at: float
    bit: int


@st.composite
def cases(draw: st.DrawFn) -> Case:
    crossing = st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace"))
    result = st.tuples(st.integers(0, 9), st.sampled_from(_STATES))
    steps = [draw(crossing), *draw(st.lists(st.one_of(crossing, result), max_size=7))]
    change = draw(st.sampled_from((*COLUMNS, "row", "head", "beside", "file", "file")))
    return Case(
        steps,
        draw(st.integers(1, len(steps))),
        change,
        draw(st.floats(0, 1, exclude_max=True)),
        draw(st.integers(0, 7)),
    )


def holds(case: Case) -> str:
    folder = tempfile.mkdtemp(prefix="doorstep-fuzz-", dir=_SHM if _SHM.is_dir() else None)
    try:
        return _holds(case, Path(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _holds(case: Case, folder: Path) -> str:
    path = folder / "ledger.db"
    before = _write(case, path)
    for place, known in ((path, before[-1]), (folder / "copy" / "ledger.db", before[0])):
        with Ledger(place, create=False) as ledger:
            check(ledger.verify().ok, "a ledger that nobody touched does not verify")
            check(ledger.list() == known, "a ledger has lost something")
    _flatten(path)
    _change(case, path)
    return _after(path, before[-1])


def _write(case: Case, path: Path) -> list[tuple[Entry, ...]]:
    """The entries when the files were copied, and at the end."""
    known = []
    with Ledger(path) as ledger:
        numbers: list[int] = []
        ended: set[int] = set()
        for count, step in enumerate(case.steps, 1):
            if isinstance(step, bytes):
                request = Outgoing("POST", "https://cloud.example", "/v1/x", (), step)
                numbers.append(ledger.record(request, run=f"r{count}").id)
            elif (number := numbers[step[0] % len(numbers)]) not in ended:
                ended.add(number)
                ledger.result(number, step[1], status=200, reply_bytes=count)
            if count == case.copy_at:
                shutil.copytree(path.parent, path.parent / "copy")
                known.append(ledger.list())
        known.append(ledger.list())
    return known


def _flatten(path: Path) -> None:
    """Everything into the one file, as it is when all processes have ended."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _change(case: Case, path: Path) -> None:
    match case.change:
        case "file":
            _flip(path, case)
        case "beside":
            _flip(path.with_name(path.name + ".head"), case)
        case "head":
            _sql(path, "UPDATE head SET rows=rows-1")
        case "row":
            _sql(
                path,
                "DELETE FROM rows WHERE n=(SELECT 1+CAST(? * max(n) AS INT) FROM rows)",
                case.at,
            )
        case column:
            _column(path, column, case)


def _flip(path: Path, case: Case) -> None:
    data = bytearray(path.read_bytes())
    data[int(case.at * len(data))] ^= 1 << case.bit
    path.write_bytes(data)


def _column(path: Path, column: str, case: Case) -> None:
    db = sqlite3.connect(path)
    rows = db.execute(f"SELECT n, {column} FROM rows ORDER BY n").fetchall()
    number, old = rows[int(case.at * len(rows))]
    db.execute(f"UPDATE rows SET {column}=? WHERE n=?", (_other(old, case), number))
    db.commit()
    db.close()


def _other(old: object, case: Case) -> object:
    """Another value, one character or bit apart where there is one."""
    if isinstance(old, int):
        return old ^ (1 << case.bit)
    if isinstance(old, str) and old:
        at = int(case.at * len(old))
        return old[:at] + chr(ord(old[at]) ^ 1) + old[at + 1 :]
    if isinstance(old, bytes) and old:
        data = bytearray(old)
        data[int(case.at * len(data))] ^= 1 << case.bit
        return bytes(data)
    return b"more" if isinstance(old, bytes) or old is None else "more"


def _sql(path: Path, statement: str, *more: object) -> None:
    db = sqlite3.connect(path)
    db.execute(statement, more)
    db.commit()
    db.close()


def _after(path: Path, known: tuple[Entry, ...]) -> str:
    """Either the ledger says that it was touched, or everything in it is as it was."""
    try:
        with Ledger(path, create=False) as ledger:
            found = ledger.verify()
            if not found.ok:
                return "told"
            if ledger.list() != known:
                raise Broken("the ledger verifies, and its entries are not what was written")
    except LedgerError:
        return "refused"
    return "as it was"
