"""A real upstream on loopback: keeps what it is sent, answers as told, notices who goes away.

async with Upstream() as cloud:
    cloud.answers(Reply(status=503), Reply(json={...}))   # the last one again and again
    cloud.answer = lambda got: Reply(...)                 # or a function of what came
    cloud.got                                             # head and body of each request
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Reply:
    """`parts` go out one by one, `pause` seconds apart; without them `body` is sent whole."""

    status: int = 200
    body: Any = field(default_factory=lambda: {"choices": []})
    headers: dict[str, str] = field(default_factory=dict)
    parts: Sequence[bytes] = ()
    pause: float = 0.0
    wait: float = 0.0  # before anything
    cut: bool = False  # the connection ends where the body would


@dataclass
class Got:
    head: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Upstream:
    def __init__(self) -> None:
        self.got: list[Got] = []
        self.left = asyncio.Event()  # somebody went away before the end of a reply
        self.sent = 0  # bytes of parts
        self.answer: Callable[[Got], Reply] = lambda _: self._next()
        self._replies: list[Reply] = [Reply()]

    def answers(self, *replies: Reply) -> None:
        self._replies = list(replies)

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
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")[1:-2]
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append(Got(head, headers, body))
        sending = asyncio.ensure_future(self._reply(self.answer(self.got[-1]), writer))
        leaving = asyncio.ensure_future(reader.read(1))  # nothing more comes but the end
        done, _ = await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        if sending not in done or sending.exception() is not None:
            self.left.set()
        for task in (sending, leaving):
            if task is leaving or task not in done:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await task
        return not self.left.is_set() and sending.result()

    def _next(self) -> Reply:
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    async def _reply(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(reply.wait)
        kind = "text/event-stream" if reply.parts else "application/json"
        headers = {"content-type": kind, **reply.headers}
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        headers |= (
            {"transfer-encoding": "chunked"} if reply.parts else {"content-length": str(len(body))}
        )
        lines = [f"HTTP/1.1 {reply.status} x", *(f"{k}: {v}" for k, v in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        if not reply.parts:
            writer.write(body)
        for part in reply.parts:
            writer.write(b"%x\r\n%b\r\n" % (len(part), part))
            await writer.drain()
            self.sent += len(part)
            await asyncio.sleep(reply.pause)
        if reply.cut:
            return False
        if reply.parts:
            writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


def said(text: str) -> dict[str, Any]:
    """A whole reply of Chat Completions."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "c1", "object": "chat.completion", "choices": [choice], "x_own": [1, None]}


def events(*texts: str) -> list[bytes]:
    """The same as events."""
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    deltas = [
        {**base, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
        for text in texts
    ]
    return [b"data: " + json.dumps(d).encode() + b"\n\n" for d in deltas] + [b"data: [DONE]\n\n"]
