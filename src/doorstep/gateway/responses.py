"""`POST /v1/responses`, without state."""

from __future__ import annotations

import asyncio

from doorstep._errors import DoorstepError
from doorstep._values import Reply
from doorstep.gateway import said
from doorstep.gateway.asked import Asked
from doorstep.gateway.core import Core, Json
from doorstep.gateway.forward import in_completed
from doorstep.gateway.http import SSE, Answer, Handler, Request
from doorstep.gateway.noting import broke
from doorstep.gateway.responses_asked import refuse_state, responses_asked
from doorstep.gateway.responses_home import chat_of, output_of
from doorstep.gateway.responses_shape import Events, Items, Response, message_item
from doorstep.gateway.sse import KEEP_ALIVE, QUIET_S, dumped
from doorstep.gateway.surface import Surface, answered
from doorstep.gateway.who import ByServer
from doorstep.models._wire import json_object
from doorstep.models.home_wire import CHAT

PATH = "/responses"


def routes(core: Core) -> dict[tuple[str, str], Handler]:
    """The handlers by (method, path)."""
    surface = Surface(PATH, _stateless, responses_asked, in_completed, _whole, Events, _by_server)

    async def responses(request: Request, answer: Answer) -> None:
        await answered(surface, core, request, answer)

    return {("POST", f"/v1{PATH}"): responses}


def _stateless(body: Json) -> Json:
    """Nothing is kept at a vendor, whatever was asked."""
    refuse_state(body)
    return body | {"store": False}


def _whole(want: Asked, reply: Reply, account: Json | None) -> Json:
    return Response(want).ended([message_item(reply.text)], reply, account)


async def _by_server(want: Asked, who: ByServer, answer: Answer) -> None:
    account = who.said.object() if want.details else None
    headers = who.said.headers()
    asking = asyncio.ensure_future(_asked_whole(want, who))
    try:
        if want.stream:
            await _as_events(want, asking, account, answer, headers)
            return
        output, reply = await asking
        body = Response(want).ended(output, reply, account)
        await answer.whole(dumped(body), headers=headers)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _asked_whole(want: Asked, who: ByServer) -> tuple[list[Json], Reply]:
    reply = await who.home.send(CHAT, chat_of(want.body) | {"model": who.home.name})
    try:
        return output_of(json_object(b"".join([part async for part in reply])))
    finally:
        await reply.close()


async def _as_events(
    want: Asked,
    asking: asyncio.Future[tuple[list[Json], Reply]],
    account: Json | None,
    answer: Answer,
    headers: tuple[said.Pair, ...],
) -> None:
    await asyncio.wait({asking}, timeout=QUIET_S)
    script = Items(want, lambda _: account)
    if asking.done():
        asking.result()  # what failed by now gets a status of its own
    await answer.begin(SSE, headers=headers)
    await answer.piece(script.begin())
    while not asking.done():
        await answer.piece(KEEP_ALIVE)
        await asyncio.wait({asking}, timeout=QUIET_S)
    try:
        await answer.piece(script.items(*asking.result()))
    except DoorstepError as error:
        broke(error)
        await answer.piece(script.failed(error))
    await answer.end()
