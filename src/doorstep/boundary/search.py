"""Known values in what stands between placeholders, and in what that says when it is decoded.

A body full of placeholders is cut into many short stretches. They are searched as one text, three
line ends between two: words end there, nothing encoded goes on over them, and a hit that does is
none. So each stretch has the hits that it has alone, for the price of one search. Of what could be
encoded, each stretch is decoded by itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, islice

from ahocorasick_rs import AhoCorasick, MatchKind

from doorstep.boundary.clearance import Term
from doorstep.boundary.coded import EVERY, coded_parts
from doorstep.boundary.decode import Reading, Runs, readings
from doorstep.boundary.normal import squeezed
from doorstep.boundary.terms import Hit, Matcher
from doorstep.boundary.tree import whole

_APART = "\n\n\n"
_SIGNS = ("%", "&", "\\", "=")  # of the encodings that `decode` undoes in a whole text
_DECODED = 3  # letters from which a hit in decoded base64 or hex counts; see docs/design
_LIKE_OURS = re.compile(r"[0-9A-Z_]+")


class Between:
    """The stretches of a text that are no placeholders: of two that begin at one place, the longer
    one is meant."""

    def __init__(self, placeholders: Iterable[str]) -> None:
        self._known = frozenset(placeholders)
        self._any: AhoCorasick | None = None
        self._runs: re.Pattern[str] | None = None
        if self._known and _LIKE_OURS.fullmatch("".join(self._known)):
            # Any other text that stands there is shorter, or is looked at with the automaton.
            self._runs = re.compile(rf"([0-9A-Z_]{{{min(map(len, self._known))},}})")

    def __call__(self, text: str) -> list[str]:
        parts = [text] if not self._known else self._by_runs(text) or self._by_all(text)
        return [part for part in parts if part.strip()]

    def _by_runs(self, text: str) -> list[str]:
        """Where every run of capitals, digits and underscores that is long enough to hold a
        placeholder is one, these are all; else nothing. Much cheaper than an automaton, which has
        to be made for each request."""
        pieces = self._runs.split(text) if self._runs else []
        return pieces[::2] if self._known.issuperset(pieces[1::2]) else []

    def _by_all(self, text: str) -> list[str]:
        if self._any is None:
            self._any = AhoCorasick(tuple(self._known), matchkind=MatchKind.LeftmostLongest)
        places = self._any.find_matches_as_indexes(whole(text))
        starts = [0, *(end for _, _, end in places)]
        ends = [*(start for _, start, _ in places), len(text)]
        return [text[start:end] for start, end in zip(starts, ends, strict=True)]


class Search:
    """Looks for what `matchers` know, each with whether its hits can be excused. `counts` says of
    a hit's kind, its text and whether it can be excused, whether it counts."""

    def __init__(
        self,
        matchers: Sequence[tuple[Matcher, bool]],
        between: Between,
        counts: Callable[[str, str, bool], bool],
    ) -> None:
        self._matchers = matchers
        self._between = between
        self._counts = counts
        self._runs: Runs = {}  # of this one request

    def terms(self, texts: Iterable[str], *, split: bool = False) -> Iterator[Term]:
        """Private terms in the texts; `split`: only in what they say when they are decoded.
        TooManyReadings where that has no end."""
        parts = list(dict.fromkeys(p for text in texts for p in self._between(text)))
        if not parts:
            return
        joined = _APART.join(parts)
        starts = list(accumulate((len(p) + len(_APART) for p in parts[:-1]), initial=0))
        if not split:
            yield from self._in(Reading(joined, True), starts)
        for part, kinds in sorted(_coded(joined, starts, parts).items()):
            for reading in islice(readings(parts[part], self._runs, kinds), 1, None):
                yield from self._in(reading)

    def _in(self, reading: Reading, starts: Sequence[int] = (0,)) -> Iterator[Term]:
        if not self._matchers:
            return
        text, least = reading.text, 1 if reading.exact else _DECODED
        views = squeezed(text)
        for matcher, excusable in self._matchers:
            for hit in matcher.find(text, least=least, views=views):
                value = text[hit.start : hit.end]
                if _in_one(hit, starts) and self._counts(hit.term.kind, value, excusable):
                    yield hit.term


def _in_one(hit: Hit, starts: Sequence[int]) -> bool:
    """Whether a hit lies in one part."""
    after = bisect_right(starts, hit.start)
    return after == len(starts) or hit.end <= starts[after] - len(_APART)


def _coded(joined: str, starts: Sequence[int], parts: Sequence[str]) -> dict[int, int]:
    """Numbers of the parts that could say something else when they are decoded, and in which of
    the codes; one alone is decoded at once, which costs as much as the question."""
    if len(parts) == 1:
        return {0: EVERY}
    signs = [sign for sign in _SIGNS if sign in joined]
    found = coded_parts(joined, starts)
    for number, part in enumerate(parts if signs else ()):
        if any(sign in part for sign in signs):
            found[number] = EVERY
    return found
