"""Values that a person has declared private."""

from __future__ import annotations

from collections.abc import Sequence

from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Finding
from doorstep.boundary.terms import Matcher


class Declared:
    """Finds declared values in all their forms. The gate looks for the same `terms` again."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)
        self._matcher = Matcher(self.terms)

    def find(self, text: str) -> list[Finding]:
        return [Finding(hit.start, hit.end, hit.term.kind) for hit in self._matcher.find(text)]
