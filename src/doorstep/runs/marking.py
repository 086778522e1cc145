"""What of a text is private, marked so that a person can see it: found at home, nothing is sent.

Where nobody could look, all of a text is marked: a view hides rather too much than too little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Detector
from doorstep.boundary.finder import Finder
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import Leaf
from doorstep.runs.values import Mark, Said

LONGEST = 400_000  # characters of one run that are looked at
NOT_LOOKED_AT = "not looked at"

Marks = Callable[[Sequence[Said]], tuple[Said, ...]]
Look = Callable[[Sequence[str]], list[list[Mark]]]


def by_detectors(detectors: Sequence[Detector]) -> Marks:
    """Marks what the boundary's own detectors find, wherever it stands, and its parts."""
    finder = Finder(detectors, propagate=True, remember=0)

    def look(texts: Sequence[str]) -> list[list[Mark]]:
        leaves = [Leaf((), text, "text", False) for text in texts]
        found = finder.find(leaves)
        again = Matcher(found.terms, words=False)  # as the seal looks for them
        return [
            [Mark(span.start, span.end, span.kind) for span in found.of(leaf)]
            + _hits(again, leaf.text)
            for leaf in leaves
        ]

    return marking(look)


def by_terms(terms: Iterable[Term]) -> Marks:
    """Marks these values."""
    matcher = Matcher(tuple(terms))
    return marking(lambda texts: [_hits(matcher, text) for text in texts])


def marking(look: Look) -> Marks:
    """`look` as `Marks`: what is longer than can be looked at, or cannot be, is marked whole."""

    def marks(said: Sequence[Said]) -> tuple[Said, ...]:
        texts = [one.text for one in said]
        found: list[list[Mark]] | None = None
        if sum(map(len, texts)) <= LONGEST:
            try:
                found = look(texts)
            except Exception:  # whatever a detector does; its words could hold the text
                found = None
        if found is None:
            found = [[Mark(0, len(text), NOT_LOOKED_AT)] for text in texts]
        return tuple(replace(one, marks=apart(here)) for one, here in zip(said, found, strict=True))

    return marks


def apart(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """In order, those that overlap as one, of the kind of the longest that begins first."""
    out: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if mark.start >= mark.end:
            continue
        if out and mark.start < out[-1].end:
            out[-1] = replace(out[-1], end=max(out[-1].end, mark.end))
        else:
            out.append(mark)
    return tuple(out)


def _hits(matcher: Matcher, text: str) -> list[Mark]:
    return [Mark(hit.start, hit.end, hit.term.kind) for hit in matcher.find(text)]
