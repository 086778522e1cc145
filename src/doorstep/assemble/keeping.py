"""Runs are kept: what records them, what marks them, and what drops their texts in time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from doorstep._errors import DoorstepError
from doorstep._values import Usage
from doorstep.boundary.detect import Detector
from doorstep.boundary.keys import load_key
from doorstep.config import Settings
from doorstep.runs.book import Book, Keeping
from doorstep.runs.current import Current, running
from doorstep.runs.later import Make
from doorstep.runs.marking import Marks, by_detectors, by_terms
from doorstep.runs.recording import Collecting, asked_of, marked
from doorstep.runs.values import KeptRun, Said, Source

if TYPE_CHECKING:
    from doorstep.patterns import Solved

__all__ = ["Recorder", "Recording", "asked_of", "book_of", "dropping", "recorder_of"]

HOUSEHOLD = "household"
_DAILY_S = 86_400.0

log = logging.getLogger("doorstep.runs")

Alone = Callable[[Usage], Decimal | None]
Asked = Sequence[Said]


class Recording(Collecting):
    """A run that is being recorded: a block, or from `Recorder.run` to `over`. What comes out of
    the block ends the run, a BoundaryError as refused, a cancellation as cancelled, any other error
    as failed; and comes out of here."""

    def __init__(self, recorder: Recorder, current: Current, source: Source, asked: Asked) -> None:
        super().__init__(source, current.pattern, asked, id=current.id)
        self._recorder = recorder
        self._current = Current(self.id, current.pattern, current.told)
        self._running = ExitStack()
        self._solved: Solved[Any, Any] | None = None

    def __enter__(self) -> Recording:
        self._running.enter_context(running(self._current))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        self._running.close()
        if error is not None:
            self.broke(error)
        self.over()

    def over(self) -> None:
        """The run has ended: it is kept soon."""
        self._recorder.keep(self)

    def household(self, solved: Solved[Any, Any]) -> None:
        """The answer over a household's notes: its day is kept, and its own private terms are
        marked in the notes."""
        self._solved = solved

    def details(self) -> None:
        """Take in what the household's answer knows; not while somebody waits for it."""
        if self._solved is not None:
            from doorstep.household.day import day_of

            self.more["day"] = day_of(self._solved.kept, self._solved.solution)

    def terms(self, declared: Sequence[str]) -> Marks | None:
        """Marks by the household's own terms; None for what is no household."""
        if self.pattern != HOUSEHOLD:
            return None
        from doorstep.household.parse import parse
        from doorstep.household.private import private_terms

        if self._solved is not None:
            kept = self._solved.kept
            return by_terms(private_terms(kept.household, kept.reading, declared))
        notes = "\n\n".join(one.text for one in self.asked if one.who == "context")
        with contextlib.suppress(DoorstepError):
            return by_terms(private_terms(parse(notes), None, declared))
        return None


class Shelf(Protocol):
    """What a recorder needs of a book; see `Book`."""

    @property
    def texts(self) -> Keeping: ...

    def later(self, run: KeptRun | Make) -> None: ...

    def flush(self, timeout_s: float = 5.0) -> bool: ...


