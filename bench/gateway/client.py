"""One HTTP/1.1 connection of the load: sends bytes, gathers the reply, notes when it began.

A protocol on the bare transport: the load must cost less than what it measures. RFC 9112.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import httptools

_TOKEN = re.compile(rb'"(?:content|delta)":\s*"[^"]')


class Ended(Exception):
    """The connection ended before the reply did. `began`: a status line had come."""

    def __init__(self, began: bool) -> None:
        super().__init__("the connection ended before the reply did")
        self.began = began


@dataclass(frozen=True, slots=True)
class Reply:
    """`first_s`: seconds until the first piece of text of a stream (NaN if none came)."""

    status: int
    body: bytes
    seconds: float
    first_s: float


class Connection(asyncio.Protocol):
    """Opened by `opened`; one request at a time."""

    def __init__(self) -> None:
        self._reply: asyncio.Future[Reply] | None = None
        self._began = False

    @classmethod
    async def opened(cls, url: str) -> Connection:
        parts = urlsplit(url)
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(cls, parts.hostname or "", parts.port or 80)
        return made

    async def send(self, request: bytes) -> Reply:
        """Ended if the other side closes first; an HTTP error status is a reply."""
        self._parser: Any = httptools.HttpResponseParser(self)
        self._reply = asyncio.get_running_loop().create_future()
        self._parts: list[bytes] = []
        self._began, self._first, self._close = False, float("nan"), False
        self._start = time.perf_counter()
        if self._transport.is_closing():
            raise Ended(False)
        self._transport.write(request)
        return await self._reply

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(Ended(self._began))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    # called by the parser

    def on_headers_complete(self) -> None:
        self._began = True

    def on_body(self, part: bytes) -> None:
        self._parts.append(part)
        if self._first != self._first and _TOKEN.search(part):
            self._first = time.perf_counter() - self._start

    def on_message_complete(self) -> None:
        seconds = time.perf_counter() - self._start
        reply = Reply(self._parser.get_status_code(), b"".join(self._parts), seconds, self._first)
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(reply)


def request(url: str, path: str, body: bytes) -> bytes:
    """The bytes of one POST of JSON."""
    host = urlsplit(url).netloc.encode()
    head = b"POST %b HTTP/1.1\r\nhost: %b\r\ncontent-type: application/json\r\n" % (
        path.encode(),
        host,
    )
    key = b"authorization: Bearer none\r\n"
    return head + key + b"content-length: %d\r\n\r\n" % len(body) + body
