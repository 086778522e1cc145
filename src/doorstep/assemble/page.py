"""The page of a server: made when it is first asked for, so that a gateway whose page nobody opens
starts fast and stays small."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from doorstep.boundary import Ledger
from doorstep.config import Settings
from doorstep.gateway.app import Mounted
from doorstep.gateway.http import BadRequest, Receive, Scope, Send
from doorstep.gateway.page_guard import page_checks
from doorstep.gateway.visits import Visits
from doorstep.runs.book import Book
from doorstep.runs.held import Waiting

if TYPE_CHECKING:
    from doorstep.assemble.keeping import Recorder
    from doorstep.page.app import Page


class LatePage:
    """A `Mount` that stands for the page. `token`: see `page_checks`; `recorder`: for what is asked
    there."""

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        ledger: Ledger,
        book: Book,
        waiting: Waiting,
        token: str = "",
        *,
        recorder: Recorder,
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._book = book
        self._waiting = waiting
        self._environ = environ
        self._recorder = recorder
        self._visits = Visits(token) if token else None
        given = settings.gateway
        self.checks = page_checks(given.host, given.names, token, self._visits)
        self._page: Page | None = None
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._opened()).app(scope, receive, send)

    async def refused(self, error: BadRequest) -> Mounted:
        """See `Mount`."""
        return (await self._opened()).refused(error)

    async def _opened(self) -> Page:
        async with self._lock:
            if self._page is None:
                self._page = await asyncio.to_thread(self._made)
            return self._page

    def _made(self) -> Page:
        from doorstep.assemble.asking import Asking
        from doorstep.assemble.keeping import recorder_of
        from doorstep.page.app import Page
        from doorstep.page.rooms import Rooms

        recorder = self._recorder or recorder_of(self._book, self._settings)
        asking = Asking(self._settings, self._environ, recorder, self._waiting)
        rooms = Rooms(self._settings, self._ledger, self._book, self._waiting, asking)
        return Page(rooms, self._visits)
