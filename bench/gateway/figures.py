"""What a figure is: one ratio a round, their median and spread, and the aim beside it.

**P, the unit.** Of a latency, one P is what the pass-through adds to the upstream's own latency,
(p50 through the pass-through - p50 direct), with the same load in the same round; a figure is
(p50 through the gateway - p50 direct) / that. Of CPU, one P is the CPU time that the process of the
pass-through uses for the same load in the same round, all its threads; a figure is the gateway's
CPU time / that. What the ledger costs is (with it - without it), in P: its latency in P of JSON at
one connection, as its own load waits 50 ms; its CPU in P of CPU.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Aim:
    """At most `reach`; `better` is what one would be glad of."""

    reach: float
    better: float

    def says(self, values: Sequence[float]) -> str:
        """By the median; in how many rounds, where they do not agree."""
        value, held = median(values), sum(value <= self.reach for value in values)
        word = "better" if value <= self.better else "reached"
        if value > self.reach:
            word = "MISSED"
        return word if held in (0, len(values)) else f"{word}, held in {held} of {len(values)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """`values`: one for each round. `unit` is "P", "s" or "MB"; `n` what was measured a round."""

    name: str
    of: str
    unit: str
    values: tuple[float, ...]
    n: str
    aim: Aim | None = None

    @property
    def value(self) -> float:
        return median(self.values)

    def row(self) -> str:
        low, high = min(self.values), max(self.values)
        spread = f"{low:.2f} to {high:.2f}"
        aim = f"<= {self.aim.reach:g} ({self.aim.better:g})" if self.aim else ""
        says = self.aim.says(self.values) if self.aim else ""
        cells = (self.name, self.of, f"{self.value:.2f} {self.unit}", spread, self.n, aim, says)
        return f"| {' | '.join(cells)} |"

    def as_json(self) -> dict[str, object]:
        aim = {"reach": self.aim.reach, "better": self.aim.better} if self.aim else None
        said = {"name": self.name, "of": self.of, "unit": self.unit, "median": self.value}
        return {**said, "values": self.values, "n": self.n, "aim": aim}


HEAD = (
    "| figure | of | median | rounds, from to | n a round | aim (better) | |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)


def table(figures: Sequence[Figure]) -> str:
    return "\n".join([HEAD, *(figure.row() for figure in figures)])
