"""What the page asks of the ledger, without reading all of it each time.

A projection of the rows in memory: one short row for each crossing, and sums by day, destination,
verdict and state, kept by triggers. It is brought up to date when it is asked, from the rows that
have come since (also those of other processes); so it never costs whoever writes anything, lies in
no file, and cannot disagree with the rows for longer than until the next question. SQLite does the
work outside of Python's lock, in pieces, so that the log of the ledger can be emptied in between.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from doorstep.boundary.ledger_values import Choices, Filter, Page, Summary, Totals, summary

_PIECE = 2000  # rows that are read at once: about 10 ms
_TABLES = """
CREATE TABLE seen (
  crossing INTEGER PRIMARY KEY, day TEXT, origin TEXT, verdict TEXT, run TEXT,
  state TEXT NOT NULL DEFAULT 'open', size INTEGER, reply INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX of_day ON seen (day);
CREATE INDEX of_origin ON seen (origin);
CREATE INDEX of_verdict ON seen (verdict);
CREATE INDEX of_state ON seen (state);
CREATE INDEX of_run ON seen (run);
CREATE TABLE tally (
  day TEXT, origin TEXT, verdict TEXT, state TEXT, crossings INTEGER, sent INTEGER,
  unknown INTEGER, reply INTEGER, PRIMARY KEY (day, origin, verdict, state)
) WITHOUT ROWID;
CREATE TRIGGER comes AFTER INSERT ON seen BEGIN
  INSERT INTO tally VALUES (new.day, new.origin, new.verdict, new.state, 1, ifnull(new.size, 0),
    new.size IS NULL, new.reply)
  ON CONFLICT DO UPDATE SET crossings=crossings+1, sent=sent+excluded.sent,
    unknown=unknown+excluded.unknown, reply=reply+excluded.reply;
END;
CREATE TRIGGER ends AFTER UPDATE OF state ON seen BEGIN
  UPDATE tally SET crossings=crossings-1, sent=sent-ifnull(old.size, 0),
    unknown=unknown-(old.size IS NULL), reply=reply-old.reply
  WHERE day=old.day AND origin=old.origin AND verdict=old.verdict AND state=old.state;
  INSERT INTO tally VALUES (new.day, new.origin, new.verdict, new.state, 1, ifnull(new.size, 0),
    new.size IS NULL, new.reply)
  ON CONFLICT DO UPDATE SET crossings=crossings+1, sent=sent+excluded.sent,
    unknown=unknown+excluded.unknown, reply=reply+excluded.reply;
END;
"""
# A row that is no JSON any more is for `verify` to report; here it has a day, and nothing else.
_COME = """
INSERT OR IGNORE INTO seen (crossing, day, origin, verdict, run, size)
SELECT crossing, substr(at, 1, 10), substr(url, 1, instr(substr(url || '/', 9), '/') + 7),
  ifnull(json_extract(data, '$.verdict'), ''), ifnull(json_extract(data, '$.run'), ''),
  CASE WHEN body IS NOT NULL THEN length(body) ELSE
    (SELECT CAST(json_extract(value, '$[1]') AS INTEGER) FROM json_each(data, '$.headers')
     WHERE json_extract(value, '$[0]') = 'content-length') END
FROM (SELECT n, crossing, at, body, d AS data, ifnull(json_extract(d, '$.url'), '') AS url FROM
  (SELECT n, crossing, at, body, CASE WHEN json_valid(data) THEN data ELSE '{}' END AS d
   FROM ledger.rows WHERE n > ? AND n <= ? AND kind = 'crossing'))
"""
_ENDED = """
INSERT INTO seen (crossing, state, reply)
SELECT crossing, ifnull(json_extract(d, '$.state'), 'open'),
  ifnull(json_extract(d, '$.reply_bytes'), 0) FROM
  (SELECT n, crossing, CASE WHEN json_valid(data) THEN data ELSE '{}' END AS d
   FROM ledger.rows WHERE n > ? AND n <= ? AND kind = 'result'
   AND crossing IN (SELECT crossing FROM seen) ORDER BY n)
WHERE true ON CONFLICT DO UPDATE SET state=excluded.state, reply=excluded.reply
"""
_SUMMARIES = """
SELECT c.crossing, c.at, c.data, length(c.body), r.data FROM ledger.rows c
LEFT JOIN ledger.rows r ON r.crossing=c.crossing AND r.kind='result'
WHERE c.crossing IN (SELECT value FROM json_each(?)) AND c.kind='crossing' ORDER BY c.crossing, r.n
"""
_SUMS = """
SELECT origin, verdict, state, sum(crossings), sum(sent), sum(unknown), sum(reply) FROM tally
WHERE (? IS NULL OR day=?) GROUP BY origin, verdict, state
"""


class Projection:
    """Of the ledger at `path`. Safe for threads. sqlite3.Error where the ledger cannot be read."""

    def __init__(self, path: Path, busy_s: float) -> None:
        self._lock = threading.Lock()
        self._done = 0  # the last row that is in it
        self._db = sqlite3.connect(
            ":memory:", timeout=busy_s, isolation_level=None, check_same_thread=False
        )
        self._db.execute("ATTACH ? AS ledger", (str(path),))
        self._db.executescript(_TABLES)

    def close(self) -> None:
        self._db.interrupt()  # nobody waits for what is still being read
        with self._lock:
            self._db.close()

    def catch_up(self) -> None:
        """Take in what has come since. The first time this reads every row."""
        with self._lock:
            self._catch_up()

    def totals(self, day: date | None) -> Totals:
        with self._lock:
            self._catch_up()
            rows = self._db.execute(_SUMS, [day and day.isoformat()] * 2).fetchall()
        return _totals([row for row in rows if row[3]])

    def days(self) -> tuple[tuple[date, int, int], ...]:
        """Each day (UTC) with crossings: how many and how many bytes, newest first."""
        with self._lock:
            self._catch_up()
            rows = self._db.execute(
                "SELECT day, sum(crossings), sum(sent) FROM tally WHERE day<>''"
                " GROUP BY day ORDER BY day DESC"
            ).fetchall()
        return tuple((date.fromisoformat(day), count, sent) for day, count, sent in rows)

    def choices(self) -> Choices:
        totals = self.totals(None)
        return Choices(
            tuple(sorted(filter(None, totals.by_origin))),
            tuple(sorted(filter(None, totals.by_verdict))),
            tuple(sorted(totals.by_state)),
        )

    def summaries(self, ids: Iterable[int]) -> tuple[Summary, ...]:
        with self._lock:
            return self._summaries(tuple(ids))

    def page(self, wanted: Filter, before: int | None, limit: int) -> Page:
        where, values = _where(wanted)
        below = [] if before is None else [before]
        less = " AND crossing < ?" if below else ""
        with self._lock:
            self._catch_up()
            count = self._count(wanted)
            ids = self._ids(
                f"{where}{less} ORDER BY crossing DESC LIMIT ?", [*values, *below, limit + 1]
            )
            rows = self._summaries(ids[:limit])
        return Page(rows[::-1], ids[limit - 1] if len(ids) > limit else None, count)

    def _ids(self, where: str, values: Sequence[object]) -> list[int]:
        rows = self._db.execute(f"SELECT crossing FROM seen WHERE {where}", values)
        return [number for (number,) in rows]

    def _count(self, wanted: Filter) -> int | None:
        if wanted.run or wanted.ids is not None:
            return None
        where, values = _where(wanted)
        found = self._db.execute(f"SELECT sum(crossings) FROM tally WHERE {where}", values)
        return int(found.fetchone()[0] or 0)

    def _summaries(self, ids: Sequence[int]) -> tuple[Summary, ...]:
        rows = self._db.execute(_SUMMARIES, (json.dumps(ids),)).fetchall()
        return tuple({row[0]: summary(*row) for row in rows}.values())

    def _catch_up(self) -> None:
        last = self._db.execute("SELECT max(n) FROM ledger.rows").fetchone()[0] or 0
        if last < self._done:  # rows were taken away, or it is another file: begin anew
            self._db.executescript("DELETE FROM seen; DELETE FROM tally")
            self._done = 0
        while self._done < last:
            upto = min(self._done + _PIECE, last)
            self._db.execute("BEGIN")
            try:
                self._db.execute(_COME, (self._done, upto))
                self._db.execute(_ENDED, (self._done, upto))
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._done = upto


def _where(wanted: Filter) -> tuple[str, list[object]]:
    given: dict[str, object] = {
        "origin=?": wanted.origin,
        "verdict=?": wanted.verdict,
        "state=?": wanted.state,
        "day=?": wanted.day and wanted.day.isoformat(),
        "run=?": wanted.run,
    }
    given = {clause: value for clause, value in given.items() if value}
    if wanted.ids is not None:
        given["crossing IN (SELECT value FROM json_each(?))"] = json.dumps(sorted(wanted.ids))
    return " AND ".join(("true", *given)), list(given.values())


def _totals(rows: Iterable[tuple[str, str, str, int, int, int, int]]) -> Totals:
    by: tuple[Counter[str], ...] = Counter(), Counter(), Counter()
    sums = [0, 0, 0, 0]
    for *names, crossings, sent, unknown, reply in rows:
        for counter, name in zip(by, names, strict=True):
            counter[name] += crossings
        sums = [a + b for a, b in zip(sums, (crossings, sent, unknown, reply), strict=True)]
    crossings, sent, unknown, reply = sums
    return Totals(crossings, sent, unknown, reply, *map(dict, by))
