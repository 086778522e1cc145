"""Seal: private values in an outgoing body become placeholders, once, and can be put back.

First every string and key is searched, by the known terms and by the detectors; then what was
found anywhere is replaced everywhere. A string that is itself JSON (tool arguments, structured
text) is sealed inside.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from doorstep._errors import Blocked
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.detect import Detector
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import Leaf, NotCanonical, dump, leaves, parse, rebuild
from doorstep.boundary.vault import Vault

_NESTED = 8
_ALNUM = re.compile(r"[A-Za-z0-9]")
_ON = re.compile(r"(?:_*[A-Za-z0-9])*")


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """The body that may leave, how many values of each kind were replaced, and what else to
    look for at the gate: values that detectors found."""

    body: bytes
    replaced: Counter[str] = field(default_factory=Counter)
    found: tuple[Term, ...] = ()


class Sealer:
    """Seals bodies with known terms, detectors and a vault.

    Without a vault nothing is replaced, and a finding of a detector raises Blocked.
    """

    def __init__(
        self,
        clearance: Clearance,
        matchers: Sequence[Matcher],
        detectors: Sequence[Detector] = (),
        vault: Vault | None = None,
    ) -> None:
        self._clearance = clearance
        self._matchers = tuple(matchers)
        self._detectors = detectors
        self._vault = vault

    def seal(self, body: bytes) -> Sealed:
        """Blocked where something was found and may not, or cannot, be replaced."""
        try:
            tree = parse(body)
        except NotCanonical:
            self._look(_text(body))
            return Sealed(body)
        found = self._detect(tree)
        if self._vault is None:
            _refuse(found)
            return Sealed(dump(tree))
        return self._replace(tree, found, self._vault)

    def _look(self, text: str) -> None:
        """A body that is not JSON cannot be sealed, only refused."""
        _refuse(Term(text[f.start : f.end], f.kind) for d in self._detectors for f in d.find(text))

    def _detect(self, tree: object) -> tuple[Term, ...]:
        return tuple(
            dict.fromkeys(
                Term(leaf.text[f.start : f.end], f.kind)
                for leaf in _inner(tree, self._clearance)
                for detector in self._detectors
                for f in detector.find(leaf.text)
                if any(c.isalnum() for c in leaf.text[f.start : f.end])
            )
        )

    def _replace(self, tree: object, found: tuple[Term, ...], vault: Vault) -> Sealed:
        detected = Matcher(found, words=False)
        taken = "\n".join(leaf.text for leaf in leaves(tree, self._clearance))
        replaced: Counter[str] = Counter()

        def change(leaf: Leaf, depth: int = 0) -> str:
            if depth < _NESTED and (nested := _nested(leaf.text)) is not None:
                inside = rebuild(nested[0], lambda x: change(x, depth + 1), self._clearance)
                return leaf.text if inside == nested[0] else nested[1](inside)
            spans = [
                Span(h.start, h.end, h.term.kind, h.term.value)
                for matcher in self._matchers
                for h in matcher.find(leaf.text)
            ]
            spans += [Span(h.start, h.end, h.term.kind) for h in detected.find(leaf.text)]
            widened = [_widen(leaf.text, span) for span in spans]
            return _swap(leaf.text, merge(widened), vault, taken, replaced)

        return Sealed(dump(rebuild(tree, change, self._clearance)), replaced, found)


@dataclass(frozen=True, slots=True, repr=False)
class Span:
    """`text[start:end]` becomes one placeholder; `of` is the declared value it is a form of."""

    start: int
    end: int
    kind: str
    of: str | None = None


def merge(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap become one that covers them, of the kind of the longest of them."""
    merged: list[tuple[Span, int]] = []
    for new in sorted(spans, key=lambda s: (s.start, -s.end)):
        size = new.end - new.start
        if not merged or new.start >= merged[-1][0].end:
            merged.append((new, size))
            continue
        old, longest = merged[-1]
        best = new if size > longest else old
        end = max(old.end, new.end)
        merged[-1] = (Span(old.start, end, best.kind, best.of), max(size, longest))
    return [span for span, _ in merged]


def _widen(text: str, span: Span) -> Span:
    """The span up to where a placeholder can stand by itself: all of "mayaLoad" or "maya_2"."""
    start, end = span.start, span.end
    while start and _ALNUM.match(text, start - 1):
        start -= 1
    end = _ON.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing, too
    return replace(span, start=start, end=end)


def _swap(text: str, spans: Sequence[Span], vault: Vault, taken: str, count: Counter[str]) -> str:
    pieces, done = [], 0
    for span in spans:
        value = text[span.start : span.end]
        pieces.append(text[done : span.start])
        pieces.append(vault.placeholder(span.kind, value, of=span.of, taken=taken))
        count[span.kind] += 1
        done = span.end
    return "".join([*pieces, text[done:]])


def _inner(tree: object, clearance: Clearance, depth: int = 0) -> Iterator[Leaf]:
    """Every leaf that is not excused, and the leaves of JSON in strings in place of those."""
    for leaf in leaves(tree, clearance):
        # The model's name is set by configuration; detectors would take it for a person's.
        if leaf.excused or leaf.role == "number" or leaf.path == ("model",):
            continue
        nested = _nested(leaf.text) if depth < _NESTED else None
        if nested is None:
            yield leaf
        else:
            yield from _inner(nested[0], clearance, depth + 1)


_STYLES: tuple[Callable[[object], str], ...] = (
    lambda v: json.dumps(v, ensure_ascii=False, separators=(",", ":")),
    json.dumps,
    lambda v: json.dumps(v, ensure_ascii=False),
    lambda v: json.dumps(v, separators=(",", ":")),
    lambda v: json.dumps(v, indent=2, ensure_ascii=False),
    lambda v: json.dumps(v, indent=2),
)


def _nested(text: str) -> tuple[object, Callable[[object], str]] | None:
    """The JSON object or array that a string holds, and how to spell it the same way again."""
    if not text.lstrip().startswith(("{", "[", '"')):
        return None
    try:
        value = parse(text.encode("utf-8"))
    except (NotCanonical, UnicodeEncodeError):
        return None
    if not isinstance(value, dict | list | str):
        return None
    return value, next((style for style in _STYLES if style(value) == text), _STYLES[0])


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Blocked(
            "The body is not text, so that nobody can say what it holds; nothing was sent."
        ) from None


def _refuse(found: Iterable[Term]) -> None:
    kinds = Counter(term.kind for term in found)
    if kinds:
        raise Blocked(
            f"{_said(kinds)} found in what was about to leave; nothing was sent.",
            kinds=tuple(sorted(kinds)),
        )


def _said(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} private value(s) of kind {kind}" for kind, count in kinds.items())
