"""The door for Python clients: the only transport that reaches a cloud.

Read the whole request, check where it goes, seal, gate, write it down, send exactly that, write
down what became of it, restore the reply. Requests to one origin leave in the order in which the
ledger has them: the next is written down when the one before has been sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import httpx2

from doorstep._errors import Blocked, BoundaryError, ReplyBroken
from doorstep._values import Crossing
from doorstep.boundary.approval import Approve, Preview, approved
from doorstep.boundary.check import Checked, Checker, within
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.headers import checked_method, outgoing_headers
from doorstep.boundary.ledger import Ledger, State
from doorstep.boundary.passage import Held, Passage
from doorstep.boundary.policy import Policy
from doorstep.boundary.reply import restored
from doorstep.boundary.restore import Restorer
from doorstep.boundary.terms import Matcher

T = TypeVar("T")
_REST_S = 0.25  # how long the rest of a reply is waited for when its reader has gone
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class Door(httpx2.AsyncBaseTransport):
    """Sends what the boundary lets pass through `inner`. `passage` gives the one that holds,
    `scope` is that of requests whose passage has none."""

    def __init__(
        self,
        *,
        inner: httpx2.AsyncBaseTransport,
        ledger: Ledger,
        policy: Policy,
        checker: Checker,
        passage: Callable[[], Passage | None],
        dry_run: bool = False,
        approve: Approve | None = None,
        scope: str = "",
    ) -> None:
        self._inner = inner
        self._ledger = ledger
        self._policy = policy
        self._checker = checker
        self._passage = passage
        self._dry_run = dry_run
        self._approve = approve
        self._scope = scope
        self._turns: dict[str, asyncio.Lock] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        passage = self._passage()
        try:
            checked = await _closed(self._check(request, passage))
            if self._dry_run:
                raise self._hold(checked, passage)
            if checked.verdict == "ask":
                await approved(self._approve, Preview.of(checked), self._policy.ask_timeout_s)
            return await self._send(checked, passage, request.extensions.get("timeout"))
        except BoundaryError as error:
            if passage is not None:
                passage.refused = error
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _check(self, request: httpx2.Request, passage: Passage | None) -> Checked:
        outgoing = await self._read(request)
        clearance = passage.clearance if passage else None
        matcher = passage.matcher if passage else Matcher(())
        return await within(
            self._policy.deadline(len(outgoing.body)),
            lambda: self._checker.check(outgoing, clearance, matcher, self._scope),
        )

    async def _read(self, request: httpx2.Request) -> Outgoing:
        where = self._policy.check_destination(str(request.url.copy_with(userinfo=b"")))
        method = checked_method(request)
        body = await self._body(request)
        headers = outgoing_headers(request, body)
        return Outgoing(method, where, request.url.raw_path.decode("ascii"), headers, body)

    async def _body(self, request: httpx2.Request) -> bytes:
        body = b""
        async for part in request.stream:  # type: ignore[union-attr]
            body += part
            if len(body) > self._policy.max_body_bytes:
                raise Blocked(
                    f"The body is larger than {self._policy.max_body_bytes} bytes; "
                    "nothing was sent.",
                    hint="Send less at once, or raise max_body_bytes.",
                )
        return body

    def _hold(self, checked: Checked, passage: Passage | None) -> Held:
        body = checked.request.body
        digest = hashlib.sha256(body).hexdigest()
        crossing = Crossing(0, checked.request.url, body.decode(), digest, checked.verdict)
        if passage is not None:
            passage.held = crossing
        return Held(crossing)

    async def _send(
        self, checked: Checked, passage: Passage | None, limits: object
    ) -> httpx2.Response:
        turn = _Turn(self._turns.setdefault(checked.request.origin, asyncio.Lock()))
        request = await _closed(self._request(checked.request, turn, limits))
        await turn.take()
        try:
            crossing = await _closed(self._record(checked, passage))
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
            self._passage.crossings.append(self._crossing)
            self._passage.crossings.sort(key=lambda crossing: crossing.id)

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


async def _closed(step: Awaitable[T]) -> T:
    """Fail closed: whatever goes wrong in a step is a refusal, and says nothing of the content."""
    try:
        return await step
    except BoundaryError:
        raise
    except Exception as error:
        name = type(error).__name__
    raise Blocked(f"A step of the boundary failed ({name}); nothing was sent.")


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
