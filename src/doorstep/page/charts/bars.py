"""Stacked bars over days, a strip for each row, with a dash where another value would have been."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from doorstep.page.charts.legend import Key
from doorstep.page.charts.marks import Fit, Mark, Path, Picture
from doorstep.page.charts.scale import ticks
from doorstep.page.charts.strips import Label, Sheet, Strip

_BROADEST = 26.0


@dataclass(frozen=True, slots=True)
class Bars:
    """One strip. `layers`: for each key, from the bottom upwards, a value for each bin; `beside`: a
    value for each bin that a dash marks, None for no dash."""

    label: Label
    layers: tuple[tuple[float, ...], ...]
    beside: tuple[float | None, ...] = ()

    @property
    def most(self) -> float:
        heights: list[float] = [sum(column) for column in zip(*self.layers, strict=True)]
        return max([0.0, *heights, *(one for one in self.beside if one is not None)])


def bars(
    name: str,
    title: str,
    says: str,
    bins: Sequence[str],
    keys: Sequence[Key],
    rows: Sequence[Bars],
    unit: Callable[[float], str],
    fit: Fit,
) -> Picture:
    """`keys`: of the layers first, then, where there is a `beside`, of that. `unit` writes a value
    at an axis."""
    sheet = Sheet(fit, bins, [row.label for row in rows], keys)
    for at, row in enumerate(rows):
        high = ticks(0, row.most, 5)[-1]
        sheet.draw(at, unit(high), _stack(sheet.strip(at), row, keys, high))
    return sheet.picture(name, title, says)


def _stack(strip: Strip, row: Bars, keys: Sequence[Key], high: float) -> list[Mark]:
    y = strip.values(high)
    broad = round(min(_BROADEST, strip.band * 0.7), 2)
    parts: list[list[str]] = [[] for _ in row.layers]
    for at in range(strip.bins):
        below = 0.0
        for path, layer in zip(parts, row.layers, strict=True):
            if layer[at]:
                foot, below = y(below), below + layer[at]
                x = round(strip.middle(at) - broad / 2, 1)
                path.append(f"M{x} {foot}V{_shown(y(below), foot)}h{broad}V{foot}z")
    marks: list[Mark] = [
        Path("".join(path), key.css) for path, key in zip(parts, keys, strict=False) if path
    ]
    wide = broad + 2
    dashes = [
        f"M{round(strip.middle(at) - wide / 2, 1)} {y(value)}h{wide}"
        for at, value in enumerate(row.beside)
        if value is not None
    ]
    return [*marks, Path("".join(dashes), keys[-1].css)] if dashes else marks


def _shown(head: float, foot: float) -> float:
    """The upper end of a bar: what is not zero can be seen."""
    return min(head, round(foot - 1, 1))
