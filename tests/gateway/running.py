"""The gateway, really running: uvicorn on a free loopback port, in the test's own event loop.

async with running(chat.routes(core), models.routes(core)) as url:
    ...                       # an async client at f"{url}/v1", or a sync one in a thread

async with house(tmp_path) as h:      # a core with a scripted home, a far cloud, the boundary
    h.cloud.says("Hello")
    async with running(chat.routes(h.core)) as url: ...
    h.cloud.sent                      # what the far end received
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from openai import AsyncOpenAI

from doorstep import EscalateOnHard, KeepHome, Ledger, SanitizeAndSolve
from doorstep.gateway.app import App, Check, Routes
from doorstep.gateway.core import Core, HomeServer, Rules
from doorstep.gateway.http import Request
from doorstep.gateway.names import Names, Target
from doorstep.gateway.sse import dumped
from doorstep.models._wire import error_for
from doorstep.models.base import Model
from doorstep.models.scripted import Scripted
from tests.patterns.far import NAMES, Far, far

PATTERNS = ("sanitize-and-solve", "escalate-on-hard")


@asynccontextmanager
async def running(*routes: Routes, checks: tuple[Check, ...] = ()) -> AsyncIterator[str]:
    """The base URL of a server that answers `routes`; it is stopped at the end of the block."""
    joined = {key: handler for part in routes for key, handler in part.items()}
    config = uvicorn.Config(
        App(joined, checks), log_level="critical", access_log=False, timeout_graceful_shutdown=2
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started and not serving.done():  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


class DoorRelay:
    """A `Relay` by the library's own door (httpx2): the real boundary, the plainest way to it."""

    def __init__(self, cloud: Far, client: httpx2.AsyncClient) -> None:
        self._url = cloud.server.url
        self._client = client
        self._ledger = cloud.ledger

    async def send(
        self, target: Target, path: str, body: dict[str, object], request: Request
    ) -> DoorRelayed:
        sent = dumped(body | {"model": target.upstream})
        known = len(self._ledger.list())
        asked = self._client.build_request(
            "POST", self._url + path, content=sent, headers={"content-type": "application/json"}
        )
        try:
            response = await self._client.send(asked, stream=True)
        except Exception as error:
            raise error_for(error, model=target.name, where=self._url) from None
        ids = tuple(entry.id for entry in self._ledger.list()[known:])
        return DoorRelayed(response, ids)


class DoorRelayed:
    def __init__(self, response: httpx2.Response, crossings: tuple[int, ...]) -> None:
        self.status = response.status_code
        self.kind = response.headers.get("content-type", "").encode()
        self.headers = ()
        self.crossings = crossings
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_bytes():
            yield part

    async def close(self) -> None:
        await self._response.aclose()


Make = Callable[[str, Model, Far], Model]


def plain_patterns(name: str, home: Model, cloud: Far) -> Model:
    """Two patterns over a home and a far cloud, and `home` itself."""
    if name == "home":
        return home
    kind = {"sanitize-and-solve": SanitizeAndSolve, "escalate-on-hard": EscalateOnHard}[name]
    return kind(home, cloud.model, cloud.boundary)


@dataclass
class House:
    """A core and what is behind it. `home` is the library's home model."""

    core: Core
    cloud: Far
    home: Model
    ledger: Ledger
    made: dict[str, Model] = field(default_factory=dict)


@asynccontextmanager
async def house(
    folder: Path,
    home: Model | None = None,
    *,
    server: HomeServer | None = None,
    rules: Rules = Rules(),  # noqa: B008 - frozen
    make: Make = plain_patterns,
    patterns: Sequence[str] = PATTERNS,
    listed: Sequence[str] = ("gpt-5.4",),
    stand_ins: Mapping[str, str] | None = None,
    any_is_mask: bool = False,
    **given: Any,
) -> AsyncIterator[House]:
    """`given` is for `far` (private=..., found_by=...). `server` is home's own HTTP server."""
    given.setdefault("private", NAMES)
    at_home = home if home is not None else Scripted(["I am at home."] * 20, name="home-model")
    async with far(folder, **given) as cloud, cloud.boundary.client() as client:
        made: dict[str, Model] = {}

        async def model(name: str) -> Model:
            if name not in made:
                made[name] = make(name, at_home, cloud)
            return made[name]

        names = Names(tuple(patterns), model, listed=tuple(listed), any_is_mask=any_is_mask)
        core = Core(names, DoorRelay(cloud, client), server, rules, stand_ins)
        yield House(core, cloud, at_home, cloud.ledger, made)


class KeepsHome:
    """A `Relay` for which everything is to stay at home."""

    async def send(self, target: Target, path: str, body: object, request: Request) -> Any:
        raise KeepHome("This stays at home.", kinds=("name",))


@asynccontextmanager
async def openai_at(
    surface: Any, folder: Path, home: Model | None = None, **given: Any
) -> AsyncIterator[tuple[House, AsyncOpenAI, str]]:
    """A house whose gateway answers the routes of one `surface`, OpenAI's own client for it, and
    its URL."""
    async with (
        house(folder, home, **given) as h,
        running(surface.routes(h.core)) as url,
        AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client,
    ):
        yield h, client, url


async def post(url: str, **body: Any) -> httpx2.Response:
    """What is not said as a client of OpenAI's would say it."""
    headers = body.pop("headers", {})
    async with httpx2.AsyncClient(trust_env=False, timeout=20) as client:
        return await client.post(url, json=body, headers=headers)
