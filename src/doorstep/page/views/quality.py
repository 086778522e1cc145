"""Quality and cost: how long runs took, what crossed and what it cost, how they ended, how sure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from doorstep.page.charts.day import day
from doorstep.page.charts.marks import Figure
from doorstep.page.figures import pictures
from doorstep.page.figures.day import PlannedDay, last_day
from doorstep.page.figures.endings import (
    Doubts,
    Share,
    Verdicts,
    doubts,
    failures,
    fallbacks,
    verdicts,
)
from doorstep.page.figures.patterns import PatternFigures, added, by_pattern
from doorstep.page.figures.span import CHOICES, USUAL, Span, span
from doorstep.page.rooms import Rooms
from doorstep.page.shown import Part, Shown
from doorstep.runs.totals import Sums


@dataclass(frozen=True, slots=True, repr=False)
class Quality:
    """`days`: those looked back on. `all`: the sums of every pattern shown. `pattern`: the one that
    is shown alone, "" for all; `names`: those that ran. `texts`: whether the book keeps texts,
    without which there is no planned day."""

    days: Span
    choices: tuple[int, ...]
    pattern: str
    names: tuple[str, ...]
    all: Sums
    patterns: tuple[PatternFigures, ...]
    verdicts: tuple[Verdicts, ...]
    doubts: tuple[Doubts, ...]
    failures: tuple[Share, ...]
    fallbacks: tuple[Share, ...]
    planned: PlannedDay | None
    texts: str

    @property
    def undrawn(self) -> int:
        """How many patterns stand in the table alone."""
        return max(0, len(self.patterns) - pictures.ROWS)

    @property
    def priced(self) -> int:
        return self.all.runs - self.all.unpriced

    @property
    def went(self) -> Figure:
        return pictures.went(self.patterns, self.days)

    @property
    def crossed(self) -> Figure:
        return pictures.crossed(self.patterns, self.days)

    @property
    def took(self) -> Figure:
        return pictures.took(self.patterns, self.days)

    @property
    def cost(self) -> Figure:
        return pictures.cost(self.patterns, self.days)

    @property
    def day(self) -> Figure | None:
        return day(self.planned.day) if self.planned else None


def part(rooms: Rooms) -> Part:
    async def show(request: Request) -> Shown:
        days = span(_days(request.query_params.get("days", "")))
        pattern = request.query_params.get("pattern", "")
        data = await asyncio.to_thread(_quality, rooms, days, pattern)
        return Shown("quality.html", "Quality and cost", data)

    return Part({"/quality": show})


def _days(given: str) -> int:
    """400 for anything but one of the choices."""
    if not given:
        return USUAL
    if given not in map(str, CHOICES):
        choices = ", ".join(map(str, CHOICES))
        raise HTTPException(400, f"The days to look back on are one of {choices}.")
    return int(given)


def _quality(rooms: Rooms, days: Span, pattern: str) -> Quality:
    """400 for a pattern that neither ran in these days nor is one of the settings."""
    found = by_pattern(rooms.book, rooms.settings, days)
    names = tuple(one.pattern for one in found)
    if pattern and pattern not in (*names, *rooms.settings.patterns):
        raise HTTPException(400, "No pattern of that name ran in these days.")
    shown = tuple(one for one in found if pattern in ("", one.pattern))
    since, until = days.since, days.until
    ended = [row for row in rooms.book.verdicts(since, until) if pattern in ("", row.pattern)]
    reasons = [row for row in rooms.book.reasons(since, until) if pattern in ("", row.pattern)]
    return Quality(
        days,
        CHOICES,
        pattern,
        names,
        added(one.sums for one in shown),
        shown,
        verdicts(ended, rooms.settings),
        doubts(reasons, ended),
        failures(ended),
        fallbacks(ended),
        last_day(rooms.book),
        rooms.book.texts,
    )
