"""Words of a text with their places, and the word pieces that the classifier reads.

The vocabulary and the greedy longest-match rule are BERT's (Devlin et al. 2019, uncased: lower
case, marks dropped); the splitting into words is ours, on the original text, so that every piece
knows its characters. Three things that an uncased vocabulary loses are kept beside it as the
*shape* of a word: its letter case, and whether a gap or a line end comes before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Letter case of a word, times three, plus the gap before it.
CASE_NONE, CASE_LOWER, CASE_TITLE, CASE_UPPER, CASE_MIXED, CASE_DIGIT = range(6)
GAP_NONE, GAP_SPACE, GAP_LINE = range(3)
SHAPES = 18

# Longer words (keys, base64) are cut: what identifies them stands in their first pieces.
MAX_PIECES = 16
_REMEMBERED = 60_000
_LONGEST_REMEMBERED = 40

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_JOINED = "\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff"  # marks and invisible characters
_WORD = re.compile(f"[{_CJK}]|(?:[^\\W_{_CJK}]|[{_JOINED}])+|\\S")
_LINE = re.compile(r"[\n\r\u2028\u2029]")


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """The words of one text: equally long lists of places, piece ids and shapes."""

    starts: list[int]
    ends: list[int]
    pieces: list[tuple[int, ...]]
    shapes: list[int]

    def __len__(self) -> int:
        return len(self.starts)


class WordPiece:
    """Splits texts into words and words into ids of `vocabulary` (piece `i` has id `i`)."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary)}
        self.unknown, self.first, self.last = (self._ids[x] for x in ("[UNK]", "[CLS]", "[SEP]"))
        self.hidden = self._ids.get("[MASK]", self.unknown)
        self._known: dict[str, tuple[tuple[int, ...], int]] = {}

    def words(self, text: str) -> Words:
        starts: list[int] = []
        ends: list[int] = []
        pieces: list[tuple[int, ...]] = []
        shapes: list[int] = []
        before = 0
        for match in _WORD.finditer(text):
            start, end = match.span()
            ids, case = self._look_up(match.group())
            starts.append(start)
            ends.append(end)
            pieces.append(ids)
            shapes.append(3 * case + _gap(text, before, start))
            before = end
        return Words(starts, ends, pieces, shapes)

    def _look_up(self, word: str) -> tuple[tuple[int, ...], int]:
        known = self._known.get(word)
        if known is not None:
            return known
        found = (self._pieces(_plain(word)), letter_case(word))
        if len(word) <= _LONGEST_REMEMBERED:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[word] = found
        return found

    def _pieces(self, word: str) -> tuple[int, ...]:
        ids: list[int] = []
        at = 0
        while at < len(word) and len(ids) < MAX_PIECES:
            piece, end = self._longest(word, at)
            if end == at:
                return (self.unknown,)
            ids.append(piece)
            at = end
        return tuple(ids) or (self.unknown,)

    def _longest(self, word: str, at: int) -> tuple[int, int]:
        """The longest piece of `word` from `at` on: its id and where it ends (`at`: none)."""
        prefix = "##" if at else ""
        for end in range(min(len(word), at + 24), at, -1):
            piece = self._ids.get(prefix + word[at:end])
            if piece is not None:
                return piece, end
        return self.unknown, at


def letter_case(word: str) -> int:
    """Which of the six letter cases `word` is written in."""
    if any(map(str.isdigit, word)):
        return CASE_DIGIT
    if word.islower():
        return CASE_LOWER
    if word.isupper():
        return CASE_UPPER if len(word) > 1 else CASE_TITLE
    if word.istitle():
        return CASE_TITLE
    if any(map(str.isupper, word)):
        return CASE_MIXED
    # Scripts without case say nothing by it; only what is no letter at all is a mark.
    return CASE_LOWER if any(map(str.isalpha, word)) else CASE_NONE


def windows(words: Words, limit: int) -> list[tuple[int, int]]:
    """Cuts words into ranges of at most `limit` pieces (a single word may have more).

    The ranges are about equally long, so that none is left with too little context, and end at
    a line or a sentence where one is near.
    """
    sizes = [len(pieces) for pieces in words.pieces]
    left, start, cut = sum(sizes), 0, []
    while start < len(sizes):
        aim = left / max(1, -(-left // limit))
        end = _cut(words, sizes, start, limit, aim)
        cut.append((start, end))
        left -= sum(sizes[start:end])
        start = end
    return cut


def _cut(words: Words, sizes: Sequence[int], start: int, limit: int, aim: float) -> int:
    """Where a window that begins at word `start` best ends: `aim` pieces long or a little off."""
    used, best, best_cost = 0, start + 1, float("inf")
    for at in range(start, len(sizes)):
        used += sizes[at]
        if used > limit and at > start:
            break
        cost = abs(used - aim) / limit + _border(words, at)
        if cost <= best_cost:
            best, best_cost = at + 1, cost
    return best


def _border(words: Words, at: int) -> float:
    """How bad it is to cut after word `at`: 0 at a line end, more inside a sentence."""
    if at + 1 == len(words) or words.shapes[at + 1] % 3 == GAP_LINE:
        return 0.0
    after_mark = words.shapes[at] < 3 and words.shapes[at + 1] % 3 == GAP_SPACE
    if after_mark and words.shapes[at + 1] // 3 != CASE_LOWER:
        return 0.1
    return 0.4 if words.shapes[at + 1] % 3 else 1.0


def _gap(text: str, before: int, start: int) -> int:
    if start == 0:
        return GAP_LINE
    if before == start:
        return GAP_NONE
    return GAP_LINE if _LINE.search(text, before, start) else GAP_SPACE


def _plain(word: str) -> str:
    """Lower case without marks and invisible characters, compatibility forms made plain."""
    if word.isascii():
        return word.lower()
    spread = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in spread if unicodedata.category(c) not in ("Mn", "Cf")).lower()
