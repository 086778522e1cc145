"""What home does for the household: read the notes, and write the answer.

Two ways: by rules alone (`RulesHome`, the stand-in for a machine without a model), and with a
model (`ModelHome`), which reads only the prose. Times of day, durations, energy and prices in
the device facts and the tariff are read by rules either way: no model is asked to copy a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field

from doorstep._errors import OutputInvalid, ZoneError
from doorstep._values import Message, Options, Zone
from doorstep.household.checks import Violation, for_person
from doorstep.household.devices import Directory
from doorstep.household.problem import HHMM, Solution
from doorstep.household.reader import RulesReader, find_target
from doorstep.household.reading import build_reading
from doorstep.household.values import Doubt, Household, Kept, Limit, LimitKind, Reading
from doorstep.household.writer import write_answer
from doorstep.models.base import Model
from doorstep.patterns.case import Made

READ_PROMPT = """\
You read a household's private notes and fill in, for each device, when it may run.

Rules
- Use only devices of the list, spelled as there. `asked` is the device the question is
  about.
- `can_run` is false only where the notes or facts say that the device is already done, away,
  broken or not available.
- `not_before`: the notes say that it must not start earlier than this.
- `finish_by`: the notes say that it has to be through, ready or charged by this time.
- `quiet_by`: the notes say that it must not be running, or must be silent, from this time on.
- `quiet_until`: only where the notes also say when that quiet time is over.
- Read every sentence. One device may have several limits; a limit may follow in the next
  sentence as "it" or "they". Take over every limit.
- What happened before, what usually happens, and other people's appointments set no limit.
- Times are HH:MM, 24 hours. Leave out (null) what the notes do not say. Never guess.

Example
Devices: bread maker; tumble dryer
Notes: The loaf has to be ready when Ana gets up at half past five. The dryer is noisy, so it
must be off between ten in the evening and six. It ran yesterday at 19:00.
Question: Is it better to dry now or later?
Answer: {"asked": "tumble dryer", "devices": [{"device": "bread maker", "can_run": true,
"not_before": null, "finish_by": "05:30", "quiet_by": null, "quiet_until": null},
{"device": "tumble dryer", "can_run": true, "not_before": null, "finish_by": null,
"quiet_by": "22:00", "quiet_until": "06:00"}]}"""

WRITE_PROMPT = """\
You tell a household when to run its devices. You get their question, the notes and the schedule
that has been worked out; the schedule is final.

