"""While something is done for a client: stop as soon as the client has gone away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from doorstep.gateway.http import Gone, Request


@asynccontextmanager
async def watching(request: Request) -> AsyncIterator[None]:
    """The block is cancelled when the client goes away, and Gone comes out of it.

    Only once the request's body has been read.
    """
    task = asyncio.current_task()
    assert task is not None
    left = False

    async def watch() -> None:
        nonlocal left
        await request.gone()
        left = True
        task.cancel()

    watcher = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if left and task.uncancel() == 0:
            raise Gone from None
        raise
    finally:
        watcher.cancel()
