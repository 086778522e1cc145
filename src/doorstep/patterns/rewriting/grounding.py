"""Grounding: which facts of a text were lost in another one, and which were made up in it.

Plain functions without a model. They see what is written, not what is meant: a fact that is put
in other words ("the day after" for a date) counts as lost, so a loss is a question to ask, while
a number or a name that stands nowhere in the source is seldom innocent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from doorstep.patterns.rewriting.facts import KINDS, Fact, Facts, flat, words


@dataclass(frozen=True, slots=True)
class Grounding:
    """`lost` facts stand in the source alone, `invented` ones in the other text alone."""

    lost: tuple[Fact, ...] = ()
    invented: tuple[Fact, ...] = ()

    def __bool__(self) -> bool:
        """Whether nothing was lost and nothing invented."""
        return not self.lost and not self.invented

    def lines(self) -> tuple[str, ...]:
        """Kinds and counts, without a word of the texts: `lost: 2 number, 1 name`."""
        pairs = (("lost", self.lost), ("invented", self.invented))
        return tuple(f"{what}: {counted(facts)}" for what, facts in pairs if facts)


def grounding(facts: Facts, source: str, other: str, *, allowed: str = "") -> Grounding:
    """What `other` lost of `source`, and what it says that stands neither there nor in `allowed`.

    A number without a unit is found in one with it, not the other way round; names are found by
    their words, quotes by theirs; a limit needs one of its class, on the same quantity if both
    name one, for each time that it is said.
    """
    here, there = facts.find(source), facts.find(other)
    known = (*here, *facts.find(allowed)) if allowed else here
    both = f"{source}\n{allowed}"
    return Grounding(missing(here, there, other), missing(there, known, both, all_words=True))


def missing(
    wanted: Sequence[Fact], there: Sequence[Fact], text: str, *, all_words: bool = False
) -> tuple[Fact, ...]:
    """The facts of `wanted` that are not among `there`, the facts of `text`.

    A name is there if one of its words is, or with `all_words` if all of them are.
    """
    spare, index = _Limits(there), Index(there)
    said, spoken = words(text), flat(text)
    left: list[Fact] = []
    seen: set[object] = set()
    for fact in sorted(wanted, key=lambda f: f.of is None):
        if fact.kind == "limit":
            if not spare.take(fact):
                left.append(fact)
        elif (fact.kind, fact.readings) not in seen:
            seen.add((fact.kind, fact.readings))
            if not _stands(fact, index, said, spoken, all_words):
                left.append(fact)
    return tuple(sorted(left, key=lambda f: f.start))


def counted(facts: Iterable[Fact]) -> str:
    """`2 number, 1 name`: kinds and counts alone."""
    count = Counter(fact.kind for fact in facts)
    return ", ".join(f"{count[kind]} {kind}" for kind in KINDS if count[kind])


class Index:
    """The numbers, dates and times among some facts: one look-up for each question."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        facts = tuple(facts)
        self._readings = {(fact.kind, r) for fact in facts for r in fact.readings}
        self._bare = {(fact.kind, r) for fact in facts for r in fact.bare}

    def has(self, wanted: Fact) -> bool:
        """Whether it is there: with its unit if it has one, with all that it says of a date."""
        said = {(wanted.kind, reading) for reading in wanted.readings}
        if not said.isdisjoint(self._readings) or not said.isdisjoint(self._bare):
            return True
        return wanted.kind == "date" and self._less(wanted)

    def touches(self, fact: Fact) -> bool:
        """The same, and also where one of the two has a unit and the other none."""
        return self.has(fact) or self._less(fact)

    def _less(self, wanted: Fact) -> bool:
        return any((wanted.kind, bare) in self._readings for bare in wanted.bare)


class _Limits:
    """Limits to be used up, each once, by their class and what they limit."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._pools: dict[object, list[Fact]] = {}
        self._used: set[int] = set()
        for fact in facts:
            if fact.kind == "limit":
                for key in (fact.readings, *_keys(fact, own=True)):
                    self._pools.setdefault(key, []).append(fact)

    def take(self, wanted: Fact) -> bool:
        """Use up one that says the same: on the same quantity, else on none; for a limit on none,
        any of its class."""
        if wanted.of is None:
            return self._take(wanted.readings)
        return any(map(self._take, _keys(wanted))) or self._take((wanted.readings, None))

    def _take(self, key: object) -> bool:
        pool = self._pools.get(key, [])
        while pool:
            fact = pool.pop()
            if id(fact) not in self._used:
                self._used.add(id(fact))
                return True
        return False


def _keys(fact: Fact, *, own: bool = False) -> Iterator[object]:
    """What a limit is kept under (`own`), and what one like it is looked for under."""
    if fact.of is None:
        yield (fact.readings, None)
        return
    for reading in fact.of.readings:
        yield (fact.readings, fact.of.kind, "whole", reading)
        if not own:
            yield (fact.readings, fact.of.kind, "part", reading)
    for reading in fact.of.bare:
        yield (fact.readings, fact.of.kind, "part" if own else "whole", reading)


def _stands(fact: Fact, there: Index, said: frozenset[str], spoken: str, all_words: bool) -> bool:
    if fact.kind == "name":
        (name,) = fact.readings
        return set(name) <= said if all_words else not said.isdisjoint(name)
    if fact.kind == "quote":
        ((quote,),) = fact.readings
        return f" {quote} " in f" {spoken} "
    return there.has(fact)
