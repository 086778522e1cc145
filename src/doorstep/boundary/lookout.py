"""Lookouts: what looks for private values in the requests of one scope.

What holds for everybody is there in each; what a scope declares, its allow-list too, is in that
scope's lookout only. Detectors that cost memory or time to make (a model, a word list) are shared.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.boundary.common import CommonWords
from doorstep.boundary.detect import Detector, Finding
from doorstep.boundary.detect.declared import Scopes
from doorstep.boundary.detect.levels import declaring
from doorstep.boundary.finder import Finder, Propagation
from doorstep.boundary.policy import Policy
from doorstep.boundary.terms import Matcher

_MOST = 256  # lookouts of scopes with declarations of their own; the one not used longest goes


@dataclass(frozen=True, slots=True, repr=False)
class Lookout:
    """`declared` are the terms of all `Declared`; `rules` are run again by the gate. `quick`: every
    detector says that it is, and nothing of the user's own looks for more."""

    finder: Finder
    declared: Matcher
    rules: tuple[Detector, ...]
    quick: bool = False


class Lookouts:
    """`of(scope)`: the lookout of a scope, made when it is first needed. Safe for threads.

    `detectors` hold for every scope; `scopes` gives what is declared besides.
    """

    def __init__(
        self,
        detectors: Sequence[Detector],
        policy: Policy | None = None,
        *,
        scopes: Scopes | None = None,
        propagate: Propagation | bool = False,
        remember: int = 0,
    ) -> None:
        words = policy is not None and policy.words == "common"
        self._after = (_Unknown(policy.approved),) if policy and words else ()
        self._detectors = tuple(detectors)
        self._scopes = scopes
        self._propagate = propagate
        self._remember = remember
        self._words = CommonWords()
        self._lock = threading.Lock()
        self._made: dict[str, Lookout] = {}
        self._common = self._new("")

    def of(self, scope: str) -> Lookout:
        if self._scopes is None or scope not in self._scopes:
            return self._common
        with self._lock:
            known = self._made.pop(scope, None) or self._new(scope)
            self._made[scope] = known
            while len(self._made) > _MOST:
                del self._made[next(iter(self._made))]
            return known

    def _new(self, scope: str) -> Lookout:
        found = self._detectors
        if self._scopes is not None:
            found = declaring(found, self._scopes.of(scope))
        found = (*found, *self._after)
        finder = Finder(
            found, propagate=self._propagate, remember=self._remember, common=self._words
        )
        terms = [term for detector in found for term in getattr(detector, "terms", ())]
        rules = tuple(d for d in found if getattr(d, "at_gate", False))
        quick = not callable(self._propagate) and all(getattr(d, "quick", False) for d in found)
        return Lookout(finder, Matcher(terms), rules, quick)


class _Unknown:
    """Whatever is no common word, as a detector and as a rule of the gate."""

    at_gate = True

    def __init__(self, approved: Sequence[str]) -> None:
        from doorstep.boundary.words import OnlyKnownWords

        self._words = OnlyKnownWords(approved)

    def find(self, text: str) -> list[Finding]:
        return [Finding(*span, "other", "unknown word") for span in self._words.unknown(text)]
