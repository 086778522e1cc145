"""`GET /v1/models` and `GET /v1/models/{id}`: the names that are offered."""

from __future__ import annotations

from urllib.parse import unquote

from doorstep.gateway.core import Core, Json
from doorstep.gateway.http import Answer, Handler, Request
from doorstep.gateway.sse import dumped

PATH = "/v1/models"


def routes(core: Core) -> dict[tuple[str, str], Handler]:
    """The handlers by (method, path)."""

    async def listed(request: Request, answer: Answer) -> None:
        models = [entry(name) for name in core.names.all()]
        await answer.whole(dumped({"object": "list", "data": models}))

    async def one(request: Request, answer: Answer) -> None:
        name = unquote(request.path.removeprefix(f"{PATH}/"))
        core.names.target(name)
        await answer.whole(dumped(entry(name)))

    return {("GET", PATH): listed, ("GET", f"{PATH}/*"): one}


def entry(name: str) -> Json:
    """A model's object. Nobody knows when a pattern was created, so it is 0."""
    return {"id": name, "object": "model", "created": 0, "owned_by": "doorstep"}
