"""Values to HTML and JSON. Everything is escaped; a template has no way to say otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from doorstep.page.filters import FILTERS, zones
from doorstep.page.json_line import as_json
from doorstep.page.shown import Show, Shown

# (path below /page, label), in the order of the navigation.
NAV = (
    ("/today", "Today"),
    ("/ask", "Ask"),
    ("/runs", "Runs"),
    ("/held", "Held"),
    ("/ledger", "Ledger"),
    ("/patterns", "Patterns"),
    ("/quality", "Quality and cost"),
)


class Renderer:
    """`globals`: what every template may use beside its `data`."""

    def __init__(self, globals: Mapping[str, object]) -> None:
        self._templates = Environment(
            loader=PackageLoader("doorstep.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {"nav": NAV, "zones": zones, **globals}
        self._templates.filters |= FILTERS

    def html(self, shown: Shown, request: Request) -> Response:
        base = request.scope.get("root_path", "")
        template = self._templates.get_template(shown.template)
        text = template.render(data=shown.data, title=shown.title, base=base, here=_here(request))
        # Half of a character, which JSON can spell and UTF-8 cannot, is written out.
        return HTMLResponse(text.encode("utf-8", "backslashreplace"), shown.status)

    def json(self, shown: Shown) -> Response:
        body = as_json(shown.data, _plain)
        return Response(body, shown.status, media_type="application/json")

    def page(self, show: Show) -> Any:
        async def answer(request: Request) -> Response:
            # In a thread: a long page is written while whoever asks the gateway is answered.
            return await run_in_threadpool(self.html, await show(request), request)

        return answer

    def twin(self, show: Show) -> Any:
        async def answer(request: Request) -> Response:
            return await run_in_threadpool(self.json, await show(request))

        return answer


def _here(request: Request) -> str:
    return (
        "/"
        + request.url.path.removeprefix(request.scope.get("root_path", "")).strip("/").split("/")[0]
    )


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
