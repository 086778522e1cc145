"""An application that is made when the server starts, in its event loop, and closed at its end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from doorstep._errors import DoorstepError
from doorstep.gateway.app import App
from doorstep.gateway.http import Receive, Scope, Send


class Opened:
    """ASGI. `failed` is why it could not be opened, once that has been tried."""

    def __init__(self, opening: Callable[[], AbstractAsyncContextManager[App]]) -> None:
        self._opening = opening
        self._app: App | None = None
        self.failed: DoorstepError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._opening() as self._app:
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except DoorstepError as error:
            self.failed = error
            await send({"type": "lifespan.startup.failed", "message": ""})
            return
        await send({"type": "lifespan.shutdown.complete"})
