"""Stretches of a text that become placeholders: merged, widened to whole words, replaced once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_letters, digits
from typing import NamedTuple

VAGUE = frozenset(("account", "identifier", "name", "other", "quantity"))
_LINE = re.compile(r"\\[nrtbfv]")
ALNUM = frozenset(ascii_letters + digits)
_GOES_ON = ALNUM | {"_"}
_ON = re.compile(r"(?:_*[A-Za-z0-9])*")


class Span(NamedTuple):  # many are made
    """`text[start:end]` becomes one placeholder; `of` is the declared value it is a form of, `by`
    the rule that found it."""

    start: int
    end: int
    kind: str
    of: str | None = None
    by: str = ""

    def __repr__(self) -> str:
        return f"Span({self.start}, {self.end}, {self.kind!r})"


def merge(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap or touch become one that covers them, of the longest one's kind: two
    placeholders without a gap between them could not be told apart. Of two that are the same the
    declared one counts, then the one whose kind says more."""
    merged: list[Span] = []
    longest = 0
    for new in sorted(spans, key=_rank):
        size = new.end - new.start
        if not merged or new.start > merged[-1].end:
            merged.append(new)
            longest = size
            continue
        old = merged[-1]
        best = new if size > longest else old
        if best is not old or new.end > old.end:
            merged[-1] = best._replace(start=old.start, end=max(old.end, new.end))
        longest = max(longest, size)
    return merged


def _rank(span: Span) -> tuple[int, int, bool, bool]:
    return span.start, -span.end, span.of is None, span.kind in VAGUE


def widen(text: str, span: Span) -> Span:
    """The span up to where a placeholder can stand by itself: all of "mayaLoad" or "maya_2"."""
    start, end = span.start, span.end
    # A letter after a backslash is an escape ("\\nMaya" in code), no part of the word.
    while start and text[start - 1] in ALNUM and not _LINE.match(text, start - 2):
        start -= 1
    if text[end : end + 1] in _GOES_ON:
        end = _ON.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing, too
    return span if (start, end) == (span.start, span.end) else span._replace(start=start, end=end)
