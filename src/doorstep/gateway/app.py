"""The gateway as an ASGI application: look the route up, answer, and say in HTTP what failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import orjson

from doorstep.gateway.errors import Fault, fault_of, ollama_error, openai_error
from doorstep.gateway.http import Answer, BadRequest, Gone, Handler, Receive, Request, Scope, Send

log = logging.getLogger("doorstep.gateway")

Check = Callable[[Request], None]  # raises BadRequest
Routes = Mapping[tuple[str, str], Handler]  # (method, path)


class App:
    """Answers `routes`. Every request passes the `checks` first, in order, whatever its route.

    `open` and `close` are run at the start and at the end of the server (ASGI's lifespan).
    """

    def __init__(
        self,
        routes: Routes,
        checks: tuple[Check, ...] = (),
        *,
        opening: Callable[[], Awaitable[None]] | None = None,
        closing: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._routes = dict(routes)
        self._paths = {path for _, path in routes}
        self._checks = checks
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
        try:
            for check in self._checks:
                check(request)
            await self._handler(request)(request, answer)
        except Gone:
            return
        except asyncio.CancelledError:
            raise
        except Exception as error:
            await _failed(request, answer, fault_of(error))

    def _handler(self, request: Request) -> Handler:
        handler = self._routes.get((request.method, request.path))
        if handler is not None:
            return handler
        if request.path in self._paths:
            raise BadRequest("This path takes another method.", status=405, code="method")
        raise BadRequest("There is nothing at this path.", status=404, code="not_found")

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._opening is not None:
            await self._opening()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._closing is not None:
            await self._closing()
        await send({"type": "lifespan.shutdown.complete"})


async def _failed(request: Request, answer: Answer, fault: Fault) -> None:
    """Once an answer has begun, its surface has to say in its own words that it broke off."""
    if fault.code == "internal":
        log.error("%s %s failed: %s", request.method, request.path, fault.message)
    if answer.begun:
        raise ConnectionAbortedError(fault.code)  # the server cuts the connection
    shape = ollama_error if request.path.startswith("/api/") else openai_error
    await answer.whole(orjson.dumps(shape(fault)), status=fault.status, headers=fault.headers)
