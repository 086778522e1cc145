"""The gate as it was first written, slow and plain, to compare with.

Every stretch between two placeholders, which an automaton finds, is searched and decoded by itself;
whoever needs the body reads it again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice, pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

from doorstep.boundary.bodies import known_word
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.decode import readings
from doorstep.boundary.detect import Detector, find_all
from doorstep.boundary.finder import asked
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.nested import inner
from doorstep.boundary.normal import squeezed
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import DATA, Leaf, NotCanonical, Place, dump, leaves, parse, whole

_CUT = re.compile(r"[\\%&=][^\s\\%&=]{0,9}$")
_CODE = re.compile(r"[\w+/=%&#;:\"\\-]{1,4000}", re.ASCII)
_PAIRS_LAST = re.compile(r"(?:[0-9A-Fa-f]{2}[ :,;-]{1,2})+[0-9A-Fa-f]{0,2}\Z")
_PAIRS_FIRST = re.compile(r"[0-9A-Fa-f]{0,2}(?:[ :,;-]{1,2}[0-9A-Fa-f]{2})+")
_WORDS = re.compile(r"[\"'(]?(?:[A-Z]?[a-z]{0,14}[,.:;!?)\"']{0,2}){2}")


class SlowGate:
    """Of the body only, for matchers and rules; `hits` are the terms found."""

    def __init__(
        self,
        clearance: Clearance,
        matchers: Sequence[Matcher],
        placeholders: Iterable[str] = (),
        rules: Sequence[Detector] = (),
    ) -> None:
        self._clearance = clearance
        self._matchers = [m for m in matchers if len(m)]
        self._rules = rules
        known = tuple(placeholders)
        longest = MatchKind.LeftmostLongest
        self._placeholders = AhoCorasick(known, matchkind=longest) if known else None

    def found(self, request: Outgoing) -> Counter[str]:
        body, raw = self.leaves(request.body)
        hits = {t for text in self.texts(body, raw) for t in self._search(text)}
        hits |= set(self._search(self.joined(body), split=True))
        hits |= set(self._slots(request.body)) | set(self._by_rules(request.body))
        return Counter(term.kind for term in hits)

    def _search(self, text: str, *, split: bool = False) -> Iterator[Term]:
        for part in self.without(text):
            for reading in islice(readings(part), int(split), None):
                for matcher in self._matchers:
                    found = matcher.find(
                        reading.text, least=1 if reading.exact else 3, views=squeezed(reading.text)
                    )
                    yield from (hit.term for hit in found)

    def _by_rules(self, body: bytes) -> Iterator[Term]:
        try:
            tree = parse(body)
            found = [x for x in inner(tree, self._clearance) if not (x.made or x.opaque)]
        except NotCanonical:
            found = [Leaf((), body.decode(), "text", False)]
        for leaf in found:
            text = asked(leaf)
            before = len(text) - len(leaf.text)
            for part in self.without(text):
                for rule in self._rules:
                    for one in find_all(rule, [part])[0]:
                        start = max(one.start, before if text.startswith(part) else 0)
                        value = part[start : one.end]
                        if any(map(str.isalnum, value)):
                            yield Term(value, one.kind)

    def _slots(self, body: bytes) -> Iterator[Term]:
        try:
            found = list(leaves(parse(body), self._clearance))
        except NotCanonical:
            return
        for leaf in found:
            if leaf.excused and any(s.fullmatch(leaf.text) for s in self._clearance.shapes):
                yield from (t for t in self._search(leaf.text) if re.search(r"\d", t.value))

    def leaves(self, body: bytes) -> tuple[list[Leaf], str]:
        try:
            tree = parse(body)
        except NotCanonical:
            return [], body.decode("utf-8")
        found = list(leaves(tree, self._clearance))
        if dump(tree) == body:
            return found, ""
        return [Leaf(x.path, x.text, x.role, False, opaque=x.opaque) for x in found], body.decode()

    def without(self, text: str) -> list[str]:
        if self._placeholders is None:
            return [text] if text.strip() else []
        places = self._placeholders.find_matches_as_indexes(whole(text))
        starts = [0, *(end for _, _, end in places)]
        ends = [*(start for _, start, _ in places), len(text)]
        parts = (text[start:end] for start, end in zip(starts, ends, strict=True))
        return [part for part in parts if part.strip()]

    def texts(self, found: list[Leaf], raw: str) -> list[str]:
        return [raw, *dict.fromkeys("\n".join(chain) for chain in _all_chains(found))]

    def joined(self, found: list[Leaf]) -> str:
        runs: dict[str, None] = {}
        strings = [
            list(inner(leaf.text, self._clearance, DATA)) for leaf in found if not leaf.excused
        ]
        nested = [inside for inside in strings if len(inside) != 1 or inside[0].path]
        for chain in (*_all_chains(found), *(c for inside in nested for c in _within(inside))):
            for left, right in pairwise(chain):
                runs[_end(left) + _start(right)] = None
                if _CUT.search(left):
                    runs[left[-4000:] + right[:4000]] = None
            for is_code, group in groupby(chain, lambda text: bool(_CODE.fullmatch(text))):
                if is_code and len(run := list(group)) > 2:
                    runs["".join(run)] = None
        return "\n\n\n".join(r for r in runs if len(r) > 3 and not _WORDS.fullmatch(r))


def _end(text: str) -> str:
    text = text[-4000:]
    pairs = _PAIRS_LAST.search(text)
    return pairs[0] if pairs else text.split(" ")[-1]


def _start(text: str) -> str:
    text = text[:4000]
    pairs = _PAIRS_FIRST.match(text)
    return pairs[0] if pairs else text.split(" ")[0]


def _all_chains(found: Sequence[Leaf]) -> list[tuple[str, ...]]:
    chains = [
        *_chains(found),
        *_chains([leaf for leaf in found if leaf.role == "text"]),
        *_chains([leaf for leaf in found if leaf.role == "key"]),
    ]
    return list(dict.fromkeys(chains))


def _chains(found: Sequence[Leaf]) -> Iterator[tuple[str, ...]]:
    chain: list[str] = []
    for leaf in found:
        if leaf.excused and not leaf.constant:
            yield tuple(chain)
            chain = []
        elif not leaf.constant and not leaf.opaque:
            chain.append(leaf.text)
    yield tuple(chain)


def _within(inside: list[Leaf]) -> list[tuple[str, ...]]:
    said = [x for x in inside if x.role == "text" and not known_word(x.text, Place(key=x.key))]
    return [*_all_chains(inside), *_chains(said)]
