"""Scan: what of a plain text is private, and why; the same layers as the seal's, without a request.

Findings of all layers, then every other occurrence of what was found, then merged: the spans of
one text never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Detector, Finding, find_all
from doorstep.boundary.detect.propagate import Propagation
from doorstep.boundary.detect.recurs import can_recur
from doorstep.boundary.exact import Exact
from doorstep.boundary.spans import Span, merge, widen
from doorstep.boundary.vault import Vault


class Scanner:
    """Finds private spans with `detectors`. `propagation` finds a found value again, in other
    forms and in its parts; None leaves it at what the detectors found."""

    def __init__(
        self, detectors: Sequence[Detector], *, propagation: Propagation | None = None
    ) -> None:
        self._detectors = tuple(detectors)
        self._propagation = propagation

    def scan(self, text: str) -> list[Finding]:
        """Private spans of `text`, in order, none overlapping."""
        return self.scan_all([text])[0]

    def scan_all(self, texts: Sequence[str]) -> list[list[Finding]]:
        """The same for several texts, each a document of its own; cheaper than one by one."""
        layers = [find_all(detector, texts) for detector in self._detectors]
        return [
            merged(text, self._spread(text, [f for layer in layers for f in layer[index]]))
            for index, text in enumerate(texts)
        ]

    def _spread(self, text: str, found: list[Finding]) -> list[Finding]:
        if self._propagation is None or not found:
            return found
        whole = [(text[f.start : f.end], f.kind) for f in found]
        values = [Term(value, kind) for value, kind in whole if any(map(str.isalnum, value))]
        if not can_recur(text, found, self._propagation.terms(values)):
            return found
        return self._propagation.spread([text], [found])[0]


def mask_text(text: str, findings: Sequence[Finding], vault: Vault) -> str:
    """The text with what stands for the findings, which do not overlap; `Restorer.of(vault).text`
    gives it back exactly, and with `kept=True` any vault of the same store does."""
    spans = [Span(f.start, f.end, f.kind) for f in findings]
    return Exact(vault, text, kept=vault.kept is not None, leaf=False).swap(text, spans)


def merged(text: str, findings: Iterable[Finding]) -> list[Finding]:
    """Findings widened to whole words; those that overlap or touch become one, of the longest's
    kind."""
    spans = (Span(f.start, f.end, f.kind, by=f.by) for f in findings)
    whole = merge(_whole(text, span) for span in spans)
    return [Finding(span.start, span.end, span.kind, span.by) for span in whole]


def _whole(text: str, span: Span) -> Span:
    before, after = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    if not before.isalnum() and not after.isalnum() and after != "_":
        return span
    return widen(text, span)
