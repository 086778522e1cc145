"""The figures, as pure functions over texts and the spans that a tool masked.

A span is (start, end) in characters, end exclusive; spans may overlap and come in any order.
A "sign" is a letter or a digit (`str.isalnum`): what is neither gives nobody away.

Leak share (PUPA, arXiv:2410.17127, as tightened by the word edges). Each masked stretch becomes
one block character; a unit leaks if it still occurs. Share = leaking units / units, over all
rows. A figure of leaks says nothing without the share of signs that was masked for it.

Entity recall. A span counts when all its signs are masked, whatever the label. Titles and
function words need not be masked; a span of nothing else ("Mr.") is not counted at all.

Precision. Of the masked signs, those that lie in an annotated span. In TAB the spans marked
NO_MASK need not be masked, and two readings are possible: they count as false alarms, as they do
in `precision` (so counted, Presidio gets .49 on rows that are not for testing, which is the
figure that our aim of .60 is set against), or as right (`precision(..., optional=True)`).

Whole entities (TAB). An entity is DIRECT if one of its mentions is, else QUASI if one is; it
counts when all its DIRECT and QUASI mentions are masked. NO_MASK mentions may be masked or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.boundary.data import Gold, Row, normal, occurs

Spans = Sequence[tuple[int, int]]

BLOCK = "█"
_WORD = re.compile(r"[^\W_]+")
_NEED_NOT = frozenset(
    """mr mrs ms miss mx dr prof professor sir madam
    of the and in no nos at on for to by from with or an""".split()
)


@dataclass(frozen=True, slots=True)
class Part:
    """`hit` of `of`. Parts add up. `share` is None where there was nothing to count."""

    hit: int = 0
    of: int = 0

    def __add__(self, other: Part) -> Part:
        return Part(self.hit + other.hit, self.of + other.of)

    @property
    def share(self) -> float | None:
        return self.hit / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Whole:
    """Entities of which every mention is masked, by need."""

    direct: Part = field(default_factory=Part)
    quasi: Part = field(default_factory=Part)

    def __add__(self, other: Whole) -> Whole:
        return Whole(self.direct + other.direct, self.quasi + other.quasi)


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, without overlaps; spans that only touch stay two. Empty ones are dropped."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(s for s in spans if s[0] < s[1]):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def blocked(text: str, spans: Spans) -> str:
    """The text with one block character for each masked stretch."""
    pieces, done = [], 0
    for start, end in merged(spans):
        pieces += [text[done:start], BLOCK]
        done = end
    return "".join([*pieces, text[done:]])


def leaks(row: Row, spans: Spans) -> Part:
    """Units of the row that still occur, of its units."""
    folded = normal(blocked(row.text, spans))
    return Part(sum(occurs(unit, folded) for unit in row.units), len(row.units))


def clean(row: Row, spans: Spans) -> Part:
    """1 of 1 where the row has units and none leaks; 0 of 0 where it has none."""
    found = leaks(row, spans)
    return Part(int(found.hit == 0), 1) if found.of else Part()


def masked(text: str, spans: Spans) -> Part:
    """Signs that are masked, of the signs of the text."""
    return Part(_signs_in(text, merged(spans)), _signs(text))


def recall(row: Row, spans: Spans) -> Part:
    """Annotated spans that are masked, of those that have to be."""
    cover = merged(spans)
    golds = [gold for gold in row.spans if gold.need != "NO_MASK"]
    needed = [need for gold in golds if (need := _needed(row.text, gold))]
    return Part(sum(_covered(row.text, need, cover) for need in needed), len(needed))


def precision(row: Row, spans: Spans, *, optional: bool = False) -> Part:
    """Masked signs that lie in an annotated span, of the masked signs.

    Spans marked NO_MASK are annotated only if `optional`.
    """
    gold = merged((g.start, g.end) for g in row.spans if optional or g.need != "NO_MASK")
    mask = merged(spans)
    common = [piece for stretch in mask for piece in _cut(stretch, gold)]
    return Part(_signs_in(row.text, common), _signs_in(row.text, mask))


def whole(row: Row, spans: Spans) -> Whole:
    """Entities (of `Gold.entity` and `Gold.need`) whose mentions are all masked."""
    cover = merged(spans)
    mentions: dict[str, list[Gold]] = {}
    for gold in row.spans:
        if gold.need in ("DIRECT", "QUASI"):
            mentions.setdefault(gold.entity, []).append(gold)
    total = Whole()
    for golds in mentions.values():
        hit = all(_covered(row.text, _needed(row.text, g), cover) for g in golds)
        one = Part(int(hit), 1)
        direct = any(g.need == "DIRECT" for g in golds)
        total += Whole(direct=one) if direct else Whole(quasi=one)
    return total


def untouched(text: str, spans: Spans) -> Part:
    """1 of 1 where no sign of the text is masked."""
    return Part(int(masked(text, spans).hit == 0), 1)


def found(start: int, end: int, spans: Spans, text: str) -> bool:
    """Whether every sign of `text[start:end]` is masked."""
    return _covered(text, [(start, end)], merged(spans))


def _needed(text: str, gold: Gold) -> list[tuple[int, int]]:
    """The stretches of a span that have to be masked: its words without the ones of no weight."""
    return [
        word.span()
        for word in _WORD.finditer(text, gold.start, gold.end)
        if word.group().lower() not in _NEED_NOT
    ]


def _covered(text: str, needed: Spans, cover: Spans) -> bool:
    return all(_signs_in(text, [n]) == _signs_in(text, _cut(n, cover)) for n in needed)


def _cut(stretch: tuple[int, int], cover: Spans) -> list[tuple[int, int]]:
    low, high = stretch
    return [(max(low, a), min(high, b)) for a, b in cover if max(low, a) < min(high, b)]


def _signs(text: str) -> int:
    return sum(map(str.isalnum, text))


def _signs_in(text: str, stretches: Spans) -> int:
    return sum(_signs(text[start:end]) for start, end in stretches)
