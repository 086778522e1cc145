"""The door for Python clients: the only transport that reaches a cloud.

Read the whole request, check where it goes, seal, gate, write it down, send exactly that, write
down what became of it, restore the reply. Requests to one origin leave in the order in which the
ledger has them: the next is written down when the one before has been sent.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import httpx2

from doorstep._errors import ReplyBroken
from doorstep._values import Crossing
from doorstep.boundary.check import Checked
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.headers import checked_method, outgoing_headers
from doorstep.boundary.ledger import Ledger, State
from doorstep.boundary.passage import Passage
from doorstep.boundary.passing import Passing, closed, refusals
from doorstep.boundary.reply import restored
from doorstep.boundary.restore import Restorer

T = TypeVar("T")
_REST_S = 0.25  # how long the rest of a reply is waited for when its reader has gone
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class Door(httpx2.AsyncBaseTransport):
    """Sends what the boundary lets pass through `inner`. `scope` is that of requests whose passage
    has none."""

    def __init__(
        self,
        *,
        inner: httpx2.AsyncBaseTransport,
        ledger: Ledger,
        passing: Passing,
        scope: str = "",
    ) -> None:
        self._inner = inner
        self._ledger = ledger
        self._passing = passing
        self._scope = scope
        self._turns: dict[str, asyncio.Lock] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        passage = self._passing.passage()
        with refusals(passage):
            checked = await self._passing.let(self._read(request), passage, self._scope)
            return await self._send(checked, passage, request.extensions.get("timeout"))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _read(self, request: httpx2.Request) -> Outgoing:
        url, policy = request.url, self._passing.policy
        where = policy.check_destination(str(url.copy_with(userinfo=b"")))
        method = checked_method(request.method, named=bool(url.userinfo))
        body = await self._body(request)
        headers = outgoing_headers(request.headers, url.netloc.decode("ascii"), method, body)
        return Outgoing(method, where, url.raw_path.decode("ascii"), headers, body)

    async def _body(self, request: httpx2.Request) -> bytes:
        body = b""
        async for part in request.stream:  # type: ignore[union-attr]
            body += part
            self._passing.check_size(len(body))
        return body

    async def _send(
        self, checked: Checked, passage: Passage | None, limits: object
    ) -> httpx2.Response:
        turn = _Turn(self._turns.setdefault(checked.request.origin, asyncio.Lock()))
        request = await closed(self._request(checked.request, turn, limits))
        await turn.take()
        try:
            crossing = await closed(self._record(checked, passage))
            record = _Record(self._ledger, crossing, passage)
            reply = await self._through(request, record)
        finally:
            turn.pass_on()
        return await _response(reply, record, Restorer.of(checked.vault, mask=checked.mask))

    async def _record(self, checked: Checked, passage: Passage | None) -> Crossing:
        run = passage.clearance.run if passage else ""

        def write() -> Crossing:
            return self._ledger.record(
                checked.request, run=run, verdict=checked.verdict, found=checked.found
            )

        crossing, cancelled = await _finish(write)
        if cancelled is not None:
            await _finish(lambda: self._ledger.result(crossing.id, "not sent"))
            raise cancelled
        return crossing

    async def _request(self, outgoing: Outgoing, turn: _Turn, limits: object) -> httpx2.Request:
        """A new request of exactly what was checked.

        Extensions of the client's are not passed on, except its timeouts: "target" and
        "sni_hostname" would change what leaves after the gate has looked.
        """
        extensions: dict[str, object] = {"trace": turn.trace}
        if limits is not None:
            extensions["timeout"] = limits
        return httpx2.Request(
            outgoing.method,
            outgoing.url,
            headers=list(outgoing.headers),
            content=outgoing.body,
            extensions=extensions,
        )

    async def _through(self, request: httpx2.Request, record: _Record) -> httpx2.Response:
        try:
            reply = await self._inner.handle_async_request(request)
        except _NOT_SENT:
            await record.close("not sent")
            raise
        except BaseException:
            record.sent()
            await record.close("broke off")
            raise
        record.sent()
        record.status = reply.status_code
        return reply


class _Turn:
    """One request's turn to leave for an origin; it passes on once the body has been written."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock = lock
        self._mine = False

    async def take(self) -> None:
        await self._lock.acquire()
        self._mine = True

    def pass_on(self) -> None:
        if self._mine:
            self._mine = False
            self._lock.release()

    async def trace(self, event: str, _: object) -> None:
        """httpcore's trace: tells when the body has gone to the socket."""
        if event.endswith("send_request_body.complete"):
            self.pass_on()


