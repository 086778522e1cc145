"""How the page asks: what it needs of whoever can open models and patterns (`assemble`)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from doorstep._errors import DoorstepError
from doorstep.patterns.listening import Event
from doorstep.runs.held_values import HeldCrossing
from doorstep.runs.values import KeptRun

HOUSEHOLD = "household"  # the case, among the names of patterns


class Busy(DoorstepError):
    """So many questions are being answered that this one has to wait. Nothing was asked."""


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """What a person typed. `pattern` is "household" or a name of `Choices.patterns`; `context` the
    household's notes or other text that goes before the question. `home` and `cloud` are names of
    models, "" for those of the settings. `look`: nothing leaves before the person has seen it and
    said yes."""

    text: str
    pattern: str
    context: str = ""
    home: str = ""
    cloud: str = ""
    look: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. `missing`: why it cannot be chosen, "" where it can; `stand_in`: what it
    stands in for, "" for the real thing."""

    name: str
    title: str
    says: str = ""
    missing: str = ""
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen. `notes`: the name of the household file that is taken where no notes are
    typed, "" where there is none. `rule`: what the policy says of private values before anything
    else is asked, where that is more than masking; `names`: what is not looked for, "" where it
    is."""

    patterns: tuple[Option, ...]
    homes: tuple[Option, ...]
    clouds: tuple[Option, ...]
    notes: str = ""
    rule: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Waits:
    """A crossing of this run waits for a person; `over`: it waits no longer."""

    crossing: HeldCrossing
    over: bool = False


Happening = Event | Waits | KeptRun


class Asker(Protocol):
    async def choices(self) -> Choices: ...

    def run(self, question: Question, id: str) -> AsyncGenerator[Happening]:
        """What happens in the run as it happens, at last the run as it was kept (whose `texts`
        hold the answer, whatever is kept of it). Raises `DoorstepError`, after the run as it was
        kept where it had begun. Closing the iterator cancels the run."""
        ...
