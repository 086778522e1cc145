"""The door for clients that do not await: the same door, on a loop in a thread of its own.

Every request runs through the one asynchronous door; nothing is decided here. The thread is a
daemon: a client that is never closed does not keep the interpreter from ending.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import httpx2

T = TypeVar("T")


class SyncDoor(httpx2.BaseTransport):
    """Runs `door` for synchronous clients. A passage of the calling thread holds inside, too:
    scheduling on the loop copies the caller's context."""

    def __init__(self, door: httpx2.AsyncBaseTransport) -> None:
        self._door = door
        self._loop = _Loop()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        whole = httpx2.Request(
            request.method,
            request.url,
            headers=request.headers,
            content=request.read(),
            extensions=request.extensions,
        )
        reply = self._loop.run(self._door.handle_async_request(whole))
        assert isinstance(reply.stream, httpx2.AsyncByteStream)
        stream = _Stream(reply.stream, self._loop)
        return httpx2.Response(reply.status_code, headers=reply.headers, stream=stream)

    def close(self) -> None:
        if self._loop.running:
            self._loop.run(self._door.aclose())
            self._loop.stop()


class _Stream(httpx2.SyncByteStream):
    """The parts of a reply, each as it comes."""

    def __init__(self, inner: httpx2.AsyncByteStream, loop: _Loop) -> None:
        self._inner = inner
        self._parts = aiter(inner)
        self._loop = loop

    def __iter__(self) -> Iterator[bytes]:
        while True:
            try:
                yield self._loop.run(self._next())
            except StopAsyncIteration:
                return

    def close(self) -> None:
        if self._loop.running:
            self._loop.run(self._inner.aclose())

    async def _next(self) -> bytes:
        return await anext(self._parts)


class _Loop:
    """An event loop in a daemon thread, started when it is first needed."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        return self._loop is not None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`; if the caller is interrupted, the work is cancelled."""
        future = asyncio.run_coroutine_threadsafe(work, self._started())
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        with self._lock:
            if self._loop is not None:
                _end(self._loop)
            self._loop = None

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = loop = asyncio.new_event_loop()
                threading.Thread(target=_serve, args=(loop,), name="doorstep", daemon=True).start()
                weakref.finalize(self, _end, loop)
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


def _end(loop: asyncio.AbstractEventLoop) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(loop.stop)
