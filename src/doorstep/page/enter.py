"""The way in where the page asks for the token: a form, a cookie, and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from doorstep.gateway.visits import COOKIE, HOURS, Visits
from doorstep.page.render import Renderer
from doorstep.page.shown import Part, Shown


@dataclass(frozen=True, slots=True)
class Enter:
    """`next`: where to go then, a path below /page. `said`: what was wrong with the last try."""

    next: str
    said: str = ""
    hours: int = HOURS


def enter(visits: Visits, renderer: Renderer) -> Part:
    async def show(request: Request) -> Shown:
        return _shown(_below(request.query_params.get("next", "")))

    async def come_in(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        to = _below(str(form.get("next", "")))
        address = request.client.host if request.client else ""
        if rest := visits.tries.rest(address):
            late = _shown(to, f"Too many tries. Wait {rest} seconds.", 429)
            answer = renderer.html(late, request)
            answer.headers["retry-after"] = str(rest)
            return answer
        if not visits.right(str(form.get("token", ""))):
            visits.tries.wrong(address)
            return renderer.html(_shown(to, "That is not the token.", 403), request)
        return _set(request, RedirectResponse(_base(request) + to, 303), visits.begin())

    async def leave(request: Request) -> Response:
        return _set(request, RedirectResponse(f"{_base(request)}/enter", 303), "")

    routes = (
        Route("/enter", come_in, methods=["POST"]),
        Route("/leave", leave, methods=["POST"]),
    )
    return Part({"/enter": show}, routes)


def _shown(to: str, said: str = "", status: int = 200) -> Shown:
    return Shown("enter.html", "Come in", Enter(to, said), status)


def _set(request: Request, answer: Response, value: str) -> Response:
    """`Secure` where we speak TLS ourselves: what a proxy says of itself could be anybody's."""
    answer.set_cookie(
        COOKIE,
        value,
        max_age=HOURS * 3600 if value else 0,
        path=_base(request) or "/",
        secure=request.scope.get("scheme") == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


def _below(path: str) -> str:
    """`path` if it is one below the page, else the first: never an address elsewhere."""
    parts = urlsplit(path)
    odd = not path.startswith("/") or path.startswith("//") or "\\" in path
    if odd or parts.scheme or parts.netloc or any(ord(c) < 32 or ord(c) > 126 for c in path):
        return "/today"
    return path


def _base(request: Request) -> str:
    base: str = request.scope.get("root_path", "")
    return base
