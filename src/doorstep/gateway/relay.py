"""The mask/* path: a body goes to an upstream through the boundary, the reply comes back restored.

Nothing of the client's head goes along: an upstream sees our key and a content type, no more.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import orjson

from doorstep._errors import BoundaryError
from doorstep.boundary.tree import dump
from doorstep.gateway.core import Core, Json, Relayed
from doorstep.gateway.http import Answer, BadRequest, Request
from doorstep.gateway.metrics import NOTHING, Metrics
from doorstep.gateway.names import Target
from doorstep.gateway.noting import asks
from doorstep.gateway.said import CROSSINGS, MASKED, VERDICT
from doorstep.gateway.spans import Spans, answered
from doorstep.gateway.tries import Began, Tries
from doorstep.gateway.upstreams import Upstreams
from doorstep.gateway.watching import watching
from doorstep.gateway.way import Way
from doorstep.gateway.whole import is_stream, whole_body

SCOPE = b"x-doorstep-scope"
_SCOPE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BACK = ("retry-after", "x-request-id", "openai-processing-ms")
_LIMITS = "x-ratelimit-"
_OURS = ("doorstep",)  # asked of the gateway, nothing for an upstream
_MASKED = MASKED.encode()
_STATE = ("previous_response_id", "conversation")


class UpstreamRelay:
    """The gateway's `Relay`: to the upstreams, through `way`."""

    def __init__(
        self,
        way: Way,
        upstreams: Upstreams,
        metrics: Metrics = NOTHING,
        spans: Spans | None = None,
        *,
        begin_s: float = 120.0,
    ) -> None:
        self._way = way
        self._upstreams = upstreams
        self._metrics = metrics
        self._spans = spans or Spans((), ())
        self._begin_s = begin_s

    async def send(self, target: Target, path: str, body: Json, request: Request) -> Relayed:
        """See `Relay.send`."""
        asks(target.name)
        order = self._upstreams.order(target.upstream)
        sent = outgoing(body, target.upstream, path)
        scope = scope_of(request)
        try:
            with self._spans.upstream(target.name, order[0].name) as span:
                tries = Tries(self._way, order, self._metrics, begin_s=self._begin_s)
                began = await tries.send(path, sent, scope)
                answered(span, began.coming.status)
        except BoundaryError as error:
            self._metrics.refused(error)
            raise
        return _Back(began)


def outgoing(body: Json, model: str, path: str) -> bytes:
    """What is put to the boundary: the client's body with the upstream's name of the model.

    Doorstep keeps no state at a vendor: the Responses API is told not to store, and what refers to
    something stored is refused.
    """
    body = {key: value for key, value in body.items() if key not in _OURS}
    body["model"] = model
    if path == "/responses":
        for key in _STATE:
            if body.get(key) is not None:
                raise BadRequest(f"{key} needs state at the vendor, which is not kept.", param=key)
        body["store"] = False
    try:
        return orjson.dumps(body)
    except TypeError:  # half an emoji, an integer of more than 64 bits: JSON can spell them
        return dump(body)


def scope_of(request: Request) -> str:
    """Whose request it is, where the client says so: placeholders of two scopes never agree."""
    if SCOPE not in request.headers:
        return ""
    scope = request.header(SCOPE)
    if not _SCOPE.fullmatch(scope):
        raise BadRequest(
            "x-doorstep-scope must be 1 to 64 letters, digits, dots, hyphens or underscores.",
            param="x-doorstep-scope",
        )
    return scope


class _Back:
    """The `Relayed` of an upstream's reply."""

    __slots__ = ("_coming", "crossings", "headers", "kind", "status")

    def __init__(self, began: Began) -> None:
        coming = began.coming
        self.status = coming.status
        self.kind = _printed(coming.headers.get("content-type", "application/json"))
        self.headers = tuple(
            (name.encode("ascii"), _printed(value))
            for name, value in coming.headers.items()
            if name in _BACK or (name.startswith(_LIMITS) and name.isascii())
        )
        self.crossings = began.crossings
        self._coming = coming

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._coming)

    async def close(self) -> None:
        await self._coming.close()


def _printed(value: str) -> bytes:
    """A header's value: visible ASCII and spaces (RFC 9110, 5.5); of anything else a "?"."""
    if not value.isascii() or not value.isprintable():
        value = "".join(sign if " " <= sign <= "~" else "?" for sign in value)
    return value.encode("ascii")


async def passed(
    core: Core, target: Target, path: str, body: Json, request: Request, answer: Answer
) -> None:
    """Answer a mask target: the upstream's own bytes, restored, as they come.

    BoundaryError and ModelError come out while nothing has been sent yet.
    """
    reply = None
    try:
        async with watching(request):  # it ends with the answer, before anything else is awaited
            reply = await core.relay.send(target, path, body, request)
            await _forward(reply, answer)
    finally:
        if reply is not None:
            await reply.close()


async def _forward(reply: Relayed, answer: Answer) -> None:
    said = (*said_of(reply), *reply.headers)
    if not is_stream(reply):
        whole = await whole_body(reply)
        await answer.whole(whole, status=reply.status, kind=reply.kind, headers=said)
        return
    await answer.begin(reply.kind, status=reply.status, headers=said)
    async for part in reply:
        await answer.piece(part)
    await answer.end()


def said_of(reply: Relayed) -> tuple[tuple[bytes, bytes], ...]:
    """What happened, in headers."""
    ids = ",".join(map(str, reply.crossings)).encode()
    return ((VERDICT, _MASKED), (CROSSINGS, ids))
