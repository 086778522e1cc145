"""One HTTP exchange, as plain as ASGI gives it: a request that is read, an answer that is sent.

No framework: between the socket and a surface stand these two objects only (ASGI 3.0).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from doorstep._errors import DoorstepError

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

JSON = b"application/json"
SSE = b"text/event-stream; charset=utf-8"
NDJSON = b"application/x-ndjson"


class Gone(Exception):
    """The client has gone away; nobody reads what would be said."""


class BadRequest(DoorstepError):
    """The request cannot be answered. `status` is HTTP's, `code` a word for programs, `param` the
    field that is wrong. The message never quotes the request."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str = "invalid_request",
        param: str | None = None,
        hint: str | None = None,
        headers: Headers = (),
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.param = param
        self.headers = tuple(headers)


class Request:
    """What a client asks. Header names are lower case; of a name that stands twice, the guard has
    refused those that matter."""

    __slots__ = ("headers", "method", "path", "query", "receive", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope.get("query_string", b"")
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.receive = receive

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    async def body(self, limit: int) -> bytes:
        """The whole body. BadRequest 413 where it is longer than `limit` bytes, Gone where the
        client left in the middle of it."""
        parts: list[bytes] = []
        size = 0
        while True:
            event = await self.receive()
            if event["type"] == "http.disconnect":
                raise Gone
            part = event.get("body", b"")
            size += len(part)
            if size > limit:
                raise BadRequest(
                    f"The request is larger than {limit} bytes.", status=413, code="too_large"
                )
            parts.append(part)
            if not event.get("more_body"):
                return b"".join(parts) if len(parts) > 1 else part

    async def gone(self) -> None:
        """Returns when the client has gone away. Only after the body has been read."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


class Answer:
    """What is sent back. `headers` are added to whatever begins the answer; `head` is what was."""

    __slots__ = ("_send", "begun", "head", "headers", "sent", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.headers: list[tuple[bytes, bytes]] = []
        self.head: list[tuple[bytes, bytes]] = []
        self.begun = False
        self.sent = 0  # bytes of the body
        self.status = 0

    async def whole(
        self, body: bytes, *, status: int = 200, kind: bytes = JSON, headers: Headers = ()
    ) -> None:
        """An answer in one piece."""
        length = (b"content-length", str(len(body)).encode())
        await self._begin(status, kind, (length, *headers))
        self.sent += len(body)
        await self._send({"type": "http.response.body", "body": body})

    async def begin(self, kind: bytes, *, status: int = 200, headers: Headers = ()) -> None:
        """The head of an answer that comes in pieces."""
        await self._begin(status, kind, headers)

    async def piece(self, part: bytes) -> None:
        if part:
            self.sent += len(part)
            await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def end(self, part: bytes = b"") -> None:
        self.sent += len(part)
        await self._send({"type": "http.response.body", "body": part})

    async def passed(self, event: Event) -> None:
        """An event of an application that speaks ASGI itself."""
        if event["type"] == "http.response.start":
            self.begun, self.status = True, event["status"]
            self.head = list(event.get("headers", ()))
        else:
            self.sent += len(event.get("body", b""))
        await self._send(event)

    async def _begin(self, status: int, kind: bytes, headers: Headers) -> None:
        self.begun, self.status = True, status
        self.head = [(b"content-type", kind), *self.headers, *headers]
        await self._send({"type": "http.response.start", "status": status, "headers": self.head})


Handler = Callable[[Request, Answer], Awaitable[None]]
