"""Finding known private values in a text, in whatever form they are written.

All forms of all terms are searched for at once (Aho and Corasick, CACM 1975) in the squeezed
text, then word rules decide: a hit begins where a word begins and ends where one ends, give or
take a plural, so that "car" is not in "scarce" and "Al" is not in "value", while "dishwashers"
and "Maya's" are hits.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from doorstep.boundary.clearance import Term
from doorstep.boundary.covered import Covered
from doorstep.boundary.normal import WORD, Squeezed, letters, squeezed, views

_ANYWHERE = 8  # letters from which a value is a hit even inside a longer word
_SIGNIFICANT = 3  # letters from which one word of a value of several words counts by itself
_TAIL = 8  # digits from which a telephone number is a hit at the end of a longer number
_SPLIT_DIGITS = 7  # digits from which a number is looked for with gaps: "22:30" is not code 2230
# Scripts that are written without gaps between words: no word rules apply.
_NO_GAPS = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_KIND = Implementation.ContiguousNFA
_WEB = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*://|www\.)", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")
_WORDS = re.compile(r"[^\W_]+")
# One name, whatever words it is made of: "tbl_customers" does not make "customers" private.
_CODE_NAME = re.compile(r"\w*_\w*")
# "is a" is not Isa and "may a" is not Maya: a value that is split by spaces into nothing but
# these is ordinary English.
_COMMON = (
    "a am an and any are as at be but by can did do for from get go had has have he her him his "
    "how i if in is it its let may me my new no not now of off on one or our out own per run see "
    "she so than that the then they this to too two up us use was way we who why will with you "
    "your des der die und von van den le la les el los de da di del du"
)
COMMON = frozenset(_COMMON.split())
# Heads of names that say nothing alone: "Heron" is a part of "Project Heron", "project" is none.
_HEADS = frozenset(
    """
    project projects operation team group department division unit committee programme program plan
    campaign initiative task ticket system service server database table index column field file
    folder repository release version company bank university college school institute association
    foundation society limited ltd inc gmbh corp corporation street road avenue lane square
    """.split()
)


@dataclass(frozen=True, slots=True, repr=False)
class Cased(Term):
    """A value that is also an ordinary word: only where its capitals are capitals.

    "Brown" is not in "brown bread", and "JD" is in "J.D." but not in "jd".
    """

    __repr__ = Term.__repr__


class Hit(NamedTuple):  # many are made
    """`text[start:end]` is a form of `term`."""

    start: int
    end: int
    term: Term

    def __repr__(self) -> str:
        return f"Hit({self.start}, {self.end}, {self.term!r})"


class _Form(NamedTuple):  # many are made; it never shows, and neither does its term
    term: Term
    anywhere: bool
    splits: bool
    ordinary: bool  # split by spaces into common words, it is ordinary English
    tail: bool = False  # also at the end of a longer number: with a country code before it
    capitals: str = ""  # the letters of a `Cased` value, which are compared with the text's
    whole: bool = False  # only where a word begins


_Spelled = dict[str, tuple[_Form, ...]]


class Matcher:
    """Finds `terms` in texts. `words`: also each significant word of a value of several words."""

    def __init__(self, terms: Sequence[Term], *, words: bool = True) -> None:
        spelled: _Spelled = {}
        for term in terms:
            for spelling, form in _forms(term, words):
                known = spelled.get(spelling)
                spelled[spelling] = (form,) if known is None else _with(known, form)
        self._take(spelled)

    @classmethod
    def joined(cls, matchers: Iterable[Matcher]) -> Matcher:
        """One that finds what each of them does. Of equal values the first one's kind counts."""
        spelled: _Spelled = {}
        for matcher in matchers:
            for spelling, forms in matcher._spelled.items():
                known = spelled.setdefault(spelling, forms)
                if known is not forms:
                    spelled[spelling] = reduce(_with, forms, known)
        made = cls(())
        made._take(spelled)
        return made

    def _take(self, spelled: _Spelled) -> None:
        self._spelled = spelled
        self._forms = tuple(spelled.values())
        # The default for a hundred or less takes five times as long to make as it saves in a text.
        self._search = AhoCorasick(spelled, implementation=_KIND) if spelled else None

    def __len__(self) -> int:
        return len(self._forms)

    def find(
        self,
        text: str,
        *,
        least: int = 1,
        views: Sequence[Squeezed] | None = None,
        but: Covered | None = None,
    ) -> list[Hit]:
        """Every hit with at least `least` letters, as spans of `text`, in order; of several kinds
        at one place the one that was known first comes first.

        `views`: `squeezed(text)`, for who asks several matchers about one text; `but`: what has
        been found in one of them already, and need not be found again.
        """
        if self._search is None:
            return []
        hits: dict[tuple[int, int, str], Hit] = {}
        for view in squeezed(text) if views is None else views:
            known = but if but is not None and but.view is view else None
            for hit in self._in(view, least, known):
                hits[hit.start, hit.end, hit.term.kind] = hit
        return sorted(hits.values(), key=_place)

    def _in(self, text: Squeezed, least: int, known: Covered | None) -> Iterator[Hit]:
        assert self._search is not None
        found = self._search.find_matches_as_indexes(text.text, overlapping=True)
        starts = text.starts if found else []
        for index, start, end in found:
            if end - start < least:
                continue
            first = bisect_right(starts, start) - 1
            begins = starts[first] == start
            for form in self._forms[index]:
                if not begins and form.whole:
                    continue
                if known is not None and known.holds(start, end, form.term.kind):
                    continue
                if not (span := _allowed(form, text, start, end, first)):
                    continue
                if not form.capitals or _capital(form.capitals, text.view.text, *span):
                    yield Hit(*text.view.span(*span), form.term)


