"""The rows that say which bodies their owner dropped.

A body is not in its row's hash: its SHA-256 is, and stands in the row's data, too (see `chain`). So
a row without its body is what it was; a row of kind "dropped", later in the same chain, says of
which crossings the bodies went, when, and who wanted it. A body that is gone without one was
removed by somebody else.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doorstep.boundary.chain import UNREADABLE, Row

KIND = "dropped"
Ranges = tuple[tuple[int, int], ...]  # numbers of crossings, from and to, both included; in order


@dataclass(frozen=True, slots=True)
class Dropping:
    """One such row: its number, when it was written, and the crossings; how many bodies, of how
    many bytes, and who wanted it (or which setting)."""

    n: int
    at: str
    ranges: Ranges
    bodies: int = 0
    bytes: int = 0
    by: str = ""

    def holds(self, crossing: int) -> bool:
        place = bisect_right(self.ranges, (crossing, 1 << 62)) - 1
        return place >= 0 and self.ranges[place][0] <= crossing <= self.ranges[place][1]


def dropped_row(crossings: Iterable[int], size: int, before: str, by: str) -> Row:
    """`crossings` in order; `size`: bytes of their bodies; `before`: they were older than that;
    `by`: who wanted it, or which setting."""
    ranges = joined(crossings)
    data = {
        "before": before,
        "bodies": sum(last - first + 1 for first, last in ranges),
        "by": by,
        "bytes": size,
        "crossings": ranges,
    }
    return Row("dropped", 0, json.dumps(data))


def joined(numbers: Iterable[int]) -> list[list[int]]:
    """[1, 2, 3, 7] as [[1, 3], [7, 7]]."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def dropping(n: int, at: str, data: str) -> Dropping:
    """Of no crossing where the row cannot be read."""
    try:
        known = json.loads(data)
        ranges = sorted((int(first), int(last)) for first, last in known["crossings"])
        bodies, size = int(known["bodies"]), int(known["bytes"])
        return Dropping(n, at, tuple(ranges), bodies, size, str(known["by"]))
    except UNREADABLE:
        return Dropping(n, at, ())


def droppings(db: sqlite3.Connection, schema: str = "main") -> tuple[Dropping, ...]:
    """All of them, in order; by the index of crossings, as they belong to none (0)."""
    rows = db.execute(
        f"SELECT n, at, data FROM {schema}.rows WHERE crossing=0 AND kind=? ORDER BY n",
        (KIND,),
    )
    return tuple(dropping(*row) for row in rows)


def since(known: Sequence[Dropping], n: int, crossing: int) -> str:
    """When the body of a crossing, whose row is number `n`, was dropped; "" where no later row
    says so."""
    return next((one.at for one in known if one.n > n and one.holds(crossing)), "")
