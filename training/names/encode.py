"""Texts as arrays: piece ids, shapes, classes and weights, window by window as at run time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.names.text import ANY, KINDS, NOTHING, Text

from doorstep.boundary.detect.wordpiece import CASE_LOWER, CASE_NONE, WordPiece, Words, windows

ANY_CLASS = -1
# Courts, ministries and the like tell less of a person than firms and schools do: they are a kind
# of their own, with a threshold of its own.
_AUTHORITY = re.compile(
    r"court|tribunal|ministr|government|council|board|office|directorate|department|commission"
    r"|parliament|police|prosecut|republic|kingdom|assembly|authority|administration|senate|gericht",
    re.IGNORECASE,
)
_UNSURE = 0.25  # of the weight outside marks, for words in capitals and codes, in weak sources


@dataclass(frozen=True, slots=True)
class Window:
    """Equally long lists, one entry a piece; the first and the last are [CLS] and [SEP]."""

    ids: list[int]
    shapes: list[int]
    classes: list[int]
    weights: list[float]


def encode(text: Text, pieces: WordPiece, limit: int) -> list[Window]:
    words = pieces.words(text.text)
    classes, weights = _labels(text, words)
    found = []
    for start, end in windows(words, limit - 2):
        window = Window([pieces.first], [0], [0], [0.0])
        for at in range(start, end):
            count = len(words.pieces[at])
            window.ids.extend(words.pieces[at])
            window.shapes.extend([words.shapes[at]] * count)
            window.classes.extend([classes[at], *([_inside(classes[at])] * (count - 1))])
            window.weights.extend([weights[at]] * count)
        found.append(
            Window(
                [*window.ids, pieces.last],
                [*window.shapes, 0],
                [*window.classes, 0],
                [*window.weights, 0.0],
            )
        )
    return found


def _labels(text: Text, words: Words) -> tuple[list[int], list[float]]:
    """Class and weight of every word. A later mark covers an earlier one."""
    classes = [0] * len(words)
    weights = [_outside(text, shape) for shape in words.shapes]
    places = {start: at for at, start in enumerate(words.starts)}
    for mark in text.marks:
        kind = mark.kind
        if kind == "organisation" and _AUTHORITY.search(text.text, mark.start, mark.end):
            kind = "authority"
        first = True
        for place in range(mark.start, mark.end):
            at = places.get(place)
            if at is not None:
                begin = _begin(kind)
                classes[at] = begin if first else _inside(begin)
                weights[at] = mark.weight
                first = False
    return classes, weights


def _begin(kind: str) -> int:
    if kind == NOTHING:
        return 0
    return ANY_CLASS if kind == ANY else 1 + 2 * KINDS.index(kind)


def _inside(begin: int) -> int:
    """The "inside" class of a "begin" class (odd); others stay what they are."""
    return begin + 1 if begin > 0 and begin % 2 else begin


def _outside(text: Text, shape: int) -> float:
    plain = text.outside >= 1.0 or shape // 3 in (CASE_LOWER, CASE_NONE)
    return text.outside if plain else text.outside * _UNSURE