class Recorder:
    """Records runs into a book: behind their back, and without ever raising.

    `marks`: what is private of what was asked. `alone`: what the cloud's model alone would have
    cost for so many tokens, None where nobody knows.
    """

    def __init__(
        self,
        book: Shelf,
        marks: Marks | None = None,
        alone: Alone | None = None,
        declared: Sequence[str] = (),
    ) -> None:
        self._book = book
        self._marks = marks
        self._alone = alone
        self._declared = tuple(declared)

    def run(
        self,
        source: Source,
        pattern: str,
        asked: Asked = (),
        *,
        id: str = "",
        told: Callable[..., None] | None = None,
    ) -> Recording:
        """A run that begins now; a block. `told`: see `Current`."""
        return Recording(self, Current(id, pattern, told), source, asked)

    def keep(self, one: Recording) -> None:
        """One has ended."""
        if (run := one.ends()) is not None:
            self._book.later(lambda: self._finished(one, run))

    def later(self, make: Make) -> None:
        """A run of somebody else's making: `make` is called behind the run's back."""
        self._book.later(make)

    def finished(self, one: Recording) -> KeptRun | None:
        """One that has ended as it is kept, for `later`."""
        run = one.ends()
        return None if run is None else self._finished(one, run)

    def tells(self, text: str) -> bool:
        """Whether something private is found in a text; where nobody can look, there is."""
        if self._marks is None:
            return False
        return bool(self._marks((Said("", text),))[0].marks)

    async def written(self, timeout_s: float = 5.0) -> bool:
        """Wait until the runs that have ended are in the book; whether they are, in that time."""
        return await asyncio.to_thread(self._book.flush, timeout_s)

    def flush(self) -> bool:
        """The same for programs that do not await."""
        return self._book.flush()

    def _finished(self, one: Recording, run: KeptRun) -> KeptRun:
        """With what takes a while to find out; called in the book's thread."""
        if self._alone is not None and one.outcome is not None and not run.stand_ins:
            run = replace(run, alone=self._alone(one.estimate()))
        if self._book.texts != "kept":
            return run
        with contextlib.suppress(Exception):  # a picture less, not a run less
            one.details()
        if run.texts is not None and one.more:
            details = {**(run.texts.details or {}), **one.more}
            run = replace(run, texts=replace(run.texts, details=details))
        marks = one.terms(self._declared) or self._marks
        return run if marks is None else marked(run, marks)


def book_of(settings: Settings, busy_s: float = 5.0) -> Book:
    """The book of runs that the settings name. ConfigError where it cannot be used."""
    key = load_key(keyring=settings.boundary.keyring)
    return Book(settings.runs_path(), key, keep=settings.runs.keep, busy_s=busy_s)


def recorder_of(
    book: Shelf, settings: Settings, detectors: Sequence[Detector] | None = None
) -> Recorder:
    """The usual one: it marks what `detectors` find (those of the settings, where none are given),
    and prices by the settings' cloud."""

    @cache
    def found() -> Marks:
        from doorstep.assemble.rules import layers_of

        level = settings.boundary.level
        return by_detectors(
            layers_of(settings, level).detectors if detectors is None else detectors
        )

    return Recorder(book, lambda said: found()(said), alone_of(settings), settings.boundary.private)


def alone_of(settings: Settings) -> Alone:
    """What the cloud's model of the settings would have cost alone: an estimate, by the length of
    question and answer. None where the settings' cloud is a stand-in, or has no known price.

    Runs in which anything stood in for the real thing are not priced so: nothing would be compared.
    """
    from doorstep.assemble.clouds import STAND_IN, model_of
    from doorstep.models import prices

    name, given = model_of(settings), settings.cloud.price
    own = prices.Price(Decimal(str(given.input)), Decimal(str(given.output))) if given else None

    def alone(usage: Usage) -> Decimal | None:
        if name == STAND_IN:
            return None
        return prices.cost(name, None, usage, overrides={name: own} if own else None)

    return alone


@asynccontextmanager
async def dropping(book: Book, keep_days: int, every_s: float = _DAILY_S) -> AsyncIterator[None]:
    """While this holds, texts of runs older than `keep_days` are dropped: now, and once a day. 0:
    never."""
    task = asyncio.create_task(_drop(book, keep_days, every_s)) if keep_days else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _drop(book: Book, keep_days: int, every_s: float) -> None:
    while True:
        before = datetime.now(UTC) - timedelta(days=keep_days)
        try:
            gone = await asyncio.to_thread(book.drop_texts, before.isoformat())
            if gone:
                log.info("The texts of %d runs are older than %d days: dropped.", gone, keep_days)
        except DoorstepError as error:
            log.warning("Texts of old runs are not dropped just now: %s", error)
        await asyncio.sleep(every_s)
