"""`/api/embed` and `/api/embeddings`: by home's own Ollama only. A vector tells what its text
says, so none is ever made in a cloud."""

from __future__ import annotations

from functools import partial

from doorstep.gateway.body import read_json
from doorstep.gateway.core import Core
from doorstep.gateway.http import Answer, BadRequest, Handler, Request
from doorstep.gateway.names import HOME
from doorstep.gateway.ollama_asked import plain_name
from doorstep.gateway.ollama_home import natively
from doorstep.gateway.said import by_server
from doorstep.gateway.watching import watching
from doorstep.gateway.who import home_server


def routes(core: Core) -> dict[tuple[str, str], Handler]:
    """The handlers by (method, path)."""
    paths = ("/api/embed", "/api/embeddings")
    return {("POST", path): partial(_embed, core) for path in paths}


async def _embed(core: Core, request: Request, answer: Answer) -> None:
    body = await read_json(request, core.rules.max_body)
    if core.names.target(plain_name(body.get("model"))).kind != HOME:
        raise BadRequest(
            "Embeddings are made at home only.", param="model", hint=f"Ask for the model {HOME}."
        )
    home = await home_server(core)
    if home is None or not home.speaks_ollama:
        raise BadRequest(
            "Home has no server that makes embeddings.",
            status=501,
            code="not_supported",
            hint="Run Ollama at home.",
        )
    async with watching(request):
        await natively(home, request.path, body, answer, stream=False, said=by_server())
