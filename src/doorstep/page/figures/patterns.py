"""The runs of each pattern: sums and times, over all the days asked for and bin by bin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from doorstep.config import Settings
from doorstep.page.figures.span import Span
from doorstep.page.figures.spread import Spread, Steps, spread
from doorstep.patterns.catalogue import NAMES
from doorstep.runs.book import Book
from doorstep.runs.totals import Latency, PatternDay, Sums

_SUMS = tuple(field.name for field in fields(Sums))


@dataclass(frozen=True, slots=True)
class Point:
    """One bin in which something ran: its number, from 0, its last day, sums and times."""

    bin: int
    day: str
    sums: Sums
    took: Spread


@dataclass(frozen=True, slots=True)
class PatternFigures:
    """`pattern` as it was asked for; `use` is which of the five it is, "" for none of them."""

    pattern: str
    use: str
    sums: Sums
    took: Spread
    points: tuple[Point, ...]


def by_pattern(
    book: Book, settings: Settings, days: Span, *, points: bool = True
) -> tuple[PatternFigures, ...]:
    """The figures of every pattern that ran, those with most runs first. Without `points`, which
    take longest, there is nothing bin by bin."""
    rows: dict[str, list[PatternDay]] = defaultdict(list)
    for row in book.by_pattern_and_day(days.since, days.until):
        rows[row.pattern].append(row)
    times = _by_bin(book, days) if points else {}
    took = _times(book.took(days.since, days.until))
    found = [
        PatternFigures(
            name,
            used(name, settings),
            added(mine),
            spread(took[name]),
            _points(mine, times.get(name, {}), days) if points else (),
        )
        for name, mine in rows.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.sums.runs, one.pattern)))


def used(name: str, settings: Settings) -> str:
    """Which of the five `name` stands for, "" where it is none."""
    own = settings.patterns.get(name)
    if own is not None:
        return str(own.use)
    return name if name in NAMES else ""


def added(rows: Iterable[Sums]) -> Sums:
    """All of `rows` together."""
    known = list(rows)
    if not known:
        return Sums()
    return Sums(*(_total(getattr(row, name) for row in known) for name in _SUMS))


def _total(values: Iterable[Any]) -> Any:
    """Without a zero to begin with: dollars stay decimal."""
    first, *rest = values
    return sum(rest, first)


def _points(
    rows: Iterable[PatternDay], times: Mapping[int, Steps], days: Span
) -> tuple[Point, ...]:
    sums: dict[int, list[PatternDay]] = defaultdict(list)
    for row in rows:
        sums[days.bin(row.day)].append(row)
    labels = days.labels
    return tuple(
        Point(at, labels[at], added(mine), spread(times.get(at, {})))
        for at, mine in sorted(sums.items())
    )


def _times(rows: Iterable[Latency]) -> Mapping[str, Steps]:
    """For each pattern how many runs took so long, by step."""
    steps: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
        steps[row.pattern][row.bucket] = row.runs
    return steps


def _by_bin(book: Book, days: Span) -> Mapping[str, Mapping[int, Steps]]:
    """The same for each bin."""
    steps: dict[str, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    day, at = "", 0
    for row in book.latencies(days.since, days.until):  # in the order of the days
        if row.day != day:
            day, at = row.day, days.bin(row.day)
        counted = steps[row.pattern][at]
        counted[row.bucket] = counted.get(row.bucket, 0) + row.runs
    return steps
