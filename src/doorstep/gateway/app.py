"""The gateway as an ASGI application: look the route up, answer, and say in HTTP what failed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import orjson

from doorstep._where import where
from doorstep.gateway.errors import Fault, fault_of, ollama_error, openai_error
from doorstep.gateway.http import Answer, BadRequest, Gone, Handler, Receive, Request, Scope, Send
from doorstep.gateway.spans import Spans, answered

BASES = "A base URL ends in /v1 for OpenAI's clients, and has no path for Ollama's."

log = logging.getLogger("doorstep.gateway")

Check = Callable[[Request], None]  # raises BadRequest
Routes = Mapping[tuple[str, str], Handler]  # (method, path); a path that ends in /* is a prefix
Seen = Callable[[Request, Answer, float], None]  # seconds that it took
Mounted = Callable[[Scope, Receive, Send], Awaitable[None]]  # an ASGI application of its own


class Mount(Protocol):
    """An application that answers everything at and below a path, in its own words. `checks` come
    first; what they refuse is answered by `refused`, and by nothing else."""

    checks: tuple[Check, ...]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    async def refused(self, error: BadRequest) -> Mounted: ...


class App:
    """Answers `routes`. Every request passes the `checks` first, in order, whatever its route.

    `mounts`: by path ("/page"), applications with checks and words of their own.
    `places` are for POST requests: what may cost memory or money. `opening` and `closing` are run
    at the start and at the end of the server (ASGI's lifespan); `seen` is told each answer;
    `spans`: see there.
    """

    def __init__(
        self,
        routes: Routes,
        checks: tuple[Check, ...] = (),
        *,
        places: AbstractAsyncContextManager[None] | None = None,
        seen: Seen | None = None,
        spans: Spans | None = None,
        opening: Callable[[], Awaitable[None]] | None = None,
        closing: Callable[[], Awaitable[None]] | None = None,
        mounts: Mapping[str, Mount] | None = None,
    ) -> None:
        self.routes = dict(routes)
        self._mounts = dict(mounts or {})
        self._paths = {path for _, path in routes}
        self._prefixes = [path[:-1] for path in self._paths if path.endswith("/*")]
        self._checks = checks
        self._places = places
        self._seen = seen
        self._spans = spans or Spans((), ())
        self._opening = opening
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(Request(scope, receive), Answer(send))
        else:  # a web socket: not spoken here
            await send({"type": "websocket.close", "code": 1003})

    async def _serve(self, request: Request, answer: Answer) -> None:
        start = time.perf_counter()
        try:
            with self._spans.request(request) as span:
                await self._answer(request, answer)
                answered(span, answer.status)
        except Gone:
            pass
        except asyncio.CancelledError:  # the server is being stopped
            await _stopped(request, answer)
            raise
        except Exception as error:
            await _failed(request, answer, error)
        finally:
            if self._seen is not None:
                self._seen(request, answer, time.perf_counter() - start)

    async def _answer(self, request: Request, answer: Answer) -> None:
        first = "/" + request.path[1:].partition("/")[0]
        if first in self._mounts:
            await self._hand_over(first, request, answer)
            return
        for check in self._checks:
            check(request)
        handler = self._handler(request)
        if self._places is None or request.method != "POST":
            await handler(request, answer)
            return
        async with self._places:
            await handler(request, answer)

    async def _hand_over(self, first: str, request: Request, answer: Answer) -> None:
        mount: Mounted | Mount = self._mounts[first]
        try:
            for check in self._mounts[first].checks:
                check(request)
        except BadRequest as error:
            mount = await self._mounts[first].refused(error)
        await mount({**request.scope, "root_path": first}, request.receive, answer.passed)

    def _handler(self, request: Request) -> Handler:
        path = self._route(request.path)
        handler = self.routes.get((request.method, path))
        if handler is not None:
            return handler
        if path in self._paths:
            raise BadRequest("This path takes another method.", status=405, code="method")
        raise BadRequest("There is nothing at this path.", status=404, code="not_found", hint=BASES)

    def _route(self, path: str) -> str:
        if path in self._paths:
            return path
        return next((f"{p}*" for p in self._prefixes if path.startswith(p)), path)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._opening is not None:
            await self._opening()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._closing is not None:
            await self._closing()
        await send({"type": "lifespan.shutdown.complete"})


async def _failed(request: Request, answer: Answer, error: Exception) -> None:
    """Once an answer has begun, its surface has to say in its own words that it broke off."""
    fault = fault_of(error)
    if fault.code == "internal":  # a path or the error's own words could hold anything
        log.error("A request failed inside: %s at %s.", type(error).__name__, where(error))
    if answer.begun:
        raise ConnectionAbortedError(fault.code) from None  # the server cuts the connection
    await _said(request, answer, fault)


async def _said(request: Request, answer: Answer, fault: Fault) -> None:
    shape = ollama_error if request.path.startswith("/api/") else openai_error
    await answer.whole(orjson.dumps(shape(fault)), status=fault.status, headers=fault.headers)


async def _stopped(request: Request, answer: Answer) -> None:
    """An answer that has begun is cut: its end must not look like one."""
    if not answer.begun:
        fault = Fault(503, "stopping", "The gateway is being stopped. Try again.", retry_after=2)
        await _said(request, answer, fault)
