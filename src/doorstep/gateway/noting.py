"""What is noted of one request while it is answered, so that it can be kept as one run: which name
was asked for, what left for it, what went wrong. Nothing of what it says.

The note stands in the context of the request; where nobody keeps runs there is none.
"""

from __future__ import annotations

import time
from contextvars import ContextVar, Token
from typing import Protocol

from doorstep.boundary.leaving import Left, hearing
from doorstep.gateway.http import Handler
from doorstep.gateway.names import Target
from doorstep.models.base import Model
from doorstep.runs.current import named
from doorstep.runs.values import new_id

Tokens = tuple[Token["Note | None"], Token[Left | None]]


class Note:
    """One request. `name` is what was asked for first, "" where nothing was; `crossings` are the
    ledger's ids, `sent` the bytes of their bodies."""

    __slots__ = ("at", "begun", "crossings", "error", "id", "kept", "name", "sent")

    def __init__(self) -> None:
        self.id = new_id()
        self.at = time.time()
        self.begun = time.perf_counter()
        self.name = ""
        self.crossings: list[int] = []
        self.sent = 0
        self.error: BaseException | None = None
        self.kept: object = None  # what the library's model recorded, where one was asked

    def left(self, crossing: int, size: int) -> None:
        self.crossings.append(crossing)
        self.sent += size


class Desk(Protocol):
    """Where requests are kept as runs."""

    def around(self, handler: Handler) -> Handler:
        """`handler`, each of whose requests is kept."""
        ...

    def model(self, model: Model, target: Target) -> Model:
        """`model`, whose answers are part of what is kept."""
        ...


class NoDesk:
    """Nothing is kept."""

    def around(self, handler: Handler) -> Handler:
        return handler

    def model(self, model: Model, target: Target) -> Model:
        return model


_now: ContextVar[Note | None] = ContextVar("doorstep_note", default=None)


def noted() -> Note | None:
    """The note of the request that is being answered here."""
    return _now.get()


def begin(note: Note) -> Tokens:
    return _now.set(note), hearing.set(note.left)


def end(tokens: Tokens) -> None:
    _now.reset(tokens[0])
    hearing.reset(tokens[1])


def asks(name: str) -> None:
    """A request asks for this name. The first one counts: what answers in its place is no other
    question."""
    if (note := _now.get()) is not None and not note.name:
        note.name = name
        named(name)


def broke(error: BaseException) -> None:
    """An answer that had begun broke off, and that was said in it."""
    if (note := _now.get()) is not None:
        note.error = error
