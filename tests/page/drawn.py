"""Where the marks of a picture lie: boxes around them, as (left, top, right, bottom)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from doorstep.page.charts import letters
from doorstep.page.charts.marks import Box, Link, Mark, Picture, Text

Around = tuple[float, float, float, float]
_TOKEN = re.compile(r"[a-zA-Z]|-?\d*\.?\d+(?:e-?\d+)?")
_ARGUMENTS = {"m": 2, "l": 2, "h": 1, "v": 1, "a": 7, "z": 0}


def marks(picture: Picture) -> Iterator[Mark]:
    for mark in picture.marks:
        yield from mark.marks if isinstance(mark, Link) else (mark,)


def around(mark: Mark) -> Around:
    if isinstance(mark, Box):
        return mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
    if isinstance(mark, Text):
        return _around_text(mark)
    xs, ys = zip(*points(mark.d), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _around_text(text: Text) -> Around:
    wide = letters.width(text.text, bold=text.css in ("name", "title"))
    left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    return left, text.y - 9, left + wide, text.y + 3


def points(d: str) -> list[tuple[float, float]]:
    """The points that a path goes through (of arcs, their ends)."""
    tokens, at, command = _TOKEN.findall(d), 0, ""
    x = y = 0.0
    start = (0.0, 0.0)
    out = []
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        kind = command.lower()
        given = [float(token) for token in tokens[at : at + _ARGUMENTS[kind]]]
        at += len(given)
        base = (x, y) if command.islower() else (0.0, 0.0)
        if kind == "z":
            x, y = start
        elif kind == "h":
            x = base[0] + given[0]
        elif kind == "v":
            y = base[1] + given[0]
        else:
            x, y = base[0] + given[-2], base[1] + given[-1]
        if kind == "m":
            start = (x, y)
        out.append((x, y))
    return out


def outside(picture: Picture) -> list[Mark]:
    """Marks that leave the picture, by more than half a stroke."""
    return [mark for mark in marks(picture) if _leaves(around(mark), picture)]


def _leaves(box: Around, picture: Picture) -> bool:
    left, top, right, bottom = box
    return min(left, top) < -1 or right > picture.width + 1 or bottom > picture.height + 1


def overlapping(picture: Picture) -> list[tuple[str, str]]:
    """Texts that touch one another."""
    texts = [mark for mark in marks(picture) if isinstance(mark, Text) and mark.text]
    return [(a.text, b.text) for a, b in combinations(texts, 2) if _meet(around(a), around(b))]


def _meet(a: Around, b: Around) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
