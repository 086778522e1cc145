"""A median and a 90th percentile over days, with the stretch between them, a strip for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from doorstep.page.charts.legend import Key
from doorstep.page.charts.marks import Fit, Mark, Path, Picture
from doorstep.page.charts.scale import ticks
from doorstep.page.charts.strips import Label, Sheet, Strip

MEDIAN, P90 = "median", "p90"
KEYS = (Key("line", MEDIAN, "median"), Key("line", P90, "90th percentile"))

_DOT, _P90_DOT = f"{MEDIAN} dot", f"{P90} dot"

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lines:
    """One strip: for each bin the median and the 90th percentile, None where nothing ran."""

    label: Label
    points: tuple[Pair | None, ...]


def lines(
    name: str,
    title: str,
    says: str,
    bins: Sequence[str],
    rows: Sequence[Lines],
    unit: Callable[[float], str],
    fit: Fit,
) -> Picture:
    """`unit` writes a value at an axis."""
    sheet = Sheet(fit, bins, [row.label for row in rows], KEYS)
    for at, row in enumerate(rows):
        high = ticks(0, max((point[1] for point in row.points if point), default=0.0), 5)[-1]
        sheet.draw(at, unit(high), _drawn(sheet.strip(at), row, high))
    return sheet.picture(name, title, says)


def _drawn(strip: Strip, row: Lines, high: float) -> list[Mark]:
    y = strip.values(high)
    paths: dict[str, list[str]] = {css: [] for css in ("between", P90, MEDIAN, _P90_DOT, _DOT)}
    for start, stretch in _stretches(row.points):
        xs = [strip.middle(start + at) for at in range(len(stretch))]
        lower = [f"{x} {y(point[0])}" for x, point in zip(xs, stretch, strict=True)]
        upper = [f"{x} {y(point[1])}" for x, point in zip(xs, stretch, strict=True)]
        if len(stretch) == 1:  # without length: a round cap makes it a dot (SVG 2, 13.5.4)
            paths[_P90_DOT].append(f"M{upper[0]}h0")
            paths[_DOT].append(f"M{lower[0]}h0")
        else:
            paths["between"].append(f"M{'L'.join([*lower, *reversed(upper)])}z")
            paths[P90].append(f"M{'L'.join(upper)}")
            paths[MEDIAN].append(f"M{'L'.join(lower)}")
    return [Path("".join(drawn), css) for css, drawn in paths.items() if drawn]


def _stretches(points: Sequence[Pair | None]) -> Iterator[tuple[int, list[Pair]]]:
    """The runs of points without a hole: where each begins, and its points."""
    stretch: list[Pair] = []
    for at, point in enumerate([*points, None]):
        if point is not None:
            stretch.append(point)
        elif stretch:
            yield at - len(stretch), stretch
            stretch = []
