"""What one text says that another does not: line by line, by the words and numbers they share."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]{4,}")
_LINE_END = re.compile(r"\n+|(?<=[.!?])\s+(?=[^\W\d_])")
KNOWN = 0.7  # a line of which this share of words stands in the draft says nothing new


def added(draft: str, refined: str) -> str:
    """The sentences and lines of `refined` that say something which `draft` does not.

    New is a line with a number that the draft does not have, or of whose longer words (four
    letters and more) fewer than `KNOWN` stand in it. "" where there is none.
    """
    known = set(_words(draft))
    return "\n".join(line for line in _lines(refined) if _is_new(line, known))


def numbers(text: str) -> set[str]:
    """The numbers of a text, as digits: "1,200" and "1200" are the same."""
    return {word.replace(",", "") for word in _words(text) if word[0].isdigit()}


def _is_new(line: str, known: set[str]) -> bool:
    words = set(_words(line))
    unknown = words - known
    if any(word[0].isdigit() for word in unknown):
        return True
    return bool(words) and len(unknown) > (1 - KNOWN) * len(words)


def _lines(text: str) -> Iterable[str]:
    return (line.strip() for line in _LINE_END.split(text) if line.strip())


def _words(text: str) -> Iterable[str]:
    return _WORD.findall(text.casefold())
