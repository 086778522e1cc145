"""What went wrong, as a page in the frame, or as JSON where a program asked; never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doorstep._errors import DoorstepError
from doorstep._where import where
from doorstep.gateway.errors import fault_of
from doorstep.gateway.http import BadRequest
from doorstep.page.render import Renderer
from doorstep.page.shown import Shown

log = logging.getLogger("doorstep.page")

_TITLES = {
    400: "That cannot be read",
    401: "Please come in by the door",
    403: "Not from there",
    404: "There is nothing here",
    405: "Not that way",
    413: "Too much at once",
    421: "Not called by that name",
    429: "Too many tries",
}
_LINES = {
    400: "The form or the address cannot be read.",
    404: "There is no page at this address, or it has been dropped.",
    405: "This address takes another method.",
    413: "What was sent is larger than this page takes.",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """`status` is HTTP's. `message` and `hint` are a line each, without private text."""

    status: int
    message: str
    hint: str = ""


class Errors:
    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self.handlers: Mapping[Any, Any] = {HTTPException: self._http}

    def caught(self, app: ASGIApp) -> ASGIApp:
        """`app`, whose errors are told as `shown` does, as long as nothing has been answered."""
        return _Caught(app, self._failed)

    def refusal(self, error: BadRequest) -> ASGIApp:
        """What the guard of the gateway says. Without a token, a browser is sent to the form."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope)
            if error.status == 401 and request.method == "GET" and _wants_page(request):
                response: Response = RedirectResponse(_entrance(scope), 303)
            else:
                response = self._failed(request, error, "refused.html")
            await response(scope, receive, send)

        return answer

    def shown(self, request: Request, wrong: Wrong, template: str = "error.html") -> Response:
        title = _TITLES.get(wrong.status, "That went wrong")
        shown = Shown(template, title, wrong, wrong.status)
        if _wants_page(request):
            return self._renderer.html(shown, request)
        return self._renderer.json(shown)

    async def _http(self, request: Request, error: HTTPException) -> Response:
        if error.status_code == 404 and (to := _without_slash(request)):
            return RedirectResponse(to, 308)
        return self._said(request, error)

    def _said(self, request: Request, error: HTTPException) -> Response:
        plain = error.detail == HTTPStatus(error.status_code).phrase
        line = _LINES.get(error.status_code, error.detail) if plain else error.detail
        response = self.shown(request, Wrong(error.status_code, line))
        response.headers.update(error.headers or {})
        return response

    def _failed(self, request: Request, error: Exception, template: str = "error.html") -> Response:
        if isinstance(error, HTTPException):
            return self._said(request, error)
        fault = fault_of(error)
        if fault.code == "internal":  # a path or the error's own words could hold anything
            log.error("The page failed inside: %s at %s.", type(error).__name__, where(error))
        hint = error.hint if isinstance(error, DoorstepError) else ""
        response = self.shown(request, Wrong(fault.status, fault.message, hint or ""), template)
        for name, value in fault.headers:
            response.headers[name.decode()] = value.decode()
        return response


class _Caught:
    def __init__(self, app: ASGIApp, failed: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def told(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception as error:
            if begun:
                raise  # the server cuts the connection: half an answer must not look whole
            await self._failed(Request(scope), error)(scope, receive, send)


def _wants_page(request: Request) -> bool:
    """A person's browser, not a program: no twin, no stream, no JSON was asked for."""
    if request.url.path.endswith(".json"):
        return False
    accept = request.headers.get("accept", "*/*")
    return "text/html" in accept or accept == "*/*"


def _without_slash(request: Request) -> str:
    """Where a path with a slash too many means to go (/page/today/ is /page/today)."""
    base = request.scope.get("root_path", "")
    path = request.scope["path"]
    if path == base and request.method in ("GET", "HEAD"):
        return f"{base}/"
    if path.endswith("/") and path.rstrip("/") != base and request.method in ("GET", "HEAD"):
        return quote(path.rstrip("/"))
    return ""


def _entrance(scope: Scope) -> str:
    base = scope.get("root_path", "")
    back = scope["path"].removeprefix(base)
    return f"{base}/enter?next={quote(back, safe='/')}" if back.strip("/") else f"{base}/enter"
