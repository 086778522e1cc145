"""Values that are never private: public figures, the own product, the name of the town."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Detector, Finding, find_all
from doorstep.boundary.terms import Matcher

_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_POSSESSIVE = re.compile(r"['’]s?$")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+")


class Allowed:
    """`allows(value)`: whether a whole finding is one of `values`, in any case.

    Spaces, outer punctuation, an article before and a possessive behind do not matter. A part
    allows nothing: with "Paris" allowed, "Paris Hilton" stays private.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values = frozenset(filter(None, map(_normal, values)))
        signs = (value for value in self._values if any(map(str.isalnum, value)))
        self._matcher = Matcher([Term(value) for value in sorted(signs)], words=False)

    def __len__(self) -> int:
        return len(self._values)

    def allows(self, value: str) -> bool:
        return bool(self._values) and _normal(value) in self._values

    def kept(self, text: str, findings: Sequence[Finding]) -> list[Finding]:
        """The findings that remain.

        A finding inside of an allowed value goes ("Ada" where "Ada Lovelace" stands); one that is
        allowed itself also goes where it lies inside a longer one, which still masks it.
        """
        if not self._values or not findings:
            return list(findings)
        places = [
            (hit.start, hit.end)
            for hit in self._matcher.find(text)
            if self.allows(text[hit.start : hit.end])
        ]
        return [
            f
            for f in findings
            if not self.allows(text[f.start : f.end])
            and not any(start <= f.start and f.end <= end for start, end in places)
        ]


class Allowing:
    """`detector` without the findings that `allowed` allows."""

    def __init__(self, detector: Detector, allowed: Allowed) -> None:
        self._detector = detector
        self._allowed = allowed
        self.at_gate = bool(getattr(detector, "at_gate", False))
        self.quick = bool(getattr(detector, "quick", False))

    def find(self, text: str) -> list[Finding]:
        return self._allowed.kept(text, self._detector.find(text))

    def find_all(self, texts: Sequence[str]) -> list[list[Finding]]:
        found = find_all(self._detector, texts)
        return [self._allowed.kept(text, each) for text, each in zip(texts, found, strict=True)]


def _normal(value: str) -> str:
    text = _EDGE.sub("", " ".join(value.split()))
    return _ARTICLE.sub("", _EDGE.sub("", _POSSESSIVE.sub("", text)).casefold())
