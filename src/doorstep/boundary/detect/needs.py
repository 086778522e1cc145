"""What a text must hold for a pattern to match in it, derived from the pattern's own source.

A pattern that needs "iban" cannot match where "iban" does not stand; one that needs nine digits
close together has nothing to find in a sentence with a year. Both are far cheaper to ask than the
pattern itself. Nothing is written by hand: the standard library's parser reads the source, the
hint and the context, and these questions are answered about each.

- words: strings of which one stands in every match, in any letter case (Cox, "Regular Expression
  Matching with a Trigram Index", 2012, does the same for a code search);
- digits: how many digits at least, and how many other characters at most between two of them;
- run: how long a stretch without white space is at least;
- shapes: strings of which one stands in every match, written with 0 for any digit and A, a for any
  letter: "A0 0AA" for a British postcode.

What is not understood (look-around, back-references) is taken to need nothing.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from string import ascii_letters
from typing import Any, cast

from doorstep.boundary.detect.pattern import Pattern

__all__ = ["Needs", "needs_of", "shape"]

Words = frozenset[str]

_MOST = 250  # strings that stand for one piece of a source
_FEW = 6  # characters of a class that are written out
_OFTEN = 0.02  # words that stand in running text oftener than this tell nothing


@dataclass(slots=True)
class _Digits:
    """`count` digits; between two neighbours at most `gap` other characters.

    `lead` and `trail` are the most other characters before the first and after the last of them;
    `width` is the most other characters at all, for a piece that may have no digit.
    """

    count: int = 0
    gap: float = 0
    lead: float = 0
    trail: float = 0
    width: float = 0

    def then(self, other: _Digits) -> _Digits:
        width = self.width + other.width
        if not self.count:
            return _Digits(other.count, other.gap, self.width + other.lead, other.trail, width)
        if not other.count:
            return _Digits(self.count, self.gap, self.lead, self.trail + other.width, width)
        gap = max(self.gap, other.gap, self.trail + other.lead)
        return _Digits(self.count + other.count, gap, self.lead, other.trail, width)

    def either(self, other: _Digits) -> _Digits:
        width = max(self.width, other.width)
        if not self.count or not other.count:
            return _Digits(width=width)
        sides = max(self.gap, other.gap), max(self.lead, other.lead), max(self.trail, other.trail)
        return _Digits(min(self.count, other.count), *sides, width)

    def times(self, least: int, most: float) -> _Digits:
        width = self.width * most if self.width else 0
        if not least or not self.count:
            return _Digits(width=width)
        gap = self.gap if most == 1 else max(self.gap, self.trail + self.lead)
        return _Digits(self.count * least, gap, self.lead, self.trail, width)


@dataclass(slots=True)
class _Run:
    """Least lengths without white space: at the start, at the end, anywhere.

    `whole`: there is none in the piece at all.
    """

    head: int = 0
    tail: int = 0
    best: int = 0
    whole: bool = False

    def then(self, other: _Run) -> _Run:
        head = self.head + other.head if self.whole else self.head
        tail = self.tail + other.tail if other.whole else other.tail
        best = max(self.best, other.best, self.tail + other.head)
        return _Run(head, tail, best, self.whole and other.whole)

    def either(self, other: _Run) -> _Run:
        return _Run(
            min(self.head, other.head),
            min(self.tail, other.tail),
            min(self.best, other.best),
            self.whole and other.whole,
        )

    def times(self, least: int) -> _Run:
        if self.whole:
            return _Run(self.head * least, self.tail * least, self.best * least, True)
        if not least:
            return _Run()
        best = max(self.best, self.tail + self.head) if least > 1 else self.best
        return _Run(self.head, self.tail, best)


@dataclass(slots=True)
class _Piece:
    """A piece of a source. `exact`: all that it can match, casefolded, if that is few strings.

    `words`, where it is not: strings of which one is in every match.
    """

    exact: Words | None
    words: Words | None
    digits: _Digits
    run: _Run

    def then(self, other: _Piece) -> _Piece:
        digits, run = self.digits.then(other.digits), self.run.then(other.run)
        mine, theirs = self.exact, other.exact
        if mine is not None and theirs is not None and len(mine) * len(theirs) <= _MOST:
            return _Piece(frozenset([a + b for a in mine for b in theirs]), None, digits, run)
        return _Piece(None, _rarest(self.asked, other.asked), digits, run)

    def either(self, other: _Piece) -> _Piece:
        digits, run = self.digits.either(other.digits), self.run.either(other.run)
        if self.exact is not None and other.exact is not None:
            exact = self.exact | other.exact
            if len(exact) <= _MOST:
                return _Piece(exact, None, digits, run)
        both = self.asked | other.asked if self.asked and other.asked else None
        return _Piece(None, both, digits, run)

    def times(self, least: int, most: float) -> _Piece:
        if least == most == 1:
            return self
        digits, run = self.digits.times(least, most), self.run.times(least)
        if (least, most) == (0, 1) and self.exact is not None:
            return _Piece(self.exact | {""}, None, digits, run)
        return _Piece(None, self.asked if least else None, digits, run)

    @property
    def asked(self) -> Words | None:
        """Strings of which one is in every match, None if there is no such set."""
        return self.words if self.exact is None else _usable(self.exact)

    def closed(self) -> _Piece:
        """The same; what follows is no longer added to its strings."""
        return _Piece(None, self.asked, self.digits, self.run)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a text must have.

    Of each of `words` one string, casefolded; `digits` figures with at most `gap` other characters
    between two of them; a stretch of `run` characters without white space; and one of `shapes`, if
    there are any, in the text as `shape` writes it.
    """

    words: tuple[Words, ...]
    digits: int
    gap: float
    run: int
    shapes: Words


