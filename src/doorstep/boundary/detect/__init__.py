"""Detectors: what in a text is private, beyond what has been declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

__all__ = ["Detector", "Finding", "find_all"]


class Finding(NamedTuple):  # many are made
    """`text[start:end]` is private, of this kind.

    `kind` is a plain word ("person", "email"); `by` names the rule that found it, for people
    ("email", "name model 0.93", "capital rule"), and never holds any of the text.
    """

    start: int
    end: int
    kind: str
    by: str = ""


class Detector(Protocol):
    """Finds private stretches of a text. May find too much; an error means nothing leaves.

    A detector for which many texts at once are cheaper also has
    `find_all(texts) -> list[list[Finding]]`.
    """

    def find(self, text: str) -> list[Finding]: ...


def find_all(detector: Detector, texts: Sequence[str]) -> list[list[Finding]]:
    """The findings of `detector` in each of `texts`, in their order."""
    together = getattr(detector, "find_all", None)
    if together is not None:
        found: list[list[Finding]] = together(texts)
        return found
    return [detector.find(text) for text in texts]
