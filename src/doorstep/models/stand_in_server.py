"""A server that stands in for a cloud model: real HTTP on loopback, a function behind it.

It speaks OpenAI's Responses API (`POST /v1/responses`, whole and as server-sent events), so that
the whole path to a cloud is the real one on a machine that has none. It is no language model and
says so in its model name; it counts no tokens, because there are none. It keeps nothing, and it
answers only who knows its key, which is drawn anew for every start.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self, cast

from doorstep._errors import DoorstepError

_LARGEST = 4 * 1024 * 1024
_PIECE = 24  # characters a delta

Answer = Callable[[str], str]
Reads = Literal["all", "last"]


class StandInServer:
    """`async with StandInServer(answer, name="stand-in-x") as cloud:` listens on `cloud.base_url`
    for `cloud.key`; `cloud.model` is its name.

    `answer` is a function of all text of a request, or of its last message (`reads="last"`). A
    `DoorstepError` of it is said as a bad request (400); any other error only by its type (500).
    It is called in a thread for each connection.
    """

    def __init__(
        self, answer: Answer, *, name: str, key: str | None = None, reads: Reads = "all"
    ) -> None:
        self.model = name
        self.key = key or f"sk-stand-in-{secrets.token_urlsafe(24)}"
        self._answer = answer
        self._reads: Reads = reads
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        if self._server is None:
            raise DoorstepError("The stand-in cloud is not running.", hint="Enter it first.")
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def reply(self, request: dict[str, Any]) -> dict[str, Any]:
        """The response object for a request's body."""
        text = _text(request, self._reads)
        try:
            return _response(self._answer(text), self.model)
        except DoorstepError as error:
            raise _Refusal(400, f"{self.model}: {error}", "invalid_request_error") from error
        except Exception as error:  # its message may quote the request; its type cannot
            kind = type(error).__name__
            raise _Refusal(500, f"{self.model} failed ({kind}).", "server_error") from error

    async def __aenter__(self) -> Self:
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="stand-in-cloud", daemon=True
        )
        self._thread.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            await asyncio.to_thread(server.shutdown)
            server.server_close()
            thread.join(1)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a kept-alive connection would hold the door open

    def __init__(self, cloud: StandInServer) -> None:
        self.cloud = cloud
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # HTTPServer asks the resolver for a name of 127.0.0.1 here, which may take seconds.
        from socketserver import TCPServer

        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no event, and nothing of a request is ever printed."""


class _Refusal(Exception):
    """An answer in OpenAI's error shape."""

    def __init__(self, status: int, message: str, kind: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "type": kind, "param": None, "code": code}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def do_POST(self) -> None:
        try:
            body = self._read()
            self._allow()
            request = _request(body)
            response = self._cloud().reply(request)
        except _Refusal as refusal:
            self._send(refusal.status, json.dumps(refusal.body).encode())
            return
        if request.get("stream") is True:
            self._stream(response)
        else:
            self._send(200, json.dumps(response).encode())

    def do_GET(self) -> None:
        refusal = _Refusal(404, "Only POST /v1/responses is served.", "invalid_request_error")
        self._send(404, json.dumps(refusal.body).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""

    def _read(self) -> bytes:
        size = self.headers.get("Content-Length", "")
        if not size.isascii() or not size.isdigit() or int(size) > _LARGEST:
            self.close_connection = True
            raise _Refusal(413, "The body is too large or has no length.", "invalid_request_error")
        return self.rfile.read(int(size))

    def _allow(self) -> None:
        given = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self._cloud().key}".encode()):
            raise _Refusal(
                401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"
            )
        if self.path.partition("?")[0] != "/v1/responses":
            raise _Refusal(404, "Only POST /v1/responses is served.", "invalid_request_error")

    def _cloud(self) -> StandInServer:
        return cast(_Server, self.server).cloud

    def version_string(self) -> str:
        return self._cloud().model

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, response: dict[str, Any]) -> None:
        """Server-sent events in HTTP chunks, one event a chunk."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, event in enumerate(_events(response)):
            event["sequence_number"] = number
            data = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.write(b"0\r\n\r\n")


def _request(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise _Refusal(400, "The body is not a JSON object.", "invalid_request_error")
    return request


def _text(request: dict[str, Any], reads: Reads) -> str:
    """The input's text: a string, or messages whose content is a string or parts with text."""
    given = request.get("input")
    items = given if isinstance(given, list) else [{"content": given}]
    items = items[-1:] if reads == "last" else items
    contents = [item.get("content") for item in items if isinstance(item, dict)]
    parts = [p for c in contents for p in (c if isinstance(c, list) else [{"text": c}])]
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))


def _response(text: str, model: str) -> dict[str, Any]:
    """A completed response object with one message."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    item = {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }
    return {
        "id": f"resp_{secrets.token_hex(12)}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "model": model,
        "output": [item],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": False,
        "temperature": None,
        "tool_choice": "none",
        "tools": [],
        "top_p": None,
        "store": False,
        "usage": {
            "input_tokens": 0,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 0,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 0,
        },
    }


def _events(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The events of a streamed response, in the order in which OpenAI sends them."""
    item = response["output"][0]
    part = item["content"][0]
    text = part["text"]
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    at = {"output_index": 0, "item_id": item["id"], "content_index": 0}
    empty_item = {**item, "status": "in_progress", "content": []}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    yield {"type": "response.output_item.added", "output_index": 0, "item": empty_item}
    yield {"type": "response.content_part.added", **at, "part": {**part, "text": ""}}
    for i in range(0, len(text), _PIECE):
        delta = {"delta": text[i : i + _PIECE], "logprobs": []}
        yield {"type": "response.output_text.delta", **at, **delta}
    yield {"type": "response.output_text.done", **at, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **at, "part": part}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": response}
