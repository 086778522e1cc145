"""Stretches of a text that become placeholders: merged, widened to whole words, replaced once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

VAGUE = frozenset(("account", "identifier", "name", "other", "quantity"))
_LINE = re.compile(r"\\[nrtbfv]")
_ALNUM = re.compile(r"[A-Za-z0-9]")
_ON = re.compile(r"(?:_*[A-Za-z0-9])*")


@dataclass(frozen=True, slots=True, repr=False)
class Span:
    """`text[start:end]` becomes one placeholder; `of` is the declared value it is a form of, `by`
    the rule that found it."""

    start: int
    end: int
    kind: str
    of: str | None = None
    by: str = ""


def merge(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap or touch become one that covers them, of the longest one's kind: two
    placeholders without a gap between them could not be told apart. Of two that are the same the
    declared one counts, then the one whose kind says more."""
    merged: list[tuple[Span, int]] = []
    for new in sorted(spans, key=lambda s: (s.start, -s.end, s.of is None, s.kind in VAGUE)):
        size = new.end - new.start
        if not merged or new.start > merged[-1][0].end:
            merged.append((new, size))
            continue
        old, longest = merged[-1]
        best = new if size > longest else old
        end = max(old.end, new.end)
        merged[-1] = (replace(best, start=old.start, end=end), max(size, longest))
    return [span for span, _ in merged]


def widen(text: str, span: Span) -> Span:
    """The span up to where a placeholder can stand by itself: all of "mayaLoad" or "maya_2"."""
    start, end = span.start, span.end
    # A letter after a backslash is an escape ("\\nMaya" in code), no part of the word.
    while start and _ALNUM.match(text, start - 1) and not _LINE.match(text, start - 2):
        start -= 1
    end = _ON.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing, too
    return replace(span, start=start, end=end)
