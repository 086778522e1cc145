"""A house whose page can be asked: a real book, a real ledger, real crossings over a real wire.

async with house(tmp_path) as h:
    await h.cross("Hello", "and so on")       # real crossings, each in the ledger
    async with h.client() as client:          # as the gateway mounts the page
        answer = await client.get("/page/today")
    async with h.serving() as url: ...        # for a browser

with served(tmp_path, toml=...) as url:       # `doorstep serve`, a process of its own
    async with chromium() as browser, opened(browser, 400, "dark") as page:
        await page.goto(f"{url}/page/today")
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import httpx2
import pytest
import uvicorn

from doorstep._values import Message
from doorstep.assemble.keeping import Recorder
from doorstep.assemble.page import LatePage
from doorstep.boundary import Clearance, Ledger
from doorstep.config import Settings
from doorstep.gateway.app import App
from doorstep.patterns.run import Run
from doorstep.runs.book import Book
from doorstep.runs.held import Waiting
from tests.gateway.process import served
from tests.patterns.far import Far, far

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

__all__ = ["House", "chromium", "house", "missing", "opened", "served"]

CHROMIUM = Path("/usr/bin/chromium")
# Chromium as root, and with nothing of its own to say to anybody.
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()
KEY = b"k" * 32


@dataclass
class House:
    """`far` is the cloud's model behind the boundary, and the server at the far end."""

    settings: Settings
    ledger: Ledger
    book: Book
    waiting: Waiting
    far: Far

    async def cross(self, *texts: str) -> tuple[int, ...]:
        """Send each text through the boundary; the ids of the crossings."""
        known = len(self.ledger.list())
        for text in texts:
            self.far.says(f"I heard: {len(text)} letters.")
            model = Run("test", self.far.boundary).model("solve", self.far.model, Clearance())
            await model.respond([Message("user", text)])
        return tuple(entry.id for entry in self.ledger.list()[known:])

    def app(self, token: str = "", environ: Mapping[str, str] | None = None) -> App:
        """The page alone, mounted as the gateway does."""
        given = (self.settings, environ or {}, self.ledger, self.book, self.waiting)
        recorder = Recorder(self.book)
        return App({}, mounts={"/page": LatePage(*given, token, recorder=recorder)})

    @asynccontextmanager
    async def client(self, token: str = "", **given: str) -> AsyncIterator[httpx2.AsyncClient]:
        """A client of the page, from this machine; `given` are headers with _ for -."""
        headers = {name.replace("_", "-"): value for name, value in given.items()}
        transport = httpx2.ASGITransport(self.app(token))
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8080", headers=headers
        ) as client:
            yield client

    @asynccontextmanager
    async def serving(self, token: str = "") -> AsyncIterator[str]:
        """The URL of a server of the page alone, in the test's own event loop."""
        config = uvicorn.Config(
            self.app(token), log_level="critical", access_log=False, timeout_graceful_shutdown=2
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


@asynccontextmanager
async def house(folder: Path, settings: Settings | None = None) -> AsyncIterator[House]:
    """A house in `folder`, in which nothing was asked yet."""
    async with far(folder) as cloud:
        with Book(folder / "runs.sqlite3", KEY) as book:
            yield House(settings or Settings(), cloud.ledger, book, Waiting(), cloud)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium. Skips where it or Playwright is missing, unless CI says that they are
    there (DOORSTEP_BROWSER=required)."""
    if not CHROMIUM.exists():  # noqa: ASYNC240 - once, before anything runs
        missing(f"There is no {CHROMIUM}: apt-get install chromium.")
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        missing("Playwright is missing: pip install playwright.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def opened(
    browser: Browser, width: int = 1400, scheme: str = "light", **given: object
) -> AsyncIterator[Page]:
    """A fresh page `width` pixels wide. Errors on its console fail the test at the end."""
    options: dict[str, object] = {"viewport": {"width": width, "height": 900}, **given}
    context = await browser.new_context(color_scheme=scheme, **options)  # type: ignore[arg-type]
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page
        assert not said, said
    finally:
        await context.close()


def missing(why: str) -> NoReturn:
    """Skip, or fail where CI says that nothing is missing."""
    if os.environ.get("DOORSTEP_BROWSER") == "required":
        pytest.fail(why)
    pytest.skip(why)
