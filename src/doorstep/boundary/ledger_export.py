"""Crossings as CSV (RFC 4180), for a table calculator.

A cell that such a program would take for a formula gets an apostrophe in front (OWASP, "CSV
Injection"): what a cloud's name, a run or a header says must never be carried out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from doorstep.boundary.ledger_values import Entry, Summary

_COLUMNS = (
    "crossing",
    "at_utc",
    "destination",
    "method",
    "url",
    "verdict",
    "masked",
    "bytes",
    "sha256",
    "state",
    "status",
    "reply_bytes",
    "run",
    "body_kept",
)
# Also the full-width ones, which some programs take for the plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_lines(rows: Iterable[Summary | Entry], *, bodies: bool = False) -> Iterator[str]:
    """The header, then a line for each crossing; `bodies` (of entries only): as a last column."""
    out = _Out()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*_COLUMNS, *(["body"] if bodies else [])))
    yield out.line
    for row in rows:
        writer.writerow([_plain(cell) for cell in _cells(row, bodies)])
        yield out.line


class _Out:
    """Where `csv` writes one line."""

    line = ""

    def write(self, text: str) -> None:
        self.line = text


def _cells(row: Summary | Entry, bodies: bool) -> Iterator[object]:
    kept = row.kept if isinstance(row, Summary) else row.kept is not None
    masked = "; ".join(f"{kind} {count}" for kind, count in row.found.items())
    yield from (row.id, row.at, row.origin, row.method, row.url, row.verdict, masked)
    yield from ("not known" if row.size is None else row.size, row.sha256, row.state)
    yield from ("" if row.status is None else row.status, row.reply_bytes, row.run)
    yield "yes" if kept else "no"
    if bodies and isinstance(row, Entry):
        yield "" if row.kept is None else row.kept.decode("utf-8", "replace")


def _plain(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
