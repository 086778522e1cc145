"""Numbers and quotes of an answer: do they occur in what the model was told?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from doorstep._errors import BadInput
from doorstep.patterns.checks.base import Look, Sign
from doorstep.patterns.checks.statements import MAX_TEXT

NAME = "grounded"

QUOTE_WORDS = 3  # a quote of fewer words is a title or a term
SMALL = 12  # whole numbers up to this count things, steps and months

_DIGITS = r"([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
_NUMBER = re.compile(rf"(?<![\w.,/:-])[$€£]?{_DIGITS}(?![0-9])")
_RESULT = re.compile(rf"(?:[=≈]|\bequals)[ ]*\**[-−]?[$€£]?{_DIGITS}")
_MARKS = re.compile(r"^[ \t]*(?:#+[ ]*|\*\*|Step[ ])?[0-9]{1,3}[.):][ ]|<<[^<>]*>>", re.MULTILINE)
_QUOTE = re.compile(r"\"([^\"\n]{8,400})\"|“([^”\n]{8,400})”|„([^“\n]{8,400})“|«([^»\n]{8,400})»")
_TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-"})
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty"
).split()
_TENS = "thirty forty fifty sixty seventy eighty ninety".split()
_SAID = {word: Fraction(n) for n, word in enumerate(_ONES)}
_SAID |= {word: Fraction(10 * n) for n, word in enumerate(_TENS, start=3)}
_SAID |= {"hundred": Fraction(100), "thousand": Fraction(1000), "dozen": Fraction(12)}
_SAID |= {"half": Fraction(2), "halves": Fraction(2), "twice": Fraction(2), "double": Fraction(2)}
_SAID |= {"triple": Fraction(3), "third": Fraction(3), "quarter": Fraction(4)}
_SPOKEN = re.compile(rf"\b({'|'.join(_SAID)})s?\b", re.IGNORECASE)
# What everybody knows without being told: parts of a year, a day, a circle, a whole.
_KNOWN = frozenset(map(Fraction, (1, 2, 7, 10, 12, 24, 30, 31, 52, 60, 100, 360, 365, 1000, 3600)))


@dataclass(frozen=True, slots=True)
class Grounded:
    """Doubt where numbers or quotes stand in the answer alone.

    Results of the answer's own calculations, small whole numbers and well-known ones (60, 365) may
    be its own. An answer is held to its source only where there is one, `least` words at least;
    without, or without a number or a quote in the answer, None.
    """

    least: int = 60
    name: str = NAME

    def __post_init__(self) -> None:
        if self.least < 1:
            raise BadInput("A source has at least one word.")

    async def __call__(self, look: Look) -> Sign:
        return self.see(look)

    def see(self, look: Look) -> Sign:
        """The sign, without waiting for anything."""
        source, answer = look.source[-4 * MAX_TEXT :], look.answer[-MAX_TEXT:]
        there, own = said(source), _used(answer)
        foreign = [n for n in own if not _known(n, there)]
        lost, quotes = _quotes(answer, source)
        features = _features(own, there, len(foreign), lost)
        if len(source.split()) < self.least or not (own or quotes):
            return Sign(NAME, None, "there is no source to hold the answer to", features)
        return Sign(NAME, *_says(len(foreign), len(own), lost, quotes), features)


def _says(foreign: int, numbers: int, lost: int, quotes: int) -> tuple[float, str]:
    if lost:
        return 0.8, f"{lost} of {quotes} quotes do not stand in the source"
    if foreign:
        doubt = 0.3 + 0.5 * foreign / numbers
        return doubt, f"{foreign} of {numbers} numbers stand neither in the source nor in a result"
    return 0.1, "its numbers and quotes occur in the source"


def _features(
    own: frozenset[Fraction], there: frozenset[Fraction], foreign: int, lost: int
) -> dict[str, float]:
    features = {"numbers_foreign": float(foreign), "quotes_lost": float(lost)}
    if own:
        features["numbers_grounded"] = 1 - foreign / len(own)
    if there:
        features["numbers_unused"] = float(len(there - own - _KNOWN))
    return features


def said(text: str) -> frozenset[Fraction]:
    """The numbers of a text, in digits or as a word of English."""
    words = (_SAID[word.lower()] for word in _SPOKEN.findall(text))
    return _values(_NUMBER.findall(text)).union(words)


def _used(answer: str) -> frozenset[Fraction]:
    """The numbers of an answer that are no mark of a list and no result of its calculations."""
    results = _values(_RESULT.findall(answer))
    return _values(_NUMBER.findall(_MARKS.sub(" ", answer))) - results


def _values(numbers: Iterable[str]) -> frozenset[Fraction]:
    return frozenset(Fraction(number.replace(",", "")) for number in set(numbers))


def _known(number: Fraction, there: frozenset[Fraction]) -> bool:
    small = number.denominator == 1 and number <= SMALL
    if small or number in there or number in _KNOWN:
        return True
    return number * 100 in there or 1 - number in there or 1 - number * 100 in there


def _quotes(answer: str, source: str) -> tuple[int, int]:
    """How many quotes do not stand in the source, and how many there are."""
    quotes = [_folded("".join(groups)) for groups in _QUOTE.findall(answer)]
    long = [quote for quote in quotes if len(quote.split()) >= QUOTE_WORDS]
    there = _folded(source)
    return sum(quote.strip(" .,;:!?…") not in there for quote in long), len(long)


def _folded(text: str) -> str:
    return " ".join(text.translate(_TYPOGRAPHY).casefold().split())
