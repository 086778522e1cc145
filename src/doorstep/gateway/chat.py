"""`POST /v1/chat/completions`."""

from __future__ import annotations

from doorstep._values import Reply
from doorstep.gateway.asked import Asked
from doorstep.gateway.chat_asked import chat_asked
from doorstep.gateway.chat_shape import Chunks, completion
from doorstep.gateway.core import Core, Json
from doorstep.gateway.forward import before_done, forward
from doorstep.gateway.http import Answer, Handler, Request
from doorstep.gateway.sse import Script
from doorstep.gateway.surface import Account, Surface, answered
from doorstep.gateway.who import ByServer

PATH = "/chat/completions"


def routes(core: Core) -> dict[tuple[str, str], Handler]:
    """The handlers by (method, path)."""
    surface = Surface(PATH, _as_it_is, chat_asked, before_done, _whole, _script, _by_server)

    async def chat(request: Request, answer: Answer) -> None:
        await answered(surface, core, request, answer)

    return {("POST", f"/v1{PATH}"): chat}


def _as_it_is(body: Json) -> Json:
    return body


def _whole(want: Asked, reply: Reply, account: Json | None) -> Json:
    return completion(want.name, reply, account)


def _script(want: Asked, account: Account) -> Script:
    return Chunks(want.name, usage=want.usage, account=account)


async def _by_server(want: Asked, who: ByServer, answer: Answer) -> None:
    reply = await who.home.send(f"/v1{PATH}", want.body | {"model": who.home.name})
    await forward(reply, answer, who.said, before_done if want.details else None)
