"""`/api/chat` and `/api/generate`: who answers, and the way to whom.

A mask goes through the relay as Chat Completions; a pattern through the library; `home` to home's
own Ollama as it was asked. What stays at home, or finds the cloud down, is answered there too.
"""

from __future__ import annotations

from functools import partial

from doorstep._errors import KeepHome, ModelUnavailable
from doorstep.gateway import asked as common
from doorstep.gateway import said
from doorstep.gateway.auxiliary import is_auxiliary
from doorstep.gateway.body import read_json
from doorstep.gateway.core import Core, HomeServer, Relayed
from doorstep.gateway.http import Answer, Handler, Request
from doorstep.gateway.names import HOME
from doorstep.gateway.noting import asks
from doorstep.gateway.ollama_asked import Asked, asked
from doorstep.gateway.ollama_heard import heard
from doorstep.gateway.ollama_home import natively, refused
from doorstep.gateway.ollama_library import by_library
from doorstep.gateway.ollama_lines import End, Kind, Lines, Part, tell
from doorstep.gateway.ollama_to_chat import chat_completions
from doorstep.gateway.ollama_to_library import for_library, messages_of
from doorstep.gateway.sse import dumped
from doorstep.gateway.watching import watching
from doorstep.gateway.who import AT_HOME, ByServer, Who, by_name, home_server, instead

CHAT, GENERATE = "/api/chat", "/api/generate"


def routes(core: Core) -> dict[tuple[str, str], Handler]:
    """The handlers by (method, path)."""
    return {
        ("POST", CHAT): partial(_answer, core, "chat"),
        ("POST", GENERATE): partial(_answer, core, "generate"),
    }


async def _answer(core: Core, kind: Kind, request: Request, answer: Answer) -> None:
    want = asked(core, kind, await read_json(request, core.rules.max_body), request)
    async with watching(request):
        if want.target.kind == "home":
            await _at_home(core, want, answer)
        elif want.loads:
            await _loaded(want, answer)
        elif core.rules.auxiliary == "home" and is_auxiliary(messages_of(want)):
            await _at_home(core, want, answer, said.AUXILIARY)
        elif want.target.kind == "mask":
            await _masked(core, want, request, answer)
        else:
            what = for_library(want, want.target)
            await _speak(want, what, await by_name(core, what), answer)


async def _loaded(want: Asked, answer: Answer) -> None:
    """Nothing has to be loaded: an upstream's model is, and a pattern's at its first request."""
    end = End("unload" if want.unloads else "load")
    line = Lines(want.name, want.kind, said.Said()).line(Part(end=end))
    await answer.whole(dumped(line))


async def _at_home(core: Core, want: Asked, answer: Answer, verdict: str = "") -> None:
    """By home's own Ollama, where it has one; else by whoever carries it."""
    home = await home_server(core)
    if not want.loads:
        asks(HOME)
    if home is not None and home.speaks_ollama:
        await _by_server(home, want, answer, said.by_server(verdict or said.HOME))
    elif want.loads:
        await _loaded(want, answer)
    else:
        what = for_library(want, AT_HOME)
        await _speak(want, what, await by_name(core, what, verdict), answer)


async def _masked(core: Core, want: Asked, request: Request, answer: Answer) -> None:
    body = chat_completions(want)
    why: KeepHome | ModelUnavailable
    try:
        reply = await core.relay.send(want.target, "/chat/completions", body, request)
    except KeepHome as error:
        why = error
    except ModelUnavailable as error:
        if core.rules.cloud_down != "home":
            raise
        why = error
    else:
        await _from_chat(want, reply, answer, said.by_mask(core, reply.crossings))
        return
    what = for_library(want, AT_HOME)
    await _speak(want, what, await instead(core, lambda: what, why), answer)


async def _speak(want: Asked, what: common.Asked, who: Who, answer: Answer) -> None:
    if isinstance(who, ByServer):
        await _by_server(who.home, want, answer, who.said)
    else:
        await by_library(want, what, who, answer)


async def _by_server(home: HomeServer, want: Asked, answer: Answer, how: said.Said) -> None:
    """Home's own server answers what it was asked."""
    if not home.speaks_ollama:
        body = chat_completions(want) | {"model": home.name}
        await _from_chat(want, await home.send("/v1/chat/completions", body), answer, how)
        return
    path = CHAT if want.kind == "chat" else GENERATE
    await natively(
        home, path, want.body, answer, stream=want.stream, said=how, details=want.details
    )


async def _from_chat(want: Asked, reply: Relayed, answer: Answer, how: said.Said) -> None:
    """Hand on what a server said in Chat Completions."""
    try:
        if reply.status >= 400:
            await refused(reply, answer, how.headers())
            return
        parts = heard(reply, thinking=want.body.get("think") is not False)
        lines = Lines(want.name, want.kind, how, want.details, began=want.began)
        await tell(parts, lines, answer, stream=want.stream, headers=reply.headers)
    finally:
        await reply.close()
