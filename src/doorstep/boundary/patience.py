"""Time limits that stand still while a person thinks.

A limit on a cloud's reply is set around the whole call, and inside of it the boundary may ask a
person. What the person takes has a limit of its own (`Policy.ask_timeout_s`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import ContextVar

_limits: ContextVar[tuple[Limit, ...]] = ContextVar("doorstep_limits", default=())


class Limit:
    """Work that may take `seconds` in all, in one piece or in several; made in the event loop.

    limit = Limit(120)
    async with limit.holds():       # TimeoutError at its end, as with `asyncio.timeout`
        ...
    """

    def __init__(self, seconds: float) -> None:
        self.loop = asyncio.get_running_loop()
        self.deadline = self.loop.time() + seconds
        self._running: asyncio.Timeout | None = None
        self._asking = 0  # persons that think at this moment: calls may run side by side
        self._left = 0.0

    @asynccontextmanager
    async def holds(self) -> AsyncIterator[None]:
        """Around one piece of the work; one at a time."""
        token = _limits.set((*_limits.get(), self))
        try:
            async with asyncio.timeout_at(self.deadline) as self._running:
                yield
        finally:
            self._running = None
            _limits.reset(token)

    def stop(self) -> None:
        """A person is asked: the clock stands still."""
        self._asking += 1
        if self._asking == 1:
            self._left = self.deadline - self.loop.time()
            self._set(None)

    def go_on(self) -> None:
        self._asking -= 1
        if self._asking == 0:
            self.deadline = self.loop.time() + self._left
            self._set(self.deadline)

    def _set(self, when: float | None) -> None:
        # One that has gone off already, or has ended, stays so.
        if self._running is not None and not self._running.expired():
            self._running.reschedule(when)


def patient(seconds: float) -> AbstractAsyncContextManager[None]:
    """`asyncio.timeout` that stands still while a person thinks."""
    return Limit(seconds).holds()


@contextmanager
def thinking() -> Iterator[None]:
    """While this holds a person thinks: the limits around this call stand still."""
    loop = asyncio.get_running_loop()
    limits = [limit for limit in _limits.get() if limit.loop is loop]  # not a synchronous caller's
    for limit in limits:
        limit.stop()
    try:
        yield
    finally:
        for limit in limits:
            limit.go_on()