@lru_cache(maxsize=2048)
def needs_of(pattern: Pattern) -> Needs:
    """What every text has in which `pattern` accepts a match."""
    sources = [pattern.source, *filter(None, [pattern.hint])]
    read = [_Reader(_folded).read(source) for source in sources]
    named = [_Reader(_folded).read(pattern.context)] if pattern.context else []
    asked = dict.fromkeys(piece.asked for piece in (*read, *named))
    words = tuple(_shortest(words) for words in asked if words and _frequency(words) < _OFTEN)
    digits = max((piece.digits for piece in read), key=lambda d: (d.count, -d.gap))
    shapes = _shapes(sources) if digits.count else frozenset[str]()
    return Needs(words, digits.count, digits.gap, read[0].run.best, shapes)


def shape(text: bytes) -> bytes:
    """`text` (UTF-8) with 0 for each digit, A and a for letters, byte 80 beyond ASCII."""
    return text.translate(_SHAPES)


_SHAPES = bytes(
    ord("0") if chr(b).isdigit() and b < 128
    else ord("A") if 65 <= b <= 90
    else ord("a") if 97 <= b <= 122
    else min(b, 128)
    for b in range(256)
)  # fmt: skip


def _shapes(sources: Sequence[str]) -> Words:
    """The rarest set of shapes with a digit in each, none if there is no such set."""
    read = [_Reader(_shaped).read(source).asked for source in sources]
    usable = [w for w in read if w and all("0" in word for word in w) and _frequency(w) < _OFTEN]
    return _shortest(min(usable, key=_frequency)) if usable else frozenset()


def _shortest(words: Words) -> Words:
    """Without those that hold another one."""
    kept: list[str] = []
    for word in sorted(words, key=len):
        if not any(map(word.__contains__, kept)):
            kept.append(word)
    return frozenset(kept)


def _folded(char: str, any_case: bool) -> Iterable[str]:
    return (char.casefold(),)


def _shaped(char: str, any_case: bool) -> Iterable[str]:
    """The shapes of a character: beyond ASCII as many bytes as it may have, in either case."""
    if char.isascii():
        written = shape(char.encode()).decode("latin-1")
        return ("A", "a") if any_case and char.isalpha() else (written,)
    lengths = {len(char.encode()), 2, 3} if any_case else {len(char.encode())}
    return ("\x80" * length for length in lengths)


_NOTHING = _Piece(frozenset({""}), None, _Digits(), _Run(whole=True))
_ANYTHING = _Piece(None, None, _Digits(width=math.inf), _Run())
_ONE = _Piece(None, None, _Digits(width=1), _Run())
_FIGURES = "0123456789"
_OF_CATEGORY = {
    "CATEGORY_DIGIT": _FIGURES,
    "CATEGORY_WORD": _FIGURES + ascii_letters + "_",
}
_WIDE = 64  # characters of a range that are looked at one by one


@lru_cache(maxsize=4)  # a pattern's sources are read twice
def _parsed(source: str) -> Iterable[Any]:
    return cast("Iterable[Any]", importlib.import_module("re._parser").parse(source))


