"""Hand-labelled notes -> what the reader makes of them, and labelled times to learn from.

A line of `notes_*.jsonl` is one note, its devices, and the limits that it sets. `Teacher` stands
in the reader's model: it knows the limits, answers each time with its true kind, and keeps the
features that it was asked with. So a time is labelled just where and as the reader sees it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doorstep._errors import BadInput
from doorstep.household.kinds import RANGE, SINGLE, KindModel, features
from doorstep.household.parse import parse
from doorstep.household.problem import TariffWindow
from doorstep.household.prose import Clause, Token
from doorstep.household.reader import RulesReader
from doorstep.household.times import TimeMention, clock
from doorstep.household.values import Device, Household, Reading

HERE = Path(__file__).resolve().parent
DEV = HERE.parents[1] / "bench/households/dev.jsonl"
Item = tuple[list[str], str, bool, str]  # features, label, is a range, the note
Limits = frozenset[tuple[str, str, str]]  # device, kind, HH:MM
EVERY = 5  # one note in five is held back


@dataclass(frozen=True, slots=True)
class Note:
    """One labelled note: its household, its limits, and whether it is held back."""

    id: str
    household: Household
    limits: Limits
    held: bool

    @property
    def text(self) -> str:
        return " ".join(self.household.memory)


def labelled() -> list[Note]:
    """All notes of `notes_*.jsonl`; every fifth line of each file is held back."""
    return [
        _note(f"{path.stem[-1]}{i + 1}", json.loads(line), i % EVERY == EVERY - 1)
        for path in sorted(HERE.glob("notes_*.jsonl"))
        for i, line in enumerate(path.read_text(encoding="utf-8").splitlines())
    ]


def households() -> list[Note]:
    """The development households (never the held-out ones), their limits as the notes'."""
    rows = [json.loads(line) for line in DEV.read_text(encoding="utf-8").splitlines() if line]
    kinds = {"finish_by": "finish_by", "quiet_by": "quiet_by", "quiet_until": "quiet_until"}
    kinds["earliest_start"] = "not_before"
    made = []
    for row in rows:
        home = parse(row["file"])
        limits = frozenset(
            (load["device"], kind, load[name])
            for load in row["loads"]
            for name, kind in kinds.items()
            if load[name] and (kind != "not_before" or load[name] != home.now)
        )
        made.append(Note(row["id"], home, limits, False))
    return made


def _note(name: str, row: Mapping[str, Any], held: bool) -> Note:
    devices = tuple(Device(d, d, 60, 1.0) for d in row["devices"])
    tariff = (TariffWindow(start="00:00", end="00:00", price=0.2),)
    home = Household(row["now"], (row["note"],), devices, tariff, row["note"])  # fmt: skip
    return Note(name, home, frozenset(tuple(x) for x in row["limits"]), held)


def read(note: Note, model: KindModel | None = None) -> Reading | None:
    """What the reader makes of a note; None where it refuses."""
    reader = RulesReader(model)
    for device in note.household.devices:
        try:
            return reader.read(note.household, device.name)
        except BadInput:
            continue  # the note says that this device cannot run
    return None


def said(reading: Reading | None) -> Limits:
    """The limits of a reading in the shape of the labels."""
    limits = reading.limits if reading else ()
    return frozenset((x.device, str(x.kind), x.time) for x in limits if x.bullet >= 0)


class Teacher(KindModel):
    """A model that knows the answers of one note; `items` is what it was asked."""

    def __init__(self, limits: Limits, fallback: KindModel, text: str = "") -> None:
        super().__init__({}, 1.0)
        self.items: list[Item] = []
        self._kinds = {kind: {t for _, k, t in limits if k == kind} for kind in SINGLE}
        self._fallback = fallback
        self._text = text
        self._last: TimeMention | None = None

    def judge(
        self, toks: Sequence[Token], parts: Sequence[Clause], at: int, time: TimeMention
    ) -> dict[str, float]:
        """Certainty for the true label, the fallback's view where the labels do not settle it."""
        feats = features(toks, parts, at)
        ranged = time.until is not None
        meant = (self._last or time) if time.style == "anaphor" else time
        self._last = meant
        label = self._range(meant) if ranged else self._single(meant)
        if label is None:
            return self._fallback.probabilities(feats, is_range=ranged)
        self.items.append((feats, label, ranged, self._text))
        return {k: float(k == label) for k in (RANGE if ranged else SINGLE)}

    def _single(self, time: TimeMention) -> str | None:
        spoken = _spoken(time) | (_spoken(time.until) if time.until else set())
        kinds = [k for k, times in self._kinds.items() if times & spoken]
        if len(kinds) > 1:
            kinds = [k for k in kinds if clock(time.minute) in self._kinds[k]] or kinds
        return None if len(kinds) > 1 else kinds[0] if kinds else "none"

    def _range(self, time: TimeMention) -> str | None:
        if time.until is None:
            return None
        first, second = _spoken(time), _spoken(time.until)
        if self._kinds["quiet_by"] & first and self._kinds["quiet_until"] & second:
            return "quiet_range"
        ends = self._kinds["finish_by"] | self._kinds["quiet_by"]
        if self._kinds["not_before"] & first and ends & second:
            return "allowed_range"
        if self._kinds["quiet_until"] & first and self._kinds["quiet_by"] & second:
            return "allowed_range"
        every = set().union(*self._kinds.values())
        return None if every & (first | second) else "none"


def _spoken(time: TimeMention) -> set[str]:
    """The times of day that a mention may mean."""
    if time.style == "exact":
        return {clock(time.minute)}
    return {clock(time.minute % 720), clock(time.minute % 720 + 720)}


def items(notes: Sequence[Note], fallback: KindModel) -> Iterator[Item]:
    """Every labelled time of the notes, as the reader asks about it."""
    for note in notes:
        teacher = Teacher(note.limits, fallback, note.text)
        read(note, teacher)
        seen = set()
        for item in teacher.items:
            key = (tuple(item[0]), item[1])
            if key not in seen:
                seen.add(key)
                yield item
