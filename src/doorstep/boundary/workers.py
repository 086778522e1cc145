"""Work within a deadline, in threads that are kept, or at once on the event loop.

A new thread for each request costs more than a short check does. `Workers` keeps the threads that
have nothing to do and hands them the next piece of work. A piece that hangs keeps its own thread
and nobody else waiting: a thread that is busy is not waited for, another one is started. An idle
thread ends after `IDLE_S` seconds, or when its `Workers` goes.

Where nothing hops (`at_once`), nothing can be broken off either: the time is measured, and what
took too long is refused all the same. That is for work that is known to be short.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
import weakref
from collections.abc import Callable
from contextvars import Context
from queue import Empty, SimpleQueue
from typing import TypeVar

from doorstep._errors import Blocked, DoorstepError

T = TypeVar("T")
IDLE_S = 30.0
_Work = Callable[[], object]
_Inbox = SimpleQueue[_Work | None]


class Workers:
    """Daemon threads, started when they are needed; at most `keep` of them wait for more work."""

    def __init__(self, keep: int = 8) -> None:
        self._keep = keep
        self._idle: list[_Inbox] = []
        self._process = os.getpid()
        weakref.finalize(self, _dismiss, self._idle).atexit = False

    def start(self, work: _Work) -> None:
        """Run `work`, which must not raise, in an idle thread, else in a new one. Each piece of
        work has a context of its own, empty, as in a new thread."""
        if self._process != os.getpid():  # after a fork these threads are the parent's
            self._idle, self._process = [], os.getpid()
        try:
            inbox = self._idle.pop()  # the one that was busy last
        except IndexError:
            inbox = SimpleQueue()
            of = (inbox, self._idle, self._keep)
            threading.Thread(target=_serve, args=of, name="doorstep-check", daemon=True).start()
        inbox.put(work)


def _serve(inbox: _Inbox, idle: list[_Inbox], keep: int) -> None:
    while work := _next(inbox, idle):
        Context().run(work)
        del work  # what was looked at must not stay in memory because a thread waits
        if len(idle) >= keep:
            return
        idle.append(inbox)


def _next(inbox: _Inbox, idle: list[_Inbox]) -> _Work | None:
    try:
        return inbox.get(timeout=IDLE_S)
    except Empty:
        pass
    try:
        idle.remove(inbox)
    except ValueError:  # somebody has just taken it, to give it work
        return inbox.get()
    return None


def _dismiss(idle: list[_Inbox]) -> None:
    while idle:
        idle.pop().put(None)


async def within(seconds: float, work: Callable[[], T], workers: Workers | None = None) -> T:
    """Run `work` in a thread; Blocked if it takes longer or fails in any way.

    One that hangs is left behind and keeps nobody waiting. Without `workers`, the thread is a new
    one.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(act: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(lambda: None if done.done() else act())

    def run() -> None:
        try:
            value = _closed(work)
        except DoorstepError as error:
            refusal = error
            return tell(lambda: done.set_exception(refusal))
        return tell(lambda: done.set_result(value))

    start = loop.time()
    (workers or Workers(keep=0)).start(run)
    with contextlib.suppress(TimeoutError):
        value = await asyncio.wait_for(done, seconds)
        # Work that held the interpreter's lock kept the timer from going off, too.
        if loop.time() - start <= seconds:
            return value
    raise _late(seconds)


def at_once(seconds: float, work: Callable[[], T]) -> T:
    """Run `work` here and now; Blocked if it took longer or failed in any way."""
    start = time.monotonic()
    # In the main thread a person may want to end the program.
    value = Context().run(_closed, work, (KeyboardInterrupt,))
    if time.monotonic() - start > seconds:
        raise _late(seconds)
    return value


def _closed(work: Callable[[], T], through: tuple[type[BaseException], ...] = ()) -> T:
    """Its result, or an error of ours that holds nothing of what it looked at; `through`: errors
    that come out as they are."""
    try:
        return work()
    except DoorstepError as error:
        # What led to it may hold text, and is not for other people's logs.
        error.__cause__ = error.__context__ = None
        refusal: DoorstepError = error
    except through:
        raise
    except BaseException as error:  # whatever it is: nothing leaves, and no text of it shows
        refusal = _failed(type(error).__name__)
    raise refusal


def _late(seconds: float) -> Blocked:
    return Blocked(
        f"Checking took longer than {seconds:g} s; nothing was sent.",
        hint="Send less at once, or raise deadline_s.",
    )


def _failed(name: str) -> Blocked:
    return Blocked(
        f"A step of the boundary failed ({name}); nothing was sent.",
        hint="It is a detector that failed, or a bug: take the detector out, or report it.",
    )
