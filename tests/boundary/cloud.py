"""A real HTTP server on loopback that keeps every byte it gets, for the tests of the boundary."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

PLACEHOLDER = re.compile(r"[A-Z]+_[0-9A-Z]{8,}(?:_[0-9A-Z]{2})?")


@dataclass
class Got:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """`parts` are sent one by one, each as its own chunk, with a pause between them."""

    parts: list[bytes] = field(default_factory=lambda: [b"{}"])
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    pause: float = 0.0
    broken: bool = False  # close the connection before the end


class Cloud:
    """`answer(request)` says what to reply; `got` and `connections` say what came."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.connections = 0
        self.answer: Callable[[Got], Answer] = lambda _: Answer()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def silent(self) -> bool:
        return not self.got and not self.connections

    def close(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        raw = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        got = Got(head[0], {name.lower(): value for name, value in raw.items()}, body)
        self.got.append(got)
        return await self._reply(self.answer(got), writer)

    async def _reply(self, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        head = [f"HTTP/1.1 {answer.status}", "transfer-encoding: chunked"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        writer.write("\r\n".join([*head, "", ""]).encode())
        for part in answer.parts:
            writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            await writer.drain()
            if answer.pause:
                await asyncio.sleep(answer.pause)
        if answer.broken:
            writer.transport.abort()
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


def response_object(text: str) -> dict[str, object]:
    """A whole reply of the Responses API that says `text`."""
    content = {"type": "output_text", "text": text, "annotations": []}
    message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "status": "completed",
        "output": [{**message, "content": [content]}],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
    }


def responses_events(text: str, size: int) -> list[bytes]:
    """The same, streamed, `size` characters an event."""
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    item = {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "in_progress",
        "content": [],
    }
    part = {"type": "output_text", "text": "", "annotations": []}
    started = {**response_object(""), "status": "in_progress", "output": []}
    events: list[dict[str, object]] = [
        {"type": "response.created", "response": started},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **place, "part": part},
    ]
    events += [
        {"type": "response.output_text.delta", **place, "delta": text[i : i + size], "logprobs": []}
        for i in range(0, len(text), size)
    ]
    events += [
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.completed", "response": response_object(text)},
    ]
    return [
        f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': n})}\n\n".encode()
        for n, event in enumerate(events)
    ]


def chat_events(text: str, size: int) -> list[bytes]:
    """A streamed reply of Chat Completions."""
    deltas: list[dict[str, object]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text[i : i + size]} for i in range(0, len(text), size)]
    chunks: list[dict[str, object]] = [
        {"index": 0, "delta": delta, "finish_reason": None} for delta in deltas
    ]
    chunks.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    lines = [json.dumps({**base, "choices": [chunk]}) for chunk in chunks]
    return [f"data: {line}\n\n".encode() for line in [*lines, "[DONE]"]]


SSE = {"content-type": "text/event-stream"}


def echo(got: Got) -> Answer:
    """Says back every placeholder that came."""
    text = "Seen: " + ", ".join(PLACEHOLDER.findall(got.body.decode()))
    return Answer([json.dumps(response_object(text)).encode()])
