"""Detectors: what in a text is private, beyond what has been declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Detector", "Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`text[start:end]` is private, of this kind."""

    start: int
    end: int
    kind: str


class Detector(Protocol):
    """Finds private stretches of a text. May find too much; an error means nothing leaves."""

    def find(self, text: str) -> list[Finding]: ...
