"""People, organisations and places: word for word, the same word the same way everywhere.

"Jane Doe" becomes "Erin Falk"; then "Jane" is "Erin" and "doe" is "falk", in any value in which
they occur (also in "jane.doe@…" and in "Doe Consulting"). Titles, small words ("van", "of") and
legal forms stay; they say nothing about whom.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from doorstep.boundary.surrogates.draw import Draw, like
from doorstep.boundary.surrogates.lists import FIRMS, FIRST, LAST, LEGAL, PARTICLES, TITLES, TOWNS

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{2,})*")
_LATIN = re.compile(r"[^\W\d_\u0250-\U0010ffff]*", re.S)
# Control signs, symbols and the like: such a name would come back in pieces only.
_ODD = re.compile(r"[^\w \t\r\n\u00a0\u0300-\u036f.,'’&()/+-]|_")
_TRIES = 24


class Words:
    """Which word stands for which. `taken(word)` tells what cannot be used."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._given: dict[str, str] = {}
        self._used: set[str] = set()

    def get(self, word: str) -> str | None:
        """The word that stands for `word` already, in its case."""
        known = self._given.get(word.casefold())
        return like(word, known) if known else None

    def know(self, word: str, new: str) -> None:
        """`new` stands for `word` since an earlier request."""
        self._given.setdefault(word.casefold(), new)
        self._used.add(new.casefold())

    def give(self, word: str, choices: tuple[str, ...], taken: Callable[[str], bool]) -> str | None:
        """The word that stands for `word` from now on; None if none is free."""
        if known := self.get(word):
            return None if taken(known) else known
        plain = word.casefold()
        for attempt in range(_TRIES):
            new = self._draw.pick(choices, "word", plain, str(attempt))
            if new.casefold() not in self._used and new.casefold() != plain and not taken(new):
                self._given[plain] = new
                self._used.add(new.casefold())
                return like(word, new)
        return None


Taken = Callable[[str], bool]


def person(value: str, words: Words, draw: Draw, taken: Taken, of: str | None = None) -> str | None:
    """First and last names; `of` is the whole name of which the value is a part."""
    whole = [w.casefold() for w in _names(of or value, TITLES | PARTICLES)]
    surnames = {whole[0]} if "," in (of or "") + value else set(whole[-1:] if whole[1:] else ())

    def choices(word: str) -> tuple[str, ...]:
        return LAST if word.casefold() in surnames else FIRST

    return _each(value, TITLES | PARTICLES, words, draw, taken, choices)


def organisation(
    value: str, words: Words, draw: Draw, taken: Taken, of: str | None = None
) -> str | None:
    """Invented firms with the legal form and the sort of house kept; letters for an acronym."""
    if re.fullmatch(r"[A-Z]{2,5}", value):
        return draw.shaped(value)
    return _each(value, LEGAL, words, draw, taken, lambda _: FIRMS)


def place(value: str, words: Words, draw: Draw, taken: Taken, of: str | None = None) -> str | None:
    """One invented town, whatever the number of words."""
    if (not value.isascii() and not _LATIN.match(value)) or _ODD.search(value):
        return None
    name = of or value
    found = words.give(" ".join(name.split()), TOWNS, taken)
    return like(value, found) if found else None


def pieces(text: str, value: str) -> list[tuple[str, str]]:
    """The words of a surrogate with those that they stand for, where both have as many."""
    ours, theirs = WORD.findall(text), WORD.findall(value)
    if len(ours) != len(theirs) or len(ours) < 2:
        return []
    return [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b and len(a) > 1]


def _names(value: str, kept: frozenset[str]) -> list[str]:
    return [w for w in WORD.findall(value) if w.casefold() not in kept]


def _each(
    value: str,
    kept: frozenset[str],
    words: Words,
    draw: Draw,
    taken: Taken,
    choices: Callable[[str], tuple[str, ...]],
) -> str | None:
    names = _names(value, kept)
    if not names or any(not _LATIN.fullmatch(w.replace("'", "").replace("’", "")) for w in names):
        return None
    if any(sign.isdigit() for sign in value) or _ODD.search(value):
        return None
    if not any(len(w) > 1 for w in names):
        return None
    missing = False

    def one(match: re.Match[str]) -> str:
        nonlocal missing
        word = match.group()
        if word.casefold() in kept:
            return word
        if len(word) == 1:
            return draw.shaped(word, "initial", word)
        word, end = _possessive(word)
        new = words.give(word, choices(word), taken)
        missing = missing or new is None
        return (new or "") + end

    new = WORD.sub(one, value)
    return None if missing else new


def _possessive(word: str) -> tuple[str, str]:
    if word[-2:] in ("'s", "’s"):
        return word[:-2], word[-2:]
    return word, ""
