"""The facts of a text, found without a model: what a rewrite may lose, or make up.

Six kinds: numbers with units, dates, times, names, quoted strings, and limits (the words that
turn a sentence round: "not", "only", "at least", "before"). English.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from doorstep.boundary.common import CommonWords
from doorstep.patterns.rewriting.dates import Quantity, Reading
from doorstep.patterns.rewriting.quantities import blanked, quantities

KINDS = ("number", "date", "time", "name", "quote", "limit")


@dataclass(frozen=True, slots=True, repr=False)
class Fact:
    """One fact, and where it stands. Its text is private as the text that it was found in.

    `readings`: as in `Quantity`; the words of a name; the words of a quote; the class of a limit.
    `of`: what a limit limits, None where that is no quantity.
    """

    kind: str
    text: str
    start: int
    end: int
    readings: frozenset[Reading]
    bare: frozenset[Reading] = frozenset()
    of: Fact | None = None

    def __repr__(self) -> str:
        return f"Fact(kind={self.kind!r}, {len(self.text)} characters)"


_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?:[.!?:;>|]|\n)[\s\"“”‘'(\[>*#-]*\Z")
_QUOTE = re.compile(r"“([^“”\n]{2,200})”|\"([^\"\n]{2,200})\"|«([^«»\n]{2,200})»")
# Written with a capital and no name: languages, and what letters begin and end with.
NO_NAMES = frozenset(
    """
    english german french spanish italian portuguese dutch danish swedish norwegian polish
    european american british gmbh json i’m i’ll i’ve
    """.split()
)
CALENDAR = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december
    """.split()
)
# Each class with its words, the longer ones first; "?" marks words that need a quantity behind
# them, "<" those that stand behind it.
_LIMITS: tuple[tuple[str, str, str], ...] = (
    ("before", "", r"no later than|not later than|at the latest|not after"),
    ("after", "", r"no earlier than|not earlier than|not before|at the earliest"),
    ("most", "", r"at most|no more than|not more than|up to|maximum(?: of)?|no longer than"),
    ("most", "", r"not exceed(?:ing)?|max\."),
    ("least", "", r"at least|no less than|not less than|no fewer than|minimum(?: of)?|min\."),
    ("most", "<", r"or less|or fewer"),
    ("least", "<", r"or more|or older|or over"),
    ("below", "", r"less than|fewer than|cheaper than|shorter than"),
    ("above", "", r"more than|longer than"),
    ("below", "?", r"under|below"),
    ("above", "?", r"over|above"),
    ("before", "", r"before|until|till|prior to|earlier than"),
    ("before", "?", r"by"),
    ("after", "", r"after|since|later than"),
    ("after", "?", r"from"),
    ("except", "", r"except(?: for)?|unless|apart from|other than"),
    ("only", "", r"only|solely|exclusively"),
    ("not", "", r"cannot|not|never|no|none|nor|neither|without|avoid|forbidden|prohibited|unable"),
    ("not", "", r"(?<=n)['’]t"),
)
_LIMIT = tuple(
    (name, where, re.compile(rf"(?<![^\W\d_])(?:{words})(?!\w)", re.IGNORECASE))
    if not words.startswith("(?<=")
    else (name, where, re.compile(rf"{words}\b", re.IGNORECASE))
    for name, where, words in _LIMITS
)
_NEAR = 16  # characters between the words of a limit and the quantity it limits
_GAP = re.compile(r"[^.!?;\n]*\Z")


class Facts:
    """Finds facts. The list of common words, which says what no name is, is read at first use."""

    def __init__(self, common: CommonWords | None = None) -> None:
        self.common = common or CommonWords()

    def find(self, text: str) -> tuple[Fact, ...]:
        """Every fact of the text, kind by kind."""
        amounts = [_of(text, quantity) for quantity in quantities(text)]
        left = blanked(text, amounts, ".")
        return (*amounts, *self._names(left), *_quotes(text), *_limits(text, amounts))

    def _names(self, text: str) -> Iterator[Fact]:
        run: list[re.Match[str]] = []
        for match in _TOKEN.finditer(text):
            if run and text[run[-1].end() : match.start()].strip(" "):
                yield _name(text, run)
                run = []
            if self.is_name(match[0], starts=_starts(text, match.start())):
                run.append(match)
            elif run:
                yield _name(text, run)
                run = []
        if run:
            yield _name(text, run)

    def is_name(self, word: str, *, starts: bool = False) -> bool:
        """Whether a word, as it is written, names somebody or something.

        `starts`: it stands where any word has a capital.
        """
        word = re.sub(r"['’]s\Z", "", word)
        low = word.lower()
        if len(word) < 2 or not word[0].isupper() or low in NO_NAMES:
            return False
        if not all(part in self.common for part in re.split(r"['’-]", word) if part):
            return word not in self.common
        return not (starts or low in CALENDAR or word.isupper())


def words(text: str) -> frozenset[str]:
    """The words of a text in small letters, without 's; those with a hyphen, and their parts."""
    whole = {_plain(match[0]) for match in _TOKEN.finditer(text)}
    return frozenset(whole | {part for word in whole for part in word.split("-")})


def _plain(word: str) -> str:
    return re.sub(r"['’]s\Z", "", word.lower())


def _of(text: str, q: Quantity) -> Fact:
    return Fact(q.kind, text[q.start : q.end], q.start, q.end, q.readings, q.bare)


def _starts(text: str, at: int) -> bool:
    before = text[at - 12 : at] if at >= 12 else "\n" + text[:at]
    return bool(_SENTENCE.search(before))


def _name(text: str, run: Sequence[re.Match[str]]) -> Fact:
    start, end = run[0].start(), run[-1].end()
    said = tuple(_plain(match[0]) for match in run)
    return Fact("name", text[start:end], start, end, frozenset({said}))


def _quotes(text: str) -> Iterator[Fact]:
    for match in _QUOTE.finditer(text):
        said = flat(match[1] or match[2] or match[3])
        if len(said.split()) > 1:
            yield Fact("quote", match[0][1:-1], match.start(), match.end(), frozenset({(said,)}))


def flat(text: str) -> str:
    """A text as it is compared: small letters, single spaces, nothing but letters and digits."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _limits(text: str, amounts: Sequence[Fact]) -> Iterator[Fact]:
    signs = list(text)
    for name, where, pattern in _LIMIT:
        for match in pattern.finditer("".join(signs)):
            near = _before if where == "<" else _behind
            of = near(text, amounts, match)
            if of is None and where:
                continue
            signs[match.start() : match.end()] = " " * len(match[0])
            yield Fact("limit", match[0], *match.span(), frozenset({(name,)}), of=of)


def _behind(text: str, amounts: Sequence[Fact], match: re.Match[str]) -> Fact | None:
    at = bisect_left(amounts, match.end(), key=lambda fact: fact.start)
    if at == len(amounts) or amounts[at].start - match.end() > _NEAR:
        return None
    return amounts[at] if _GAP.match(text[match.end() : amounts[at].start]) else None


def _before(text: str, amounts: Sequence[Fact], match: re.Match[str]) -> Fact | None:
    at = bisect_left(amounts, match.start(), key=lambda fact: fact.start) - 1
    if at < 0 or not 0 <= match.start() - amounts[at].end <= _NEAR:
        return None
    return amounts[at] if _GAP.match(text[amounts[at].end : match.start()]) else None
