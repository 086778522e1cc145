"""An upstream that sends bytes as it likes, valid HTTP or not.

async with Raw(b"HTTP/1.1 200 OK\\r\\n...") as cloud:      # for every request, then the end
async with Raw(talk) as cloud:                         # or: async def talk(raw, writer) -> None
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from typing import Self

Talk = Callable[["Raw", asyncio.StreamWriter], Awaitable[None]]
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Raw:
    def __init__(self, talk: bytes | Talk) -> None:
        self._talk = talk
        self.bodies: list[bytes] = []
        self.left = 0  # connections that the other side closed while they were talked to
        self.sent = 0

    @property
    def url(self) -> str:
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            self.bodies.append(await reader.readexactly(int(length[1]) if length else 0))
            try:
                await self._say(writer)
            except ConnectionError:
                self.left += 1
        writer.close()

    async def _say(self, writer: asyncio.StreamWriter) -> None:
        if not isinstance(self._talk, bytes):
            await self._talk(self, writer)
            return
        await self.write(writer, self._talk)

    async def write(self, writer: asyncio.StreamWriter, part: bytes) -> None:
        writer.write(part)
        await writer.drain()
        self.sent += len(part)


def answer(body: bytes, *headers: bytes, status: bytes = b"200", kind: bytes = b"") -> bytes:
    """A whole answer with these header lines."""
    lines = [
        b"HTTP/1.1 " + status + b" X",
        b"content-type: " + (kind or b"application/json"),
        b"content-length: %d" % len(body),
        *headers,
    ]
    return b"\r\n".join([*lines, b"", body])


def repeated(head: bytes, part: bytes, pause: float = 0.0) -> Talk:
    """`part` again and again after `head`, for as long as somebody reads."""

    async def talk(raw: Raw, writer: asyncio.StreamWriter) -> None:
        await raw.write(writer, head)
        while True:
            await raw.write(writer, part)
            await asyncio.sleep(pause)

    return talk