def _with(forms: tuple[_Form, ...], form: _Form) -> tuple[_Form, ...]:
    """The forms of a spelling with one more, where that finds more than they do."""
    if any(f.term.kind == form.term.kind and f[1:] == form[1:] for f in forms):
        return forms
    return (*forms, form)


def _place(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end


def _allowed(
    form: _Form, text: Squeezed, start: int, end: int, first: int
) -> tuple[int, int] | None:
    """The stretch of the view that the word rules give to a match, None if they reject it. `first`
    is the word in which it begins."""
    starts, begins = text.starts, text.begins
    last = bisect_right(starts, end - 1, first) - 1
    stop = starts[last + 1] if last + 1 < len(starts) else len(text.text)
    whole = starts[first] == start
    if whole and end != stop:
        whole = _ends(text.text[start:end], text.text[end:stop])
    if not whole and not form.anywhere and not (form.tail and end == stop):
        return None
    if last > first and whole and not _joins(form, text, (first, last), (end, stop)):
        return None
    return begins[first], begins[last] + stop - starts[last]


def _capital(value: str, text: str, start: int, end: int) -> bool:
    """Whether what is a capital in `value` is one in `text[start:end]`, a word of its own."""
    if start and text[start - 1].isalnum():
        return False
    letters = (char for char in text[start:end] if char.isalnum())
    return all(c.isupper() for v, c in zip(value, letters, strict=False) if v.isupper())


def _ends(word: str, tail: str) -> bool:
    """Whether what hangs on a match is nothing, or a plural: "cars", "boxes", but not "Times"."""
    if not tail or len(word) < _SIGNIFICANT:
        return not tail
    return tail == "s" or (tail == "es" and word.endswith(("s", "x", "z", "h", "o")))


def _joins(form: _Form, text: Squeezed, words: tuple[int, int], ends: tuple[int, int]) -> bool:
    """Whether a match over the words first … last is a value that was split."""
    first, last = words
    if not form.splits:
        return False
    if not form.ordinary or not any(any(map(str.isspace, gap)) for gap in text.gaps(first, last)):
        return True
    end, stop = ends
    if end < stop and end - text.starts[last] < _SIGNIFICANT:  # "the OS" is not two of Theo
        return not all(text.word(word) in COMMON for word in range(first, last))
    return not all(text.word(word) in COMMON for word in range(first, last + 1))


def _forms(term: Term, words: bool) -> Iterator[tuple[str, _Form]]:
    value = term.value
    plain = value.isascii() and value.isprintable()  # then there is one view, the value itself
    for seen in (value,) if plain else [view.text for view in views(value)]:
        if text := letters(seen):
            several = not seen.isdigit() and len(WORD.findall(seen)) > 1
            yield from _spellings(text, _form(term, text, several))
    if words and len(parts := [w for w in _WORDS.findall(_worded(value)) if len(w) > 1]) > 1:
        yield from _of_parts(term, parts)


def _of_parts(term: Term, parts: Iterable[str]) -> Iterator[tuple[str, _Form]]:
    if _CODE_NAME.fullmatch(term.value):
        return
    for part in filter(_says_something, parts):
        for view in squeezed(part):
            yield from _spellings(view.text, _form(term, view.text, False, part=True))


def _says_something(word: str) -> bool:
    low = word.lower()
    return len(word) >= _SIGNIFICANT and word.isalpha() and low not in COMMON and low not in _HEADS


def _worded(value: str) -> str:
    """What of a value is made of words of its own: none of an address on the web (its host and
    scheme stand in many others), of a mail address what stands before the @."""
    if _WEB.match(value):
        return ""
    return value.rpartition("@")[0] if _MAIL.fullmatch(value) else value


def _form(term: Term, text: str, several: bool, part: bool = False) -> _Form:
    number = text.isdigit()
    anywhere = not part and not number and len(text) >= _ANYWHERE
    if not anywhere and not text.isascii():
        anywhere = _NO_GAPS.search(text) is not None
    capitals = ""
    if isinstance(term, Cased):
        anywhere, capitals = False, "".join(filter(str.isalnum, term.value))
    least = _SPLIT_DIGITS if number else _SIGNIFICANT
    splits = several or (len(text) >= least and not capitals)
    tail = number and len(text) >= _TAIL and term.kind == "phone"
    whole = not (anywhere or tail)
    return _Form(term, anywhere, splits, not several, tail, capitals, whole)


def _spellings(text: str, form: _Form) -> Sequence[tuple[str, _Form]]:
    """The word, its plural in -ies, and its singular."""
    if not text.isalpha() or not text.isascii() or len(text) <= _SIGNIFICANT:
        return ((text, form),)
    found = [text]
    if text.endswith("y"):
        found.append(text[:-1] + "ies")
    if text.endswith("ies"):
        found.append(text[:-3] + "y")
    if text.endswith("s") and not text.endswith("ss"):
        found.append(text[:-1])
    if text.endswith(("shes", "ches", "xes", "sses", "zes")):
        found.append(text[:-2])
    return [(spelling, form) for spelling in found]
