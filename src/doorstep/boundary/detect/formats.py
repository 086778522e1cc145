"""Private values that show by their form, each with what makes it valid.

The forms are in `patterns/`, one file a family; `engines.py` runs them; `pattern.py` says what else
must hold. Nothing is learnt here and nothing asked of anybody: the same text has the same findings
everywhere, which is why the gate runs this detector again on what is about to leave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from doorstep._errors import ConfigError
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.engines import Engine, Match, Re2Engine
from doorstep.boundary.detect.pattern import Pattern
from doorstep.boundary.detect.patterns import all_patterns
from doorstep.boundary.detect.plain import plain

__all__ = ["ALL_KINDS", "OPTIONAL_KINDS", "Form", "Formats"]

OPTIONAL_KINDS = frozenset({"date", "age"})
"""Kinds that are only looked for where they are named: a date alone gives few people away, and a
question about "12 May 1945" should not lose it."""

ALL_KINDS = frozenset(pattern.kind for pattern in all_patterns())
"""Every kind that a pattern finds."""


@dataclass(frozen=True, slots=True)
class Form:
    """A pattern as the documentation lists it. `by_default` is False for the optional kinds."""

    name: str
    kind: str
    about: str
    by_default: bool


class Formats:
    """Finds values by their form. Overlaps (a mail address and the host in it) occur.

    `engine` runs the patterns: RE2 where none is given. `kinds` are the kinds to look for: every
    kind but `OPTIONAL_KINDS` where none are given; `without` names patterns to leave out all the
    same. ConfigError for a kind or a name that no pattern has.
    """

    at_gate = True
    """The gate runs this detector again, on the final bytes."""

    def __init__(
        self,
        engine: Engine | None = None,
        *,
        kinds: Collection[str] | None = None,
        without: Collection[str] = (),
    ) -> None:
        known = all_patterns()
        self.kinds = ALL_KINDS - OPTIONAL_KINDS if kinds is None else frozenset(kinds)
        self.without = frozenset(without)
        _check_known(self.kinds, ALL_KINDS, "kind")
        _check_known(self.without, frozenset(pattern.name for pattern in known), "pattern")
        self._engine = Re2Engine(tuple(filter(self._wanted, known))) if engine is None else engine
        self._chosen = [p if self._wanted(p) else None for p in self._engine.patterns]
        # Whether it is linear in the text; not where patterns may backtrack.
        self.quick = bool(getattr(self._engine, "quick", False))

    def find(self, text: str) -> list[Finding]:
        """What is private in `text`, in order of the text."""
        text = plain(text)
        return self._accepted(text, self._engine.scan(text))

    def find_all(self, texts: Sequence[str]) -> list[list[Finding]]:
        """`find` of each text; many short ones cost little more than one long one."""
        together = getattr(self._engine, "scan_all", None)
        if together is None or len(texts) < 2:
            return [self.find(text) for text in texts]
        texts = [plain(text) for text in texts]
        return [self._accepted(*each) for each in zip(texts, together(texts), strict=True)]

    def _accepted(self, text: str, matches: Iterable[Match]) -> list[Finding]:
        found = set()
        for index, start, end in matches:
            pattern = self._chosen[index]
            if pattern is not None and (span := pattern.accept(text, start, end)):
                found.add(Finding(*span, pattern.kind, pattern.name))
        return sorted(found)

    def _wanted(self, pattern: Pattern) -> bool:
        return pattern.kind in self.kinds and pattern.name not in self.without

    @staticmethod
    def names() -> tuple[Form, ...]:
        """Every pattern, as the documentation lists it."""
        return tuple(
            Form(pattern.name, pattern.kind, pattern.about, pattern.kind not in OPTIONAL_KINDS)
            for pattern in all_patterns()
        )


def _check_known(given: frozenset[str], known: frozenset[str], what: str) -> None:
    unknown = sorted(given - known)
    if unknown:
        raise ConfigError(
            f"There is no {what} of format called {unknown[0]!r}.",
            hint=f"One of: {', '.join(sorted(known))}.",
        )
