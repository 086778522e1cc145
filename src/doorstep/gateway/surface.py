"""What both OpenAI surfaces do with a request, whatever its wording: find who answers, and ask.

A surface is how its interface is read and worded (`Surface`); `answered` is the rest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from doorstep._errors import KeepHome, ModelUnavailable
from doorstep._values import Reply
from doorstep.gateway import said
from doorstep.gateway.asked import Asked
from doorstep.gateway.auxiliary import is_auxiliary
from doorstep.gateway.body import read_json
from doorstep.gateway.core import Core, Json
from doorstep.gateway.forward import Splice, broke_off, forward
from doorstep.gateway.http import Answer, BadRequest, Gone, Request
from doorstep.gateway.names import Target
from doorstep.gateway.relay import passed
from doorstep.gateway.sse import Script, dumped, tell
from doorstep.gateway.watching import watching
from doorstep.gateway.who import AT_HOME, ByLibrary, ByServer, Who, by_name, instead, may_stay

Account = Callable[[Reply], Json | None]  # the `doorstep` object; None where nobody asked for it


class Read(Protocol):
    def __call__(self, body: Json, target: Target, *, details: bool = False) -> Asked:
        """BadRequest for what cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Surface:
    """`path` is that of an upstream's API. `checked` is the body as it may go to anybody, or raises
    BadRequest. `splice` puts the object into a server's stream; `whole` and `script` word what a
    model of the library says; `by_server` asks home's own server and hands its answer on."""

    path: str
    checked: Callable[[Json], Json]
    read: Read
    splice: Splice
    whole: Callable[[Asked, Reply, Json | None], Json]
    script: Callable[[Asked, Account], Script]
    by_server: Callable[[Asked, ByServer, Answer], Awaitable[None]]


async def answered(surface: Surface, core: Core, request: Request, answer: Answer) -> None:
    """Answer one request."""
    given = await read_json(request, core.rules.max_body)
    details = said.wanted(given, request)
    body = said.without(given)
    target = core.names.target(body.get("model"))
    body = surface.checked(body)
    if target.kind != "home" and core.rules.auxiliary == "home" and _auxiliary(surface, body):
        want = surface.read(body, AT_HOME, details=details)
        await _speak(surface, want, await by_name(core, want, said.AUXILIARY), request, answer)
    elif target.kind == "mask":
        await _masked(surface, core, target, body, details, request, answer)
    else:
        want = surface.read(body, target, details=details)
        await _speak(surface, want, await by_name(core, want), request, answer)


def _auxiliary(surface: Surface, body: Json) -> bool:
    """A request that cannot be read is none; whoever answers says what is wrong with it."""
    try:
        return is_auxiliary(surface.read(body, AT_HOME).messages)
    except BadRequest:
        return False


async def _masked(
    surface: Surface,
    core: Core,
    target: Target,
    body: Json,
    details: bool,
    request: Request,
    answer: Answer,
) -> None:
    try:
        if details:
            await _passed_with_details(surface, core, target, body, request, answer)
        else:
            await passed(core, target, surface.path, body, request, answer)
        return
    except Gone:
        raise
    except Exception as error:
        if answer.begun:
            await broke_off(answer, error)
            return
        why: KeepHome | ModelUnavailable = may_stay(core, error)

    def read() -> Asked:
        return surface.read(body, AT_HOME, details=details)

    who = await instead(core, read, why)
    await _speak(surface, read(), who, request, answer)


async def _passed_with_details(
    surface: Surface, core: Core, target: Target, body: Json, request: Request, answer: Answer
) -> None:
    async with watching(request):
        reply = await core.relay.send(target, surface.path, body, request)
        await forward(reply, answer, said.by_mask(core, reply.crossings), surface.splice)


async def _speak(surface: Surface, want: Asked, who: Who, request: Request, answer: Answer) -> None:
    async with watching(request):
        if isinstance(who, ByServer):
            await surface.by_server(want, who, answer)
        elif want.stream:
            await _streamed(surface, want, who, answer)
        else:
            await _whole(surface, want, who, answer)


async def _whole(surface: Surface, want: Asked, who: ByLibrary, answer: Answer) -> None:
    reply = await who.model.respond(want.messages, want.options)
    account = said.after(who.target, reply, who.verdict, who.model.stand_in)
    body = surface.whole(want, reply, account.object() if want.details else None)
    await answer.whole(dumped(body), headers=account.headers())


async def _streamed(surface: Surface, want: Asked, who: ByLibrary, answer: Answer) -> None:
    def account(reply: Reply) -> Json | None:
        if not want.details:
            return None
        return said.after(who.target, reply, who.verdict, who.model.stand_in).object()

    pieces = who.model.stream(want.messages, want.options)
    known = said.before(who.target, who.verdict, who.model.stand_in)
    await tell(pieces, surface.script(want, account), answer, known.headers())
