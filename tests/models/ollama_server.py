"""An Ollama daemon for tests: a real HTTP server on loopback that says what it is told to.

    with OllamaServer([Stored("gemma4:e4b")]) as daemon:
        daemon.says(answer("Later."))
        model = await Ollama.connect("gemma4:e4b", host=daemon.url)

`daemon.requests` holds what it was sent. A chat answer is a `Chat`: a status, headers, and chunks
of raw bytes, each of which goes out as one chunk of the HTTP body; a number among them is a pause
in seconds, `BREAK` cuts the connection. Recent daemons (`status` not None) know /api/status, the
`:local` suffix, and pass a `:cloud` name on; older ones (`status=None`) do not.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

BREAK = object()


@dataclass(frozen=True)
class Stored:
    """A model as the daemon stores it; remote where it has a `remote_host`."""

    name: str
    remote_host: str = ""
    remote_model: str = ""

    def entry(self) -> dict[str, Any]:
        remote = {"remote_host": self.remote_host, "remote_model": self.remote_model}
        return {"size": 9_600_000_000} | {k: v for k, v in remote.items() if v}


@dataclass(frozen=True)
class Chat:
    """One answer to /api/chat."""

    chunks: Sequence[object] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


def event(**fields: Any) -> bytes:
    """One line of a stream."""
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def events(
    text: str,
    *,
    thinking: str = "",
    piece: int = 5,
    done_reason: str = "stop",
    logprobs: Sequence[dict[str, Any]] = (),
) -> bytes:
    """The whole stream of one answer, as the daemon writes it."""
    lines = [event(message={"role": "assistant", "content": "", "thinking": thinking}, done=False)]
    for start in range(0, len(text), piece):
        message = {"role": "assistant", "content": text[start : start + piece]}
        lines.append(event(model="served", message=message, done=False))
    if logprobs:
        lines.append(event(message={"role": "assistant", "content": ""}, logprobs=list(logprobs)))
    end = {"done": True, "done_reason": done_reason, "prompt_eval_count": 11, "eval_count": 7}
    lines.append(event(message={"role": "assistant", "content": ""}, **end))
    return b"".join(lines)


def answer(text: str, **settings: Any) -> Chat:
    """A good answer, one line a chunk."""
    return Chat(events(text, **settings).splitlines(keepends=True))


def refusal(status: int, message: str, **headers: str) -> Chat:
    """An error before the stream."""
    body = json.dumps({"error": message}).encode()
    return Chat([body], status, {name.replace("_", "-"): value for name, value in headers.items()})


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that goes away is what some tests are about."""


class OllamaServer:
    """The daemon. `cloud_disabled` is its switch; `show_status` overrides answers of /api/show."""

    def __init__(
        self,
        models: Iterable[Stored] = (Stored("gemma4:e4b"),),
        *,
        status: Chat | None = Chat([b'{"cloud": {"disabled": true, "source": "env"}}']),
        knows_local: bool = True,
        overrides: dict[str, Chat] | None = None,
    ) -> None:
        self.models = list(models)
        self.status = status
        self.knows_local = knows_local and status is not None
        self.overrides = overrides or {}
        self.requests: list[Request] = []
        self.disconnected = threading.Event()
        self.stopping = threading.Event()
        self._chats: list[Chat | Callable[[dict[str, Any]], Chat]] = []
        self._server = _Quiet(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def says(self, *chats: Chat | Callable[[dict[str, Any]], Chat]) -> None:
        """What the next chats are answered; the last one is repeated."""
        self._chats += chats

    def chats(self) -> list[dict[str, Any]]:
        """The bodies of the chats so far."""
        return [r.body for r in self.requests if r.path == "/api/chat"]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- what it answers -----------------------------------------------------------------------

    def reply(self, request: Request) -> Chat:
        if request.path in self.overrides:
            return self.overrides[request.path]
        match request.path:
            case "/api/status":
                return self.status or refusal(404, "404 page not found")
            case "/api/tags":
                listed = [{"name": m.name, "model": m.name} | m.entry() for m in self.models]
                return Chat([json.dumps({"models": listed}).encode()])
            case "/api/show":
                return self._show(str(request.body.get("model")))
            case "/api/chat":
                line = self._chats.pop(0) if len(self._chats) > 1 else self._chats[0]
                return line(request.body) if callable(line) else line
        return refusal(404, "404 page not found")

    def _show(self, name: str) -> Chat:
        local = self.knows_local and name.endswith(":local")
        base = name.removesuffix(":local") if local else name
        for model in self.models:
            if model.name.removesuffix(":latest") == base.removesuffix(":latest"):
                if local and model.remote_host:
                    break
                return Chat([json.dumps({"details": {"format": "gguf"}} | model.entry()).encode()])
        return refusal(404, f"model '{name}' not found")

    # --- HTTP ----------------------------------------------------------------------------------

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        daemon = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def log_message(self, *_: object) -> None:
                pass

            def _serve(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length") or 0))
                body = json.loads(raw) if raw else {}
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                daemon.requests.append(request)
                try:
                    self._answer(daemon.reply(request))
                except (BrokenPipeError, ConnectionResetError):
                    daemon.disconnected.set()
                    self.close_connection = True

            def _answer(self, chat: Chat) -> None:
                self.send_response(chat.status)
                self.send_header("transfer-encoding", "chunked")
                for name, value in chat.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for chunk in chat.chunks:
                    if chunk is BREAK:
                        self._cut()
                        return
                    self._send(chunk)
                self.wfile.write(b"0\r\n\r\n")

            def _send(self, chunk: object) -> None:
                if isinstance(chunk, int | float):
                    daemon.stopping.wait(chunk)
                elif isinstance(chunk, bytes) and chunk:
                    self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
                    self.wfile.flush()

            def _cut(self) -> None:
                self.close_connection = True
                with suppress(OSError):
                    self.connection.shutdown(2)

        return Handler
