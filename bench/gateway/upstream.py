"""The cloud of the benchmark: echoes Chat Completions and Responses, as cheaply as Python can.

    python -m bench.gateway.upstream [--watch SEED:COUNT] [--keep]

The model's name may end in `-wait50` (milliseconds before the reply begins) and `-pace5`
(milliseconds before each event). `--watch`: look for the private values of that pool; `--keep`:
remember the SHA-256 and the last text of every request. `GET /stats` tells what was seen.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import re
from collections import Counter
from typing import Any, cast

import httptools
import orjson
import uvloop

from bench.gateway import echo
from bench.gateway.watch import Watch

_SETTING = re.compile(r"-(wait|pace)(\d+)")
_ROUTES = {
    b"/v1/chat/completions": (echo.chat, echo.chat_events),
    b"/v1/responses": (echo.responses, echo.responses_events),
}


class Seen:
    """What arrived. `requests` counts; `digests` and `texts` are filled where they are kept."""

    def __init__(self, watch: Watch | None, keep: bool) -> None:
        self.requests = 0
        self.leaks: Counter[str] = Counter()
        self.digests: list[str] = []
        self.texts: list[str] = []
        self._watch, self._keep = watch, keep

    def add(self, head: bytes, body: bytes) -> None:
        self.requests += 1
        if self._watch:
            self.leaks.update(self._watch.leaks(head, body))
        if self._keep:
            self.digests.append(hashlib.sha256(body).hexdigest())
            self.texts.append(echo.last_text(orjson.loads(body)))

    def as_json(self) -> bytes:
        told = {"requests": self.requests, "leaks": sum(self.leaks.values())}
        examples = [value for value, _ in self.leaks.most_common(5)]
        kept = {"digests": self.digests, "texts": self.texts}
        return orjson.dumps({**told, "examples": examples, **kept})


class Serving(asyncio.Protocol):
    """One connection: HTTP/1.1, kept alive, one request at a time."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._tasks: set[asyncio.Task[None]] = set()
        self._parser: Any = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    # called by the parser

    def on_message_begin(self) -> None:
        self._path, self._head, self._body = b"", b"", b""

    def on_url(self, url: bytes) -> None:
        self._path += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += b"\n" + name + b": " + value

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        task = asyncio.ensure_future(self._answer(self._path, self._head, self._body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, path: bytes, head: bytes, body: bytes) -> None:
        if path == b"/stats":
            self._whole(self._seen.as_json())
            return
        if path == b"/v1/models":
            self._whole(b'{"object":"list","data":[{"id":"echo","object":"model"}]}')
            return
        self._seen.add(path + head, body)
        whole, events = _ROUTES[path]
        request = orjson.loads(body)
        wait, pace = settings(request["model"])
        if wait:
            await asyncio.sleep(wait)
        if request.get("stream"):
            await self._stream(events(request), pace)
        else:
            self._whole(whole(request))

    def _whole(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        self._transport.write(head % len(body) + body)

    async def _stream(self, events: list[bytes], pace: float) -> None:
        """Each event is written by itself, as it would be if a model made it."""
        head = b"content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        self._transport.write(b"HTTP/1.1 200 OK\r\n" + head)
        for event in events:
            await asyncio.sleep(pace)
            self._transport.write(b"%x\r\n%b\r\n" % (len(event), event))
        self._transport.write(b"0\r\n\r\n")


def settings(model: str) -> tuple[float, float]:
    """Seconds to wait, and seconds before each event."""
    said = {name: int(number) / 1000 for name, number in _SETTING.findall(model)}
    return said.get("wait", 0.0), said.get("pace", 0.0)


async def serve(watch: Watch | None, keep: bool) -> None:
    seen = Seen(watch, keep)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Serving(seen), "127.0.0.1", 0, backlog=512)
    host, port = server.sockets[0].getsockname()
    print(f"The upstream listens on http://{host}:{port}", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.gateway.upstream")
    parser.add_argument("--watch", help="SEED:COUNT of the pool of private values")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    seed, _, count = (options.watch or "").partition(":")
    watch = Watch(seed, int(count)) if options.watch else None
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(watch, options.keep))


if __name__ == "__main__":
    main()
