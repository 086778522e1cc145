"""Propagation: a value that was found once is private wherever it stands, and so are its parts.

A detector reads each sentence anew: it finds "Maya Okafor" in a greeting and misses "okafor" in
a file name. `terms` gives what to look for everywhere once something was found. The matcher
brings the forms of each (case, plural, possessive, look-alikes, split words); here are the parts:

    person        first and last names, initials ("M. Okafor", "MO")
    organisation  without its legal form, its distinctive words, its initials
    place         what stands between commas
    address       street with number, postcode with town
    email         words of the local part, where one of them is a found person's
    phone         with and without country code
    path          the user's name

No part is shorter than three letters, a title, a particle or a unit. A value or part that is
also an ordinary word ("Brown", "May", "Apple") is only looked for with its capital. Nicknames
are not guessed. Small numbers and small words that were found as an age, a date or a quantity
("34", "today") stay where they were found: elsewhere they are something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from doorstep.boundary.clearance import Term
from doorstep.boundary.common import CommonWords
from doorstep.boundary.detect import Finding
from doorstep.boundary.terms import Cased, Matcher

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LEAST = 3  # letters of a part
_PEOPLE = frozenset(("person", "name"))
_DIVIDED = frozenset("address email name organisation path person phone place".split())
_LOCAL = frozenset(("age", "date", "quantity"))
_SMALL = 3  # letters and digits of a value of these kinds that says nothing elsewhere
_TITLES = frozenset(
    """
    mr mrs ms miss mx dr prof professor sir madam lord lady dame rev reverend father sister brother
    judge justice president king queen prince princess captain colonel major sergeant doctor mister
    jr sr junior senior phd md esq bsc msc mba ba ma ii iii iv herr frau fräulein hr fr monsieur
    madame mademoiselle mme mlle señor señora señorita sr sra don doña signor signora dott
    """.split()
)
_PARTICLES = frozenset(
    """
    van von der den de del della dello di da dos das du des la le les lo los las el al bin ibn bint
    ben bat abu ter ten te zu zum zur und and y e i of the af av til
    """.split()
)
_LEGAL = frozenset(
    """
    ltd limited inc incorporated corp corporation co company llc llp lp plc gmbh ag kg kgaa ohg gbr
    ug ev se sa sas sarl sàrl srl spa sl slu bv nv vof oy oyj ab as asa aps ivs kft sro spzoo doo
    pte pty bhd kk holding holdings group
    """.split()
)
_NOT_INITIALS = frozenset(
    """
    ac ad ai am ap bc cd ce cv dc dj dm dr dv ec ed eg em en es et eu ev ex fm fr ft gb ge gm go gp
    hd hi ho hq hr ia id ie if ii in io ip is it iv ix ja jr js la lb ma mb md me mi mm mp mr ms my
    na nb no nr nt of oh ok on or os oz pa pc ph pi pm pr ps qa re sd se si so sp sr st su sw ta tb
    to tv ui uk un up us ux va vi vp vs wa we wc wi xl
    """.split()
)
_NO_USERS = frozenset("root user users admin administrator public shared guest default".split())
_USER = re.compile(r"(?:/home/|/Users/|[/\\]Users\\+)([^/\\\s:*?\"<>|]{3,32})")
# Country calling codes of two digits (ITU E.164 assignments); 1 and 7 have one, the others three.
_TWO_DIGITS = frozenset(
    """
    20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65
    66 81 82 84 86 90 91 92 93 94 95 98
    """.split()
)
_REMEMBERED = 20_000
_NATIONAL = 7  # digits of a number without its country code


class Propagation:
    """Gives the terms with which all occurrences of found values are looked for.

    `allows` says of a value that it is never private (see `Declared.allows`): it is no part then.
    Pure: the same values give the same terms in the same order.
    """

    def __init__(
        self,
        common: CommonWords | None = None,
        *,
        allows: Callable[[str], bool] | None = None,
    ) -> None:
        self._common = common or CommonWords()
        self._allows = allows
        # Parts by kind and value, for the next turn's same values.
        self._known: dict[tuple[str, str], tuple[Term, ...]] = {}

    def __call__(self, found: Iterable[Term]) -> tuple[Term, ...]:
        return self.terms(found)

    def terms(self, found: Iterable[Term]) -> tuple[Term, ...]:
        """The values of `found` that spread, and their parts: what to look for elsewhere."""
        values = [term for term in found if self._spreads(term)]
        given: dict[str, Term] = {}
        for term in values:
            whole = self._whole(term)
            if type(given.setdefault(term.value, whole)) is Cased:
                given[term.value] = whole
        people = self._people(values) if any(t.kind == "email" for t in values) else frozenset()
        for term in values:
            if term.kind in _DIVIDED:
                for part in self._parts(term, people):
                    given.setdefault(part.value, part)
        if self._allows is None:
            return tuple(given.values())
        wholes = {term.value for term in values}
        return tuple(t for v, t in given.items() if v in wholes or not self._allows(v))

    def spread(
        self, texts: Sequence[str], findings: Sequence[Sequence[Finding]]
    ) -> list[list[Finding]]:
        """The findings of each text, and every other place where their values stand."""
        found = [
            Term(text[f.start : f.end], f.kind)
            for text, each in zip(texts, findings, strict=True)
            for f in each
            if any(map(str.isalnum, text[f.start : f.end]))
        ]
        matcher = Matcher(self.terms(found), words=False)
        return [
            [*each, *_more(matcher, text, each)] for text, each in zip(texts, findings, strict=True)
        ]

    def _spreads(self, term: Term) -> bool:
        if term.kind not in _LOCAL:
            return True
        if term.value.isalpha():
            return not term.value.islower() or term.value not in self._common
        return sum(map(str.isalnum, term.value)) > _SMALL

    def _whole(self, term: Term) -> Term:
        """An ordinary word is private only as it is written: Apple is, apple is not."""
        value = term.value
        if value.isalpha() and not value.islower() and value in self._common:
            return Cased(value, term.kind)
        return term

    def _people(self, values: Iterable[Term]) -> frozenset[str]:
        """Name words of found people, in small letters."""
        people = (term.value for term in values if term.kind in _PEOPLE)
        return frozenset(w.lower() for v in people for w in _names(v) if len(w) >= _LEAST)

    def _parts(self, term: Term, people: frozenset[str]) -> tuple[Term, ...]:
        if term.kind == "email":
            return tuple(self._of_email(term, people)) if people else ()
        name = term.kind, term.value
        parts = self._known.get(name)
        if parts is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            parts = self._known[name] = tuple(self._of(term))
        return parts

    def _of(self, term: Term) -> Iterator[Term]:
        match term.kind:
            case "person" | "name":
                return self._of_person(term)
            case "organisation":
                return self._of_organisation(term)
            case "place" | "address":
                return self._of_address(term)
            case "phone":
                return _of_phone(term)
            case "path":
                return self._of_path(term)
        return iter(())

    def _part(self, word: str, kind: str) -> Iterator[Term]:
        """`word` as a part, where it is distinctive, or at least written like a name."""
        if len(word) < _LEAST:
            return
        if word not in self._common:
            yield Term(word, kind)
        elif not word.islower() and word.lower() not in _LEGAL:
            yield Cased(word, kind)

    def _of_person(self, term: Term) -> Iterator[Term]:
        words = _names(term.value)
        if len(words) < 2:
            if words and words[0] != term.value:
                yield from self._part(words[0], term.kind)
            return
        for word in words:
            yield from self._part(word, term.kind)
        first, last = words[0], words[-1]
        if len(last) > 1:
            for short in (f"{first[0]}. {last}", f"{last} {first[0]}"):
                if _squeezed(short) not in self._common:  # "A. Live" is not alive
                    yield Term(short, term.kind)
        letters = "".join(word[0] for word in words)
        if letters.isupper() and self._initials(letters, 2):
            yield Cased(". ".join(letters), term.kind)

    def _initials(self, letters: str, least: int) -> bool:
        return (
            least <= len(letters) <= 5
            and letters.lower() not in _NOT_INITIALS
            and letters not in self._common
        )

    def _of_organisation(self, term: Term) -> Iterator[Term]:
        words = term.value.replace(".", "").split()
        core = [w.strip(",;()&") for w in words if _squeezed(w) not in _LEGAL]
        core = [w for w in core if w]
        name = " ".join(core)
        if len(core) > 1 and name != term.value:
            yield Term(name, term.kind)
        elif len(core) == 1 and name != term.value:
            yield from self._part(name, term.kind)
        for word in _WORD.findall(name) if len(core) > 1 else ():
            if len(word) >= _LEAST and word not in self._common and _own(word):
                yield Term(word, term.kind)
        letters = "".join(w[0] for w in core if w[0].isupper())
        if len(core) > 2 and self._initials(letters, 3):
            yield Cased(letters, term.kind)

    def _of_address(self, term: Term) -> Iterator[Term]:
        pieces = [piece.strip() for piece in re.split(r"[,;\n]", term.value)]
        for piece in pieces:
            words = _WORD.findall(piece)
            if (piece != term.value and len(words) > 1) or _has_both(piece):
                yield Term(piece, term.kind)
            for word in words if len(pieces) > 1 or term.kind == "address" else ():
                if len(word) >= _LEAST and word not in self._common and _own(word):
                    yield Term(word, term.kind)

    def _of_email(self, term: Term, people: frozenset[str]) -> Iterator[Term]:
        words = _WORD.findall(term.value.partition("@")[0].replace("_", " "))
        if any(word.lower() in people for word in words):
            for word in words:
                if len(word) >= _LEAST and word not in self._common:
                    yield Term(word, "person")

    def _of_path(self, term: Term) -> Iterator[Term]:
        user = _USER.search(term.value)
        if user and user[1].lower() not in _NO_USERS and user[1] not in self._common:
            yield Term(user[1], "person")


def _names(value: str) -> list[str]:
    """The name words of a person, without titles and particles. Hyphens divide names."""
    words = _WORD.findall(value)
    return [w for w in words if (low := w.lower()) not in _TITLES and low not in _PARTICLES]


def _own(word: str) -> bool:
    return word.lower() not in _PARTICLES and word.lower() not in _LEGAL


def _squeezed(value: str) -> str:
    return "".join(filter(str.isalnum, value)).lower()


def _has_both(piece: str) -> bool:
    return any(map(str.isdigit, piece)) and any(map(str.isalpha, piece))


def _of_phone(term: Term) -> Iterator[Term]:
    """The national number: without country code, and without the 0 before it."""
    digits = "".join(c for c in term.value if c.isdigit() and c.isascii())
    if term.value.lstrip(" (").startswith("+"):
        national = digits[_code(digits) :]
    elif digits.startswith("00"):
        national = digits[2 + _code(digits[2:]) :]
    else:
        national = digits
    for number in (national, national.lstrip("0")):
        if len(number) >= _NATIONAL and number != digits:
            yield Term(number, term.kind)
    if national != digits and len(national) >= _NATIONAL:
        yield Term("0" + national, term.kind)


def _code(digits: str) -> int:
    """How long the country code is."""
    if digits[:1] in ("1", "7"):
        return 1
    return 2 if digits[:2] in _TWO_DIGITS else 3


def _more(matcher: Matcher, text: str, known: Sequence[Finding]) -> Iterator[Finding]:
    """Hits that no finding covers already."""
    covered = [(f.start, f.end) for f in known]
    for hit in matcher.find(text):
        if not any(start <= hit.start and hit.end <= end for start, end in covered):
            yield Finding(hit.start, hit.end, hit.term.kind, "propagated")
