"""The tables of the book. The sums are kept by triggers, in the transaction of the run itself, so
that they cannot drift from the runs that they sum up.

Money is a whole number of picodollars (1e-12): sums are exact.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from doorstep._errors import ConfigError

APPLICATION = 0x44535232  # "DSR2"
VERSION = 1

# Each sum of a day and pattern, and what one run adds to it.
SUMS = {
    "runs": "1",
    "stayed": "{r}.crossings = 0",
    "crossed": "{r}.crossings > 0",
    "crossings": "{r}.crossings",
    "sent": "{r}.sent",
    "answered": "{r}.ending = 'answered'",
    "failed": "{r}.ending = 'failed'",
    "refused": "{r}.ending = 'refused'",
    "cancelled": "{r}.ending = 'cancelled'",
    "fell_back": "{r}.fell_back",
    "cost": "coalesce({r}.cost, 0)",
    "unpriced": "{r}.cost IS NULL",
    "cloud_only": "iif({r}.cost IS NULL, 0, coalesce({r}.alone, 0))",
    "cloud_only_runs": "{r}.cost IS NOT NULL AND {r}.alone IS NOT NULL",
    "cost_compared": "iif({r}.alone IS NULL, 0, coalesce({r}.cost, 0))",
    "home_tokens": "{r}.home_tokens",
    "cloud_tokens": "{r}.cloud_tokens",
    "uncounted": "{r}.uncounted",
    "seconds": "{r}.seconds",
}
_TABLES = f"""
CREATE TABLE run (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, day TEXT NOT NULL,
  pattern TEXT NOT NULL, ending TEXT NOT NULL, verdict TEXT NOT NULL, why TEXT NOT NULL,
  fell_back INTEGER NOT NULL, seconds REAL NOT NULL, bucket INTEGER NOT NULL,
  crossings INTEGER NOT NULL, sent INTEGER NOT NULL, cost INTEGER, alone INTEGER,
  home_tokens INTEGER NOT NULL, cloud_tokens INTEGER NOT NULL, uncounted INTEGER NOT NULL,
  doubts TEXT NOT NULL, data TEXT NOT NULL, dropped INTEGER NOT NULL DEFAULT 0, texts BLOB
);
CREATE INDEX by_at ON run (at, n);
CREATE INDEX by_pattern ON run (pattern, at, n);
CREATE INDEX by_ending ON run (ending, at, n);
CREATE INDEX by_both ON run (pattern, ending, at, n);
CREATE INDEX by_time ON run (day, seconds);
CREATE INDEX by_cost ON run (day, cost);
CREATE INDEX with_texts ON run (at) WHERE texts IS NOT NULL;
CREATE TABLE total (
  day TEXT, pattern TEXT, {", ".join(SUMS)}, PRIMARY KEY (day, pattern)
) WITHOUT ROWID;
CREATE TABLE took (
  day TEXT, pattern TEXT, bucket INTEGER, runs INTEGER, PRIMARY KEY (day, pattern, bucket)
) WITHOUT ROWID;
CREATE TABLE ended (
  day TEXT, pattern TEXT, verdict TEXT, ending TEXT, why TEXT, fell_back INTEGER, runs INTEGER,
  PRIMARY KEY (day, pattern, verdict, ending, why, fell_back)
) WITHOUT ROWID;
CREATE TABLE doubt (
  day TEXT, pattern TEXT, name TEXT, scored INTEGER, runs INTEGER,
  PRIMARY KEY (day, pattern, name, scored)
) WITHOUT ROWID;
"""


def open_tables(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables where there are none. ConfigError for a file of something else, or of
    another version."""
    with transaction(db):
        application = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if application == 0 and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in statements():
                db.execute(statement)
            db.execute(f"PRAGMA application_id={APPLICATION}")
            db.execute(f"PRAGMA user_version={VERSION}")
        elif application != APPLICATION:
            raise ConfigError(
                f"{path.name} is a database of something else.",
                hint="Give another path for the book of runs: runs.path.",
            )
        elif version != VERSION:
            age = "a newer" if version > VERSION else "an older"
            raise ConfigError(
                f"The book of runs was written by {age} Doorstep (format {version}, this one "
                f"reads {VERSION}).",
                hint="Use that version, or give another path: runs.path.",
            )


def statements() -> Iterator[str]:
    yield from (one for one in _TABLES.split(";") if one.strip())
    yield _trigger("INSERT", "new", "")
    yield _trigger("DELETE", "old", "-")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def _trigger(event: str, r: str, sign: str) -> str:
    """What follows in the sums when a run comes or goes."""
    adds = [f"{sign}({value.format(r=r)})" for value in SUMS.values()]
    more = ", ".join(f"{name} = {name} + excluded.{name}" for name in SUMS)
    where = f"{r}.day, {r}.pattern"
    count = "ON CONFLICT DO UPDATE SET runs = runs + excluded.runs"
    return f"""CREATE TRIGGER sums_{event.lower()} AFTER {event} ON run BEGIN
      INSERT INTO total VALUES ({where}, {", ".join(adds)})
        ON CONFLICT (day, pattern) DO UPDATE SET {more};
      INSERT INTO took SELECT {where}, {r}.bucket, {sign}1 WHERE {r}.ending = 'answered' {count};
      INSERT INTO ended VALUES ({where}, {r}.verdict, {r}.ending, {r}.why, {r}.fell_back, {sign}1)
        {count};
      INSERT INTO doubt SELECT {where}, value ->> 0, value ->> 1, {sign}1 FROM json_each({r}.doubts)
        WHERE true {count};
    END"""
