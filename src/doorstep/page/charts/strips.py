"""Rows over days: one strip for each pattern, all on the same days, each on its own measure.

Small multiples (E. Tufte, "Envisioning Information", 1990, chapter 4): what is compared is how a
row goes over time; its size is said at its axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.page.charts.legend import Key, legend
from doorstep.page.charts.letters import cut, width
from doorstep.page.charts.marks import NARROW, WIDE, Fit, Mark, Path, Picture, Text
from doorstep.page.charts.scale import Scale

PLOT = 46.0  # how high a strip is


@dataclass(frozen=True, slots=True)
class Label:
    """What a strip is called, and what stands under its name ("n = 41")."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Strip:
    """Where a strip lies."""

    left: float
    right: float
    top: float
    bottom: float
    bins: int

    @property
    def band(self) -> float:
        """How wide one bin is."""
        return (self.right - self.left) / self.bins

    def middle(self, at: int) -> float:
        return round(self.left + (at + 0.5) * self.band, 1)

    def values(self, high: float) -> Scale:
        """A scale from zero to `high`."""
        return Scale(0, high, self.bottom, self.top)


class Sheet:
    """The frame of one picture: legend, names, axes; what is drawn in a strip is the caller's."""

    def __init__(
        self, fit: Fit, bins: Sequence[str], labels: Sequence[Label], keys: Sequence[Key]
    ) -> None:
        self.fit: Fit = fit
        self._wide = fit == "wide"
        self._bins = bins
        self._labels = labels
        self.width = WIDE if self._wide else NARROW
        self.marks: list[Mark]
        self.marks, deep = legend(keys, 4, 4, self.width - 8)
        self._top = deep + 14
        self._each = PLOT + (18 if self._wide else 34)
        self._left = 236.0 if self._wide else 58.0

    def strip(self, at: int) -> Strip:
        top = self._top + at * self._each + (0 if self._wide else 20)
        bins = max(1, len(self._bins))
        return Strip(self._left, self.width - 4, top, top + PLOT, bins)

    def draw(self, at: int, most: str, marks: Sequence[Mark]) -> None:
        """One strip: its name, its axis, of which `most` is the upper end, and its marks."""
        strip, label = self.strip(at), self._labels[at]
        self.marks += [
            Path(f"M{strip.left} {strip.top}H{strip.right}", "grid"),
            Text(strip.left - 6, strip.top + 9, cut(most, 52), "soft", "end"),
            Text(strip.left - 6, strip.bottom, "0", "soft", "end"),
            *marks,
            Path(f"M{strip.left} {strip.bottom}H{strip.right}", "axis"),
            *self._named(strip, label),
        ]

    def picture(self, name: str, title: str, says: str) -> Picture:
        self.marks += self._days()
        height = self._bottom + 22
        return Picture(name, self.fit, self.width, height, title, says, tuple(self.marks))

    @property
    def _bottom(self) -> float:
        return self.strip(max(0, len(self._labels) - 1)).bottom

    def _named(self, strip: Strip, label: Label) -> list[Mark]:
        if self._wide:
            room = self._left - 66
            return [
                Text(4, strip.top + 16, cut(label.name, room, bold=True), "name"),
                Text(4, strip.top + 32, cut(label.note, room), "soft"),
            ]
        room = strip.right - 4 - width(label.note) - 10
        return [
            Text(4, strip.top - 7, cut(label.name, room, bold=True), "name"),
            Text(strip.right, strip.top - 7, label.note, "soft", "end"),
        ]

    def _days(self) -> list[Mark]:
        """Labels below the last strip, as many as do not touch; the last day has one always."""
        strip, marks = self.strip(0), list[Mark]()
        y, used = self._bottom + 16, self.width + 12
        for at in reversed(range(len(self._bins))):
            label = self._bins[at]
            half = width(label) / 2
            x = round(min(max(strip.middle(at), strip.left + half), strip.right - half), 1)
            if x + half + 12 <= used:
                marks.append(Text(x, y, label, "soft", "middle"))
                used = x - half
        return marks
