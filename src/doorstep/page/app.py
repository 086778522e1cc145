"""The page as an ASGI application, to be mounted at /page."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from doorstep.gateway.http import BadRequest
from doorstep.gateway.visits import Visits
from doorstep.page.enter import enter
from doorstep.page.errors import Errors
from doorstep.page.render import Renderer
from doorstep.page.rooms import Rooms
from doorstep.page.safety import Bounded, Safe
from doorstep.page.shown import Part
from doorstep.page.views import PARTS
from doorstep.page.views.held import count_of

STATIC = Path(__file__).parent / "static"


class Page:
    """All views over `rooms`. `visits`: who may come in by a token, None where it takes none."""

    def __init__(self, rooms: Rooms, visits: Visits | None = None) -> None:
        renderer = Renderer(
            {
                "version": version("doorstep"),
                "held_count": lambda: count_of(rooms.waiting),
                "can_leave": visits is not None,
            }
        )
        self._errors = Errors(renderer)
        parts = [make(rooms) for make in PARTS]
        if visits is not None:
            parts.append(enter(visits, renderer))
        routes = [
            Route("/", _first),
            Mount("/static", StaticFiles(directory=STATIC)),
            *(route for part in parts for route in _routes(part, renderer)),
        ]
        within = [Middleware(Safe), Middleware(self._errors.caught), Middleware(Bounded)]
        self.app = Starlette(
            routes=routes, middleware=within, exception_handlers=self._errors.handlers
        )
        self.app.state.renderer = renderer  # for what is answered beside the views
        self.app.router.redirect_slashes = False  # it would name a scheme that it cannot know

    def refused(self, error: BadRequest) -> Safe:
        """An application that answers a request which was let in no further."""
        return Safe(self._errors.refusal(error))


def _routes(part: Part, renderer: Renderer) -> Iterable[BaseRoute]:
    for path, show in part.shows.items():
        # The twin first: a path with a parameter would take its name for a value.
        yield Route(f"{path}.json", renderer.twin(show))
        yield Route(path, renderer.page(show))
    yield from part.routes


async def _first(request: Request) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/today", 303)
