# ruff: noqa: E501
"""The built-in home reader: a household and a question -> the anonymous problem, no language model.

Layout comes from `parse` and `facts`, limits from `notes`; here they are combined by next
occurrence (earliest deadline, latest start), lettered, and mapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from doorstep._errors import BadInput
from doorstep.household.devices import Directory
from doorstep.household.kinds import KindModel
from doorstep.household.notes import Notes, NotesReader
from doorstep.household.parse import weekday
from doorstep.household.prose import flatten
from doorstep.household.reading import build_reading, can_run
from doorstep.household.sentence import Found, Unsure
from doorstep.household.subjects import Context
from doorstep.household.times import DAY, clock, find_times, minutes
from doorstep.household.values import Device, Doubt, Household, Limit, LimitKind, Reading

_TWELVE = re.compile(r"\d\s?(?:am|pm|a\.m|p\.m)\b", re.IGNORECASE)
_TWENTY_FOUR = re.compile(r"\b(?:1[3-9]|2[0-3])[:.h][0-5]\d")
_FACT_LIMIT = re.compile(
    r"\b(?:must|has to|have to|needs to be|should|may not|not after|no later|never|quiet|silent|deadline|finish(?:ed)? by|done by|ready by|required by|needed by|full by|charged by|available until|free until|only until|not between|latest)\b",
    re.IGNORECASE,
)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()


class RulesReader:
    """Reads by rules and a small linear model; what it is less sure of goes to `unsure`."""

    def __init__(self, model: KindModel | None = None, *, threshold: float = 0.6) -> None:
        self._model = model or KindModel.shipped()
        self._threshold = threshold

    def read(self, household: Household, question: str) -> Reading:
        """Raises BadInput: the question names no known device, or one that is not a load."""
        directory = Directory(household.devices)
        target = find_target(household, directory, question)
        notes = self._notes(household, directory)
        now = minutes(household.now)
        limits = [limit for d in household.devices for limit in _limits(d, notes.found, now)]
        doubts = [doubt for unsure in notes.unsure for doubt in _doubts(unsure, household, now)]
        return build_reading(household, target, limits, gone=notes.gone, doubts=doubts)

    def _notes(self, household: Household, directory: Directory) -> Notes:
        lengths = {d.name: d.duration_min or 0 for d in household.devices if can_run(d)}
        prose = "\n".join(household.memory)
        context = Context(
            model=self._model,
            directory=directory,
            lengths=lengths,
            now=minutes(household.now),
            twelve=bool(_TWELVE.search(prose)) and not _TWENTY_FOUR.search(prose),
            threshold=self._threshold,
            days=_day_words(household),
        )
        reader = NotesReader(context)
        notes = reader.read(household.memory)
        stated = [s for d in household.devices for s in _fact_limits(reader, d)]
        return Notes((*notes.found, *stated), notes.gone, notes.unsure)


def find_target(household: Household, directory: Directory, question: str) -> Device:
    """The device that the question asks about."""
    mentions = directory.find(flatten(question))
    named = [d for m in mentions if m.kind in ("name", "weak") for d in m.devices]
    by_name = {d.name: d for d in household.devices}
    loads = [
        n
        for n in named
        if by_name[n].duration_min is not None and by_name[n].energy_kwh is not None
    ]
    if not named:
        raise BadInput(
            f"The question names none of the {len(by_name)} devices under Device facts.",
            hint="Name one of them as it is written there.",
        )
    if not loads:
        lacking = "duration" if by_name[named[0]].duration_min is None else "energy"
        raise BadInput(
            f"The device in the question has no {lacking} under Device facts, so it cannot be scheduled.",
            hint="Give it both, as in: 90 minutes, 1.2 kWh.",
        )
    return by_name[loads[0]]


def _day_words(household: Household) -> dict[str, str]:
    """Weekday name -> "today", "tomorrow" or "otherday", where *Now* tells the day."""
    today = household.date.weekday() if household.date else weekday(household.text)
    if today is None:
        return {}
    words = dict.fromkeys(_DAYS, "otherday")
    words[_DAYS[(today + 1) % 7]] = "tomorrow"
    words[_DAYS[today]] = "today"
    return words


def _fact_limits(reader: NotesReader, device: Device) -> list[Found]:
    """Limits in a device-facts line, where it speaks of one."""
    found = []
    for piece in re.split(r"[;|.]\s|,\s(?!about|around)", device.line):
        if not _FACT_LIMIT.search(piece) or not find_times(piece):
            continue
        for f in reader.read(
            [f"The {device.name} {piece}" if device.name not in piece else piece]
        ).found:
            if f.device == device.name and not (
                device.available_from and minutes(device.available_from) == f.minute
            ):
                found.append(Found(f.device, f.kind, f.minute, f.confidence, -1, 0, f.until))
    return found


def _limits(device: Device, found: Iterable[Found], now: int) -> list[Limit]:
    """The limits of one device, ranges split into their ends."""
    mine = [f for f in found if f.device == device.name]
    out: list[Limit] = []
    if device.available_from:
        out.append(Limit(device.name, "not_before", device.available_from, 1.0, -1))
    for f in mine:
        pairs: Sequence[tuple[str, int]] = [(f.kind, f.minute)]
        if f.until is not None:
            names = (
                ("quiet_by", "quiet_until")
                if f.kind == "quiet_range"
                else ("not_before", "finish_by")
            )
            pairs = [(names[0], f.minute), (names[1], f.until)]
        for kind, minute in pairs:
            out.append(
                Limit(device.name, _kind(kind, f, mine, now), clock(minute), f.confidence, f.bullet)
            )
    return out


def _kind(kind: str, f: Found, mine: Sequence[Found], now: int) -> LimitKind:
    """A morning end of a quiet time said as a start ("not after ten or before seven"), and back."""
    if f.until is None and kind in ("not_before", "quiet_until"):
        quiet = [g for g in mine if g.kind == "quiet_by"]
        near = [g for g in quiet if g.sentence == f.sentence and g.bullet == f.bullet]
        if kind == "quiet_until":
            after = any((f.minute - now) % DAY > (g.minute - now) % DAY for g in quiet)
            return "quiet_until" if near or after else "not_before"
        if any((f.minute - now) % DAY > (g.minute - now) % DAY for g in near):
            return "quiet_until"
    return {
        "finish_by": "finish_by", "quiet_by": "quiet_by", "quiet_until": "quiet_until",
    }.get(kind, "not_before")  # type: ignore[return-value]  # fmt: skip


def _doubts(unsure: Unsure, household: Household, now: int) -> list[Doubt]:
    found, (other,) = unsure.found, _labels(unsure.other)[:1]
    sure, bullet = found.confidence, found.bullet
    if found.kind == "none":
        return [Doubt(found.device, clock(found.minute), None, other, sure, bullet)]
    device = next(d for d in household.devices if d.name == found.device)
    read = [x for x in _limits(device, [found], now) if x.bullet == bullet]
    return [Doubt(x.device, x.time, x.kind, other, sure, bullet) for x in read]


def _labels(label: str) -> list[LimitKind | None]:
    kinds: dict[str, list[LimitKind | None]] = {
        "none": [None],
        "finish_by": ["finish_by"],
        "quiet_by": ["quiet_by"],
        "quiet_until": ["quiet_until"],
        "quiet_range": ["quiet_by", "quiet_until"],
        "allowed_range": ["not_before", "finish_by"],
    }
    return kinds.get(label, ["not_before"])
