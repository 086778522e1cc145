"""Server-sent events (WHATWG HTML, 9.2) as the answer of one request, which ends with its reader.

When the reader leaves, what makes the events is cancelled, and has ended before this returns.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from doorstep.page.json_line import as_json

ALIVE_S = 10.0  # between two comments that keep proxies and readers from giving up

T = TypeVar("T")
Named = tuple[str, object]  # an event's name and its data, which becomes JSON


class Gone(Exception):
    """The reader has left."""


class EventStream(Response):
    """`events` as they come, a comment each `alive_s` seconds beside them."""

    def __init__(self, events: AsyncGenerator[Named], alive_s: float = ALIVE_S) -> None:
        super().__init__(media_type="text/event-stream")
        del self.headers["content-length"]
        self._events = events
        self._alive_s = alive_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        alive = asyncio.create_task(self._alive(send))
        try:
            await unless_gone(receive, self._pump(send))
        except Gone:
            return
        finally:
            alive.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _pump(self, send: Send) -> None:
        async with aclosing(self._events) as events:
            async for name, data in events:
                await send(_piece(framed(name, data)))

    async def _alive(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self._alive_s)
            await send(_piece(b": still here\n\n"))


def framed(name: str, data: object) -> bytes:
    """One event. JSON has no line end in it, so that its data is one line."""
    return b"event: " + name.encode() + b"\ndata: " + as_json(data, str) + b"\n\n"


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives; it is cancelled, and Gone raised, when the reader leaves first. Only after
    the request's body has been read."""
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Gone
        return task.result()
    finally:
        for one in (task, gone):
            one.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _piece(part: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": True}
