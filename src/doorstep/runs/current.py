"""Whose run a request belongs to, for those who are asked about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorstep.runs.held_values import HeldCrossing


@dataclass(frozen=True, slots=True, repr=False)
class Current:
    """A run. `told(crossing, waits)` hears of each crossing of it that begins to wait for a person,
    and again when it waits no longer; called in the run's own task, it must return at once."""

    id: str = ""
    pattern: str = ""
    told: Callable[[HeldCrossing, bool], None] | None = None


_NOBODY = Current()
_current: ContextVar[Current] = ContextVar("doorstep_run", default=_NOBODY)


def current() -> Current:
    """The run of this context; its id is "" where nobody has said."""
    return _current.get()


@contextmanager
def running(run: Current) -> Iterator[None]:
    """Requests of this context, and of tasks begun in it, belong to `run`."""
    token = _current.set(run)
    try:
        yield
    finally:
        _current.reset(token)


def named(pattern: str) -> None:
    """The run of this context is of `pattern`: for who learns that after it has begun."""
    _current.set(replace(_current.get(), pattern=pattern))
