"""What stands for what: abstract names on the way out, the originals on the way back, literally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from doorstep.boundary import Term
from doorstep.boundary.terms import COMMON

# One or two words and a letter: "person A", "due date B". Nothing else in a text looks so.
NAME = r"[A-Za-z]{2,20}(?:[ _-][A-Za-z]{2,20})?[ _][A-Z]{1,2}"
_LIKE_ONE = re.compile(NAME)
_GAP = r"[ _\u00a0-]"
_SIGN = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True, repr=False)
class Naming:
    """Pairs of (original, abstract name). The originals are private; the names cross."""

    pairs: tuple[tuple[str, str], ...] = ()
    _by: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for original, name in self.pairs:
            self._by.setdefault(_key(name), original)

    def __repr__(self) -> str:
        return f"Naming({len(self.pairs)} names)"

    def put_back(self, text: str) -> str:
        """`text` with each abstract name replaced by its original: by its letters, never by
        likeness."""
        if not self._by:
            return text
        return self._pattern().sub(lambda match: self._by[_key(match[0])], text)

    def left(self, text: str) -> Iterator[str]:
        """The abstract names that stand in a text."""
        if self._by:
            for match in self._pattern().finditer(text):
                yield match[0]

    def ambiguous(self) -> tuple[str, ...]:
        """Names that stand for several originals, and names of another form."""
        many = {n for o, n in self.pairs if self._by[_key(n)].casefold() != o.casefold()}
        odd = {name for _, name in self.pairs if not _LIKE_ONE.fullmatch(name)}
        return tuple(sorted(many | odd))

    def strangers(self, text: str) -> tuple[str, ...]:
        """What looks like one of these names and is none: "person C" beside "person A"."""
        if not self._by:
            return ()
        stems = {_key(name).rpartition(" ")[0] for _, name in self.pairs}
        either = "|".join(map(_words, stems))
        like = re.compile(rf"\b(?i:{either}){_GAP}[A-Z]{{1,2}}\b")
        found = {match[0] for match in like.finditer(text)}
        return tuple(sorted(name for name in found if _key(name) not in self._by))

    def unsaid(self, text: str) -> tuple[str, ...]:
        """Names whose originals do not stand in `text`: the model made them up."""
        low = " ".join(text.casefold().split())
        return tuple(n for o, n in self.pairs if " ".join(o.casefold().split()) not in low)

    def terms(self, within: str) -> tuple[Term, ...]:
        """The originals that stand in `within`, as what the gate looks for besides."""
        found = dict.fromkeys(
            original
            for original, _ in self.pairs
            if telling(original) and original.casefold() in within.casefold()
        )
        return tuple(Term(original) for original in found)

    def _pattern(self) -> re.Pattern[str]:
        either = "|".join(_spelled(name) for name in sorted(self._by, key=len, reverse=True))
        return re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])")


def telling(original: str) -> bool:
    """Whether a value says anything: it holds a word that is none of the commonest, or a digit."""
    found = re.findall(r"[^\W_]+", original.lower())
    return bool(_SIGN.search(original)) and any(word not in COMMON for word in found)


def _spelled(name: str) -> str:
    """Any case and gap but for the letter: "Person A", and not "the person a letter is for"."""
    stem, _, letter = _key(name).rpartition(" ")
    return rf"(?i:{_words(stem)}){_GAP}{letter}"


def _words(stem: str) -> str:
    return _GAP.join(map(re.escape, stem.split()))


def _key(name: str) -> str:
    stem, _, letter = re.sub(_GAP, " ", name).rpartition(" ")
    return f"{stem.lower()} {letter}"
