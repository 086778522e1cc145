"""Crossings that wait for a person, and what was said about them: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Choice = Literal["send", "refuse", "mask"]
# gone: it waits no longer, or another click was first. other bytes: not what the person saw.
# no words: nothing that could be masked was given.
Decided = Literal["taken", "gone", "other bytes", "no words"]


@dataclass(frozen=True, slots=True, repr=False)
class HeldCrossing:
    """One that waits. `at`: since when, `until`: when it is refused by itself (UTC, ISO 8601).
    `body` is what would leave, byte for byte; `found`: kinds and how many were masked in it. `run`
    and `pattern` are "" where they are not known. `look`: its run is looked at; otherwise a rule of
    the policy asks. `round`: above 1 it was sealed anew, with words hidden by hand."""

    id: str
    at: str
    until: str
    run: str
    pattern: str
    method: str
    destination: str
    origin: str
    body: str
    sha256: str
    found: Mapping[str, int]
    look: bool = False
    round: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class Remembered:
    """What a person said once for all that follows. "send": to `origin`, for a run of `pattern`,
    where no kinds but these were masked. "refuse": whatever goes to `origin`. "mask": `words`, on
    their way to anywhere. `at`: UTC, ISO 8601."""

    id: str
    at: str
    do: Choice
    origin: str = ""
    pattern: str = ""
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
