"""An OpenAI-compatible server of set speed, in a process of its own, on loopback.

    async with serving(Pace(first=0.05, each=0.01, count=40)) as server:
        server.url                      # what a client's base_url is
        await server.next(pace)         # the pace of the next request only
        await server.told()             # what it has sent until now

It streams numbered pieces "⟨h0⟩⟨h1⟩…" and counts them, so that what was generated for nobody is
known also where nobody was left to be told. A multiple-choice question (`Model.decide`) it answers
with one letter, at its own pace.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Pace:
    """`first`: seconds to the first piece; `each`: seconds before every later one, and before the
    end; `count`: pieces; `breaks_at`: before which piece the connection is cut, if at all;
    `deciding`: seconds for a letter. `likes`: the start of the answer that it holds to be better.
    """

    who: str = "h"
    first: float = 0.0
    each: float = 0.0
    count: int = 10
    breaks_at: int | None = None
    deciding: float = 0.0
    likes: str = "⟨c"

    def text(self) -> str:
        return "".join(self.piece(i) for i in range(self.count))

    def piece(self, i: int) -> str:
        return f"⟨{self.who}{i}⟩"


@dataclass
class Told:
    """What a server has done: requests, those whose client went away before the end, the pieces
    that it sent to all and to those, and the answers that are under way."""

    requests: int = 0
    gone: int = 0
    pieces: int = 0
    pieces_to_gone: int = 0
    open: int = 0


@dataclass
class Server:
    """The far end, as its user sees it."""

    port: int
    pace: Pace

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def next(self, pace: Pace) -> None:
        await self._said(asdict(pace))

    async def told(self) -> Told:
        return Told(**await self._said(None))

    async def _said(self, order: object) -> dict[str, Any]:
        """The control line: JSON in, JSON out, a connection each."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"CONTROL " + json.dumps(order).encode() + b"\n")
        answer = await reader.readline()
        writer.close()
        return cast("dict[str, Any]", json.loads(answer))


@asynccontextmanager
async def serving(pace: Pace) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.drafting.server",
        json.dumps(asdict(pace)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        yield Server(int(await process.stdout.readline()), pace)
    finally:
        process.terminate()
        await process.wait()


# --- the process ---------------------------------------------------------------------------------


class _Serving:
    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._next: Pace | None = None
        self._told = Told()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                if line.startswith(b"CONTROL "):
                    self._control(json.loads(line[8:]), writer)
                elif not await self._request(reader, writer):
                    break
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _control(self, order: dict[str, Any] | None, writer: asyncio.StreamWriter) -> None:
        if order is not None:
            self._next = Pace(**order)  # a pace that no request came for is forgotten
        writer.write(json.dumps(asdict(self._told)).encode() + b"\n")

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection is of no more use."""
        length = 0
        while (line := await reader.readline()).strip():
            name, _, value = line.decode("latin-1").partition(":")
            length = int(value) if name.lower() == "content-length" else length
        asked = json.loads(await reader.readexactly(length))["messages"][-1]["content"]
        pace = self._pace
        if "Answer with one letter" in asked:
            await asyncio.sleep(pace.deciding)
            _answer(writer, [_letter(asked, pace.likes)])
            return True
        pace, self._next = self._next or pace, None
        return await self._stream(pace, reader, writer)

    async def _stream(
        self, pace: Pace, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        self._told.requests += 1
        self._told.open += 1
        sent = 0
        writer.write(_HEAD)
        try:
            for i in range(pace.count + 1):
                await asyncio.sleep(pace.each if i else pace.first)
                if reader.at_eof() or writer.is_closing():
                    raise ConnectionResetError
                if i == pace.breaks_at:
                    writer.transport.abort()
                    return False
                if i < pace.count:
                    _chunk(writer, _delta(pace.piece(i)))
                    sent += 1
                    self._told.pieces += 1
                    await writer.drain()
            _end(writer, pace.count)
            return True
        except ConnectionError:
            self._told.gone += 1
            self._told.pieces_to_gone += sent
            raise
        finally:
            self._told.open -= 1


def _letter(asked: str, likes: str) -> str:
    """The option that names the answer which it likes; the third, equally good, for neither."""
    _, _, answers = asked.partition("<answer_1>\n")
    if answers.startswith(likes):
        return "A"
    return "B" if f"<answer_2>\n{likes}" in answers else "C"


_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _answer(writer: asyncio.StreamWriter, texts: list[str]) -> None:
    writer.write(_HEAD)
    for text in texts:
        _chunk(writer, _delta(text))
    _end(writer, len(texts))


def _end(writer: asyncio.StreamWriter, tokens: int) -> None:
    usage = {"prompt_tokens": 20, "completion_tokens": tokens, "total_tokens": 20 + tokens}
    _chunk(writer, _delta("", "stop"))
    _chunk(writer, {"id": "c", "model": "m", "choices": [], "usage": usage})
    _chunk(writer, "[DONE]")
    writer.write(b"0\r\n\r\n")


def _delta(text: str, finish: str | None = None) -> dict[str, object]:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}


def _chunk(writer: asyncio.StreamWriter, data: object) -> None:
    text = data if isinstance(data, str) else json.dumps(data)
    event = f"data: {text}\n\n".encode()
    writer.write(b"%x\r\n%b\r\n" % (len(event), event))


async def _serve(pace: Pace) -> None:
    serving = _Serving(pace)
    server = await asyncio.start_server(serving.connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("pace", help="a Pace as JSON")
    asyncio.run(_serve(Pace(**json.loads(parser.parse_args().pace))))
