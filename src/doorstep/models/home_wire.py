"""The home model's own server, for what the library's models do not carry: tools, images, several
choices, log-probabilities, embeddings.

Nothing sent here is sealed, so nothing here may reach anything but home. An Ollama daemon is proved
before a request goes out, under the name that keeps it at home; nothing in a request may make a
server reach out by itself: no tool that the server runs, no address that it would fetch.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from doorstep._errors import BadInput, DoorstepError, ZoneError
from doorstep._values import Zone
from doorstep.models._wire import error_for_status, ndjson, place
from doorstep.models.base import Model
from doorstep.models.embedded import Embedded
from doorstep.models.ollama import Ollama
from doorstep.models.zone import ZoneProof, missing, names_remote, ollama_error, prove_ollama

if TYPE_CHECKING:
    import httpx2

CHAT = "/v1/chat/completions"
OLLAMA_PATHS = frozenset(
    (CHAT, "/v1/embeddings", "/api/chat", "/api/generate", "/api/embed", "/api/embeddings")
)
JSON = b"application/json"
SSE = b"text/event-stream; charset=utf-8"
_LONGEST_ANSWER = 2048  # tokens, where nobody says: a small model may not find its end
_OWN_LIMIT_S = 600.0  # the longest silence; a model may read a long prompt for minutes

Body = Mapping[str, object]


class Reply(Protocol):
    """A server's answer on its way back. Close it, read or not. No `crossings`: nothing crossed."""

    status: int
    kind: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    crossings: tuple[int, ...]

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def close(self) -> None: ...


class Server(Protocol):
    """`name` is what the server calls the model."""

    name: str
    speaks_ollama: bool

    async def send(self, path: str, body: dict[str, object]) -> Reply: ...


def server_of(model: Model) -> Server | None:
    """The server behind a home model of the library; None where it has none."""
    if isinstance(model, Ollama):
        return OllamaServer(
            model.name, model.host, trusted_hosts=model.trusted_hosts, proof=model.proof
        )
    if isinstance(model, Embedded):
        return InProcess(model)
    return None


# --- Ollama --------------------------------------------------------------------------------------


class OllamaServer:
    """One model of one daemon, natively and by its OpenAI-compatible routes.

    Raises ZoneError where the model is not proved to be at home, BadInput for a request that would
    make the daemon reach out, ModelErrors as the adapters do; none of them quotes anything.
    """

    speaks_ollama = True

    def __init__(
        self,
        name: str,
        host: str,
        *,
        trusted_hosts: tuple[str, ...] = (),
        timeout: float = _OWN_LIMIT_S,
        proof: ZoneProof | None = None,
    ) -> None:
        self.name = name
        self.host = host.rstrip("/")
        self._trusted_hosts = trusted_hosts
        self._timeout = timeout
        self._proof = proof

    async def send(self, path: str, body: dict[str, object]) -> Reply:
        """`path` is one of OLLAMA_PATHS; the model in `body` becomes the proved one."""
        if path not in OLLAMA_PATHS:
            raise BadInput("Home's Ollama is asked for chats, completions and embeddings only.")
        stays_at_home(body)
        client = _client(self._timeout)
        try:
            served = await self._proved(client)
            return await self._sent(client, path, body | {"model": served})
        except BaseException:
            await client.aclose()
            raise

    async def _proved(self, client: httpx2.AsyncClient) -> str:
        """The name to ask for. Asked again each time, unless the daemon itself keeps guard."""
        known = self._proof
        if known is None or not known.guarded or known.zone is not Zone.HOME:
            self._proof = None
            proof = await prove_ollama(
                self.host, self.name, client, trusted_hosts=self._trusted_hosts
            )
            if proof.zone is not Zone.HOME:
                raise ZoneError(
                    f"{self.name} is not proved to run at home: {proof.reason}", hint=proof.fix
                )
            self._proof = known = proof
        return known.name

    async def _sent(self, client: httpx2.AsyncClient, path: str, body: Body) -> Reply:
        where = place(self.host)
        asked = client.build_request("POST", self.host + path, json=body)
        try:
            response = await client.send(asked, stream=True, follow_redirects=False)
        except Exception as error:
            raise ollama_error(error, model=self.name, where=where) from None
        if response.status_code != 200:
            await response.aclose()
            if response.status_code == 404:
                self._proof = None
                raise missing(self.name, where)
            if response.status_code in (400, 422):
                raise BadInput(
                    f"{self.name} did not accept the request ({response.status_code}).",
                    hint="It may lack what is asked of it: tools, images, thinking, embeddings.",
                )
            status = response.status_code if response.status_code >= 400 else 502
            raise error_for_status(status, response.headers, model=self.name, where=where)
        return _FromOllama(self, client, response, watched=path.startswith("/api/"))

    def turned_remote(self) -> ZoneError:
        self._proof = None
        return ZoneError(
            f"{self.name} is not at home: its daemon answered from a remote host.",
            hint="Set OLLAMA_NO_CLOUD=1 for the daemon, or name another model.",
        )


