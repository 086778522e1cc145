"""What the colours and signs of a picture mean, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from doorstep.page.charts.letters import LINE, cut, width
from doorstep.page.charts.marks import Box, Mark, Path, Text

Sign = Literal["box", "line", "bracket"]
_SIGN, _GAP = 16.0, 18.0  # the sign with the space after it, the space between two entries


@dataclass(frozen=True, slots=True)
class Key:
    """One entry: how the sign looks, its class, and what it means."""

    sign: Sign
    css: str
    text: str


def legend(keys: Sequence[Key], x: float, y: float, room: float) -> tuple[list[Mark], float]:
    """The entries in lines of `room`, from `y` downwards; the marks, and the height they take."""
    marks: list[Mark] = []
    at, top = x, y
    for key in keys:
        text = cut(key.text, room - _SIGN)
        wide = _SIGN + width(text)
        if at > x and at + wide > x + room:
            at, top = x, top + LINE + 3
        marks += [_sign(key, at, top), Text(at + _SIGN, top + 11, text, "soft")]
        at += wide + _GAP
    return marks, (top - y + LINE + 3) if keys else 0.0


def _sign(key: Key, x: float, y: float) -> Mark:
    if key.sign == "box":
        return Box(x, y + 2, 10, 10, key.css, 2)
    if key.sign == "bracket":
        return Path(f"M{x + 4} {y + 2}h-4v10h4m3 0h4v-10h-4", key.css)
    return Path(f"M{x} {y + 7}h11", key.css)
