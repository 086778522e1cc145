"""Somebody who listens to a run while it goes on: the page that shows it, the book that keeps it.

    with listening(hear):
        reply = await pattern.respond(messages)

`hear` is called in the run's own task, in order, and must return at once; what it raises is the
run's own error. It is told private text (what a model was asked to say), so it belongs at home.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal

from doorstep._values import Crossing, Step

Actor = Literal["home", "cloud", "check"]


@dataclass(frozen=True, slots=True)
class Began:
    """A step began. `step` is its name, those of patterns within others after theirs and a colon;
    `call` is its number in the whole run, patterns within others included."""

    call: int
    step: str
    actor: Actor
    model: str
    stand_in: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """A piece of what the model of a step says."""

    call: int
    step: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Crossed:
    """A request left for a step, and is in the ledger."""

    call: int
    step: str
    crossing: Crossing


@dataclass(frozen=True, slots=True, repr=False)
class Ended:
    """A step ended. `said` is all that its model said, "" where there is no model, or where it did
    not come to its end. `parts`: it was a pattern, whose own steps were told by themselves; this
    one sums them up."""

    call: int
    step: Step
    said: str = ""
    parts: bool = False


Event = Began | Said | Crossed | Ended
Hear = Callable[[Event], None]

_hear: ContextVar[Hear | None] = ContextVar("doorstep_hear", default=None)


@contextmanager
def listening(hear: Hear) -> Iterator[None]:
    """Runs that begin in this context are heard."""
    token = _hear.set(hear)
    try:
        yield
    finally:
        _hear.reset(token)


def heard() -> Hear | None:
    """Who listens here, if anybody."""
    return _hear.get()


def below(step: str, hear: Hear) -> Hear:
    """`hear` for a pattern that is a step of another: its steps carry the outer one's name."""

    def within(event: Event) -> None:
        if isinstance(event, Ended):
            named = replace(event.step, name=f"{step}: {event.step.name}")
            hear(replace(event, step=named))
        else:
            hear(replace(event, step=f"{step}: {event.step}"))

    return within
