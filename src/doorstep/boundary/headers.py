"""What a request's head may hold: an allow-list. Client libraries tell much about a machine."""

from __future__ import annotations

import httpx2

from doorstep._errors import Blocked

USER_AGENT = "doorstep"
_KEPT = ("authorization", "api-key", "x-api-key", "content-type", "accept")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))


def outgoing_headers(request: httpx2.Request, body: bytes) -> tuple[tuple[str, str], ...]:
    """The headers that leave. Blocked for a body whose bytes could not be looked at."""
    headers = request.headers
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Blocked("The body is compressed, so that it cannot be checked; nothing was sent.")
    kept = [(name, headers[name]) for name in _KEPT if name in headers]
    host = request.url.netloc.decode("ascii")
    fixed = [("host", host), ("user-agent", USER_AGENT), ("accept-encoding", "identity")]
    length = [("content-length", str(len(body)))] if body or request.method == "POST" else []
    return (*fixed, *kept, *length)


def checked_method(request: httpx2.Request) -> str:
    if request.method not in _METHODS or request.url.userinfo:
        raise Blocked("The method or the URL of the request is unusual; nothing was sent.")
    return request.method
