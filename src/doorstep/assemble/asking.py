"""The page's questions, run with the models that the settings and the person chose.

Each question opens what it needs and closes it again; nothing of one is there for the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from doorstep._values import Message, Outcome
from doorstep.assemble import assemble
from doorstep.assemble.case import household_pattern
from doorstep.assemble.choices import Offer
from doorstep.assemble.patterns import assemble_pattern
from doorstep.assemble.tree import tree
from doorstep.assemble.upstreams import cloud_of, upstreams_of
from doorstep.boundary.approval import looking
from doorstep.config import Settings
from doorstep.page.asking import HOUSEHOLD, Busy, Choices, Happening, Question, Waits
from doorstep.patterns import Ask
from doorstep.patterns.listening import Event, listening
from doorstep.runs.held import Waiting
from doorstep.runs.held_values import HeldCrossing
from doorstep.runs.values import KeptRun, Said

if TYPE_CHECKING:
    from doorstep.assemble.keeping import Recorder, Recording

AT_ONCE = 4  # questions; each opens models of its own
_SOON_S = 0.5  # an answer waits no longer for the book, which another process may have locked

Tell = Callable[[Happening], None]


class Asking:
    """An `Asker` (see `page.asking`). `recorder` keeps each run, `waiting` shows a person what is
    about to leave."""

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        recorder: Recorder,
        waiting: Waiting,
    ) -> None:
        upstreams = upstreams_of(settings, environ)
        self._settings, self._environ = cloud_of(settings, environ, upstreams)
        self._recorder = recorder
        self._waiting = waiting
        self._offer = Offer(self._settings, self._environ)
        self._busy = 0

    async def choices(self) -> Choices:
        return await self._offer.choices()

    async def run(self, question: Question, id: str) -> AsyncGenerator[Happening]:
        """See `Asker.run`. BadInput and Busy come before anything is asked."""
        if self._busy >= AT_ONCE:
            raise Busy(
                f"{AT_ONCE} questions are being answered here.", hint="Wait for one of them to end."
            )
        self._busy += 1
        try:
            question = await self._offer.checked(question)
            events: asyncio.Queue[Happening | None] = asyncio.Queue()
            task = asyncio.create_task(self._kept(question, id, events.put_nowait))
            task.add_done_callback(lambda _: events.put_nowait(None))
            try:
                while (event := await events.get()) is not None:
                    yield event
                task.result()  # raises what ended the run
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        finally:
            self._busy -= 1

    async def _kept(self, question: Question, id: str, tell: Tell) -> None:
        """The run, told as it happens, and at its end as it was kept, however it ended."""

        def waits(crossing: HeldCrossing, begins: bool) -> None:
            tell(Waits(crossing, over=not begins))

        recording = self._recorder.run(
            "page", question.pattern, asked=_asked(question), id=id, told=waits
        )
        try:
            with recording as record:
                await self._answered(question, record, tell)
        finally:
            if recording.kept is not None:
                tell(await self._written(recording.kept))

    async def _answered(self, question: Question, record: Recording, tell: Tell) -> None:
        def hear(event: Event) -> None:
            record(event)
            tell(event)

        with listening(hear), _look(question.look):
            if question.pattern == HOUSEHOLD:
                await self._household(question, record)
            else:
                record.answered(await self._pattern(question))

    async def _household(self, question: Question, record: Recording) -> None:
        settings = _chosen(self._settings, question)
        ask = Ask(question.text, question.context)
        async with assemble(settings, self._environ, waiting=self._waiting) as parts:
            solved = await household_pattern(settings, parts).solve(ask)
        unsure = (f"Unsure: {line}" for line in solved.kept.reading.unsure)
        outcome = solved.outcome
        record.answered(replace(outcome, notes=(*outcome.notes, *unsure)))
        record.household(solved)

    async def _pattern(self, question: Question) -> Outcome:
        settings = _chosen(self._settings, question)
        # A model that a person chose holds for every part that names none of its own.
        over = {side: "" for side in ("home", "cloud") if getattr(question, side)}
        node = tree(question.pattern, settings, over)
        async with assemble_pattern(node, settings, self._environ, waiting=self._waiting) as parts:
            reply = await parts.pattern.respond(_messages(question))
        return reply.outcome or Outcome(reply.text)

    async def _written(self, kept: KeptRun) -> KeptRun:
        """As it stands in the book, with what is private marked; as it was told, where the book
        has it not."""
        await self._recorder.written(_SOON_S)
        return kept


def _look(wanted: bool) -> AbstractContextManager[None]:
    return looking() if wanted else nullcontext()


def _asked(question: Question) -> tuple[Said, ...]:
    context = (Said("context", question.context),) if question.context.strip() else ()
    return (*context, Said("user", question.text))


def _messages(question: Question) -> tuple[Message, ...]:
    parts = (question.context.strip("\n"), question.text.strip("\n"))
    return (Message("user", "\n\n".join(part for part in parts if part.strip())),)


def _chosen(settings: Settings, question: Question) -> Settings:
    """The settings with the models that the person chose."""
    tables = {
        side: getattr(settings, side).model_copy(update={"model": name})
        for side, name in (("home", question.home), ("cloud", question.cloud))
        if name
    }
    return settings.model_copy(update=tables)
