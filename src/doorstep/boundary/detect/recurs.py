"""The cheap question before propagation: whether a found value can stand anywhere else at all.

The exact search (`terms.Matcher`) spells the whole text out, letter by letter with its origin.
Most texts hold what was found in them once, or only where it was found. That shows in the letters
and digits alone, of the text and of the values, and those are quickly had. Where it does not show
for certain, the answer is that it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Finding
from doorstep.boundary.normal import views

_OTHER = bytes(b for b in range(128) if not chr(b).isalnum())
_BETWEEN = frozenset(("", *map(chr, range(9, 127)), *"\xa0«»‘’“”„–—…"))  # other marks may vanish
_ENDINGS = 3  # letters in which the forms of a value differ: the matcher changes no more
_LEAST = 3  # and letters that all forms of a longer value begin with


def can_recur(text: str, found: Sequence[Finding], terms: Iterable[Term]) -> bool:
    """False where no form of a term stands in `text` but inside one of `found`."""
    spellings = _spellings(text)
    if spellings is None or not all(_alone(text, finding) for finding in found):
        return True
    values = [_value(term) for term in terms]
    if None in values:
        return True
    sought = [value for value in values if value]
    return any(_uncovered(spelt, found, sought) for spelt in spellings)


def _alone(text: str, found: Finding) -> bool:
    """Whether a finding ends where words end: a hit inside a longer word takes all of it."""
    before, after = text[max(0, found.start - 1) : found.start], text[found.end : found.end + 1]
    return not before.isalnum() and not after.isalnum() and {before, after} <= _BETWEEN


def _value(term: Term) -> str | None:
    return _letters(term.value) if term.value.isascii() else None


def _uncovered(spelt: _Spelt, found: Sequence[Finding], values: Sequence[str]) -> bool:
    covered = [spelt.span(finding.start, finding.end) for finding in found]
    return any(
        not any(start <= at and at + length <= end for start, end in covered)
        for value in values
        for at, length in _places(spelt.letters, value)
    )


def _places(letters: str, value: str) -> Iterator[tuple[int, int]]:
    """Where a form of `value` may begin, and how long it may be there."""
    if value.isalpha() and len(value) > _LEAST:
        start, length = value[: max(_LEAST, len(value) - _ENDINGS)], len(value) + 2
        length -= 0 if value.endswith("y") else 2
    else:
        start, length = value, len(value)
    at = letters.find(start)
    while at >= 0:
        yield at, length
        at = letters.find(start, at + 1)


class _Spelt:
    """A text with its characters beyond ASCII replaced. `letters`: no others, in small letters."""

    def __init__(self, text: str, other: dict[str, str]) -> None:
        self._text, self._other = text, other
        self.letters = _letters(self._plain(text))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of `text[start:end]` in `letters`."""
        before = len(_letters(self._plain(self._text[:start])))
        return before, before + len(_letters(self._plain(self._text[start:end])))

    def _plain(self, text: str) -> str:
        if not text.isascii():
            for char, plain in self._other.items():
                text = text.replace(char, plain)
        return text


def _spellings(text: str) -> list[_Spelt] | None:
    """The ways to read `text`, None where characters beyond ASCII stay or depend on others."""
    if text.isascii():
        return [_Spelt(text, {})]
    chars = {char: _ways(char) for char in set(text) if char > "\x7f"}
    if not all(chars.values()):
        return None
    first = _Spelt(text, {char: ways[0] for char, ways in chars.items()})
    if all(len(ways) == 1 for ways in chars.values()):
        return [first]
    return [first, _Spelt(text, {char: ways[-1] for char, ways in chars.items()})]


@lru_cache(maxsize=4096)
def _ways(char: str) -> tuple[str, ...]:
    """The ways to spell one character (see `normal`), none where that is not known by itself."""
    ways = tuple("".join(filter(_kept, view.text)) for view in views(char))
    alone = len(ways) in (1, 2) and not ("\u0300" <= char <= "\u036f")
    return ways if alone and all(map(str.isascii, ways)) else ()


def _kept(char: str) -> bool:
    return char.isascii() or char.isalnum()


def _letters(text: str) -> str:
    """Letters and digits of a text in ASCII, small."""
    return text.encode().translate(None, _OTHER).decode().lower()
