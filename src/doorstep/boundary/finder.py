"""What is private in a body that nobody named: detectors, declared fields, and what follows.

Every leaf is one document of its own; a value in data is shown to the detectors with its key
("phone: 0301234"), since a number or a word alone tells little. All leaves go to a detector at
once. A text that was looked at before (the earlier turns of a conversation) is not looked at
again: its findings are remembered as positions under a keyed hash, no text is kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doorstep.boundary.clearance import Path, Term
from doorstep.boundary.detect import Detector, Finding, find_all
from doorstep.boundary.detect.declared import Declared
from doorstep.boundary.normal import Squeezing
from doorstep.boundary.spans import Span
from doorstep.boundary.tree import Leaf, whole

if TYPE_CHECKING:
    from doorstep.boundary.common import CommonWords

Propagation = Callable[[Iterable[Term]], Sequence[Term]]

_KEY = re.compile(r"[\w .-]{1,40}")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.-]+")
_TWO_SIGNS = re.compile(r"[^\W_].*?[^\W_]", re.DOTALL)
_DIGITS = 4  # a number of fewer digits is a quantity
# Found where it stands, a short value of these kinds is looked for nowhere else: "34" is an age
# in one place and a page in the next.
_ORDINARY = frozenset(("age", "quantity", "date", "birth_date", "demographic"))
_AMOUNTS = frozenset(("age", "quantity"))
_MANY_TEXTS = 4096  # how many texts are remembered


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """Where in the leaves something private stands, and which values to look for elsewhere.
    `clean`: texts in which no detector finds anything; `squeezed`: of the leaves' texts."""

    spans: dict[tuple[str, Path | None], list[Span]]
    terms: tuple[Term, ...]
    clean: frozenset[str] = frozenset()
    squeezed: Squeezing = field(default_factory=Squeezing)

    def of(self, leaf: Leaf) -> list[Span]:
        here = self.spans.get((asked(leaf), None), ())
        return [*here, *self.spans.get((leaf.text, leaf.path), ())]


def asked(leaf: Leaf) -> str:
    """The text that detectors see for a leaf."""
    if leaf.key and leaf.role != "key" and _KEY.fullmatch(leaf.key):
        return f"{_HUMP.sub(' ', leaf.key)}: {whole(leaf.text)}"
    return whole(leaf.text)


def in_leaf(leaf: Leaf, finding: Finding, before: int) -> Span | None:
    """The finding in `asked(leaf)`, which has `before` characters before the leaf's own, as a span
    of the leaf; None where only its key was found."""
    start, end = max(finding.start - before, 0), finding.end - before
    if end <= start:
        return None
    if leaf.role == "number":
        # That a number is a quantity is no finding, and a schema or a tool may need it as one.
        return Span(0, len(leaf.text), finding.kind) if finding.kind not in _AMOUNTS else None
    return Span(start, end, finding.kind)