class _Record:
    """What became of one crossing, written down once."""

    def __init__(self, ledger: Ledger, crossing: Crossing, passage: Passage | None) -> None:
        self._ledger = ledger
        self._crossing = crossing
        self._passage = passage
        self.closed = False
        self.status: int | None = None
        self.received = 0

    def sent(self) -> None:
        if self._passage is not None:
            self._passage.sent(self._crossing)

    async def close(self, state: State) -> None:
        if self.closed:
            return
        self.closed = True
        number, status, size = self._crossing.id, self.status, self.received
        _, cancelled = await _finish(
            lambda: self._ledger.result(number, state, status=status, reply_bytes=size)
        )
        if cancelled is not None:
            raise cancelled


async def _finish(work: Callable[[], T]) -> tuple[T, asyncio.CancelledError | None]:
    """Run `work` in a thread to its end, even if we are cancelled meanwhile; gives the
    cancellation if we were. It has to be raised again itself, not a new one: a scope of anyio
    (a timeout within a client library) knows its own by what it says.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task), None
    except asyncio.CancelledError as cancelled:
        return await task, cancelled


class _Counted(httpx2.AsyncByteStream):
    """The reply as it came, counted; its end is written down.

    A client that has seen the last event of a stream need not wait for the end of the body. What
    is left then is read for a moment, so that only a reply that was really cut short "broke off".
    """

    def __init__(self, inner: httpx2.AsyncByteStream, record: _Record) -> None:
        self._inner = inner
        self._parts = aiter(inner)
        self._record = record

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._parts:
                self._record.received += len(part)
                yield part
        except GeneratorExit:  # the reader has gone; `aclose` sees to the rest
            raise
        except BaseException:
            await self._record.close("broke off")
            raise
        await self._record.close("answered")

    async def aclose(self) -> None:
        try:
            if not self._record.closed and await self._rest():
                await self._record.close("answered")
        finally:
            await self._end()

    async def _end(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            await self._record.close("broke off")

    async def _rest(self) -> bool:
        with contextlib.suppress(Exception):  # TimeoutError, or the connection is gone
            async with asyncio.timeout(_REST_S):
                async for part in self._parts:
                    self._record.received += len(part)
            return True
        return False


class _Restored(httpx2.AsyncByteStream):
    def __init__(self, inner: _Counted, content_type: str, restorer: Restorer) -> None:
        self._inner = inner
        self._content_type = content_type
        self._restorer = restorer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in restored(self._inner, self._content_type, self._restorer):
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _response(reply: httpx2.Response, record: _Record, restorer: Restorer) -> httpx2.Response:
    """The reply as the client sees it; its bytes are not touched where nothing was sealed."""
    assert isinstance(reply.stream, httpx2.AsyncByteStream)
    counted = _Counted(reply.stream, record)
    headers = reply.headers.copy()
    stream: httpx2.AsyncByteStream = counted
    if restorer:
        if headers.get("content-encoding", "identity") != "identity":
            await counted.aclose()
            raise ReplyBroken("The reply is compressed although that was not accepted.")
        headers.pop("content-length", None)
        stream = _Restored(counted, headers.get("content-type", ""), restorer)
    return httpx2.Response(reply.status_code, headers=headers, stream=stream)
