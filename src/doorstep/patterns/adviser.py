"""The adviser: three questions, and the pattern that fits, or the nearest and what does not fit.

It also says when not to split at all: a hybrid that buys nothing costs two of everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from doorstep.patterns.catalogue import CATALOGUE, Direction, Entry, Purpose, Trigger

First = Literal["home", "cloud", "both"]
When = Literal["always", "needed", "optional", "never"]
Buys = Literal["privacy", "cost", "trust", "nothing"]

Answers = dict[str, str]  # what can be answered, and what it means

FIRST = "Who should act first?"
FIRST_ANSWERS: Answers = {
    "home": "the model that may see everything",
    "cloud": "it plans or proposes before home does anything",
    "both": "side by side",
}
WHEN = "When should the cloud be called?"
WHEN_ANSWERS: Answers = {
    "always": "for every question",
    "needed": "only where home's answer does not hold",
    "optional": "home's answer stands without it; it betters or confirms it",
    "never": "nothing may leave, however masked",
}
BUYS = "What should the split buy?"
BUYS_ANSWERS: Answers = {
    "privacy": "the cloud helps without seeing what is private",
    "cost": "fewer cloud calls, or less waiting",
    "trust": "knowing how sure to be of an answer",
    "nothing": "none of these",
}

DIRECTION: dict[First, Direction] = {"home": "local-first", "cloud": "cloud-first", "both": "both"}
TRIGGER: dict[When, Trigger] = {
    "always": "always",
    "needed": "conditional",
    "optional": "optional",
}
PURPOSE: dict[Buys, Purpose] = {"privacy": "privacy", "cost": "cost and latency", "trust": "trust"}

# What a wrong axis weighs. What the split buys is why one splits; who acts first follows from it.
WRONG_PURPOSE, SECOND_PURPOSE, WRONG_TRIGGER, WRONG_DIRECTION = 4, 1, 2, 1
SHOWN = 2  # nearest patterns, where none fits exactly

HOME_ONLY = (
    "Do not split: use the home model alone. Where the cloud may never be called, a second model "
    "buys nothing; a better home model, or retrieval at home, does."
)
CLOUD_ONLY = (
    "Do not split: use the cloud alone, behind the boundary (its mask costs nothing and the "
    "ledger shows what left). Where nothing is private, cost and time do not matter and no "
    "second opinion is wanted, a home model only adds time."
)
NOT_AT_ALL = (
    "the cloud may never see anything of it, however masked: home only",
    "nothing is private, and cost, waiting and second opinions do not matter: cloud only",
    "home's model is wrong most of the time and nothing is private: cloud only",
    "home's model is right nearly always (measure it): home only",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """The three answers of a person."""

    first: First
    when: When
    buys: Buys


@dataclass(frozen=True, slots=True)
class Fit:
    """A pattern for a wish. `misfits` say what does not fit, a line each; none: it fits."""

    entry: Entry
    misfits: tuple[str, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Advice:
    """`fits`: one that fits exactly, or the nearest ones, best first. None where `alone` says
    that one model should do it without the other.
    """

    wish: Wish
    fits: tuple[Fit, ...]
    alone: str = ""

    @property
    def exact(self) -> bool:
        return bool(self.fits) and not self.fits[0].misfits


def advise(wish: Wish) -> Advice:
    """What to take for `wish`."""
    if wish.when == "never":
        return Advice(wish, (), HOME_ONLY)
    if wish.buys == "nothing":
        return Advice(wish, (), CLOUD_ONLY)
    fits = sorted((_fit(wish, entry) for entry in CATALOGUE), key=lambda fit: fit.distance)
    exact = [fit for fit in fits if not fit.misfits]
    if exact:
        return Advice(wish, tuple(exact))
    worst = fits[0].distance + 1  # a second one only where it is as good, or nearly
    return Advice(wish, tuple(fit for fit in fits[:SHOWN] if fit.distance <= worst))


def _fit(wish: Wish, entry: Entry) -> Fit:
    misfits, distance = [], 0
    purpose, trigger, direction = PURPOSE[wish.buys], TRIGGER[wish.when], DIRECTION[wish.first]
    if entry.purpose != purpose:
        second = purpose in entry.also
        distance += SECOND_PURPOSE if second else WRONG_PURPOSE
        also = f", and {purpose} beside it" if second else f", not {purpose}"
        misfits.append(f"it buys {entry.purpose}{also}")
    if entry.trigger != trigger:
        distance += WRONG_TRIGGER
        misfits.append(f"the cloud's call is {entry.trigger}, not {trigger}")
    if entry.direction != direction:
        distance += WRONG_DIRECTION
        misfits.append(f"{ACTS[entry.direction]}, not {ACTS[direction]}")
    return Fit(entry, tuple(misfits), distance)


ACTS: dict[Direction, str] = {
    "local-first": "home acts first",
    "cloud-first": "the cloud acts first",
    "both": "both act side by side",
}
