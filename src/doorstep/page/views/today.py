"""What happened on a day: a sentence, the figures, the slowest and the dearest, the latest runs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request

from doorstep._errors import LedgerError
from doorstep.page.filters import size
from doorstep.page.rooms import Rooms
from doorstep.page.shown import Part, Shown
from doorstep.page.views.held import count_of
from doorstep.runs.totals import Totals
from doorstep.runs.values import KeptRun

LATEST = 20  # runs in the list
LOOKED = 200  # runs whose crossings are looked up in the ledger, the newest of the day


@dataclass(frozen=True, slots=True)
class Looked:
    """The look into the ledger: of the crossings that the newest runs of the day say they made,
    how many there are (`crossings`) and how many the ledger does not have, or has without a
    verdict of the check (`missing`). `all`: whether those are all runs of the day. `trouble`: why
    nothing could be looked up, "" where it could."""

    crossings: int = 0
    missing: int = 0
    all: bool = True
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long what is kept. `texts`: "kept", "off" or "no cryptography" for runs from now on;
    days are 0 for ever."""

    texts: str
    texts_days: int
    bodies_days: int


@dataclass(frozen=True, slots=True)
class Today:
    """A day (UTC) as its page shows it. `later` is "" on the last one. `ever`: whether anything is
    in the book at all. `waiting`: crossings that wait for a person now."""

    day: str
    now: bool
    earlier: str
    later: str
    ever: bool
    sentence: str
    totals: Totals
    looked: Looked
    latest: tuple[KeptRun, ...]
    stand_ins: tuple[str, ...]
    waiting: int
    keeping: Keeping


def part(rooms: Rooms) -> Part:
    async def show(request: Request) -> Shown:
        day = _day(request.query_params.get("day", ""))
        data = await asyncio.to_thread(today, rooms, day)
        return Shown("today.html", "Today" if data.now else f"{day.day} {day:%B %Y}", data)

    return Part({"/today": show})


def today(rooms: Rooms, day: date) -> Today:
    """All of it; blocks."""
    now = datetime.now(UTC).date()
    first, after = day.isoformat(), (day + timedelta(1)).isoformat()
    totals = rooms.book.today(first)
    runs = rooms.book.runs(since=first, until=after, limit=LOOKED)
    looked = _look(rooms, runs, totals.runs)
    given = rooms.settings
    return Today(
        day=first,
        now=day == now,
        earlier=(day - timedelta(1)).isoformat(),
        later=after if day < now else "",
        ever=bool(runs) or bool(rooms.book.runs(limit=1)),
        sentence=sentence(totals, looked),
        totals=totals,
        looked=looked,
        latest=runs[:LATEST],
        stand_ins=tuple(sorted({line for run in runs for line in run.stand_ins}, reverse=True)),
        waiting=count_of(rooms.waiting),
        keeping=Keeping(rooms.book.texts, given.runs.keep_days, given.ledger.keep_days),
    )


def sentence(totals: Totals, looked: Looked) -> str:
    """The day in one line. Of what crossed it says what was looked up, and no more."""
    said = _where(totals)
    if totals.crossed:
        said += _checked(looked)
    if totals.refused:
        were = "one was" if totals.refused == 1 else f"{totals.refused} were"
        said += f"; {were} stopped at the door"
    return said + "."


def _where(totals: Totals) -> str:
    asked, stayed, crossed = totals.runs, totals.stayed, totals.crossed
    if not asked:
        return "Nothing was asked"
    if not crossed:
        one, more = "The one question stayed at home", f"None of {asked:,} questions left the house"
        return one if asked == 1 else more
    sent = f"{size(totals.sent)} in all"
    if not stayed:
        which = {1: "The one question", 2: "Both questions"}.get(asked, f"All {asked:,} questions")
        return f"{which} crossed, {sent}"
    return f"Of {asked:,} questions {stayed:,} never left the house; {crossed:,} crossed, {sent}"


def _checked(looked: Looked) -> str:
    if looked.trouble:
        return "; the ledger cannot be read"
    if looked.missing:
        return f"; {looked.missing:,} of {looked.crossings:,} crossings are not in the ledger"
    if not looked.all:
        return ""
    return "; nothing went out unchecked, and all of it stands in the ledger"


def _look(rooms: Rooms, runs: tuple[KeptRun, ...], asked: int) -> Looked:
    wanted = {id for run in runs for id in run.crossings}
    try:
        there = {one.id for one in rooms.ledger.summaries(wanted) if one.verdict}
    except LedgerError as error:
        return Looked(len(wanted), trouble=str(error))
    return Looked(len(wanted), len(wanted - there), len(runs) >= asked)


def _day(given: str) -> date:
    """That of the query, or today. 400 for what is none."""
    if not given:
        return datetime.now(UTC).date()
    try:
        day = date.fromisoformat(given)
        if len(given) != 10 or not 2000 <= day.year <= 2999:
            raise ValueError
    except ValueError:
        raise HTTPException(400, "That is no day. Write it as 2026-11-23.") from None
    return day
