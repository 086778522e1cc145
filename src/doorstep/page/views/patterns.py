"""The five patterns: on three axes, one by one, and which of them fits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request

from doorstep.page.charts.acts import acts
from doorstep.page.charts.marks import Figure, Fit, Picture
from doorstep.page.charts.plane import Axis, Place, plane
from doorstep.page.figures.acts import acts_of, told
from doorstep.page.figures.endings import Verdicts, verdicts
from doorstep.page.figures.options import Option, Own, about, options, own
from doorstep.page.figures.patterns import PatternFigures, by_pattern, used
from doorstep.page.figures.span import USUAL, Span, span
from doorstep.page.rooms import Rooms
from doorstep.page.shown import Part, Shown
from doorstep.patterns.adviser import (
    ACTS,
    BUYS,
    BUYS_ANSWERS,
    FIRST,
    FIRST_ANSWERS,
    NOT_AT_ALL,
    TRIGGER,
    WHEN,
    WHEN_ANSWERS,
    Advice,
    Answers,
    Buys,
    First,
    When,
    Wish,
    advise,
)
from doorstep.patterns.catalogue import (
    CATALOGUE,
    Direction,
    Entry,
    Purpose,
    Trigger,
    code,
    entry,
    toml,
)

_FITS: tuple[Fit, Fit] = ("wide", "narrow")
_DIRECTIONS: tuple[Direction, ...] = ("local-first", "both", "cloud-first")
_TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)
_PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
_MEANS = {TRIGGER[when]: WHEN_ANSWERS[when] for when in TRIGGER}


@dataclass(frozen=True, slots=True)
class Question:
    """One of the adviser's. `given` is its answer, "" where there is none yet."""

    name: str
    asks: str
    answers: Answers
    given: str


@dataclass(frozen=True, slots=True)
class Patterns:
    """The five, the user's own (name -> which of the five it uses), and what the adviser says."""

    entries: tuple[Entry, ...]
    own: Mapping[str, str]
    figures: Mapping[str, PatternFigures]
    days: Span
    questions: tuple[Question, ...]
    advice: Advice | None
    not_at_all: tuple[str, ...]

    @property
    def map(self) -> Figure:
        wide, narrow = (_map(fit) for fit in _FITS)
        return Figure(wide, narrow)


@dataclass(frozen=True, slots=True)
class OnePattern:
    """One of the five, or one of the user's own, `name`, that uses it. `figures` are those of the
    pattern and of all tables that use it, each by its own name."""

    name: str
    entry: Entry
    settings: str
    code: str
    options: tuple[Option, ...]
    about: str
    own: tuple[Own, ...]
    days: Span
    figures: tuple[PatternFigures, ...]
    verdicts: tuple[Verdicts, ...]

    @property
    def lanes(self) -> Figure:
        done, says = acts_of(self.entry), told(self.entry)
        title = f"{self.entry.title}: who acts"
        wide, narrow = (acts("acts", title, says, done, fit) for fit in _FITS)
        return Figure(wide, narrow)


def part(rooms: Rooms) -> Part:
    async def all_of_them(request: Request) -> Shown:
        questions = _questions(request.query_params)
        data = await asyncio.to_thread(_patterns, rooms, questions)
        return Shown("patterns.html", "Patterns", data)

    async def one(request: Request) -> Shown:
        name = request.path_params["name"]
        use = used(name, rooms.settings)
        if not use:
            raise HTTPException(404, "There is no pattern of that name.")
        data = await asyncio.to_thread(_one, rooms, name, use)
        return Shown("pattern.html", data.name if name != use else data.entry.title, data)

    return Part({"/patterns": all_of_them, "/patterns/{name}": one})


def _patterns(rooms: Rooms, questions: tuple[Question, ...]) -> Patterns:
    days = span(USUAL)
    own_ones = {name: str(one.use) for name, one in rooms.settings.patterns.items()}
    figures = {
        one.pattern: one
        for one in by_pattern(rooms.book, rooms.settings, days, points=False)
        if one.use
    }
    advice = _advice(questions)
    return Patterns(CATALOGUE, own_ones, figures, days, questions, advice, NOT_AT_ALL)


def _one(rooms: Rooms, name: str, use: str) -> OnePattern:
    days, known = span(USUAL), entry(use)
    found = [
        one for one in by_pattern(rooms.book, rooms.settings, days, points=False) if one.use == use
    ]
    ended = rooms.book.verdicts(days.since, days.until)
    said = [one for one in verdicts(ended, rooms.settings) if one.use == use]
    return OnePattern(
        name,
        known,
        toml(known),
        code(known),
        options(use),
        about(use),
        own(use, rooms.settings.patterns),
        days,
        tuple(found),
        tuple(said),
    )


def _questions(given: QueryParams) -> tuple[Question, ...]:
    """The adviser's questions with the answers of a form; 400 for an answer that is none, and where
    some are answered and others not."""
    asked = (
        ("first", FIRST, FIRST_ANSWERS),
        ("when", WHEN, WHEN_ANSWERS),
        ("buys", BUYS, BUYS_ANSWERS),
    )
    questions = tuple(Question(name, asks, said, given.get(name, "")) for name, asks, said in asked)
    answered = [one for one in questions if one.given]
    if answered and len(answered) < len(questions):
        raise HTTPException(400, "The adviser needs an answer to each of its three questions.")
    for one in answered:
        if one.given not in one.answers:
            raise HTTPException(400, f"{one.asks} One of {', '.join(one.answers)}.")
    return questions


def _advice(questions: tuple[Question, ...]) -> Advice | None:
    first, when, buys = (one.given for one in questions)
    if not first:
        return None
    return advise(Wish(cast("First", first), cast("When", when), cast("Buys", buys)))


def _map(fit: Fit) -> Picture:
    columns = Axis("who acts first", tuple((ACTS[one], "") for one in _DIRECTIONS))
    rows = Axis("when the cloud is called", tuple((one, _MEANS[one]) for one in _TRIGGERS))
    places = [_place(known) for known in CATALOGUE]
    says = "; ".join(
        f"{known.title}: {ACTS[known.direction]}, the cloud's call is {known.trigger}, "
        f"for {known.purpose}"
        for known in CATALOGUE
    )
    return plane("map", "The five patterns on three axes", says, columns, rows, places, fit)


def _place(known: Entry) -> Place:
    also = "".join(f", also {purpose}" for purpose in known.also)
    return Place(
        known.title,
        _DIRECTIONS.index(known.direction),
        _TRIGGERS.index(known.trigger),
        _PURPOSES.index(known.purpose),
        f"for {known.purpose}{also}",
        f"/patterns/{known.name}",
    )
