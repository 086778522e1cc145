"""P, the unit: a pass-through as one would write it with Starlette, uvicorn and aiohttp.

    python -m bench.gateway.plain --upstream http://127.0.0.1:PORT [--port N]

One session for all requests, replies streamed as they come, uvloop and httptools, no access log,
one worker. It looks at nothing and changes nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
from collections.abc import AsyncIterator

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

_KEPT = ("content-type", "authorization", "accept")


def application(upstream: str) -> Starlette:
    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
            app.state.session = session
            yield

    async def forward(request: Request) -> StreamingResponse:
        headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
        reply = await request.app.state.session.post(
            upstream + request.url.path, data=await request.body(), headers=headers
        )
        return StreamingResponse(
            reply.content.iter_any(),
            status_code=reply.status,
            media_type=reply.headers.get("content-type"),
            background=BackgroundTask(reply.release),
        )

    return Starlette(routes=[Route("/{path:path}", forward, methods=["POST"])], lifespan=lifespan)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.gateway.plain")
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    listening = socket.create_server(("127.0.0.1", options.port), backlog=512)
    config = uvicorn.Config(
        application(options.upstream),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
    print(f"The pass-through listens on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
