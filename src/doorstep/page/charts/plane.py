"""Things on three axes: two make the plane, columns and rows; the third is a sign with its word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.page.charts.letters import LINE, lines
from doorstep.page.charts.marks import NARROW, WIDE, Box, Fit, Link, Mark, Path, Picture, Text

_SIGNS = (  # 14 by 14, one for each value of the third axis
    "h14v14h-14z",
    "m7 0a7 7 0 1 1 0 14a7 7 0 1 1 0 -14z",
    "m7 -1l8 8l-8 8l-8 -8z",
    "m7 0l7 14h-14z",
)
_PAD, _GAP = 8.0, 8.0


@dataclass(frozen=True, slots=True)
class Place:
    """One thing: its column, its row, which value of the third axis it has, the words under its
    title, and where it leads."""

    title: str
    column: int
    row: int
    sign: int
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Axis:
    """`name` of the axis and its values, each with a word of what it means ("" for none)."""

    name: str
    values: tuple[tuple[str, str], ...]


def plane(
    name: str, title: str, says: str, columns: Axis, rows: Axis, places: Sequence[Place], fit: Fit
) -> Picture:
    """`places` on the plane; several in one cell stand one below the other."""
    return _Plane(columns, rows, places, fit).picture(name, title, says)


class _Plane:
    """The geometry: rows are named beside the cells where it is wide, above them else."""

    def __init__(self, columns: Axis, rows: Axis, places: Sequence[Place], fit: Fit) -> None:
        self.columns, self.rows, self.places, self.fit = columns, rows, places, fit
        self.wide = fit == "wide"
        self.width = WIDE if self.wide else NARROW
        self.left = 190.0 if self.wide else 2.0
        count = len(columns.values)
        self.cell = round((self.width - 2 - self.left - _GAP * (count - 1)) / count, 1)

    def picture(self, name: str, title: str, says: str) -> Picture:
        marks, y = self._head()
        for row in range(len(self.rows.values)):
            named, y = self._named(row, y)
            cells, deep = self._cells(row, y)
            marks += [*named, *cells]
            y = round(y + deep + _GAP, 1)
        return Picture(name, self.fit, self.width, y, title, says, tuple(marks))

    def _head(self) -> tuple[list[Mark | Link], float]:
        """The name of the columns' axis and its values; where the rows begin."""
        marks: list[Mark | Link] = [Text(self.left, 14, f"{self.columns.name} →", "soft")]
        if self.wide:
            marks.append(Text(2, 34, f"{self.rows.name} ↓", "soft"))
        deep = 0
        for at, (value, _) in enumerate(self.columns.values):
            said = lines(value, self.cell - 4, bold=True)
            marks += self._lines(said, self._x(at) + 2, 34, "name")
            deep = max(deep, len(said))
        return marks, 34 + deep * LINE

    def _named(self, row: int, y: float) -> tuple[list[Mark | Link], float]:
        value, means = self.rows.values[row]
        if self.wide:
            under = lines(means, self.left - 16)
            named = self._lines((value,), 2, y + 14, "name")
            return [*named, *self._lines(under, 2, y + 14 + LINE, "soft")], y
        text = f"{value}: {means}" if means else value
        said = lines(text, self.width - 4, bold=True)
        return [*self._lines(said, 2, y + 12, "soft")], y + len(said) * LINE + 4

    def _cells(self, row: int, y: float) -> tuple[list[Mark | Link], float]:
        """The cells of a row, all as high as the fullest needs."""
        here = [[p for p in self.places if (p.column, p.row) == (at, row)] for at in self._all()]
        named = lines(self.rows.values[row][1], self.left - 16)
        least = LINE * (1 + len(named)) + 4 if self.wide else 30.0
        heights = [sum(self._deep(p) + _PAD for p in cell) + _PAD for cell in here]
        deep = max([least, *heights])
        marks: list[Mark | Link] = []
        for at, cell in enumerate(here):
            marks.append(Box(self._x(at), y, self.cell, deep, "cell", 8))
            top = y + _PAD
            for place in cell:
                marks.append(self._place(place, self._x(at) + _PAD, top))
                top = round(top + self._deep(place) + _PAD, 1)
        return marks, deep

    def _all(self) -> range:
        return range(len(self.columns.values))

    def _x(self, column: int) -> float:
        return round(self.left + column * (self.cell + _GAP), 1)

    @property
    def _room(self) -> float:
        return self.cell - 2 * _PAD - (40 if self.wide else 8)

    def _texts(self, place: Place) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return lines(place.title, self._room, bold=True), lines(place.words, self._room)

    def _deep(self, place: Place) -> float:
        title, words = self._texts(place)
        return (len(title) + len(words)) * LINE + 12 + (0 if self.wide else 20)

    def _place(self, place: Place, x: float, y: float) -> Link:
        title, words = self._texts(place)
        box = Box(x, y, round(self.cell - 2 * _PAD, 1), self._deep(place), "place", 6)
        sign = Path(f"M{x + (10 if self.wide else 5)} {y + 8}{_SIGNS[place.sign]}", "sign")
        left, top = (x + 33, y + 17) if self.wide else (x + 5, y + 37)
        texts = [
            *self._lines(title, left, top, "title"),
            *self._lines(words, left, top + len(title) * LINE, "soft"),
        ]
        label = f"{place.title}: {place.words}"
        return Link(place.href, label, (box, sign, *texts))

    @staticmethod
    def _lines(said: Sequence[str], x: float, y: float, css: str) -> list[Text]:
        return [Text(round(x, 1), round(y + at * LINE, 1), one, css) for at, one in enumerate(said)]
