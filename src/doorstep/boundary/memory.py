"""What was found in a scope's earlier requests, looked for in all its later ones.

A detector that knew a name in turn one may miss it in turn three, in small letters or in a tool's
result. The memory is bounded, in this process only, and never shared between scopes.

New values come with nearly every request, and an automaton cannot be added to. So there are
several, as in a log-structured merge tree (O'Neil and others, Acta Informatica 1996): what is new
gets a small one, and a few small ones become one that is larger, each value being built in again
a few times only. All of them are asked, so that no value is ever missing between two merges.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doorstep.boundary.clearance import Term
from doorstep.boundary.terms import Matcher

_SCOPES = 1000
_PARTS = 4  # of the limit: what is forgotten at once, at most
_Name = tuple[str, str, type[Term]]
_FEW = 4  # generations that become one


class Memory:
    """At most `limit` terms a scope, the newest; 0 remembers nothing. Safe for threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._scopes: dict[str, _Scope] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Memory({len(self._scopes)} scopes, at most {self._limit} terms each)"

    def matchers(self, scope: str) -> tuple[Matcher, ...]:
        with self._lock:
            known = self._scopes.get(scope)
            return known.matchers if known else ()

    def add(self, scope: str, terms: Iterable[Term]) -> tuple[Matcher, ...]:
        """Remember `terms`; matchers that find them and everything remembered before."""
        if not self._limit:
            return (Matcher(tuple(terms), words=False),)
        with self._lock:
            known = self._scopes.pop(scope, None) or _Scope(self._limit)
            self._scopes[scope] = known  # the scope that was used last is the last to go
            while len(self._scopes) > _SCOPES:
                del self._scopes[next(iter(self._scopes))]
            known.add(terms)
            return known.matchers

    def forget(self, scope: str) -> None:
        with self._lock:
            self._scopes.pop(scope, None)


@dataclass(frozen=True, slots=True, repr=False)
class _Generation:
    """Values that were found one after the other, and what finds them."""

    terms: tuple[Term, ...]
    matcher: Matcher

    @classmethod
    def of(cls, parts: Sequence[_Generation]) -> _Generation:
        terms = tuple(term for part in parts for term in part.terms)
        return cls(terms, Matcher.joined(part.matcher for part in parts))


class _Scope:
    """Generations, the oldest first; most are larger than all behind them together."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._largest = max(1, limit // _PARTS)
        self._terms: set[_Name] = set()
        self._generations: list[_Generation] = []

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return tuple(one.matcher for one in self._generations)

    def add(self, terms: Iterable[Term]) -> None:
        new = []
        for term in terms:
            if (name := _name(term)) not in self._terms:
                self._terms.add(name)
                new.append(term)
        if not new:
            return
        parts = [tuple(new[i : i + self._largest]) for i in range(0, len(new), self._largest)]
        self._generations += [_Generation(part, Matcher(part, words=False)) for part in parts]
        self._forget(len(parts))
        self._merge()

    def _forget(self, new: int) -> None:
        """The oldest go, a generation at a time; the `new` ones stay."""
        while len(self._terms) > self._limit and len(self._generations) > new:
            self._terms.difference_update(map(_name, self._generations.pop(0).terms))

    def _merge(self) -> None:
        """Make one of the last generations, if they are several and the first is not the bulk."""
        sizes = [len(one.terms) for one in self._generations]
        first, behind = len(sizes), 0
        for index in range(len(sizes) - 1, -1, -1):
            together = behind + sizes[index]
            if together > self._largest:
                break
            if len(sizes) - index >= _FEW and sizes[index] <= behind:
                first = index
            behind = together
        if first < len(sizes):
            self._generations[first:] = [_Generation.of(self._generations[first:])]


def _name(term: Term) -> _Name:
    """What tells a term from others; its hash costs less than the term's own."""
    return term.value, term.kind, type(term)
