"""How many requests are worked on at a time, and how many may wait: memory has an end."""

from __future__ import annotations

import asyncio
from types import TracebackType

from doorstep.gateway.http import BadRequest

PATIENCE_S = 10.0


class Places:
    """`async with places:` holds one of `at_once` places. Where all are taken, up to `waiting`
    wait, each for `patience_s` seconds at most; the rest is told to come back (503).
    """

    def __init__(self, at_once: int, waiting: int, *, patience_s: float = PATIENCE_S) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._at_once = at_once
        self._most = waiting
        self._patience_s = patience_s
        self.waiting = 0
        self.taken = 0

    async def __aenter__(self) -> None:
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        self.taken += 1

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.taken -= 1
        self._free.release()

    async def _wait(self) -> None:
        if self.waiting >= self._most:
            raise self._busy()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._patience_s):
                await self._free.acquire()
        except TimeoutError:
            raise self._busy() from None
        finally:
            self.waiting -= 1

    def _busy(self) -> BadRequest:
        return BadRequest(
            f"The gateway already works on {self._at_once} requests.",
            status=503,
            code="busy",
            headers=((b"retry-after", b"2"),),
            hint="Try again in a moment.",
        )
