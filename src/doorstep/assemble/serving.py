"""Run the gateway: bind, say where, answer until a signal ends it."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

from doorstep._errors import ConfigError
from doorstep.assemble.clouds import model_of
from doorstep.assemble.gateway import open_gateway
from doorstep.assemble.notes import notes, token_of
from doorstep.assemble.upstreams import cloud_of, stands_in, upstreams_of
from doorstep.config import Settings
from doorstep.gateway.metrics import FOLDER
from doorstep.gateway.opened import Opened
from doorstep.gateway.serving import address, bound, serve
from doorstep.gateway.workers import Workers
from doorstep.patterns.stand_ins import STANDS_IN_CLOUD

Say = Callable[[str], None]
FILES = 65_536
GC_EVERY = 10_000  # objects; 700 is the interpreter's own
PER_PLACE = 4  # connections for each request that may be worked on or wait


def run(settings: Settings, say: Say) -> int:
    """Until SIGTERM or SIGINT; the exit status. ConfigError where it cannot start."""
    given = settings.gateway
    secret = token_of(settings, os.environ)
    if given.workers > 1 and not hasattr(os, "fork"):
        raise ConfigError(
            "Several workers need fork, which this system has not.", hint="Set workers = 1."
        )
    said = _notes(settings, bool(secret))
    _more_files()
    listening = bound(given.host, given.port)
    where = address(given.host, listening.getsockname()[1])

    def ready() -> None:
        seen = (f"See what left the house: {where}/page/",) if settings.page.on else ()
        for line in (f"Doorstep listens on {where}", *said, *seen):
            say(line)

    if given.workers == 1:
        work(settings, secret, listening, ready)
        return 0
    return _several(settings, secret, listening, ready)


def _more_files() -> None:
    """Each connection is a file; the usual soft limit of 1024 is less than what may connect."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _notes(settings: Settings, token: bool) -> tuple[str, ...]:
    """What an operator should know, and what is not the real thing. ConfigError for upstreams that
    cannot be used.
    """
    upstreams = upstreams_of(settings, os.environ)
    said = notes(settings, upstreams, token)
    inner, around = cloud_of(settings, os.environ, upstreams)
    if not stands_in(inner, around):
        said.append(f"The patterns ask {model_of(inner)} (cloud.model).")
    else:
        said.append(f"The patterns have no cloud model, but a stand-in ({STANDS_IN_CLOUD}).")
    return tuple(said)


def _several(
    settings: Settings, secret: str, listening: socket.socket, ready: Callable[[], None]
) -> int:
    """Workers share a folder of numbers for /metrics."""
    with tempfile.TemporaryDirectory(prefix="doorstep-metrics-") as folder:
        os.environ[FOLDER] = folder

        def lost(pid: int) -> None:
            for file in Path(folder).glob(f"gauge_live*_{pid}.db"):
                with contextlib.suppress(FileNotFoundError):
                    file.unlink()

        def one(answers: Callable[[], None]) -> None:
            work(settings, secret, listening, answers)

        return Workers(settings.gateway.workers, one, ready, lost).run()


def work(
    settings: Settings, secret: str, listening: socket.socket, ready: Callable[[], None]
) -> None:
    """One process: open everything, answer, close."""
    given = settings.gateway
    app = Opened(lambda: open_gateway(settings, secret))

    def begun() -> None:
        _settle()
        ready()

    serve(app, listening, PER_PLACE * (given.at_once + given.waiting), begun)
    if app.failed is not None:
        raise app.failed


def _settle() -> None:
    """What has been made so far stays: the collector need not look at it again and again. And a
    request makes thousands of objects that end with it, by themselves: it need not look so often.
    """
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_EVERY, 10, 10)
