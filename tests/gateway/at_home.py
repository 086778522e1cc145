"""Home's own server for the tests of the surfaces.

with at_home() as (daemon, server):      # Ollama: the test daemon, behind the library's own way
    daemon.says(answer("From home."))
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx2

from doorstep.models.home_wire import OllamaServer as HomeOllama
from tests.models.ollama_server import OllamaServer

NAME = "gemma4:e4b"
SERVED = f"{NAME}:local"  # what a daemon is asked for that then keeps guard itself


@contextmanager
def at_home(**settings: object) -> Iterator[tuple[OllamaServer, HomeOllama]]:
    """`settings` are the test daemon's."""
    with OllamaServer(**settings) as daemon:  # type: ignore[arg-type]
        yield daemon, HomeOllama(NAME, daemon.url)


class ChatHome:
    """A `HomeServer` that speaks Chat Completions alone, as the model in this process does; here
    it is a server at `url` (up to /v1)."""

    name = "a-model-at-home"
    speaks_ollama = False

    def __init__(self, url: str) -> None:
        self._url = url.removesuffix("/v1")
        self._client = httpx2.AsyncClient(trust_env=False)

    async def send(self, path: str, body: dict[str, object]) -> Reply:
        request = self._client.build_request("POST", self._url + path, json=body)
        return Reply(await self._client.send(request, stream=True))


class Reply:
    headers = ()
    crossings = ()

    def __init__(self, response: httpx2.Response) -> None:
        self.status = response.status_code
        self.kind = response.headers.get("content-type", "").encode()
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_bytes():
            yield part

    async def close(self) -> None:
        await self._response.aclose()
