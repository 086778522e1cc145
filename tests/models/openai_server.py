"""A real HTTP server on loopback that plays an OpenAI-compatible one, byte for byte as scripted.

    with OpenAIServer() as server:
        server.script(Answer.sse(chat_events("Hello")))
        ...                       # a client with base_url=server.url
        server.requests[0].json   # what it was sent

`server.gone` is set when it notices that the client went away in the middle of an answer.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """One scripted answer. `pieces` are written as they are; a float among them is a pause (s).

    `breaks` cuts the connection after the last piece instead of ending the body.
    """

    status: int = 200
    pieces: Iterable[bytes | float] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    breaks: bool = False

    @classmethod
    def sse(cls, events: bytes, *, cut: int = 0, breaks: bool = False) -> Answer:
        """`events` as server-sent events, `cut` bytes at a time (0: at once)."""
        pieces = [events[i : i + cut] for i in range(0, len(events), cut)] if cut else [events]
        return cls(pieces=pieces, content_type="text/event-stream", breaks=breaks)

    @classmethod
    def error(cls, status: int, code: str = "", **headers: str) -> Answer:
        """An error as OpenAI words it; it echoes a prompt, as real ones do."""
        error = {"message": f"bad request: {ECHO}", "type": "error", "code": code or None}
        body = json.dumps({"error": error}).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status=status, pieces=[body], headers=named)


ECHO = "Maya sleeps lightly"  # private text that no message of ours may ever repeat


class OpenAIServer:
    """Answers POSTs with the scripted answers in turn, then with 418."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.gone = threading.Event()
        self._answers: list[Answer] = []
        self._by: Callable[[Request], Answer] | None = None
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def connections(self) -> int:
        return self._server.connections

    def script(self, *answers: Answer) -> None:
        with self._lock:
            self._answers.extend(answers)

    def answer_with(self, by: Callable[[Request], Answer]) -> None:
        """Answer by a function of the request, once the scripted answers are used up."""
        self._by = by

    def take(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            if self._answers:
                return self._answers.pop(0)
        return self._by(request) if self._by else Answer.error(418, "unscripted")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    connections = 0

    def get_request(self) -> tuple[socket.socket, Any]:
        self.connections += 1
        return super().get_request()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news here."""


def _handler(owner: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request("POST", self.path, headers, self.rfile.read(length))
            answer = owner.take(request)
            try:
                self._send(answer)
            except OSError:
                owner.gone.set()
                self.close_connection = True

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-type", answer.content_type)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for piece in answer.pieces:
                self._pause(piece) if isinstance(piece, float) else self._write(piece)
            self._cut() if answer.breaks else self._write(b"")

        def _write(self, piece: bytes) -> None:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))

        def _pause(self, seconds: float) -> None:
            """Sleep, and look whether the client is still there."""
            end = time.monotonic() + seconds
            self.connection.settimeout(0.02)
            while time.monotonic() < end:
                try:
                    if not self.connection.recv(1, socket.MSG_PEEK):
                        raise ConnectionResetError
                except TimeoutError:
                    continue
            self.connection.settimeout(None)

        def _cut(self) -> None:
            linger = struct.pack("ii", 1, 0)  # reset, not a polite end
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


def event(data: object, name: str | None = None) -> bytes:
    """One server-sent event."""
    head = f"event: {name}\n" if name else ""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"{head}data: {text}\n\n".encode()


def _parts(text: str, size: int = 5) -> Iterator[str]:
    return (text[i : i + size] for i in range(0, len(text), size))


# --- Responses ---------------------------------------------------------------------------------


def response_object(status: str = "completed", **extra: object) -> dict[str, object]:
    usage = {
        "input_tokens": 11,
        "output_tokens": 7,
        "total_tokens": 18,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    base: dict[str, object] = {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "model": "gpt-5.4-2026-03-05",
        "output": [],
        "status": status,
        "usage": usage,
    }
    return base | extra


def responses_event(kind: str, **fields: object) -> bytes:
    return event({"type": kind, "sequence_number": 0, **fields}, kind)


def responses_events(
    text: str = "", *, refusal: str = "", thinking: str = "", end: bytes | None = None
) -> bytes:
    """The events of one answer. `end` replaces the last one (b"": none)."""
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    out = [responses_event("response.created", response=response_object("in_progress"))]
    for part in _parts(thinking):
        out.append(
            responses_event(
                "response.reasoning_summary_text.delta",
                item_id="rs_1",
                output_index=0,
                summary_index=0,
                delta=part,
            )
        )
    for part in _parts(text):
        out.append(responses_event("response.output_text.delta", **where, delta=part, logprobs=[]))
    for part in _parts(refusal):
        out.append(responses_event("response.refusal.delta", **where, delta=part))
    done = responses_event("response.completed", response=response_object())
    return b"".join([*out, done if end is None else end])


# --- Chat Completions --------------------------------------------------------------------------


def chat_chunk(delta: dict[str, object], finish: str | None = None, **choice: object) -> bytes:
    one = {"index": 0, "delta": delta, "finish_reason": finish, **choice}
    return event({"id": "c1", "object": "chat.completion.chunk", "model": "m1", "choices": [one]})


def chat_events(
    text: str = "",
    *,
    refusal: str = "",
    thinking: str = "",
    finish: str | None = "stop",
    usage: bool = True,
    done: bool = True,
) -> bytes:
    """The chunks of one answer; each part that servers may leave out can be left out."""
    out = [chat_chunk({"role": "assistant", "content": ""})]
    out += [chat_chunk({"reasoning_content": part}) for part in _parts(thinking)]
    out += [chat_chunk({"content": part}) for part in _parts(text)]
    out += [chat_chunk({"refusal": part}) for part in _parts(refusal)]
    if finish is not None:
        out.append(chat_chunk({}, finish))
    if usage:
        counts = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        out.append(event({"id": "c1", "model": "m1", "choices": [], "usage": counts}))
    if done:
        out.append(event("[DONE]"))
    return b"".join(out)
