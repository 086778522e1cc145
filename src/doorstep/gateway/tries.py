"""One request to the upstreams: tried again where that may help, given up where it does not.

Again: nobody could be reached, the connection broke off before a reply, 429, 500, 502, 503, 504.
(A request changes nothing at an upstream, `store` is false, so that sending it twice does no harm
but its price.) The next upstream is asked at once; the same one again after `retry-after`, or
after a wait that doubles. Not again: a reply that took too long to begin, every other status, and
a reply that has begun. Each try is a crossing of its own.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from doorstep._errors import (
    AuthenticationFailed,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ReplyBroken,
)
from doorstep.boundary.patience import patient
from doorstep.gateway.metrics import NOTHING, Metrics
from doorstep.gateway.upstreams import NotNow, Upstream, allowed
from doorstep.gateway.way import Coming, Way
from doorstep.models._wire import retry_after

AGAIN = frozenset((429, 500, 502, 503, 504))
FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 8.0
TRIES = 3

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Began:
    """A reply that has begun, from whom, and the ledger's ids of all tries."""

    coming: Coming
    upstream: Upstream
    crossings: tuple[int, ...]


class Tries:
    """What is sent, and to whom in turn."""

    def __init__(
        self,
        way: Way,
        order: list[Upstream],
        metrics: Metrics = NOTHING,
        *,
        begin_s: float = 120.0,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._way = way
        self._order = order
        self._begin_s = begin_s
        self._sleep = sleep
        self._metrics = metrics
        self._crossings: list[int] = []
        self._waits: dict[str, float] = {}  # by the name of an upstream that has failed
        self._last: ModelError = ModelUnavailable(
            "No upstream was asked.", hint="Name one: --upstream URL, or [[gateway.upstreams]]."
        )

    async def send(self, path: str, body: bytes, scope: str) -> Began:
        """The first reply that is not to be tried again; else the last try's error."""
        place = -1
        for turn in range(max(TRIES, len(self._order))):
            place, upstream = allowed(self._order, place + 1)
            try:
                await self._wait(upstream, turn)
                coming = await self._once(upstream, path, body, scope)
            except BaseException:
                upstream.breaker.dropped()
                raise
            if coming is not None:
                return Began(coming, upstream, tuple(self._crossings))
        raise self._last

    async def _wait(self, upstream: Upstream, turn: int) -> None:
        """Before the same upstream is asked again. Its error, where that would take too long."""
        if upstream.name not in self._waits:
            return
        wait = self._waits[upstream.name]
        if wait > LONGEST_WAIT_S:
            raise self._last
        await self._sleep(wait or FIRST_WAIT_S * 2 ** (turn - 1) * random.uniform(0.5, 1.5))

    async def _once(self, upstream: Upstream, path: str, body: bytes, scope: str) -> Coming | None:
        """The reply; None for one that is to be tried again."""
        start = time.perf_counter()
        try:
            coming = await self._sent(upstream, path, body, scope)
        except (ModelUnavailable, ReplyBroken) as error:
            if error.crossing is not None:
                self._crossings.append(error.crossing)
            self._failed(upstream, error, 0.0, 0)
            return None
        except ModelTimeout:
            upstream.breaker.failed()
            self._metrics.tried(upstream, 0)
            raise
        self._crossings.append(coming.crossing)
        self._metrics.crossed(upstream, coming, time.perf_counter() - start)
        if coming.status in AGAIN:
            wait = retry_after(coming.headers)
            await coming.close()
            self._failed(
                upstream, _error(upstream, coming.status, wait), wait or 0.0, coming.status
            )
            return None
        return await self._answered(upstream, coming)

    async def _sent(self, upstream: Upstream, path: str, body: bytes, scope: str) -> Coming:
        url = upstream.url + path
        try:
            async with patient(self._begin_s):  # a person's time to say yes is not the upstream's
                return await self._way.send(url, upstream.headers, body, scope=scope)
        except TimeoutError:
            raise ModelTimeout(
                f"The upstream {upstream.name} did not begin its reply within {self._begin_s:g} s."
            ) from None

    async def _answered(self, upstream: Upstream, coming: Coming) -> Coming:
        upstream.breaker.worked()
        self._metrics.tried(upstream, coming.status)
        if why := _unreadable(coming):
            await coming.close()
            raise ReplyBroken(f"The upstream {upstream.name} sent {why}.")
        if coming.status in (401, 403):
            await coming.close()
            raise AuthenticationFailed(
                f"The upstream {upstream.name} does not accept the key that Doorstep has "
                f"({coming.status}).",
                hint="Check the key in the gateway's environment or file.",
            )
        return coming

    def _failed(self, upstream: Upstream, error: ModelError, wait: float, status: int) -> None:
        if status == 429:  # it works, and has enough to do
            upstream.breaker.worked()
        else:
            upstream.breaker.failed()
        self._metrics.tried(upstream, status)
        self._waits[upstream.name] = wait
        self._last = error


def _unreadable(coming: Coming) -> str:
    """Why a reply cannot be handed on; "" where it can."""
    if not 200 <= coming.status < 600:  # 101 among them: another protocol, which nobody asked for
        return "a status that cannot be handed on"
    if coming.headers.get("content-encoding", "identity").lower() != "identity":
        return "a compressed reply, although that was not accepted"
    return ""


def _error(upstream: Upstream, status: int, wait: float | None) -> ModelError:
    if status == 429:
        return RateLimited(
            f"The upstream {upstream.name} takes no more requests just now (429).", retry_after=wait
        )
    return NotNow(f"The upstream {upstream.name} is not there just now ({status}).", wait)
