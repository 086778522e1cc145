"""What was asked: the list of runs, and one run in its three lanes.

The twin of a run holds its private texts, as the page does: they are the person's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from doorstep._errors import BadInput
from doorstep.page.asking import HOUSEHOLD
from doorstep.page.lanes import BECAUSE, ENDINGS, Lanes, lanes_of
from doorstep.page.rooms import Rooms
from doorstep.page.shown import Part, Shown
from doorstep.patterns.catalogue import NAMES
from doorstep.runs.values import Ending, KeptRun

PER_PAGE = 50
KEPT = {
    "kept": "",
    "dropped": "The texts of this run have been dropped; when, whom and how much is still there.",
    "never": "The texts of this run were not kept; when, whom and how much is all there is.",
    "unreadable": "The texts of this run cannot be read with this key, or without `cryptography`.",
}
MASKED = "The gateway masked this request and passed it on. It keeps no copy of the original."
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class RunRow:
    """A line of the list. `sent`: bytes that left."""

    id: str
    at: str
    pattern: str
    source: str
    ending: str
    verdict: str
    seconds: float
    crossings: int
    sent: int
    cost: Decimal | None
    fell_back: bool
    stand_in: bool


@dataclass(frozen=True, slots=True)
class RunList:
    """`next`: the id to go on after, "" at the end. `pattern` and `ending` are the filters."""

    rows: tuple[RunRow, ...]
    next: str
    pattern: str
    ending: str
    patterns: tuple[str, ...]
    endings: tuple[str, ...]
    filtered: bool
    later: bool


@dataclass(frozen=True, slots=True, repr=False)
class OneRun:
    """A run. `kept` says why there are no texts, "" where there are. `ending` in words; `why` is
    the class of the error that ended it, `because` what that means and the class."""

    id: str
    at: str
    seconds: float
    source: str
    pattern: str
    ending: str
    ended: str
    verdict: str
    why: str
    because: str
    fell_back: bool
    stand_ins: tuple[str, ...]
    cost: Decimal | None
    sent: int
    kept: str
    answer: str
    fallback: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    details: Mapping[str, object] | None
    lanes: Lanes


def part(rooms: Rooms) -> Part:
    async def many(request: Request) -> Shown:
        return await run_in_threadpool(_listed, rooms, dict(request.query_params))

    async def one(request: Request) -> Shown:
        id = request.path_params["id"]
        run = await run_in_threadpool(rooms.book.run, id) if _ID.fullmatch(id) else None
        if run is None:
            raise HTTPException(404)
        return await shown(rooms, run)

    return Part({"/runs": many, "/runs/{id}": one})


async def shown(rooms: Rooms, run: KeptRun) -> Shown:
    """The page of a run, whether the book has it or not."""
    data = await run_in_threadpool(_run, rooms, run)
    return Shown("run.html", "A run", data)


def _listed(rooms: Rooms, asked: Mapping[str, str]) -> Shown:
    pattern, after = asked.get("pattern", "")[:200], asked.get("after", "")[:100]
    ending = _ending(asked.get("ending", ""))
    found = rooms.book.runs(pattern=pattern, ending=ending, after=after, limit=PER_PAGE + 1)
    rows = tuple(_row(run) for run in found[:PER_PAGE])
    following = rows[-1].id if len(found) > PER_PAGE else ""
    names = _patterns(rooms, rows, pattern)
    filtered = bool(pattern or ending)
    data = RunList(rows, following, pattern, ending, names, get_args(Ending), filtered, bool(after))
    return Shown("runs.html", "Runs", data)


def _ending(word: str) -> Ending | Literal[""]:
    found: tuple[Ending, ...] = tuple(one for one in get_args(Ending) if one == word)
    if word and not found:
        raise BadInput("There is no such ending.", hint=f"There are: {', '.join(ENDINGS)}.")
    return found[0] if found else ""


def _patterns(rooms: Rooms, rows: Sequence[RunRow], chosen: str) -> tuple[str, ...]:
    """Names to filter by: those that can be asked, and those in sight."""
    known = (HOUSEHOLD, *NAMES, *rooms.settings.patterns, "home")
    seen = (*known, *(row.pattern for row in rows), chosen)
    return tuple(dict.fromkeys(name for name in seen if name))


def _row(run: KeptRun) -> RunRow:
    return RunRow(
        run.id,
        run.at,
        run.pattern,
        run.source,
        run.ending,
        run.verdict,
        run.seconds,
        len(run.crossings),
        run.sent,
        run.cost,
        run.fell_back,
        bool(run.stand_ins),
    )


def _run(rooms: Rooms, run: KeptRun) -> OneRun:
    texts = run.texts
    lanes = lanes_of(run, rooms.ledger.entries(run.crossings))
    return OneRun(
        run.id,
        run.at,
        run.seconds,
        run.source,
        run.pattern,
        run.ending,
        ENDINGS[run.ending],
        run.verdict,
        run.why,
        f"{BECAUSE[run.why]} ({run.why})" if run.why in BECAUSE else run.why,
        run.fell_back,
        run.stand_ins,
        run.cost,
        run.sent,
        _missing(run),
        texts.answer if texts else "",
        texts.fallback if texts else "",
        texts.reasons if texts else (),
        texts.notes if texts else (),
        texts.details if texts else None,
        lanes,
    )


def _missing(run: KeptRun) -> str:
    """Why there are no texts, "" where there are."""
    if run.pattern.startswith("mask/"):
        return MASKED
    return "" if run.texts is not None else KEPT[run.texts_are] or KEPT["never"]