class Finder:
    """Looks for private values with detectors.

    `propagate` makes of the values found those to look for elsewhere (parts of a name); True is
    the built-in one, without any they are the values themselves. A detector may also have
    `fields`, whose `matches(path)` says that all of a leaf is private and of which kind, and
    `allows(value)`, which says that a value is never private. `remember`: texts whose findings
    are kept. `common`: the word list of the built-in one, where several share it.
    """

    def __init__(
        self,
        detectors: Sequence[Detector],
        *,
        propagate: Propagation | bool = False,
        remember: int = _MANY_TEXTS,
        common: CommonWords | None = None,
    ) -> None:
        self.detectors = tuple(detectors)
        self._fields = tuple(f for d in detectors if (f := getattr(d, "fields", None)) is not None)
        self._allows = tuple(filter(None, map(_allows, detectors)))
        self._common: CommonWords | frozenset[str] = frozenset()
        self._propagate = propagate if callable(propagate) else None
        if propagate is True and self.detectors:
            self._propagate = self._parts(common)
        self._kept = _Kept(min(remember, _MANY_TEXTS))

    def allowed(self, value: str) -> bool:
        return any(allows(value) for allows in self._allows)

    def find(self, leaves: Iterable[Leaf]) -> Found:
        """Everything found in the leaves. An error of a detector comes out as it is."""
        looked = [(x, asked(x)) for x in leaves if not x.opaque and _worth(x)]
        spans: dict[tuple[str, Path | None], list[Span]] = {}
        values: dict[tuple[str, str], None] = {}
        seen = Squeezing()
        findings = self._look(dict.fromkeys(text for leaf, text in looked if not leaf.made), seen)
        for leaf, text in looked:
            where = self._in_fields(leaf)
            if where:
                spans[leaf.text, leaf.path] = where
            if not leaf.made:
                here = spans[text, None] = self._spans(leaf, text, findings[text])
                where = [*where, *here]
            for span in where:
                values[leaf.text[span.start : span.end], span.kind] = None
        terms = [Term(value, kind) for value, kind in values if self._telling(value, kind)]
        clean = frozenset(text for text, found in findings.items() if not found)
        spread = self._propagate(terms) if self._propagate else terms
        return Found(spans, tuple(spread), clean, seen)

    def _parts(self, common: CommonWords | None) -> Propagation:
        from doorstep.boundary.common import CommonWords
        from doorstep.boundary.detect.propagate import Propagation

        self._common = common = common or CommonWords()
        return Propagation(common, allows=self.allowed)

    def _telling(self, value: str, kind: str) -> bool:
        """Whether a value found in one place says something wherever it stands."""
        if kind in _ORDINARY:
            return sum(map(str.isalnum, value)) > 4
        # "thing" and "will" in small letters are words first; they are replaced where they were
        # found, and looked for nowhere else.
        return _TWO_SIGNS.search(value) is not None and not (
            value.islower() and value.isalpha() and value in self._common
        )

    def _spans(self, leaf: Leaf, text: str, findings: Iterable[Finding]) -> list[Span]:
        before = len(text) - len(leaf.text)
        found = [span for f in findings if (span := in_leaf(leaf, f, before))]
        if not self._allows:
            return found
        return [span for span in found if not self.allowed(leaf.text[span.start : span.end])]

    def _in_fields(self, leaf: Leaf) -> list[Span]:
        if leaf.role == "key":
            return []
        kinds = [kind for fields in self._fields if (kind := fields.matches(leaf.path))]
        return [Span(0, len(leaf.text), kinds[0])] if kinds else []

    def _look(self, texts: Iterable[str], seen: Squeezing) -> dict[str, tuple[Finding, ...]]:
        names = {text: self._kept.name(text) for text in texts}
        known = {text: self._kept.get(name) for text, name in names.items()}
        new = [text for text, findings in known.items() if findings is None]
        fresh: dict[str, list[Finding]] = {text: [] for text in new}
        for detector in self.detectors if new else ():
            for text, findings in zip(new, _by(detector, new, seen), strict=True):
                fresh[text] += [_checked(finding, text) for finding in findings]
        for text, found in fresh.items():
            known[text] = self._kept.put(names[text], tuple(found))
        return {text: findings or () for text, findings in known.items()}


def _allows(detector: Detector) -> Callable[[str], bool] | None:
    """What asks a detector whether a value is never private; None where it allows none at all."""
    if type(detector) is Declared and not detector.allow:
        return None
    return getattr(detector, "allows", None)


def _by(detector: Detector, texts: Sequence[str], seen: Squeezing) -> list[list[Finding]]:
    """`find_all`; a detector that looks for known values is given their squeezed texts."""
    if type(detector) is Declared:  # not a subclass, which may find in its own way
        return [detector.find(text, views=seen(text)) for text in texts]
    return find_all(detector, texts)


def _worth(leaf: Leaf) -> bool:
    if leaf.role == "number":
        return sum(map(str.isdigit, leaf.text)) >= _DIGITS
    return any(map(str.isalnum, leaf.text))


def _checked(finding: Finding, text: str) -> Finding:
    if not 0 <= finding.start < finding.end <= len(text):
        raise ValueError("a detector found something outside of the text")
    return Finding(finding.start, finding.end, finding.kind)


class _Kept:
    """Findings by a keyed hash of the text; the oldest go first. Safe for threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._key = secrets.token_bytes(32)
        self._findings: dict[bytes, tuple[Finding, ...]] = {}
        self._lock = threading.Lock()

    def name(self, text: str) -> bytes:
        if not self._limit:
            return b""
        data = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self._key, digest_size=16).digest()

    def get(self, name: bytes) -> tuple[Finding, ...] | None:
        return self._findings.get(name)

    def put(self, name: bytes, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        if self._limit:
            with self._lock:
                while len(self._findings) >= self._limit:
                    del self._findings[next(iter(self._findings))]
                self._findings[name] = findings
        return findings
