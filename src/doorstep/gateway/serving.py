"""The server itself: uvicorn on sockets that are bound already, ended by a signal.

uvicorn sets no limit to a request's head, neither in bytes nor in time; `Protocol` does.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from doorstep._errors import ConfigError

BACKLOG = 2048
HEAD_BYTES = 32_768
HEAD_S = 20.0  # seconds from the first byte of a head to its end, and from a connection to both
GRACE_S = 5  # seconds that streams get at the end
IDLE_S = 75  # seconds that a connection may idle between two requests
STALLED_S = 120.0  # seconds in which a client may read nothing of what waits for it
_CODING = b"transfer-encoding"


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 with a limit to the head: 431 (RFC 6585) for one too large, the end for one too
    slow."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._room = HEAD_BYTES
        self._in_head = True
        self._limit: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._restart()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self._goes_on()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """More waits for the client than may be held: it has to read, or it loses its place."""
        super().pause_writing()
        self._goes_on()
        self._stalled = self.loop.call_later(STALLED_S, self.transport.abort)

    def resume_writing(self) -> None:
        self._goes_on()
        super().resume_writing()

    def _goes_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._room = HEAD_BYTES
        self._in_head = True
        self._restart()

    def on_url(self, url: bytes) -> None:
        if self._fits(len(url)):
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        # What stands behind a body in chunks is none of its headers (RFC 9110, 6.5.1).
        if self._fits(len(name) + len(value)) and self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop()
        self._in_head = False
        if self._room >= 0:
            self._check()
            super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """What comes after an answer and begins no request (the rest of a body that nobody wanted,
        line ends) holds the connection no longer than a slow head does."""
        super().data_received(data)
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self.timeout_keep_alive_task is None and self._limit is None:
            self._restart()

    def _check(self) -> None:
        """ValueError, of which the parser makes a 400, for a head that a proxy may read otherwise:
        another version, another host in the target (RFC 9112, 3.2.2), chunks in HTTP/1.0 (6.1)."""
        version = self.parser.get_http_version()
        if version != "1.1" and (version != "1.0" or any(n == _CODING for n, _ in self.headers)):
            raise ValueError(version)
        if not self.url.startswith((b"/", b"*")):
            raise ValueError("target")

    def _fits(self, size: int) -> bool:
        if 0 <= self._room < size:
            self.transport.write(
                b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
                b"content-length: 0\r\nconnection: close\r\n\r\n"
            )
            self.transport.close()
        self._room -= size
        return self._room >= 0

    def _restart(self) -> None:
        self._stop()
        self._limit = self.loop.call_later(HEAD_S, self.timeout_keep_alive_handler)

    def _stop(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None


class Server(uvicorn.Server):
    """Says `ready()` once it answers, and ends without a trace of the signal that ended it."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:  # the application could not be opened; it knows why
            self.should_exit = True
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT end it; uvicorn's own would raise them again at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield  # signals are the main thread's
            return
        before = {sig: signal.signal(sig, self.handle_exit) for sig in _SIGNALS}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(app: Any, listening: socket.socket, at_most: int, ready: Callable[[], None]) -> None:
    """Answer on `listening` until a signal says to end. `at_most`: connections at a time."""
    Server(configured(app, at_most), ready).run([listening])


def configured(app: Any, at_most: int) -> uvicorn.Config:
    """uvicorn as a gateway needs it: fast, silent, and telling nothing of itself."""
    return uvicorn.Config(
        app,
        loop="asyncio" if sys.platform == "win32" else "uvloop",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        limit_concurrency=at_most,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=GRACE_S,
    )


def bound(host: str, port: int) -> socket.socket:
    """A listening socket; ConfigError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        why = (error.strerror or type(error).__name__).lower()
        raise ConfigError(
            f"{address(host, port)} cannot be listened to: {why}.",
            hint="Take another one with --port or --host.",
        ) from None
    listening.setblocking(False)
    return listening


def address(host: str, port: int) -> str:
    """`http://host:port`."""
    bare = host.strip("[]")
    return f"http://[{bare}]:{port}" if ":" in bare else f"http://{bare}:{port}"
