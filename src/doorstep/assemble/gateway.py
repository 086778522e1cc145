"""The gateway from the settings: one ledger, one key, one boundary, and names over them.

What a request for mask/NAME needs is opened at the start. Models of patterns and of the home are
opened when they are first asked for.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

from doorstep.assemble.desk import GatewayDesk
from doorstep.assemble.keeping import Recorder, book_of, dropping, recorder_of
from doorstep.assemble.ledger_keeping import looked_after
from doorstep.assemble.library import Library
from doorstep.assemble.page import LatePage
from doorstep.assemble.patterns import Chosen, house_key
from doorstep.assemble.rules import layers_of, policy_of
from doorstep.assemble.telemetry import trace_to_collector
from doorstep.assemble.tree import names as pattern_names
from doorstep.assemble.tree import tree
from doorstep.assemble.upstreams import cloud_of, upstreams_of
from doorstep.assemble.waiting import waiting_of
from doorstep.boundary import Boundary, Ledger
from doorstep.boundary.stream_door import Limits
from doorstep.config import Settings
from doorstep.gateway import (
    chat,
    embeddings,
    health,
    models,
    ollama,
    openapi,
    responses,
    welcome,
)
from doorstep.gateway.app import App, Routes
from doorstep.gateway.core import Core, Rules
from doorstep.gateway.guard import checks
from doorstep.gateway.names import Names
from doorstep.gateway.noting import Desk, NoDesk
from doorstep.gateway.places import Places
from doorstep.gateway.relay import UpstreamRelay
from doorstep.gateway.spans import Spans
from doorstep.gateway.upstreams import Upstreams
from doorstep.runs.held import Waiting

# What is kept as a run: questions. (Embeddings are made at home only, many at once.)
QUESTIONS = tuple(
    ("POST", path)
    for path in ("/v1/chat/completions", "/v1/responses", "/api/chat", "/api/generate")
)


@asynccontextmanager
async def open_gateway(
    settings: Settings, token: str = "", environ: Mapping[str, str] | None = None
) -> AsyncIterator[App]:
    """The application, and what it needs while it runs. Raises `DoorstepError`.

    `token`: what clients have to send; "" for none.
    """
    from doorstep.gateway.counting import Counting  # it looks at the environment when imported

    environ = os.environ if environ is None else environ
    async with AsyncExitStack() as stack:
        stack.callback(trace_to_collector(environ))
        upstreams = Upstreams(upstreams_of(settings, environ))
        inner, around = cloud_of(settings, environ, upstreams.all)
        chosen = Chosen(inner, around, stack)
        await _open_clouds(chosen, inner)
        ledger = stack.enter_context(Ledger(settings.ledger_path()))
        book = stack.enter_context(book_of(settings))
        waiting = stack.enter_context(waiting_of(settings))
        boundary = _boundary(settings, ledger, chosen, upstreams, waiting)
        door = await stack.enter_async_context(boundary.stream_door(_limits(settings)))
        recorder = recorder_of(book, inner)
        await stack.enter_async_context(dropping(book, settings.runs.keep_days))
        await stack.enter_async_context(looked_after(ledger, settings))
        names = _names(settings, Library(inner, chosen, boundary, stack), upstreams)
        places = Places(settings.gateway.at_once, settings.gateway.waiting)
        counting = Counting(places)
        spans = Spans((), names.all())
        begin_s = settings.gateway.begin_s
        relay = UpstreamRelay(door, upstreams, counting, spans, begin_s=begin_s)
        core = Core(names, relay, None, _rules(settings), desk=_desk(settings, recorder))
        routes = {**_surfaces(core), **health.routes(_writable(settings)), **counting.routes()}
        routes |= welcome.routes(routes) if settings.page.on else {}
        page = LatePage(settings, environ, ledger, book, waiting, token, recorder=recorder)
        yield App(
            routes,
            checks(settings.gateway.host, settings.gateway.names, token),
            places=places,
            seen=counting.answered,
            spans=Spans([path for _, path in routes], ()),
            mounts={"/page": page} if settings.page.on else None,
        )


async def _open_clouds(chosen: Chosen, settings: Settings) -> None:
    """Only now are all origins known that the boundary may let through."""
    nodes = (tree(name, settings) for name in pattern_names(settings))
    for key in sorted({key for node in nodes for key in node.clouds()}):
        await chosen.cloud(key)


def _desk(settings: Settings, recorder: Recorder) -> Desk:
    return NoDesk() if settings.runs.keep == "none" else GatewayDesk(recorder, recorder.tells)


def _boundary(
    settings: Settings, ledger: Ledger, chosen: Chosen, to: Upstreams, waiting: Waiting
) -> Boundary:
    origins = {one.url for one in to.all} | set(chosen.origins)
    return Boundary(
        ledger=ledger,
        policy=policy_of(settings, *sorted(origins)),
        key=house_key(settings),
        detectors=layers_of(settings, settings.boundary.level).detectors,
        approve=waiting.approve if settings.page.on else None,  # else nobody sees what waits
        standing=waiting.standing,
    )


def _limits(settings: Settings) -> Limits:
    given = settings.gateway
    return Limits(given.connect_s, given.between_s, given.whole_s, connections=given.at_once)


def _names(settings: Settings, library: Library, upstreams: Upstreams) -> Names:
    return Names(
        pattern_names(settings),
        library.model,
        listed=upstreams.listed(),
        any_is_mask=settings.gateway.unknown == "mask",
    )


def _rules(settings: Settings) -> Rules:
    given = settings.gateway
    return Rules(
        tools=given.tools,
        images="home" if settings.boundary.opaque == "home" else "refuse",
        auxiliary=given.auxiliary,
        cloud_down=given.cloud_down,
        max_body=given.max_body,
    )


def _writable(settings: Settings) -> Callable[[], bool]:
    ledger = settings.ledger_path()
    return lambda: os.access(ledger, os.W_OK)


def _surfaces(core: Core) -> Routes:
    names = core.names.all()
    modules = (chat, responses, embeddings, models, ollama)
    found = {key: handler for module in modules for key, handler in module.routes(core).items()}
    found |= {key: core.desk.around(found[key]) for key in QUESTIONS if key in found}
    return found | openapi.routes(names, version("doorstep"))
