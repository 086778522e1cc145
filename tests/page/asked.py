"""A page that can be asked, really running, with a real cloud and a real home daemon behind it.

async with page(tmp_path) as p:
    p.cloud.script(Answer.sse(chat_events("Later.")))
    async for name, data in p.ask(question="...", pattern="sanitize-and-solve", look="no"): ...
    p.sent                                 # the bodies that the cloud received
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from doorstep.assemble.keeping import recorder_of
from doorstep.assemble.page import LatePage
from doorstep.boundary import Ledger
from doorstep.config import Settings
from doorstep.gateway.app import App
from doorstep.runs.book import Book
from doorstep.runs.held import Waiting
from tests.models.ollama_server import OllamaServer
from tests.models.openai_server import OpenAIServer
from tests.patterns.far import NAMES

KEY = b"k" * 32
# A home model that drafts, and rules for a judge: whatever passes them replaces the draft.
DRAFTS: dict[str, Any] = {
    "home": {"model": "gemma4:e4b"},
    "patterns": {"draft-then-refine": {"use": "draft-then-refine", "judge": "checks"}},
}
Event = tuple[str, dict[str, Any]]
Seen = Callable[[str, dict[str, Any]], Awaitable[None]]


@dataclass
class Asked:
    """`cloud` and `daemon` are the far ends; `events` all that the last question told."""

    url: str
    cloud: OpenAIServer
    daemon: OllamaServer
    book: Book
    ledger: Ledger
    waiting: Waiting
    client: httpx2.AsyncClient
    events: list[Event] = field(default_factory=list)

    @property
    def sent(self) -> list[str]:
        return [request.body.decode() for request in self.cloud.requests]

    async def ask(self, seen: Seen | None = None, **form: str) -> list[Event]:
        """What a question told, in order; `seen` is awaited for each as it comes."""
        self.events = []
        async with self.asking(**form) as reply:
            async for name, data in told(reply):
                self.events.append((name, data))
                if seen is not None:
                    await seen(name, data)
        return self.events

    @asynccontextmanager
    async def asking(self, **form: str) -> AsyncIterator[httpx2.Response]:
        headers = {"accept": "text/event-stream"}
        given = self.client.stream("POST", f"{self.url}/page/ask", data=form, headers=headers)
        async with given as reply:
            yield reply

    def all(self, name: str) -> list[dict[str, Any]]:
        return [data for known, data in self.events if known == name]

    async def decide(self, held: dict[str, Any], choice: str) -> httpx2.Response:
        """What a person's click sends."""
        return await self.client.post(
            f"{self.url}/page/held/{held['id']}",
            data={"sha256": held["sha256"], "choice": choice},
            headers={"accept": "application/json"},
        )


async def told(reply: httpx2.Response) -> AsyncIterator[Event]:
    """The events of a stream; comments are passed over."""
    name = ""
    async for line in reply.aiter_lines():
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


@asynccontextmanager
async def page(
    folder: Path, tables: dict[str, Any] | None = None, *, key: str = "sk-test", keep: str = "all"
) -> AsyncIterator[Asked]:
    """`tables`: further settings. Without `key` there is no cloud, and a stand-in plays it."""
    with OpenAIServer() as cloud, OllamaServer() as daemon:
        settings = _settings(folder, cloud, daemon, tables or {}, bool(key))
        environ = {"OPENAI_API_KEY": key} if key else {}
        with (
            Ledger(settings.ledger_path()) as ledger,
            Book(settings.runs_path(), KEY, keep=keep) as book,  # type: ignore[arg-type]
            Waiting(folder / "held.sqlite3", KEY) as waiting,
        ):
            recorder = recorder_of(book, settings)
            late = LatePage(settings, environ, ledger, book, waiting, recorder=recorder)
            async with (
                _running(App({}, mounts={"/page": late})) as url,
                httpx2.AsyncClient(trust_env=False, timeout=20) as client,
            ):
                yield Asked(url, cloud, daemon, book, ledger, waiting, client)


def _settings(
    folder: Path, cloud: OpenAIServer, daemon: OllamaServer, tables: dict[str, Any], far: bool
) -> Settings:
    given: dict[str, dict[str, Any]] = {
        "home": {"model": "builtin", "host": daemon.url},
        "cloud": {"model": "gpt-5.4", "base_url": cloud.url} if far else {},
        "ledger": {"path": str(folder / "ledger.sqlite3")},
        "runs": {"path": str(folder / "runs.sqlite3")},
        "boundary": {"private": NAMES},
    }
    for name, table in tables.items():
        given[name] = given.get(name, {}) | table
    return Settings.model_validate(given)


@asynccontextmanager
async def _running(app: App) -> AsyncIterator[str]:
    """The base URL of a server in this event loop, which is stopped at the end of the block."""
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, timeout_graceful_shutdown=2, lifespan="off"
    )
    with _listening() as listening:
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started and not serving.done():  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        yield listening
