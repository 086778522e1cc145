"""One rule for one form: the single source that every engine reads.

`source` keeps to what RE2, Hyperscan and the standard library's `re` read alike: no look-around, no
back-references, no `$`, no `\\s` (they differ about it), letters beyond ASCII spelled out in both
cases, and `\\b`, `\\d`, `\\w` in their ASCII meaning. If `source` has a group, the group is what is
found. What a regular expression cannot say is said by the other fields, in Python:

- word edges: a letter or digit may not stand directly beside the finding (`edges`);
- `context`: words of which one must stand shortly before, or directly after;
- `unless`: what may not stand directly before;
- `check`: the value alone (a checksum, a range);
- `narrow`: the value in its text; gives the span to report, or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Pattern", "Span"]

Span = tuple[int, int]

# Scripts written without spaces (from the CJK radicals on) have no word edges.
_SPACELESS = "\u2e80"
_CUT = "\0"  # stands for the value, between what is before and behind it


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form that private values have.

    `name` is what `Finding.by` says; `about` is one line for people. `hint` is a cheaper regular
    expression of which everything that this pattern accepts contains a match; engines look for it
    first. `reach` is how far before a value its `context` may stand, in characters.
    """

    name: str
    kind: str
    about: str
    source: str
    hint: str = ""
    edges: bool = True
    context: str = ""
    reach: int = 48
    unless: str = ""
    check: Callable[[str], bool] | None = None
    narrow: Callable[[str, int, int], Span | None] | None = None

    def accept(self, text: str, start: int, end: int) -> Span | None:
        """The span to report for a match of `source` at `text[start:end]`, None for a near miss."""
        if self.edges and _inside_word(text, start, end):
            return None
        if self.unless and _ends_with(self.unless, text[max(0, start - 24) : start]):
            return None
        if self.check is not None and not self.check(text[start:end]):
            return None
        if self.context and not self._in_context(text, start, end):
            return None
        return (start, end) if self.narrow is None else self.narrow(text, start, end)

    def _in_context(self, text: str, start: int, end: int) -> bool:
        near = text[max(0, start - self.reach) : start] + _CUT + text[end : end + 16]
        return _context(self.context).search(near) is not None


@lru_cache(maxsize=1024)
def _context(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<![^\W\d_])(?:{words})")


@lru_cache(maxsize=1024)
def _ending(source: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?:{source})\Z")


def _inside_word(text: str, start: int, end: int) -> bool:
    if start and _of_word(text[start - 1]) and _of_word(text[start]):
        return True
    return end < len(text) and _of_word(text[end]) and _of_word(text[end - 1])


def _of_word(char: str) -> bool:
    return char.isalnum() and char < _SPACELESS


def _ends_with(source: str, text: str) -> bool:
    return _ending(source).search(text) is not None
