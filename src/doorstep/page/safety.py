"""What a browser is told, whatever the page, and how much it may send.

Nothing from elsewhere, nothing to it: the W3C's Content Security Policy Level 3 and Permissions
Policy, WHATWG's cross-origin headers. Who may ask at all is the guard's (`gateway.page_guard`).
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",  # no text becomes markup, by no mistake of a script
        "trusted-types 'none'",
    )
)
_OFF = "accelerometer camera display-capture geolocation gyroscope microphone payment usb".split()
HEADERS = {
    "content-security-policy": POLICY,
    "permissions-policy": ", ".join(f"{name}=()" for name in _OFF),
    # Not no-referrer: a form's request would say Origin: null (WHATWG Fetch, 3.2), which is nobody.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
LARGEST = 2_000_000  # bytes of a form: the notes of a household, and room
LONGEST = 1000  # characters of a path; Python reads no number of more than 4300 digits


class Safe:
    """Adds the headers. What is not a file of ours is never kept by a browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        keep = "no-cache" if path.startswith("/static/") else "no-store"  # no-cache: ask each time

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers["cache-control"] = keep if message["status"] < 400 else "no-store"
            await send(message)

        await self._app(scope, receive, told)


class Bounded:
    """413 for a body of more than `LARGEST` bytes, said or sent; 404 for a path of more than
    `LONGEST` characters."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if len(scope["path"]) > LONGEST:
            raise HTTPException(404)
        said = Headers(scope=scope).get("content-length", "0")
        if said.isdigit() and int(said) > LARGEST:
            raise HTTPException(413)
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
