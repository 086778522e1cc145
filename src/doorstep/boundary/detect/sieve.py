"""The cheap question before the patterns: which of them can match in a text at all.

One pass of an automaton (Aho and Corasick, CACM 1975) over the text in small letters finds the
words that patterns need, one pass over its digits how many stand together. What is left of 300
patterns is none in most sentences and a few in most others. A pattern is left out only where
`needs` proves that it accepts nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick

from doorstep.boundary.detect.needs import Needs, needs_of, shape
from doorstep.boundary.detect.pattern import Pattern

__all__ = ["Sieve"]

_CLAUSES = 3  # source, hint and context each may need a word
_GAPS = (0, 1, 2, 4, 8)  # other characters between digits, beyond which all the text's digits count
_MANY = 20  # digits; nothing needs more to be asked
_DENSE = 32  # where more than one byte in so many is a digit, most shapes stand somewhere,
_SHORT = 512  # unless the text has fewer bytes than this
_RUN = 14  # a stretch without white space that running text seldom has
_DIGITS = re.compile("[0-9]+")


class Sieve:
    """Which of `patterns` can match: sets of patterns are the bits of whole numbers."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        needs = [needs_of(pattern) for pattern in patterns]
        self._size = len(needs)
        self._all = (1 << self._size) - 1
        self._free, bits = _clauses(needs)
        self._bits = tuple(bits.values())
        self._words = AhoCorasick(tuple(bits)) if bits else None
        self._digitless = _mask(not n.digits for n in needs)
        self._close = [(gap, _by_count(needs, gap)) for gap in _GAPS]
        self._anywhere = _by_count(needs, None)
        self._shapeless = _mask(not n.shapes for n in needs)
        shapes = _shape_bits(needs)
        self._shape_bits = tuple(shapes.values())
        self._shapes = BytesAhoCorasick(tuple(shapes)) if shapes else None
        runs = [need.run for need in needs]
        self._long = _mask(run >= _RUN for run in runs)
        self._by_run = [_mask(run <= most for run in runs) for most in range(max(runs, default=0))]
        self._has_long = _LongRun()

    def occurring(self, text: str, data: bytes) -> list[int]:
        """Indices of the patterns that can match in `text`, ascending; `data` is it in UTF-8."""
        left = self._with_words(text)
        digits = _count_digits(data) if left & ~self._digitless else 0
        if left & ~self._digitless:
            left &= self._with_digits(text) if digits else self._digitless
        if left & ~self._shapeless and (digits * _DENSE < len(data) or len(data) < _SHORT):
            left &= self._with_shapes(data)
        if left & self._long:
            left &= self._with_runs(text, data)
        return list(_ones(left))

    def _with_runs(self, text: str, data: bytes) -> int:
        if not self._has_long(data):
            return ~self._long
        longest = max(map(len, text.split()), default=0)
        return self._by_run[longest] if longest < len(self._by_run) else self._all

    def _with_words(self, text: str) -> int:
        found = self._free
        if self._words is not None:
            hits = self._words.find_matches_as_indexes(text.casefold(), overlapping=True)
            for index in {hit[0] for hit in hits}:
                found |= self._bits[index]
        size = self._size
        return found & (found >> size) & (found >> 2 * size) & self._all

    def _with_digits(self, text: str) -> int:
        runs = [match.span() for match in _DIGITS.finditer(text)]
        total = sum([end - start for start, end in runs])
        left = self._anywhere[min(total, _MANY)] | self._digitless
        for gap, fitting in self._close:
            left |= fitting[_most_together(runs, gap)]
        return left

    def _with_shapes(self, data: bytes) -> int:
        left = self._shapeless
        if self._shapes is not None:
            hits = self._shapes.find_matches_as_indexes(shape(data), overlapping=True)
            for index in {hit[0] for hit in hits}:
                left |= self._shape_bits[index]
        return left


class _LongRun:
    """Whether there is a stretch of `_RUN` characters without white space, or of more."""

    def __init__(self) -> None:
        import re2

        options = re2.Options()
        options.never_capture = True
        self._regex = re2.compile(rb"[^ \t\n\r\f\v]{%d}" % _RUN, options)

    def __call__(self, data: bytes) -> bool:
        return self._regex.search(data) is not None


def _count_digits(data: bytes) -> int:
    """Asked first: it takes a tenth of the time that a search takes which finds nothing."""
    return len(data) - len(data.translate(None, b"0123456789"))


def _shape_bits(needs: Sequence[Needs]) -> dict[bytes, int]:
    """Each shape with the patterns that ask for it."""
    bits = defaultdict[bytes, int](int)
    for i, need in enumerate(needs):
        for written in need.shapes:
            bits[written.encode("latin-1")] |= 1 << i
    return dict(bits)


def _clauses(needs: Sequence[Needs]) -> tuple[int, dict[str, int]]:
    """The bits of what needs no word; and each word with the bits of the clauses that it meets.

    Clause k of pattern i is bit `k * len(needs) + i`.
    """
    free, bits = 0, defaultdict[str, int](int)
    for i, need in enumerate(needs):
        for k in range(_CLAUSES):
            bit = 1 << (k * len(needs) + i)
            if k >= len(need.words):
                free |= bit
                continue
            for word in need.words[k]:
                bits[word] |= bit
    return free, dict(bits)


def _by_count(needs: Sequence[Needs], gap: int | None) -> list[int]:
    """Item n: the patterns whose digits stand within `gap`, and that need n of them or fewer."""
    mine = [min(n.digits, _MANY) if _gap(n) == gap else _MANY + 1 for n in needs]
    return [_mask(count <= most for count in mine) for most in range(_MANY + 1)]


def _gap(need: Needs) -> int | None:
    if not need.digits:
        return 0
    return next((gap for gap in _GAPS if need.gap <= gap), None)


def _most_together(runs: Sequence[tuple[int, int]], gap: int) -> int:
    """The most digits of which neighbours have at most `gap` other characters between them, up to
    `_MANY`."""
    most = count = 0
    near = -1
    for start, end in runs:
        count = count + end - start if start <= near else end - start
        if count > most:
            most = count
            if most >= _MANY:
                return _MANY
        near = end + gap
    return most


def _mask(wanted: Iterable[bool]) -> int:
    return int("".join(["1" if want else "0" for want in wanted])[::-1] or "0", 2)


def _ones(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
