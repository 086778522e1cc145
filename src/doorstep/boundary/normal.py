"""Normal forms: one spelling for everything that reads the same to a person.

`views(text)` gives the text as plain letters: compatibility forms and marks taken away (Unicode
NFKD, UAX 15), zero-width and control characters dropped, look-alikes of other scripts as Latin
letters (after UTS 39; only the letters that look alike in common typefaces), and the letters of
European languages both ways ("ö" as "o" and as "oe"). Every character knows where in the
original it came from. `squeeze(view)` drops everything between words and remembers where words
begin, so that "May-a", "M a y a", "dish_washer" and "dishWasher" read like the plain word.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from doorstep.boundary.wordstarts import word_starts

_LETTERS = {
    "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L",
    "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N", "ŧ": "t", "Ŧ": "T", "ƒ": "f",
}  # fmt: skip
_ALIKE = dict(
    zip(
        "АВЕЅЗІЈКМНОРСТУХҺԀԚԜавеѕзіјкмнорстухһԁԛԝґӏьүѵ"
        "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεικνορτυχγϲϳωϒ"
        "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡɩƨꞮƦⱭꞬƖƧ",
        "ABESZIJKMHOPCTYXHDQWabeszijkmhopctyxhdqwrlbyv"
        "ABEZHIKMNOPTYXabeikvoptuxycjwY"
        "ABCDEFGHIJKLMNOPRSTUVWYZagisIRAGIS",
        strict=True,
    )
)
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u17b4\u17b5")
_DROPPED = frozenset(("Mn", "Me", "Cf", "Cc", "Co", "Cs", "Cn"))
# Letters that are also spelled with two: ö as oe, å as aa, ø as oe.
_TWO_LETTERS = frozenset("\u0308\u030aøØ")
# The same two marks on other letters ("ë") say nothing more; each stands on a line of its own.
_SILENT = re.compile(r"^[b-np-tv-zB-NP-TV-Z]\u0308$", re.MULTILINE)
_CHUNK = re.compile(r"([ -~]+)|.", re.DOTALL)
_PLAIN = b"\t\n\r" + bytes(range(0x20, 0x7F))
_SMALL = bytes(range(256)).lower()
_SIGNS = bytes(sign for sign in range(128) if not chr(sign).isalnum())
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\dA-Za-z_]+")


@dataclass(frozen=True, slots=True, repr=False)
class View:
    """`text` in plain letters; `origin[i]` is where letter i stands in the original."""

    text: str
    origin: Sequence[int]
    end: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same stretch in the original, with the marks that hang on its last letter."""
        return self.origin[start], self.origin[end] if end < len(self.text) else self.end


class Squeezed:
    """A view without what stands between words, in small letters.

    `starts`: word k begins at `text[starts[k]]`; `begins`: where it does in the view. Both are
    counted at the first hit, as most texts have none.
    """

    __slots__ = ("_begins", "_starts", "text", "view")

    def __init__(self, text: str, view: View) -> None:
        self.text = text
        self.view = view
        self._starts: list[int] | None = None
        self._begins: list[int] = []

    @property
    def starts(self) -> list[int]:
        if self._starts is None:
            self._starts = self._counted()
        return self._starts

    @property
    def begins(self) -> list[int]:
        if self._starts is None:
            self._starts = self._counted()
        return self._begins

    def _counted(self) -> list[int]:
        if self.view.text.isascii():
            self._begins, starts = word_starts(self.view.text)
            return starts or [0]
        words = [match.span() for match in WORD.finditer(self.view.text)]
        self._begins = [begin for begin, _ in words]
        return list(accumulate([end - begin for begin, end in words[:-1]], initial=0))

    def word_at(self, index: int) -> int:
        return bisect_right(self.starts, index) - 1

    def word_end(self, word: int) -> int:
        return self.starts[word + 1] if word + 1 < len(self.starts) else len(self.text)

    def word(self, word: int) -> str:
        return self.text[self.starts[word] : self.word_end(word)]

    def place(self, index: int) -> int:
        """Where letter `index` stands in the view."""
        word = self.word_at(index)
        return self.begins[word] + index - self.starts[word]

    def gaps(self, first: int, last: int) -> Iterator[str]:
        """What stands between the words first … last in the view."""
        for word in range(first, last):
            after = self.begins[word] + self.word_end(word) - self.starts[word]
            yield self.view.text[after : self.begins[word + 1]]


def views(text: str) -> list[View]:
    """The text in plain letters, in each way that can be read (one for plain ASCII)."""
    if text.isascii() and not text.encode("ascii").translate(None, _PLAIN):
        return [View(text, range(len(text)), len(text))]
    parts = "\n".join(unicodedata.normalize("NFKD", char) for char in set(text) if char > "~")
    ways = [(False, True)]
    if not _TWO_LETTERS.isdisjoint(_SILENT.sub("", parts)):
        ways.append((True, True))
    if not _ALIKE.keys().isdisjoint(parts):
        ways.append((False, False))
    found = [_spell(text, two, alike) for two, alike in ways]
    return list({view.text: view for view in found}.values())


def squeeze(view: View) -> Squeezed:
    return Squeezed(letters(view.text), view)


def letters(text: str) -> str:
    """The letters and digits of a text, small: all that its words are made of."""
    if text.isascii():
        return text.encode().translate(_SMALL, _SIGNS).decode("ascii")
    return _lower("".join(filter(str.isalnum, text)))


def count_letters(text: bytes) -> int:
    """How many letters and digits an ASCII text has."""
    return len(text.translate(None, _SIGNS))


def squeezed(text: str) -> list[Squeezed]:
    return [squeeze(view) for view in views(text)]


class Squeezing:
    """`squeezed` for the time of one request, in which several ask about the same text."""

    def __init__(self) -> None:
        self._known: dict[str, list[Squeezed]] = {}

    def __call__(self, text: str) -> list[Squeezed]:
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = squeezed(text)
        return found


def _lower(text: str) -> str:
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low.replace("ς", "σ")  # which of the two it is depends on what follows


def _spell(text: str, two_letters: bool, alike: bool) -> View:
    letters: list[str] = []
    origin: list[int] = []
    before = ""
    for chunk in _CHUNK.finditer(text):
        start, stop = chunk.span()
        if chunk[1]:
            letters.append(chunk[1])
            origin.extend(range(start, stop))
            before = text[stop - 1]
        elif plain := _letters_of(text[start], before, two_letters, alike):
            letters.append(plain)
            origin.extend([start] * len(plain))
            before = plain[-1]
    return View("".join(letters), origin, len(text))


def _letters_of(char: str, before: str, two_letters: bool, alike: bool) -> str:
    if char.isascii() and (char.isprintable() or char.isspace()):
        return char
    if 0xE0020 <= ord(char) <= 0xE007E:  # tag characters: invisible ASCII
        return chr(ord(char) - 0xE0000)
    if two_letters and char in "øØ":
        return "oe"
    found = ""
    for part in unicodedata.normalize("NFKD", char):
        found += _part(part, found[-1:] or before, two_letters, alike)
    return found


def _part(part: str, before: str, two_letters: bool, alike: bool) -> str:
    if two_letters and part == "\u0308" and before in tuple("aouAOU"):
        return "e"
    if two_letters and part == "\u030a" and before in tuple("aA"):
        return "a"
    if part in _BLANK or (not part.isspace() and unicodedata.category(part) in _DROPPED):
        return ""
    part = _LETTERS.get(part, part)
    return _ALIKE.get(part, part) if alike else part
