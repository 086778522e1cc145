"""Who acts, in order: home, what crosses and the cloud as three lanes, an arrow from act to act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from doorstep.page.charts.letters import LINE, lines
from doorstep.page.charts.marks import NARROW, WIDE, Box, Fit, Mark, Path, Picture, Text

Lane = Literal["home", "crossed", "cloud"]
_LANES: tuple[tuple[Lane, str], ...] = (
    ("home", "Home"),
    ("crossed", "Crosses"),
    ("cloud", "Cloud"),
)
_TOP, _GAP = 34.0, 18.0


@dataclass(frozen=True, slots=True)
class Act:
    """What happens in one lane. `sometimes`: it need not come to this."""

    lane: Lane
    text: str
    sometimes: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    act: Act
    said: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def acts(name: str, title: str, says: str, done: Sequence[Act], fit: Fit) -> Picture:
    """The acts, each in its lane and below the one before it."""
    width = WIDE if fit == "wide" else NARROW
    lane = round((width - 2 * (_GAP if fit == "wide" else 6)) / 3, 1)
    placed = _placed(done, lane, (width - 3 * lane) / 2)
    height = placed[-1].y + placed[-1].height + 10 if placed else _TOP
    marks: list[Mark] = []
    for at, (css, label) in enumerate(_LANES):
        x = round(at * (lane + (width - 3 * lane) / 2), 1)
        marks += [
            Box(x + 1, 1, round(lane - 2, 1), round(height - 2, 1), f"lane {css}", 8),
            Text(x + 10, 20, label, "name"),
        ]
    for one, after in pairwise(placed):
        marks += _arrow(one, after)
    for one in placed:
        marks += _box(one)
    return Picture(name, fit, width, round(height, 1), title, says, tuple(marks))


def _placed(done: Sequence[Act], lane: float, gap: float) -> list[_Placed]:
    at, y = [css for css, _ in _LANES], _TOP
    placed: list[_Placed] = []
    for act in done:
        said = lines(act.text, lane - 20)
        height = len(said) * LINE + 10
        x = round(at.index(act.lane) * (lane + gap) + 5, 1)
        placed.append(_Placed(act, said, x, round(y, 1), round(lane - 10, 1), height))
        y += height + _GAP
    return placed


def _box(one: _Placed) -> list[Mark]:
    css = f"act {one.act.lane}{' sometimes' if one.act.sometimes else ''}"
    box = Box(one.x, one.y, one.width, one.height, css, 6)
    texts = [
        Text(one.x + 6, round(one.y + 16 + at * LINE, 1), said) for at, said in enumerate(one.said)
    ]
    return [box, *texts]


def _arrow(one: _Placed, after: _Placed) -> list[Mark]:
    """Straight down within a lane; else out of the side, over, and down into the next."""
    css = "arrow sometimes" if after.act.sometimes else "arrow"
    end = round(after.y - 1, 1)
    if one.act.lane == after.act.lane:
        start = f"M{one.middle} {round(one.y + one.height, 1)}"
    else:
        side = one.x + one.width if after.x > one.x else one.x
        start = f"M{round(side, 1)} {round(one.y + one.height / 2, 1)}H{after.middle}"
    return [Path(f"{start}V{end}", css), Path(f"M{after.middle} {end}l-4 -7h8z", "head")]
