"""`GET /`: a person's browser is sent to the page; clients of Ollama hear what they look for."""

from __future__ import annotations

from doorstep.gateway.app import Routes
from doorstep.gateway.guard import is_visitor
from doorstep.gateway.http import Answer, Handler, Request

_TO_PAGE = ((b"location", b"/page/"), (b"vary", b"accept"), (b"cache-control", b"no-store"))


def routes(others: Routes) -> dict[tuple[str, str], Handler]:
    """Those of / among `others`, for browsers too."""
    return {key: _welcoming(handler) for key, handler in others.items() if key[1] == "/"}


def _welcoming(other: Handler) -> Handler:
    async def answered(request: Request, answer: Answer) -> None:
        if is_visitor(request):
            await answer.whole(b"", status=303, kind=b"text/plain", headers=_TO_PAGE)
        else:
            await other(request, answer)

    return answered
