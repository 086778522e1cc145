"""The abstract goal: all that the cloud learns of a task.

A goal is written in a closed vocabulary of planning words with slots for everything else. What a
slot stands for stays at home. Two rules are checked without a model, whoever wrote the goal: every
word is one of the vocabulary, and no `COPIED` words in a row are the task's or an earlier turn's,
so that not even a phrase of common words passes. Data cannot pass at all: a goal is written before
a tool has run. What is left is which planning words were chosen, and in what order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from doorstep.patterns.planning.vocabulary import (
    GOAL_SHAPE,
    MAX_SLOTS,
    MOST_WORDS,
    SLOT_KINDS,
    TOKEN,
    WORDS,
    SlotKind,
)

COPIED = 4  # this many words in a row, as the task has them, are a copy
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SLOT = re.compile(r"\{(slot_[a-h])\}")
_SHAPE = re.compile(GOAL_SHAPE)
_SPACED = re.compile(r"\s+([,;])")


@dataclass(frozen=True, slots=True)
class Slot:
    """Something that only home knows. Its name and its kind cross, its value does not."""

    name: str
    kind: SlotKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Goal:
    """A sentence of planning words and slots."""

    text: str
    slots: tuple[Slot, ...] = ()

    def kinds(self) -> Mapping[str, SlotKind]:
        return {slot.name: slot.kind for slot in self.slots}

    def render(self) -> str:
        """The lines that cross."""
        lines = [f"Goal: {self.text}"]
        if self.slots:
            lines += ["Slots:", *(f"{slot.name}: {slot.kind}" for slot in self.slots)]
        return "\n".join(lines)


RENDERED = (
    rf"Goal: {GOAL_SHAPE}"
    rf"(?:\nSlots:(?:\nslot_[a-h]: (?:{'|'.join(SLOT_KINDS)})){{1,{MAX_SLOTS}}})?"
)


def plain_goal(text: str) -> str:
    """A goal as the shape wants it: small letters, one space, no full stop."""
    said = " ".join(text.lower().replace(":", ",").split()).rstrip(" .?!")
    return _SPACED.sub(r"\1", said)


def with_slots(goal: Goal) -> Goal:
    """A goal in which a slot's value was written out, with the slot in its place; without slots
    that are used nowhere. Small models describe a slot well and then forget to use it."""
    text = goal.text
    for slot in sorted(goal.slots, key=lambda one: -len(one.value)):
        said = plain_goal(slot.value)
        if not set(said.split()) <= WORDS:  # planning words may stay as they are
            value = re.escape(said)
            text = re.sub(rf"(?<![\w{{]){value}(?![\w}}])", f"{{{slot.name}}}", text)
    return Goal(text, tuple(slot for slot in goal.slots if f"{{{slot.name}}}" in text))


def goal_problems(goal: Goal, texts: Sequence[str]) -> tuple[str, ...]:
    """Why a goal may not cross, for home's eyes; none where it may.

    `texts`: all that whoever wrote it was told: the task, earlier turns, names of columns.
    """
    return tuple(dict.fromkeys((*_wording(goal.text), *_copies(goal.text, texts), *_slots(goal))))


def _wording(text: str) -> Iterator[str]:
    words = [part for part in TOKEN.findall(text) if part not in (",", ";")]
    outside = [word for word in words if not _SLOT.fullmatch(word) and word not in WORDS]
    for word in dict.fromkeys(outside):
        yield f'"{word}" is no planning word: use a slot, or another word.'
    if not words or len(words) > MOST_WORDS:
        yield f"A goal has 1 to {MOST_WORDS} words."
    if not outside and words and not _SHAPE.fullmatch(text):
        yield "A goal is one line of planning words and slots, parted by spaces and commas."


def _copies(text: str, texts: Sequence[str]) -> Iterator[str]:
    known = {run for other in texts for run in _runs(_WORD.findall(other.lower()))}
    for part in _SLOT.split(text):
        copied = [run for run in _runs(_WORD.findall(part.lower())) if run in known]
        if copied:
            yield f'"{" ".join(copied[0])}" is copied from the task: say it in other words.'


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + COPIED]) for at in range(len(words) - COPIED + 1))


def _slots(goal: Goal) -> Iterator[str]:
    named = [slot.name for slot in goal.slots]
    if len(set(named)) != len(named):
        yield "A slot is described twice."
    for name in dict.fromkeys(_SLOT.findall(goal.text)):
        if name not in named:
            yield f"{name} stands in the goal and is not described."
    for name in dict.fromkeys(named):
        if f"{{{name}}}" not in goal.text:
            yield f"{name} is described and does not stand in the goal."


def occurs(value: str, texts: Iterable[str]) -> bool:
    """Whether a value stands in a text, whatever its case and spaces."""
    wanted = " ".join(value.casefold().split())
    return bool(wanted) and any(wanted in " ".join(text.casefold().split()) for text in texts)
