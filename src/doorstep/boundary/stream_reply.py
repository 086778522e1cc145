"""A reply of the stream door: restored bytes as they come, and what became of the crossing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping

import aiohttp

from doorstep._errors import ModelError, ModelTimeout, ModelUnavailable, ReplyBroken
from doorstep.boundary.chain import State
from doorstep.boundary.check import Checked
from doorstep.boundary.line import Line, Written
from doorstep.boundary.reply import Restoring
from doorstep.boundary.restore import Restorer

# Of one connection only (RFC 9110, 7.6.1): nothing for whoever the reply is passed on to.
_HOP = frozenset(("connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"))


class Became:
    """What became of one crossing, noted once."""

    __slots__ = ("_line", "_written", "closed", "received", "status")

    def __init__(self, line: Line, written: Written) -> None:
        self._line = line
        self._written = written
        self.closed = False
        self.status: int | None = None
        self.received = 0

    def note(self, state: State) -> None:
        if not self.closed:
            self.closed = True
            number = self._written.crossing.id
            self._line.note(number, state, status=self.status, reply_bytes=self.received)


class StreamReply:
    """A reply that has begun. Iterate over it once, and close it in any case: what has not been
    read then is not waited for, the connection is closed.

    `headers`: names in lower case. `crossing`: its number in the ledger, `verdict`: what was
    decided, `found`: how many private values of each kind were replaced, `sent`: bytes of the body
    that left. Reading raises ReplyBroken and ModelTimeout.
    """

    def __init__(
        self, response: aiohttp.ClientResponse, became: Became, checked: Checked, written: Written
    ) -> None:
        self.status = response.status
        self.crossing = written.crossing.id
        self.verdict: str = checked.verdict
        self.found: Mapping[str, int] = checked.found
        self.sent = len(checked.request.body)
        self._response = response
        self._became = became
        self.headers = _headers(response)
        self._restoring = self._restored(checked)

    def __repr__(self) -> str:
        return f"StreamReply({self.status}, crossing={self.crossing})"

    def _restored(self, checked: Checked) -> Restoring | None:
        """None where nothing was sealed: then the bytes are passed on untouched."""
        restorer = Restorer.of(checked.vault, mask=checked.mask)
        if not restorer:
            return None
        if self.headers.get("content-encoding", "identity") != "identity":
            raise ReplyBroken("The reply is compressed although that was not accepted.")
        self.headers.pop("content-length", None)
        return Restoring(self.headers.get("content-type", ""), restorer)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read, became, restoring = self._response.content.readany, self._became, self._restoring
        try:
            while part := await read():
                became.received += len(part)
                if restoring is None:
                    yield part
                elif ready := restoring.feed(part):
                    yield ready
            if restoring is not None and (rest := restoring.end()):
                yield rest
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            last = self._arrived()
            self._end("broke off")
            if ready := last if restoring is None else restoring.feed(last):
                yield ready
            raise broken(error, self._response.url.host or "") from None
        except BaseException:
            self._end("broke off")
            raise
        self._end("answered")

    def _arrived(self) -> bytes:
        """What came just before the connection broke off, and was not read yet. aiohttp's public
        ways of reading raise first."""
        content, last = self._response.content, b""
        if content.exception() is not None:
            with contextlib.suppress(Exception):  # its own, and so not for sure
                last = content._read_nowait(-1)
        self._became.received += len(last)
        return last

    async def close(self) -> None:
        """Where the end has not come yet, the connection is closed at once."""
        content = self._response.content
        ended = content.is_eof() and content.exception() is None
        self._end("answered" if ended else "broke off")

    def _end(self, state: State) -> None:
        self._response.close()  # a connection whose reply has ended is back in the pool already
        self._became.note(state)


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw, value in response.headers.items():
        name = raw.lower()
        if name not in _HOP:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def broken(error: BaseException, where: str) -> ModelError:
    """Another library's error in our tree; its own words are not passed on."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return ModelUnavailable(f"Nobody answers at {where} ({type(error).__name__}).")
    if isinstance(error, TimeoutError):
        return ModelTimeout(f"The server at {where} took too long.")
    return ReplyBroken(f"The connection to {where} broke off ({type(error).__name__}).")
