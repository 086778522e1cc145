"""Allow-list mode: nothing leaves but words that everybody uses, quantities, and what is approved.

Detectors say what is private and can miss. This asks the other way round, of text that is about
to leave: is each word in the dictionary, each number a quantity, each code approved? A name, an
own coinage, an account number are none of these. What is left can still tell by its meaning
("the only dentist in the village"), and by ordinary words used as names in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from doorstep.boundary.common import CommonWords, is_unit
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.capitals import Capitals

# Words, with apostrophes inside; numbers, with what joins their groups; codes of both.
_TOKEN = re.compile(r"[^\W_]+(?:(?:['’]|(?<=\d)[.,:/–-](?=\d))[^\W_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,4})(?:\.\d{1,6})?"
_TIME = r"[0-2]?\d[:.][0-5]\d(?::[0-5]\d)?"
_QUANTITY = re.compile(rf"(?:{_NUMBER}|0\.\d{{1,6}}|{_TIME})(?:[–/-](?:\d{{1,3}}|{_TIME}))?")
_WITH_UNIT = re.compile(rf"({_NUMBER})([^\W\d_]+)")
_SHORT_CODE = re.compile(
    r"[^\W\d_]?\d{1,2}[^\W\d_]?|[^\W\d_]\d"
)  # "B2", "3D", "x1": too short to tell
_GROUPS = re.compile(r"(?<![\w.,])\d{2,4}(?:[ .()/–-]{1,2}\d{2,4}){2,}(?![\w])")
_MANY_DIGITS = 7  # in groups with gaps: a telephone or account number
_HUMP = re.compile(r"[^\W\d_a-z]?[a-zß-ÿ]+|[A-ZÀ-Þ]+(?![a-z])")


class OnlyKnownWords:
    """`unknown(text)`: the stretches that are neither common words, quantities nor approved.

    It is a detector, too, whose `find` gives them as findings; the gate asks it again at the end.
    `approved` are words or phrases, in any case. `placeholder` matches what stands for a value
    and may leave; whoever cuts the text at placeholders gives none.
    """

    at_gate = True

    def __init__(
        self,
        approved: Iterable[str] = (),
        *,
        placeholder: re.Pattern[str] | None = None,
        common: CommonWords | None = None,
    ) -> None:
        values = [" ".join(value.split()) for value in approved]
        known = sorted((re.escape(v).replace(r"\ ", r"\s+") for v in values if v), key=len)
        pattern = "|".join(reversed(known))
        self._approved = (
            re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if known else None
        )
        self._placeholder = placeholder
        self._common = common or CommonWords()
        self._capitals = Capitals(self._common, middle="names")

    def unknown(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of each, in order, none overlapping."""
        text = self._blanked(text)
        spans = [match.span() for match in _GROUPS.finditer(text) if _long(match.group())]
        within = [*spans]
        for match in _TOKEN.finditer(text):
            start, end = match.span()
            if not any(s <= start and end <= e for s, e in within) and not self._known(match, text):
                spans.append((start, end))
        return sorted(spans)

    def find(self, text: str) -> list[Finding]:
        return [Finding(start, end, "other", "unknown word") for start, end in self.unknown(text)]

    def _blanked(self, text: str) -> str:
        """The text with placeholders and approved phrases as blanks of the same length."""
        for pattern in (self._placeholder, self._approved):
            if pattern is not None:
                text = pattern.sub(lambda match: " " * len(match.group()), text)
        return text

    def _known(self, token: re.Match[str], text: str) -> bool:
        word = token.group().rstrip("²³¹")
        if not word:
            return True
        if not any(map(str.isdigit, word)):
            letters = _LETTERS.fullmatch(text, token.start(), token.start() + len(word))
            return letters is not None and self._word(letters, text)
        if not word.isascii():
            return False
        if _QUANTITY.fullmatch(word) or _SHORT_CODE.fullmatch(word):
            return True
        unit = _WITH_UNIT.fullmatch(word)
        return unit is not None and is_unit(unit[2])

    def _word(self, word: re.Match[str], text: str) -> bool:
        spelled = word.group()
        if len(spelled) == 1:
            return spelled.isascii()
        if spelled.islower() and self._common.is_word(spelled):
            return True
        if not all(piece in self._common for piece in _pieces(spelled)):
            return False
        return not self._capitals.name_like(word, text)


def _pieces(word: str) -> Iterator[str]:
    """A word in camel case as its words."""
    if word[1:] == word[1:].lower() or word == word.upper():
        yield word
    else:
        yield from _HUMP.findall(word) or [word]


def _long(groups: str) -> bool:
    return sum(map(str.isdigit, groups)) >= _MANY_DIGITS
