"""The sums of the book, one indexed query each."""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from decimal import Decimal
from typing import Any

from doorstep.runs.coding import dollars, run_of
from doorstep.runs.schema import SUMS
from doorstep.runs.totals import Counted, Latency, PatternDay, Reason, Sums, Totals
from doorstep.runs.values import KeptRun

_MONEY = [field.name for field in fields(Sums) if field.type == "Decimal"]
_RANGE = "day >= ? AND day < ?"


def today(db: sqlite3.Connection, day: str) -> Totals:
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in SUMS)
    row = db.execute(f"SELECT {sums} FROM total WHERE day = ?", (day,)).fetchone()
    slowest, dearest = _most(db, day, "seconds"), _most(db, day, "cost")
    return Totals(**_sums(row), slowest=slowest, dearest=dearest)


def by_pattern_and_day(db: sqlite3.Connection, since: str, until: str) -> tuple[PatternDay, ...]:
    sums = ", ".join(SUMS)
    rows = db.execute(
        f"SELECT day, pattern, {sums} FROM total WHERE {_RANGE} AND runs > 0 ORDER BY day, pattern",
        (since, until),
    )
    return tuple(PatternDay(day=row[0], pattern=row[1], **_sums(row[2:])) for row in rows)


def latencies(db: sqlite3.Connection, since: str, until: str) -> tuple[Latency, ...]:
    rows = db.execute(
        f"SELECT * FROM took WHERE {_RANGE} AND runs > 0 ORDER BY day, pattern, bucket",
        (since, until),
    )
    return tuple(map(Latency._make, rows))


def took(db: sqlite3.Connection, since: str, until: str) -> tuple[Latency, ...]:
    rows = db.execute(
        f"SELECT '', pattern, bucket, sum(runs) AS n FROM took WHERE {_RANGE}"
        " GROUP BY pattern, bucket HAVING n > 0 ORDER BY pattern, bucket",
        (since, until),
    )
    return tuple(Latency(*row) for row in rows)


def verdicts(db: sqlite3.Connection, since: str, until: str) -> tuple[Counted, ...]:
    rows = db.execute(
        "SELECT pattern, verdict, ending, why, fell_back, sum(runs) AS n FROM ended"
        f" WHERE {_RANGE} GROUP BY 1, 2, 3, 4, 5 HAVING n > 0 ORDER BY pattern, n DESC",
        (since, until),
    )
    return tuple(Counted(p, v, e, w, bool(f), n) for p, v, e, w, f, n in rows)


def reasons(db: sqlite3.Connection, since: str, until: str) -> tuple[Reason, ...]:
    rows = db.execute(
        "SELECT pattern, name, scored, sum(runs) AS n FROM doubt"
        f" WHERE {_RANGE} GROUP BY 1, 2, 3 HAVING n > 0 ORDER BY pattern, n DESC",
        (since, until),
    )
    return tuple(Reason(pattern, name, bool(scored), n) for pattern, name, scored, n in rows)


def _most(db: sqlite3.Connection, day: str, column: str) -> KeptRun | None:
    row = db.execute(
        f"SELECT data, doubts FROM run WHERE day = ? AND {column} > 0 ORDER BY {column} DESC"
        " LIMIT 1",
        (day,),
    ).fetchone()
    return None if row is None else run_of(*row)


def _sums(row: tuple[Any, ...]) -> dict[str, Any]:
    named: dict[str, int | float | Decimal] = dict(zip(SUMS, row, strict=True))
    return named | {name: dollars(int(named[name])) for name in _MONEY}