- Answer the question first: now, or later and when.
- Use the household's own names for devices, and the exact start and end times of the schedule.
- Mention another device only where it helps.
- Nothing has been started yet; do not say that anything is running or has been switched on.
- If `overruled` is not empty, say in one sentence that the notes won over what was proposed.
- At most four short sentences, plain text, no list, no headings."""


class _Notes(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeviceNotes(_Notes):
    """What the notes say about one device."""

    device: str
    can_run: bool = True
    not_before: HHMM | None = None
    finish_by: HHMM | None = None
    quiet_by: HHMM | None = None
    quiet_until: HHMM | None = None


class NotesRead(_Notes):
    """What a model understood of the notes."""

    asked: str
    devices: Annotated[tuple[DeviceNotes, ...], Field(max_length=100)]


class Home(Protocol):
    """The home side of the household case."""

    name: str
    stand_in: str
    tries: int

    async def read(
        self, household: Household, question: str, faults: Sequence[str]
    ) -> Made[Reading]: ...

    async def write(
        self,
        kept: Kept,
        solution: Solution,
        overruled: Sequence[Violation],
        faults: Sequence[str],
    ) -> Made[str]: ...


class RulesHome:
    """Reads and writes by rules and a small linear model over words; no language model.

    `settled` holds what a person answered about limits that were unsure: None for no limit.
    """

    name = "built-in rules"
    stand_in = "home: built-in rules instead of a language model"
    tries = 1

    def __init__(self, settled: Mapping[Doubt, LimitKind | None] | None = None) -> None:
        self._reader = RulesReader()
        self._settled = settled or {}

    async def read(
        self, household: Household, question: str, faults: Sequence[str]
    ) -> Made[Reading]:
        reading = self._reader.read(household, question)
        return Made(self._settle(household, reading) if self._settled else reading, self.name)

    async def write(
        self,
        kept: Kept,
        solution: Solution,
        overruled: Sequence[Violation],
        faults: Sequence[str],
    ) -> Made[str]:
        text = write_answer(kept.reading, solution, kept.household, overridden=tuple(overruled))
        return Made(text, self.name)

    def _settle(self, household: Household, reading: Reading) -> Reading:
        told = {(x.device, x.time, x.bullet): kind for x, kind in self._settled.items()}
        limits = [x for x in reading.limits if (x.device, x.time, x.bullet) not in told]
        limits += [
            Limit(device, kind, time, 1.0, bullet)
            for (device, time, bullet), kind in told.items()
            if kind is not None
        ]
        left = [x for x in reading.doubts if (x.device, x.time, x.bullet) not in told]
        target = next(d for d in household.devices if d.name == reading.target)
        gone = {d.name for d in household.devices} - set(reading.mapping.values())
        return build_reading(household, target, limits, gone=gone, doubts=left)


class ModelHome:
    """Reads the notes and writes the answer with a model whose zone is home."""

    stand_in = ""

    def __init__(self, model: Model, *, tries: int = 2) -> None:
        if model.zone is not Zone.HOME:
            raise ZoneError(
                f"{model.name} is not proved to be at home, so it may not read the notes.",
                hint=model.zone_reason or "Use a model at home.",
            )
        self.name = model.name
        self.tries = tries
        self._model = model

    async def read(
        self, household: Household, question: str, faults: Sequence[str]
    ) -> Made[Reading]:
        made = await self._model.typed(
            _read_messages(household, question, faults), NotesRead, Options(effort="high"), tries=2
        )
        reading = _reading(household, question, made.value)
        return Made(reading, self.name, made.usage, made.tries)

    async def write(
        self,
        kept: Kept,
        solution: Solution,
        overruled: Sequence[Violation],
        faults: Sequence[str],
    ) -> Made[str]:
        messages = _write_messages(kept, solution, overruled, faults)
        reply = await self._model.respond(messages, Options(effort="medium"))
        return Made(reply.text.strip(), self.name, reply.usage)


def _read_messages(
    household: Household, question: str, faults: Sequence[str]
) -> tuple[Message, ...]:
    parts = [
        "Devices: " + "; ".join(device.name for device in household.devices),
        "Device facts:\n" + "\n".join(device.line for device in household.devices),
        "Notes:\n" + "\n".join(household.memory),
        f"Now: {household.now}",
        f"Question: {question}",
    ]
    return (Message("system", READ_PROMPT), Message("user", "\n\n".join(parts) + _again(faults)))


def _write_messages(
    kept: Kept, solution: Solution, overruled: Sequence[Violation], faults: Sequence[str]
) -> tuple[Message, ...]:
    reading = kept.reading
    rows = (
        f"{reading.mapping[row.load_id]}: {row.start} to {row.end}"
        for row in solution.proposed_schedule
    )
    parts = [
        "Notes:\n" + "\n".join(kept.household.memory),
        f"Now: {kept.household.now}",
        f"Question: {kept.question}",
        f"About: {reading.target}",
        f"Recommendation: {solution.recommendation}",
        "Schedule:\n" + "\n".join(rows),
        "Overruled: " + (" ".join(for_person(v, reading.mapping) for v in overruled) or "nothing"),
    ]
    return (Message("system", WRITE_PROMPT), Message("user", "\n\n".join(parts) + _again(faults)))


def _again(faults: Sequence[str]) -> str:
    if not faults:
        return ""
    lines = "\n".join(f"- {fault}" for fault in faults)
    return f"\n\nYour last answer was wrong. Mend this and answer again:\n{lines}"


def _reading(household: Household, question: str, notes: NotesRead) -> Reading:
    """A model's reading as limits. The device asked about is found by rules: the question names it
    or it does not."""
    devices = Directory(household.devices)
    target = find_target(household, devices, question)
    names = {device.name.casefold(): device.name for device in household.devices}
    limits: list[Limit] = []
    gone: list[str] = []
    for row in notes.devices:
        name = names.get(row.device.casefold())
        if name is None:
            raise OutputInvalid("Home's model named a device that is not in the list.")
        if not row.can_run and name != target.name:
            gone.append(name)
        found: tuple[tuple[LimitKind, str | None], ...] = (
            ("not_before", row.not_before),
            ("finish_by", row.finish_by),
            ("quiet_by", row.quiet_by),
            ("quiet_until", row.quiet_until),
        )
        limits += [Limit(name, kind, at, 1.0, -1) for kind, at in found if at]
    limits += [
        Limit(d.name, "not_before", d.available_from, 1.0, -1)
        for d in household.devices
        if d.available_from
    ]
    return build_reading(household, target, limits, gone=gone)
