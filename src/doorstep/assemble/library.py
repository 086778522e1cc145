"""The library's models behind the gateway's names: made when they are first asked for."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

from doorstep.assemble.patterns import Chosen, Maker
from doorstep.assemble.rules import price_of
from doorstep.assemble.tree import tree
from doorstep.boundary import Boundary
from doorstep.config import Settings
from doorstep.gateway.names import HOME
from doorstep.models.base import Model

LOOK_AGAIN_S = 15.0  # for a home model, where there was none


class Library:
    """All patterns of one server, over one set of models and one boundary."""

    def __init__(
        self, settings: Settings, chosen: Chosen, boundary: Boundary, stack: AsyncExitStack
    ) -> None:
        self._settings = settings
        self._chosen = chosen
        self._boundary = boundary
        self._stack = stack
        self._maker: Maker | None = None
        self._made: dict[str, Model] = {}
        self._lock = asyncio.Lock()
        self._looked = time.monotonic()

    async def model(self, name: str) -> Model:
        """The model of a pattern, or of `home`: the same one each time.

        Where nothing was found at home that could be one, it is looked for again: Ollama may have
        been started after the gateway.
        """
        async with self._lock:
            self._look_again()
            if name not in self._made:
                self._made[name] = await self._make(name)
            return self._made[name]

    def _look_again(self) -> None:
        now = time.monotonic()
        if self._settings.home.model != "auto" or now < self._looked + LOOK_AGAIN_S:
            return
        self._looked = now
        if missing := [name for name, one in self._chosen.homes.items() if one.model is None]:
            self._made.clear()
            for name in missing:
                del self._chosen.homes[name]

    async def _make(self, name: str) -> Model:
        maker = await self._opened()
        if name == HOME:
            await self._chosen.home("")
            return maker.home("")
        node = tree(name, self._settings)
        await self._chosen.open(node)
        return maker.make(node)

    async def _opened(self) -> Maker:
        if self._maker is None:
            client = await self._stack.enter_async_context(
                self._boundary.client(timeout=self._settings.cloud.timeout_s)
            )
            price = price_of(self._settings)
            self._maker = Maker(self._chosen, self._boundary, client, price)
        return self._maker
