"""What the ledger's views show: values, and the questions that make them. All of these block."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from doorstep._errors import LedgerError
from doorstep.boundary.dropped import Dropping
from doorstep.boundary.ledger_find import Looked
from doorstep.boundary.ledger_values import Entry, Filter, Page, Summary, Totals, gone
from doorstep.page.rooms import Rooms
from doorstep.runs.values import KeptRun

PER_PAGE = 50
FIND_S = 1.0  # how long one request looks
FIND_HITS = 50  # and how many crossings it shows
LARGEST = 200_000  # characters of a body that are shown in the page
_RUNS = 2000  # of a pattern that are looked through for their crossings
_AROUND = timedelta(hours=1)  # how long before a crossing its run began, at most
_NEAR = 150  # runs that are looked through for those of the crossings on a page

VERDICTS = {
    "allow": "nothing that has to be masked was found in it",
    "mask": "what is private was replaced by placeholders",
    "ask": "a person saw exactly this and said yes",
    "remembered": "a person said yes to such requests before",
}
STATES = {
    "answered": "it left, and the reply came to its end",
    "broke off": "it left, and the reply broke off",
    "not sent": "it was written down, and then it did not leave",
    "open": "no result was written: it may or may not have left",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as they were given; "" is none."""

    origin: str = ""
    pattern: str = ""
    verdict: str = ""
    state: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A crossing in the table. `run` is "" where the book has none."""

    what: Summary
    origin: str
    run: str
    pattern: str


@dataclass(frozen=True, slots=True)
class LedgerView:
    """`trouble`: why no rows can be shown, "" where they can; `looked_through`: how many runs the
    filter by pattern looked at, where there are more."""

    wanted: Wanted
    query: str
    choices: Mapping[str, Sequence[str]]
    totals: Totals
    lines: tuple[Line, ...]
    count: int | None
    next: int | None
    later: bool
    trouble: str
    looked_through: int
    keep_days: int
    droppings: tuple[Dropping, ...]


@dataclass(frozen=True, slots=True)
class CrossingView:
    """One crossing. `body` is the exact one, `pretty` the same as indented JSON ("" where it is
    none); both None where it was dropped, or is too long to be shown. `sha256_now` was computed for
    this view. `gone` is what to say where there is no body."""

    what: Summary
    origin: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    pretty: str | None
    sha256_now: str
    matches: bool
    gone: str
    verdict: str
    state: str
    run: str
    pattern: str
    earlier: int | None
    later: int | None


@dataclass(frozen=True, slots=True)
class Verified:
    """`noted`: the head that had to be in the chain, "" where none was given."""

    at: str
    rows: int
    head: str
    dropped: int
    problems: tuple[str, ...]
    noted: str
    seconds: float


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """What one request has looked at: `looked` crossings, the last of number `until`; those below
    `next` are still to come (None: there are none). `total`: how many there are in all. Of
    `missing` the body is no longer kept, `part` could be decoded in part only."""

    word: str
    hits: tuple[Looked, ...]
    looked: int
    total: int
    until: int
    next: int | None
    missing: int
    part: int
    first: bool


def ledger_view(rooms: Rooms, wanted: Wanted, day: date | None, before: int | None) -> LedgerView:
    ids, many = _of_pattern(rooms, wanted.pattern, day)
    asked = Filter(wanted.origin, wanted.verdict, wanted.state, day, ids=ids)
    found, trouble = Page((), None, None), ""
    try:
        found = rooms.ledger.page(asked, before, PER_PAGE)
    except LedgerError as error:
        trouble = str(error)
    return LedgerView(
        wanted=wanted,
        query="",
        choices=_choices(rooms),
        totals=rooms.ledger.totals(),
        lines=_lines(rooms, found.rows),
        count=found.count,
        next=found.next,
        later=before is not None,
        trouble=trouble,
        looked_through=many if many >= _RUNS else 0,
        keep_days=rooms.settings.ledger.keep_days,
        droppings=rooms.ledger.droppings()[::-1][:5],
    )


def crossing_view(rooms: Rooms, number: int) -> CrossingView | None:
    """None where there is no such crossing."""
    near = {one.id: one for one in rooms.ledger.entries((number - 1, number, number + 1))}
    if number not in near:
        return None
    entry = near[number]
    what = rooms.ledger.summaries((number,))[0]
    (line,) = _lines(rooms, (what,))
    body = None if entry.kept is None else entry.kept.decode("utf-8", "replace")
    shown = body if body is not None and len(body) <= LARGEST else None
    now = "" if entry.kept is None else hashlib.sha256(entry.kept).hexdigest()
    return CrossingView(
        what=what,
        origin=entry.origin,
        headers=entry.headers,
        body=shown,
        pretty=None if shown is None else _pretty(shown),
        sha256_now=now,
        matches=now == entry.sha256,
        gone=f"{gone(number, entry.dropped)}." if entry.kept is None else "",
        verdict=VERDICTS.get(entry.verdict, ""),
        state=STATES.get(entry.state, ""),
        run=line.run,
        pattern=line.pattern,
        earlier=number - 1 if number - 1 in near else None,
        later=number + 1 if number + 1 in near else None,
    )


def verified(rooms: Rooms, noted: str) -> Verified:
    began = time.monotonic()
    check = rooms.ledger.verify(noted or None)
    at, took = datetime.now(UTC).isoformat(), time.monotonic() - began
    return Verified(at, check.rows, check.head, check.dropped, check.problems, noted, took)


def found(rooms: Rooms, word: str, before: int | None) -> Found:
    """Look on until the time is over, there are many hits, or all is looked at."""
    end = time.monotonic() + FIND_S
    made = Found(word, (), 0, rooms.ledger.totals().crossings, 0, None, 0, 0, before is None)
    hits: list[Looked] = []
    for one in rooms.ledger.find(word, before):
        hits += [one] if one.places else []
        made = replace(
            made,
            looked=made.looked + 1,
            until=one.id,
            missing=made.missing + (one.searched == "no body"),
            part=made.part + (one.searched == "in part"),
        )
        if time.monotonic() > end or len(hits) >= FIND_HITS:
            return replace(made, hits=tuple(hits), next=one.id if one.id > 1 else None)
        time.sleep(0)  # whoever serves requests has its turn
    return replace(made, hits=tuple(hits))


def exported(rooms: Rooms, wanted: Wanted, day: date | None) -> Iterator[Summary]:
    """All crossings that the filters let through, newest first."""
    ids, _ = _of_pattern(rooms, wanted.pattern, day)
    asked = Filter(wanted.origin, wanted.verdict, wanted.state, day, ids=ids)
    before: int | None = None
    while True:
        some = rooms.ledger.page(asked, before, 500)
        yield from some.rows
        if some.next is None:
            return
        before = some.next


def with_bodies(rooms: Rooms, rows: Iterator[Summary]) -> Iterator[Entry]:
    for row in rows:
        yield from rooms.ledger.entries((row.id,))


def _choices(rooms: Rooms) -> Mapping[str, Sequence[str]]:
    known = rooms.ledger.choices()
    since = (datetime.now(UTC) - timedelta(days=365)).isoformat()
    patterns = sorted({one.pattern for one in rooms.book.by_pattern_and_day(since)})
    return {
        "origin": known.origins,
        "pattern": patterns,
        "verdict": known.verdicts,
        "state": known.states,
    }


def _of_pattern(rooms: Rooms, pattern: str, day: date | None) -> tuple[frozenset[int] | None, int]:
    """The crossings of the runs of a pattern, and how many runs these are. A run of the evening
    may cross after midnight: so from the day before."""
    if not pattern:
        return None, 0
    since = (day - timedelta(1)).isoformat() if day else ""
    until = (day + timedelta(1)).isoformat() if day else "~"
    runs = rooms.book.runs(since=since, until=until, pattern=pattern, limit=_RUNS)
    return frozenset(id for run in runs for id in run.crossings), len(runs)


def _lines(rooms: Rooms, rows: Sequence[Summary]) -> tuple[Line, ...]:
    runs = _runs_of(rooms, rows)
    return tuple(
        Line(row, row.origin, run.id if run else "", run.pattern if run else "")
        for row in rows
        for run in [runs.get(row.id)]
    )


def _runs_of(rooms: Rooms, rows: Sequence[Summary]) -> Mapping[int, KeptRun]:
    """Which runs the crossings belong to, as far as the book says."""
    if not rows:
        return {}
    times = sorted(row.at for row in rows)
    try:
        since = (datetime.fromisoformat(times[0]) - _AROUND).isoformat()
    except ValueError:  # a row that somebody changed
        return {}
    runs = rooms.book.runs(since=since, until=times[-1] + "~", limit=_NEAR)
    return {id: run for run in runs for id in run.crossings}


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return ""
