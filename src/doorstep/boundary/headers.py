"""What a request's head may hold: an allow-list. Client libraries tell much about a machine."""

from __future__ import annotations

import re
from collections.abc import Mapping

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


def outgoing_headers(
    headers: Mapping[str, str], host: str, method: str, body: bytes
) -> tuple[tuple[str, str], ...]:
    """The headers that leave. Blocked for a body whose bytes could not be looked at.

    `headers` are found by their names in lower case; `host` is that of the URL, with its port.
    """
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Blocked(
            "The body is compressed, so that it cannot be checked; nothing was sent.",
            hint="Send it without a content encoding.",
        )
    kept = [(name, headers[name]) for name in _KEPT if name in headers]
    kept += [(n, headers[n]) for n, s in _SHAPED.items() if s.fullmatch(headers.get(n, ""))]
    fixed = [("host", host), ("user-agent", USER_AGENT), ("accept-encoding", "identity")]
    length = [("content-length", str(len(body)))] if body or method == "POST" else []
    return (*fixed, *kept, *length)


def checked_method(method: str, *, named: bool = False) -> str:
    """`named`: whether the URL holds a user name. Blocked for it, and for an unusual method."""
    if method not in _METHODS or named:
        raise Blocked(
            "The method or the URL of the request is unusual; nothing was sent.",
            hint="Use a plain HTTP method, and no user name in the URL.",
        )
    return method
