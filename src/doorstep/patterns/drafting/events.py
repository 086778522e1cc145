"""What happens in one run of Draft-then-Refine, as the reader of `events` sees it.

Always in this order, each exactly once except the pieces of the draft:

    DraftText* DraftDone Refining (Refined | Enriched | Kept) Done

A run that is cancelled breaks off anywhere in it and ends with `Done`, whose outcome has the
verdict "cancelled"; where neither home nor the cloud answered, the cloud's error is raised after
`Refining`.
"""

from __future__ import annotations

from dataclasses import dataclass

from doorstep._values import Outcome


@dataclass(frozen=True, slots=True, repr=False)
class DraftText:
    """A piece of the draft, as the home model wrote it."""

    text: str


@dataclass(frozen=True, slots=True, repr=False)
class DraftDone:
    """The draft is over. `text` is all of it; `cut` says why it is not whole, "" where it is."""

    text: str
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Refining:
    """From here on the cloud (`by`) and the judge are waited for."""

    by: str


@dataclass(frozen=True, slots=True, repr=False)
class Refined:
    """The cloud's answer takes the place of the draft. `text` is the answer."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class Enriched:
    """The draft stands, and `added` comes after it. `text` is both, with a heading in between."""

    text: str
    added: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The draft stands as it is."""

    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class Done:
    """The end, with every step, what crossed, and what it cost."""

    outcome: Outcome


Event = DraftText | DraftDone | Refining | Refined | Enriched | Kept | Done
