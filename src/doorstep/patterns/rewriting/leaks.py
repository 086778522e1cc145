"""What of a private text still stands in its rewrite: the look at home, before the gate's.

Strict on purpose. A rewrite that repeats a name, a word of no dictionary, a number, a quote or a
whole passage of the original is a leak, but for quantities that home's model has named as needed.
What the boundary's detectors find in the original is one, needed or not; what they find in the
rewrite itself is the gate's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from doorstep.boundary import Term
from doorstep.boundary.decode import TooManyReadings, readings
from doorstep.boundary.terms import Matcher
from doorstep.patterns.rewriting.facts import NO_NAMES, Fact, Facts, flat, words
from doorstep.patterns.rewriting.grounding import Index
from doorstep.patterns.rewriting.naming import Naming

_PIECE = re.compile(r"[^\s,;()\[\]\"“”]{4,}")
_SIGN, _LETTER = re.compile(r"[@\d]"), re.compile(r"[^\W\d_]")
_TOLD = re.compile(r"[^\W_]+(?:['’.@_-][^\W_]+)*")
_PASSAGE = 12  # words in a row, word for word
_DECODED = 4  # letters from which a hit in what may be base64 or hex counts
_LONG = 7  # digits in a row from which a number is no quantity


@dataclass(frozen=True, slots=True, repr=False)
class Leak:
    """Something of the original, as it stands in the rewrite. `text` is for home's eyes alone.

    `kind`: mapped (a value that has an abstract name), name, word, number, date, time, quote,
    code, passage, or what a detector calls it.
    """

    kind: str
    text: str

    def __repr__(self) -> str:
        return f"Leak(kind={self.kind!r}, {len(self.text)} characters)"


def leaks(
    facts: Facts,
    original: str,
    problem: str,
    naming: Naming,
    needed: Sequence[str] = (),
    private: Sequence[Term] = (),
) -> tuple[Leak, ...]:
    """Every leak, each stretch said once. `private`: what detectors found in the original."""
    look = _Look(facts, original, problem, naming, needed)
    found = (*look.mapped(), *look.private(private), *look.of_facts(), *look.of_words())
    once: dict[str, Leak] = {}
    for leak in (*found, *look.codes(), *look.passages()):
        once.setdefault(leak.text.casefold(), leak)
    return tuple(once.values())


class _Look:
    def __init__(
        self,
        facts: Facts,
        original: str,
        problem: str,
        naming: Naming,
        needed: Sequence[str],
    ) -> None:
        self._facts = facts
        self._original = original
        self._naming = naming
        self._problem = problem
        # "friend A" says nothing of "my friend Otto", and "otto A" does.
        plain = [n for _, n in naming.pairs if _is_plain(n, facts)]
        self._without_names = Naming(tuple(("…", name) for name in plain)).put_back(problem)
        self._there = facts.find(self._problem)
        self._here = facts.find(original)
        self._amounts = Index(self._here)
        self._needed = Index(fact for one in needed for fact in facts.find(one))

    def mapped(self) -> Iterator[Leak]:
        terms = self._naming.terms(self._original)
        return (Leak("mapped", said) for _, said in self._find(Matcher(terms)))

    def private(self, terms: Sequence[Term]) -> Iterator[Leak]:
        """A date of birth is one without "born", too: needed or not, it does not stand here."""
        found = self._find(Matcher(terms, words=False))
        return (Leak(term.kind, said) for term, said in found)

    def _find(self, matcher: Matcher) -> Iterator[tuple[Term, str]]:
        """Terms and how they are written, decoded if need be: base64 of a name is the name."""
        try:
            for reading in readings(self._without_names):
                for hit in matcher.find(reading.text, least=1 if reading.exact else _DECODED):
                    yield hit.term, reading.text[hit.start : hit.end]
        except TooManyReadings:
            yield Term("encoded", "code"), "text that is encoded many times over"

    def of_facts(self) -> Iterator[Leak]:
        """Numbers, dates, times and quotes of the original that nobody called needed."""
        for fact in self._there:
            amount = fact.kind in ("number", "date", "time")
            if amount and self._repeats(fact) and not self._may_stand(fact):
                yield Leak(fact.kind, fact.text)
        said = f" {flat(self._problem)} "
        for fact in self._here:
            if fact.kind == "quote" and any(f" {quote} " in said for (quote,) in fact.readings):
                yield Leak("quote", fact.text)

    def _repeats(self, fact: Fact) -> bool:
        return self._amounts.touches(fact)

    def _may_stand(self, fact: Fact) -> bool:
        if re.search(rf"\d{{{_LONG},}}", fact.text):
            return False
        return self._needed.touches(fact)

    def of_words(self) -> Iterator[Leak]:
        """Names, and words that are in no dictionary, however they are written."""
        names, again = _name_words(self._here), _name_words(self._there)
        for word in sorted(words(self._original) & words(self._problem)):
            common = word in self._facts.common
            # "Rose" is a name, and "a rose" is none.
            if word in names and (not common or word in again):
                yield Leak("name", word)
            elif "-" not in word and not self._facts.common.is_word(word) and word not in NO_NAMES:
                yield Leak("word", word)

    def codes(self) -> Iterator[Leak]:
        """Addresses, identifiers, versions: letters and digits in one piece."""
        amounts = [f.text for f in self._here if f.kind in ("number", "date", "time")]
        low = self._problem.lower()
        for match in _PIECE.finditer(self._original):
            code = match[0].strip(".:!?'’")
            is_code = len(code) > 3 and _SIGN.search(code) and _LETTER.search(code)
            if is_code and code.lower() in low and not any(code in text for text in amounts):
                yield Leak("code", code)

    def passages(self) -> Iterator[Leak]:
        said, here = set(_runs(flat(self._problem))), flat(self._original)
        end = 0
        for start, run in enumerate(_runs(here)):
            if start >= end and run in said:
                yield Leak("passage", " ".join(run))
                end = start + _PASSAGE


def tell_tale(terms: Sequence[Term], facts: Facts) -> tuple[Term, ...]:
    """The words of private values that are no common words: what the gate looks for.

    It looks for every word of a value, and "friend" of "my friend Otto" stands in "friend A".
    """
    found: dict[Term, None] = {}
    for term in terms:
        for word in _TOLD.findall(term.value):
            low = word.removesuffix("'s").lower()
            common = facts.common.is_word(low) and not facts.common.is_name(low)
            if len(low) > 1 and not common and (not low.isdigit() or len(low) > 3):
                found[Term(word, term.kind)] = None
    return tuple(found)


def _is_plain(name: str, facts: Facts) -> bool:
    """Whether an abstract name is made of common words that nobody is called by."""
    said = [word for word in words(name) if len(word) > 1]
    return all(word in facts.common and not facts.common.is_name(word) for word in said)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every run of `_PASSAGE` words of a text, one a word."""
    said = text.split()
    return zip(*(said[at:] for at in range(_PASSAGE)), strict=False)


def _name_words(facts: Sequence[Fact]) -> set[str]:
    names = (word for f in facts if f.kind == "name" for name in f.readings for word in name)
    return {part for name in names for part in (name, *name.split("-"))}
