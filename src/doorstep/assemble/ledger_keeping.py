"""What a server does for its ledger beside writing to it: drops old bodies, and reads beforehand
what the page will ask."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from doorstep._errors import LedgerError
from doorstep.boundary import Ledger
from doorstep.boundary.dropping import drop_old
from doorstep.config import Settings

log = logging.getLogger("doorstep.keeping")

_DAILY_S = 86_400.0


@asynccontextmanager
async def looked_after(
    ledger: Ledger, settings: Settings, every_s: float = _DAILY_S
) -> AsyncIterator[None]:
    """While this holds, bodies older than `ledger.keep_days` are dropped: now, and once a day; and
    where there is a page, its first view need not wait for the ledger to be read."""
    task = asyncio.create_task(_look_after(ledger, settings, every_s))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _look_after(ledger: Ledger, settings: Settings, every_s: float) -> None:
    if settings.page.on:
        with suppress(LedgerError):  # whoever opens the page is told
            await asyncio.to_thread(ledger.catch_up)
    days = settings.ledger.keep_days
    while days:
        try:
            gone = await asyncio.to_thread(drop_old, ledger, days)
            if gone:
                log.info("The bodies of %d crossings are older than %d days: dropped.", gone, days)
        except LedgerError as error:
            log.warning("Bodies of old crossings are not dropped just now: %s", error)
        await asyncio.sleep(every_s)
