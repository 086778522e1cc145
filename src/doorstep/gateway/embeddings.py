"""`POST /v1/embeddings`: home's own server only.

A vector tells much of the text that it is of, and a vector of a masked text is of no use: so no
text goes to a cloud for one, whatever the model's name says.
"""

from __future__ import annotations

from doorstep.gateway import said
from doorstep.gateway.body import read_json
from doorstep.gateway.content import wrong
from doorstep.gateway.core import Core
from doorstep.gateway.forward import forward
from doorstep.gateway.http import Answer, BadRequest, Handler, Request
from doorstep.gateway.watching import watching
from doorstep.gateway.who import home_server

PATH = "/v1/embeddings"


def routes(core: Core) -> dict[tuple[str, str], Handler]:
    """The handlers by (method, path)."""

    async def embeddings(request: Request, answer: Answer) -> None:
        body = said.without(await read_json(request, core.rules.max_body))
        target = core.names.target(body.get("model"))
        if target.kind != "home":
            raise BadRequest(
                "Embeddings are made at home only.", param="model", hint='Ask for the model "home".'
            )
        if not isinstance(body.get("input"), str | list):
            raise wrong("input", "has to be a text or a list of texts.")
        home = await home_server(core)
        if home is None:
            raise BadRequest(
                "Home has no server that makes embeddings.",
                code="no_embeddings",
                hint="Run Ollama at home.",
            )
        async with watching(request):
            reply = await home.send(PATH, body | {"model": home.name})
            await forward(reply, answer, said.by_server())

    return {("POST", PATH): embeddings}
