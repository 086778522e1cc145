"""The handle of a run: its events, and the way to stop it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Self

from doorstep._values import Message, Options, Outcome, Reply
from doorstep.patterns.drafting.events import Done, Event
from doorstep.patterns.drafting.race import Race


class _Running:
    """The task of a race, and what came of it. Apart from the handle, so that a handle that nobody
    holds any more is collected, and its race with it."""

    def __init__(self, race: Race, messages: Sequence[Message], options: Options) -> None:
        self._race = race
        self._messages = tuple(messages)
        self._options = options
        self._task: asyncio.Task[Reply] | None = None
        self._stopped = False
        self.reply: Reply | None = None

    async def events(self) -> AsyncIterator[Event]:
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._task = task = self._started(events)
        try:
            while (event := await events.get()) is not None:
                yield event
            self._settle(task)
            if self.reply is None:
                task.result()  # raises what the race raised
            elif outcome := self.outcome():
                yield Done(outcome)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._settle(task)

    async def cancel(self) -> None:
        self._stopped = True
        if self._task is None:
            self.reply = self._race.stopped()
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        self._settle(self._task)

    def outcome(self) -> Outcome | None:
        return self.reply.outcome if self.reply else None

    def _started(self, events: asyncio.Queue[Event | None]) -> asyncio.Task[Reply]:
        # Unbounded: a reader that falls behind holds up neither the draft nor the cloud.
        going = self._race.go(self._messages, self._options, events.put_nowait)
        task = asyncio.create_task(going)
        task.add_done_callback(lambda _: events.put_nowait(None))
        if self._stopped:
            task.cancel()
        return task

    def _settle(self, task: asyncio.Task[Reply]) -> None:
        """Take the reply of a task that has ended; there is none where it ended with an error."""
        if self.reply is None and task.cancelled():
            self.reply = self._race.stopped()
        elif self.reply is None and task.exception() is None:
            self.reply = task.result()


class Drafting(AsyncIterator[Event]):
    """The events of one run, in their order (see `events`). It begins when the first is asked for.

        async with pattern.events(messages) as events:
            async for event in events:
                ...

    Leaving the block, closing this, cancelling the task that reads it, or `cancel` stops all calls
    on the wire at once, at home and in the cloud.
    """

    def __init__(self, race: Race, messages: Sequence[Message], options: Options) -> None:
        self._running = _Running(race, messages, options)
        self._events = self._running.events()

    async def __anext__(self) -> Event:
        return await anext(self._events)

    async def cancel(self) -> Outcome | None:
        """Stop, and say what was done until now and what it cost: the outcome, with the verdict
        "cancelled" unless the run was over. Its reader gets `Done` and the end. None where the run
        had ended with an error."""
        await self._running.cancel()
        return self.outcome

    @property
    def outcome(self) -> Outcome | None:
        """The outcome of a run that has ended or was stopped; None before, and after an error."""
        return self._running.outcome()

    @property
    def reply(self) -> Reply | None:
        """The reply, as `respond` gives it; None where there is no outcome."""
        return self._running.reply

    async def aclose(self) -> None:
        """Stop, and give no more events."""
        close = getattr(self._events, "aclose", None)
        if close is not None:
            await close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
