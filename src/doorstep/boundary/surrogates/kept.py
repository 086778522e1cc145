"""Surrogates that a store has given out, for a text that was masked into it before.

Keys are held in memory, values are fetched when they are asked for. Only for such texts: in the
reply to a new request a surrogate of last week may be somebody's real name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from doorstep.boundary.forms import Index
from doorstep.boundary.surrogates.back import key_of, others

if TYPE_CHECKING:
    from doorstep.boundary.entry import Entry
    from doorstep.boundary.store import Store


class Kept:
    """The surrogates of one scope, and their parts."""

    def __init__(self, store: Store, scope: str) -> None:
        self._store = store
        self._scope = scope
        self._wholes: dict[str, list[int]] = {}
        self._parts: dict[str, list[int]] = {}
        self._last = 0
        self.index = Index(())

    def refresh(self) -> None:
        """Take in what was added since, by this process or another."""
        for number, entry in self._store.rows(self._scope, self._last):
            self._last = number
            if entry.surrogate:
                self._wholes.setdefault(key_of(entry.kind, entry.text, entry.value)[0], []).append(
                    number
                )
                for key in others([entry]):
                    self._parts.setdefault(key, []).append(number)
        self.index.extend({*self._wholes, *self._parts} - {""})

    def choices(self, key: str) -> dict[str, str] | None:
        """The texts of a key and what each stands for; None where that is not one thing, or has
        been forgotten."""
        if rows := self._wholes.get(key):
            found = (key_of(e.kind, e.text, e.value) for e in self._entries(rows))
            return {text: value for _, text, value in found} or None
        return others(self._entries(self._parts.get(key, ()))).get(key)

    def _entries(self, rows: Iterable[int]) -> list[Entry]:
        return [entry for row in rows if (entry := self._store.row(row))]
