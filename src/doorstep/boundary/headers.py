"""What a request's head may hold: an allow-list. Client libraries tell much about a machine."""

from __future__ import annotations

import re

import httpx2

from doorstep._errors import Blocked

USER_AGENT = "doorstep"
_KEPT = ("authorization", "api-key", "x-api-key", "content-type", "accept")
_BETA = r"[a-z0-9]+(?:-[a-z0-9]+)*-20\d\d-\d\d-\d\d"
# Anthropic's: a version is a date, betas are names that end in a date. Nothing else passes.
_SHAPED = {
    "anthropic-version": re.compile(r"20\d\d-\d\d-\d\d"),
    "anthropic-beta": re.compile(rf"{_BETA}(?:, ?{_BETA})*"),
}
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))


def outgoing_headers(request: httpx2.Request, body: bytes) -> tuple[tuple[str, str], ...]:
    """The headers that leave. Blocked for a body whose bytes could not be looked at."""
    headers = request.headers
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Blocked(
            "The body is compressed, so that it cannot be checked; nothing was sent.",
            hint="Send it without a content encoding.",
        )
    kept = [(name, headers[name]) for name in _KEPT if name in headers]
    kept += [(n, headers[n]) for n, s in _SHAPED.items() if s.fullmatch(headers.get(n, ""))]
    host = request.url.netloc.decode("ascii")
    fixed = [("host", host), ("user-agent", USER_AGENT), ("accept-encoding", "identity")]
    length = [("content-length", str(len(body)))] if body or request.method == "POST" else []
    return (*fixed, *kept, *length)


def checked_method(request: httpx2.Request) -> str:
    if request.method not in _METHODS or request.url.userinfo:
        raise Blocked(
            "The method or the URL of the request is unusual; nothing was sent.",
            hint="Use a plain HTTP method, and no user name in the URL.",
        )
    return request.method
