"""A figure: what was measured, on how many, for which tools, and what was to be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "rate", "ratio", "seconds", "mib", "count"]


@dataclass(frozen=True, slots=True)
class Figure:
    """`values` by tool. `of` says what `n` counts. A value of None could not be scored."""

    table: str
    name: str
    n: int
    of: str
    unit: Unit
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Aim:
    """The figure of one of our tools has to be at least (or at most) `limit`."""

    table: str
    name: str
    tool: str
    limit: float
    most: bool = False

    def met(self, value: float) -> bool:
        return value <= self.limit if self.most else value >= self.limit


AIMS = (
    Aim("pupa", "private units leaked", "names", 0.09, most=True),
    Aim("pupa", "letters and digits masked", "names", 0.12, most=True),
    Aim("pupa", "private units leaked", "strict", 0.04, most=True),
    Aim("pupa", "letters and digits masked", "strict", 0.21, most=True),
    Aim("tab", "direct: entities whole", "names", 1.0),
    Aim("tab", "quasi: entities whole", "names", 0.89),
    Aim("tab", "precision", "names", 0.60),
    Aim("synth", "entity recall", "names", 0.93),
    Aim("synth", "precision", "names", 0.88),
    Aim("secrets", "secrets found", "rules", 0.95),
    Aim("mmlu", "innocent texts untouched", "names", 0.85),
    Aim("speed", "characters per CPU-second, short texts", "rules", 5e6),
    Aim("speed", "characters per CPU-second, long texts", "rules", 5e6),
    Aim("speed", "characters per CPU-second, short texts", "names", 4e4),
    Aim("speed", "characters per CPU-second, long texts", "names", 4e4),
    Aim("speed", "memory, peak", "names", 250, most=True),
    Aim("speed", "load time", "names", 1.5, most=True),
    Aim("later", "known values that left", "doorstep", 0, most=True),
    Aim("mangled", "forms always restored", "doorstep", 12),
    Aim("mangled", "wrong person restored", "doorstep", 0, most=True),
)


def figure(figures: Sequence[Figure], aim: Aim) -> Figure | None:
    """The figure that an aim is about."""
    named = (f for f in figures if (f.table, f.name) == (aim.table, aim.name))
    return next(named, None)