class _FromOllama:
    """A daemon's answer. `watched`: its lines say where they come from, and are read for it."""

    def __init__(
        self,
        server: OllamaServer,
        client: httpx2.AsyncClient,
        response: httpx2.Response,
        *,
        watched: bool,
    ) -> None:
        self.status = response.status_code
        self.kind = response.headers.get("content-type", "application/json").encode("latin-1")
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        self.crossings: tuple[int, ...] = ()
        self._server = server
        self._client = client
        self._response = response
        self._watched = watched

    async def __aiter__(self) -> AsyncIterator[bytes]:
        server = self._server
        try:
            if not self._watched:
                async for part in self._response.aiter_bytes():
                    yield part
                return
            async for line in ndjson(self._response.aiter_bytes()):
                if names_remote(line):
                    raise server.turned_remote()
                yield json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
        except DoorstepError:
            raise
        except Exception as error:
            raise ollama_error(error, model=server.name, where=place(server.host)) from None

    async def close(self) -> None:
        await self._response.aclose()
        await self._client.aclose()


def _client(timeout: float) -> httpx2.AsyncClient:
    """Without the environment's proxies, which would carry home's traffic out."""
    import httpx2

    limits = httpx2.Limits(max_keepalive_connections=0)
    return httpx2.AsyncClient(
        trust_env=False, limits=limits, timeout=httpx2.Timeout(timeout, connect=5.0)
    )


# --- what a server would do by itself ------------------------------------------------------------


def stays_at_home(body: Body) -> None:
    """BadInput for what would make a server at home reach out: a tool that it runs itself (only
    functions are the client's own), a search, an address of an image that it would fetch."""
    for tool in _list(body.get("tools")):
        if not isinstance(tool, dict) or tool.get("type", "function") != "function":
            raise BadInput(
                "Home's server is given no tool that it would run itself, such as a web search.",
                hint="Offer functions that the client runs.",
            )
    if body.get("web_search_options") is not None:
        raise BadInput("Home's server does not search the web.", hint="Leave the option out.")
    for url in _addresses(_list(body.get("messages"))):
        if not url.lower().startswith("data:"):
            raise BadInput(
                "Home's server is given no address that it would fetch an image or a file from.",
                hint="Send the image itself, as a data: URL.",
            )


def _addresses(messages: list[object]) -> Iterator[str]:
    """The addresses of all parts of all messages."""
    for message in messages:
        content = message.get("content") if isinstance(message, dict) else None
        for part in _list(content):
            for name in ("image_url", "video_url", "audio_url", "file_url"):
                given = part.get(name) if isinstance(part, dict) else None
                url = given.get("url") if isinstance(given, dict) else given
                if url is not None:
                    yield url if isinstance(url, str) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


# --- in this process -----------------------------------------------------------------------------


class InProcess:
    """A model in this process, asked as llama.cpp's own chat route: no socket, nothing to prove.

    Text only. Many files' chat templates leave out the tools that they are given, without a word
    (tried), so tools are refused here, as images are.
    """

    speaks_ollama = False

    def __init__(self, model: Embedded) -> None:
        self.name = model.name
        self._model = model

    async def send(self, path: str, body: dict[str, object]) -> Reply:
        """Chat Completions only; BadInput for anything else, and for what llama.cpp refuses."""
        if path != CHAT:
            raise self._text_only("embeddings")
        if body.get("tools") or body.get("functions"):
            raise self._text_only("tools")
        if _kinds(_list(body.get("messages"))) - {"text"}:
            raise self._text_only("images, sounds or files")
        chunks = self._model.raw({"max_tokens": _LONGEST_ANSWER} | body)
        first = await anext(chunks, None)
        return _FromProcess(first, chunks, stream=body.get("stream") is True)

    def _text_only(self, what: str) -> BadInput:
        return BadInput(
            f"{self.name} runs in this process and takes no {what}.", hint="Run Ollama at home."
        )


def _kinds(messages: list[object]) -> set[str]:
    contents = [message.get("content") for message in messages if isinstance(message, dict)]
    parts = [part for content in contents for part in _list(content)]
    return {str(part.get("type")) for part in parts if isinstance(part, dict)}


class _FromProcess:
    """llama.cpp's chunks as its server would have sent them."""

    def __init__(
        self,
        first: dict[str, Any] | None,
        rest: AsyncGenerator[dict[str, Any]],
        *,
        stream: bool,
    ) -> None:
        self.status = 200
        self.kind = SSE if stream else JSON
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        self.crossings: tuple[int, ...] = ()
        self._first = first
        self._rest = rest
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._first is not None:
            yield self._said(self._first)
        async for chunk in self._rest:
            yield self._said(chunk)
        if self._stream:
            yield b"data: [DONE]\n\n"

    def _said(self, chunk: dict[str, Any]) -> bytes:
        text = json.dumps(chunk, ensure_ascii=False).encode("utf-8", "replace")
        return b"data: " + text + b"\n\n" if self._stream else text

    async def close(self) -> None:
        await self._rest.aclose()