class _Reader:
    """Reads a source. `spell` says how a character, in any case or as it is, is written."""

    def __init__(self, spell: Callable[[str, bool], Iterable[str]]) -> None:
        self._spell = spell
        self._any_case = False
        self._known: dict[tuple[str, bool], _Piece] = {}

    def read(self, source: str) -> _Piece:
        return self._sequence(_parsed(source))

    def _sequence(self, nodes: Iterable[Any]) -> _Piece:
        """Pieces after each other. What can be written out is, as long as there are few ways."""
        whole = part = _NOTHING
        for name, value in nodes:
            piece, again = self._piece(str(name), value)
            longer = _joined(part, piece)
            if longer.exact is None:
                whole, longer = _joined(whole, part.closed()), piece
            if again is not None:  # x{2,5} begins with xx, and ends with it
                whole, longer = _joined(whole, longer.closed()), again
            part = longer
        return part if whole is _NOTHING else whole.then(part.closed())

    def _piece(self, name: str, value: Any) -> tuple[_Piece, _Piece | None]:
        """A piece, and what it ends with where that can be told."""
        match name:
            case "LITERAL":
                return self._char(chr(value)), None
            case "IN":
                return self._class(value), None
            case "BRANCH":
                return reduce(_Piece.either, map(self._sequence, value[1])), None
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeat(*value)
            case "SUBPATTERN":
                return self._group(value), None
            case "AT":
                return _NOTHING, None
            case "ANY" | "NOT_LITERAL":
                return _ONE, None
        return _ANYTHING, None

    def _group(self, value: tuple[Any, int, int, Any]) -> _Piece:
        before = self._any_case
        self._any_case = before or bool(value[1] & re.IGNORECASE)
        piece = self._sequence(value[3])
        self._any_case = before
        return piece

    def _repeat(self, least: int, most: Any, inner: Any) -> tuple[_Piece, _Piece | None]:
        piece = self._sequence(inner)
        end = math.inf if str(most) == "MAXREPEAT" else int(most)
        repeated = piece.times(least, end)
        if piece.exact is None or not least or end == 1 or len(piece.exact) ** least > _MOST:
            return repeated, None
        exact = reduce(_Piece.then, [piece] * least).exact
        same = _Piece(exact, None, repeated.digits, repeated.run)
        return same, None if least == end else _Piece(exact, None, _Digits(), _Run(whole=True))

    def _class(self, items: Sequence[tuple[Any, Any]]) -> _Piece:
        """A class in brackets. `\\d` and `\\w` have their ASCII meaning."""
        chars = ""
        for name, value in items:
            if str(name) == "LITERAL":
                chars += chr(value)
            elif str(name) == "RANGE" and value[1] - value[0] < _WIDE:
                chars += "".join(map(chr, range(value[0], value[1] + 1)))
            elif str(name) == "CATEGORY" and str(value) in _OF_CATEGORY:
                chars += _OF_CATEGORY[str(value)]
            else:
                return _ONE
        return self._chars(chars)

    def _char(self, char: str) -> _Piece:
        piece = self._known.get((char, self._any_case))
        if piece is None:
            piece = self._known[char, self._any_case] = self._chars(char)
        return piece

    def _chars(self, chars: str) -> _Piece:
        """One of `chars`."""
        exact = frozenset(way for char in chars for way in self._spell(char, self._any_case))
        digit = all(map(_FIGURES.__contains__, chars))
        run = _Run() if any(map(str.isspace, chars)) else _Run(1, 1, 1, True)
        digits = _Digits(1) if digit else _Digits(width=1)
        return _Piece(exact if len(exact) <= _FEW else None, None, digits, run)


def _joined(before: _Piece, piece: _Piece) -> _Piece:
    return piece if before is _NOTHING else before.then(piece)


def _usable(words: Words) -> Words | None:
    return None if not words or "" in words else words


def _rarest(one: Words | None, other: Words | None) -> Words | None:
    """The set that stands in running text the least often."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=_frequency)


def _frequency(words: Words) -> float:
    """About how often one of `words` begins at a place of running text; a guess, for comparing."""
    return sum(map(_often, words))


@lru_cache(maxsize=1 << 14)
def _often(word: str) -> float:
    if word.isascii() and word.isalnum() and len(word) == 1:
        return 1.0  # a letter or a figure tells nothing
    return math.prod(map(_share, word))


def _share(char: str) -> float:
    if char in "etaoinsrhl":
        return 0.08
    if char.isalpha():
        return 0.025 if char.isascii() else 0.002
    return 0.15 if char == " " else 0.02 if char == "0" else 0.004 if char.isdigit() else 0.008
