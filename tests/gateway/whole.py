"""The whole gateway as `doorstep serve` makes it, on a free port, in the test's event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from doorstep.assemble.gateway import open_gateway
from doorstep.config import (
    BoundarySettings,
    GatewaySettings,
    HomeSettings,
    LedgerSettings,
    Settings,
    UpstreamSettings,
)
from doorstep.gateway.opened import Opened
from doorstep.gateway.serving import Server, bound, configured

NAME = "Maya Okafor"  # declared private


@dataclass
class Whole:
    """A running gateway. `client` trusts nothing of the environment."""

    url: str
    client: httpx2.AsyncClient
    ledger: Path

    async def chat(self, text: str = "Hello", **over: Any) -> httpx2.Response:
        body = {"model": "mask/gpt-x", "messages": [{"role": "user", "content": text}], **over}
        return await self.client.post(f"{self.url}/v1/chat/completions", json=body)

    async def raw(self, sent: bytes, *, seconds: float = 5) -> bytes:
        """What comes back for these bytes, until the other side closes or says no more."""
        parts = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(sent)
        got = b""
        try:
            async with asyncio.timeout(seconds):
                while part := await reader.read(65536):
                    got += part
        except TimeoutError:
            pass
        finally:
            writer.close()
        return got


@asynccontextmanager
async def gateway(
    folder: Path,
    *upstreams: str | UpstreamSettings,
    token: str = "",
    environ: Mapping[str, str] | None = None,
    boundary: BoundarySettings | None = None,
    home: HomeSettings | None = None,
    at_most: int = 1000,
    **over: Any,
) -> AsyncIterator[Whole]:
    """`over`: keys of [gateway]. The key for placeholders is in the user's data folder."""
    own = [
        one if isinstance(one, UpstreamSettings) else UpstreamSettings(url=one) for one in upstreams
    ]
    ledger = folder / "ledger.sqlite3"
    settings = Settings(
        home=home or HomeSettings(host="http://127.0.0.1:1"),
        ledger=LedgerSettings(path=str(ledger)),
        boundary=boundary or BoundarySettings(private=(NAME,)),
        gateway=GatewaySettings(port=0, upstreams=tuple(own), **over),
    )
    app = Opened(lambda: open_gateway(settings, token, environ or {}))
    listening = bound("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    started = asyncio.Event()
    server = Server(configured(app, at_most), started.set)
    serving = asyncio.create_task(server.serve([listening]))
    await asyncio.wait(
        (serving, asyncio.ensure_future(started.wait())), return_when=asyncio.FIRST_COMPLETED
    )
    if app.failed is not None:
        raise app.failed
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
            yield Whole(url, client, ledger)
    finally:
        server.should_exit = True
        await serving
