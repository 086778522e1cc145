"""Who answers a request that no upstream answers: a model of the library, or home's own server.

The library's models carry text. What they do not carry (tools, images, several choices) is for
home's own server as it was asked; whether a pattern may hand it there is the operator's rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doorstep._errors import DoorstepError, KeepHome, ModelUnavailable
from doorstep.gateway import said
from doorstep.gateway.asked import Asked, Left
from doorstep.gateway.chat_asked import refusal
from doorstep.gateway.core import Core, HomeServer, Rules
from doorstep.gateway.http import BadRequest
from doorstep.gateway.names import HOME, Target
from doorstep.gateway.noting import asks
from doorstep.models.base import Model
from doorstep.models.home_wire import server_of

AT_HOME = Target(HOME, "home")


@dataclass(frozen=True, slots=True)
class ByServer:
    """Home's own server answers."""

    home: HomeServer
    said: said.Said


@dataclass(frozen=True, slots=True)
class ByLibrary:
    """A model of the library answers; `verdict` goes before its own."""

    model: Model
    target: Target
    verdict: str = ""


Who = ByServer | ByLibrary


async def home_server(core: Core) -> HomeServer | None:
    """Home's own server: the one that was given, or that of the library's home model."""
    if core.home is not None:
        return core.home
    return server_of(await core.names.model(AT_HOME))


async def by_name(core: Core, want: Asked, verdict: str = "") -> Who:
    """Who answers for a pattern or for `home`. BadRequest names the field that nobody takes."""
    asks(want.target.name)
    model = await core.names.model(want.target)
    left = _left(want, model)
    if not left:
        return ByLibrary(core.desk.model(model, want.target), want.target, verdict)
    if want.target.kind == "pattern":
        for one in left:
            if not _may_go_home(core.rules, one):
                raise refusal(one, f"The pattern {want.target.name}")
    home = await home_server(core)
    if home is None:
        raise _no_server(left[0], want.target)
    kept = verdict or (said.HOME if want.target.kind == "home" else said.TOOLS)
    reason = "" if want.target.kind == "home" else f"the pattern takes no {left[0].why}"
    return ByServer(home, said.by_server(kept, reason))


def may_stay(core: Core, error: Exception) -> KeepHome | ModelUnavailable:
    """The error of an upstream in whose place home answers; any other is raised again."""
    if isinstance(error, KeepHome):
        return error
    if isinstance(error, ModelUnavailable) and core.rules.cloud_down == "home":
        return error
    raise error


async def instead(core: Core, read: Callable[[], Asked], why: DoorstepError) -> Who:
    """Home, in the place of a cloud that may not be asked or that does not answer. `why` is raised
    where no real home is there, or where it cannot carry what is asked."""
    verdict = said.KEPT_HOME if isinstance(why, KeepHome) else said.CLOUD_DOWN
    home = await home_server(core)
    model = await core.names.model(AT_HOME)
    try:
        want = read()
    except BadRequest:
        raise why from None
    if not _left(want, model) and not model.stand_in:
        return ByLibrary(core.desk.model(model, AT_HOME), AT_HOME, verdict)
    if home is not None:
        return ByServer(home, said.by_server(verdict, why.message))
    raise why


def _left(want: Asked, model: Model) -> tuple[Left, ...]:
    """What this very model does not carry, too."""
    options, more = want.options, list[Left]()
    is_home = want.target.kind == "home"
    if options.logprobs and not getattr(model, "can_logprobs", False) and is_home:
        more.append(Left("logprobs"))
    if options.schema is not None and is_home and not getattr(model, "can_schema", False):
        more.append(Left("response_format"))
    return tuple(dict.fromkeys((*want.left, *more)))


def _may_go_home(rules: Rules, left: Left) -> bool:
    if left.why == "tools":
        return rules.tools == "home"
    return left.why == "media" and rules.images == "home"


def _no_server(left: Left, target: Target) -> BadRequest:
    name = "The home model" if target.kind == "home" else f"The pattern {target.name}"
    return BadRequest(
        f"{name} takes no `{left.param}`, and home has no server of its own that does.",
        param=left.param,
        hint="Run Ollama at home, or leave it out.",
    )
