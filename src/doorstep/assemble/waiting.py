"""Who is asked about crossings, and what was said about them once: by the settings."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypedDict

from doorstep.boundary.approval import Approve, Standing
from doorstep.boundary.keys import load_key
from doorstep.config import Settings
from doorstep.runs.held import Waiting


class Person(TypedDict):
    """What a `Boundary` is given of a person."""

    approve: Approve | None
    standing: Standing | None


def held_path(settings: Settings) -> Path:
    """Beside the book of runs."""
    return settings.runs_path().with_name("held.sqlite3")


def waiting_of(settings: Settings) -> Waiting:
    """Crossings that wait, shared by all processes with these settings."""
    return Waiting(held_path(settings), load_key(keyring=settings.boundary.keyring))


def person_of(settings: Settings, waiting: Waiting | None, stack: AsyncExitStack) -> Person:
    """The page's person, where there is a page. Otherwise nobody can be asked; what was said once
    for all that follows holds all the same."""
    if waiting is not None:
        return Person(approve=waiting.approve, standing=waiting.standing)
    # Also where there is no file yet: a program that runs for long hears of what is said later.
    known = stack.enter_context(waiting_of(settings))
    return Person(approve=None, standing=known.standing)
