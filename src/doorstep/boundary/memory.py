"""What was found in a scope's earlier requests, looked for in all its later ones.

A detector that knew a name in turn one may miss it in turn three, in small letters or in a tool's
result. The memory is bounded, in this process only, and never shared between scopes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from doorstep.boundary.clearance import Term
from doorstep.boundary.terms import Matcher

_SCOPES = 1000
_FEW = 64  # new terms that wait in a small matcher before the large one is built anew


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


class _Scope:
    """A large matcher that is seldom built, and a small one with what is new."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._terms: dict[Term, None] = {}
        self._new: list[Term] = []
        self._large = self._small = Matcher(())

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        return tuple(m for m in (self._large, self._small) if len(m))

    def add(self, terms: Iterable[Term]) -> None:
        new = [term for term in dict.fromkeys(terms) if term not in self._terms]
        if not new:
            return
        self._terms.update(dict.fromkeys(new))
        self._new += new
        if len(self._terms) > self._limit:
            kept = list(self._terms)[-max(len(new), self._limit * 3 // 4) :]
            self._terms = dict.fromkeys(kept)
            self._merge()
        elif len(self._new) > max(_FEW, len(self._terms) // 4):
            self._merge()
        else:
            self._small = Matcher(self._new, words=False)

    def _merge(self) -> None:
        self._new = []
        self._small = Matcher(())
        self._large = Matcher(tuple(self._terms), words=False)
