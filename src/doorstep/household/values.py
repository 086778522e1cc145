"""What the household's file says, before and after it has been understood. Private, all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from doorstep.household.problem import Problem, TariffWindow

if TYPE_CHECKING:
    from doorstep.household.blind import Blinded

LimitKind = Literal["finish_by", "quiet_by", "quiet_until", "not_before"]


@dataclass(frozen=True, slots=True)
class Device:
    """One line under *Device facts*. Minutes and kWh are None where the line gives none."""

    name: str
    line: str
    duration_min: int | None = None
    energy_kwh: float | None = None
    available_from: str | None = None  # HH:MM; None: available now
    available: bool = True  # False: away, unplugged, broken, already done


@dataclass(frozen=True, slots=True)
class Household:
    """The parsed file: four headings, nothing understood yet beyond their layout.

    `text` is the whole file as given; `date` and `timezone` are None unless *Now* states them.
    """

    now: str
    memory: tuple[str, ...]
    devices: tuple[Device, ...]
    tariff: tuple[TariffWindow, ...]
    text: str
    date: date | None = None
    timezone: str | None = None
    power_limit_kw: float | None = None
    currency: str = "$"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit that the notes set for one device.

    `bullet` is the index into `Household.memory`, -1 for a device-facts line; `confidence` is
    in 0..1, how sure the reader is of the kind.
    """

    device: str
    kind: LimitKind
    time: str
    confidence: float
    bullet: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A time whose meaning the reader is not sure of; None stands for no limit.

    `kind` is how it was read, with `confidence`; `other` is what else it may be.
    """

    device: str
    time: str
    kind: LimitKind | None
    other: LimitKind | None
    confidence: float
    bullet: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What home understood: the problem that may cross, and the mapping that may not."""

    problem: Problem
    mapping: Mapping[str, str]  # load_A -> dishwasher
    target: str  # the device that was asked about
    limits: tuple[Limit, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def unsure(self) -> tuple[str, ...]:
        """A readable line for each doubt. Private."""
        return tuple(
            f"{x.device}: {x.time} read as {_said(x.kind)} ({x.confidence:.0%}), "
            f"maybe {_said(x.other)}"
            for x in self.doubts
        )


def _said(kind: LimitKind | None) -> str:
    return kind.replace("_", " ") if kind else "no limit"


@dataclass(frozen=True, slots=True)
class Kept:
    """What home keeps of one question: the file, the reading and the ways back.

    `blinded` is None where the problem has no answer to blind it for; nothing crosses then.
    """

    household: Household
    question: str
    reading: Reading
    blinded: Blinded | None = None

    @property
    def problem(self) -> Problem:
        return self.reading.problem
