"""What a person said once for all that follows, known to all processes of a data folder.

The file is looked at again after half a second at the earliest, and read again only where somebody
has written. What cannot be read is an error, so that nothing leaves.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from doorstep._errors import ConfigError
from doorstep.boundary.by_hand import HIDDEN
from doorstep.boundary.clearance import Term
from doorstep.boundary.policy import origin as origin_of
from doorstep.boundary.terms import Matcher
from doorstep.runs.held_file import HeldFile
from doorstep.runs.held_values import HeldCrossing, Remembered

AGAIN_S = 0.5
_NOTHING = Matcher(())


class StandingChoices:
    """The boundary's `Standing`, and what the page and the command line show of it."""

    def __init__(self, file: HeldFile) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._next = 0.0
        self._version = -1
        self._known: tuple[Remembered, ...] = ()
        self._hidden = _NOTHING
        self._refused: frozenset[str] = frozenset()

    def close(self) -> None:
        self._file.close()

    def list(self) -> tuple[Remembered, ...]:
        """All of it, oldest first."""
        self._refresh(now=True)
        return self._known

    def hidden(self) -> Matcher:
        """See `Standing.hidden`."""
        self._refresh()
        return self._hidden

    def refuses(self, origin: str) -> bool:
        """See `Standing.refuses`."""
        self._refresh()
        return origin in self._refused

    def sends(self, origin: str, pattern: str, kinds: Iterable[str]) -> bool:
        """Whether a person has said yes to all like it: to that destination, for that pattern,
        where no other kinds were masked. Always as the file says it now."""
        self._refresh(now=True)
        found = frozenset(kinds)
        return any(
            one.do == "send"
            and (one.origin, one.pattern) == (origin, pattern)
            and found <= frozenset(one.kinds)
            for one in self._known
        )

    def send(self, crossing: HeldCrossing) -> None:
        """From now on: yes to all like it, and to nothing broader."""
        kinds = tuple(sorted(crossing.found))
        self._add(
            Remembered("", "", "send", crossing.origin, pattern=crossing.pattern, kinds=kinds)
        )

    def refuse(self, origin: str) -> None:
        """From now on nothing goes there. ConfigError for what is no origin."""
        self._add(Remembered("", "", "refuse", origin_of(origin)))

    def mask(self, words: Iterable[str]) -> None:
        """From now on these are masked, wherever they go."""
        self._add(Remembered("", "", "mask", words=tuple(words)))

    def forget(self, id: str) -> bool:
        """Whether there was one of that id."""
        with self._lock:
            known = self._file.forget(id)
            self._version = -1
        self._refresh(now=True)
        return known

    def _add(self, one: Remembered) -> None:
        if any(replace(known, id="", at="") == one for known in self.list()):
            return
        with self._lock:
            said = [one.do, one.origin, one.pattern, one.kinds, one.words]
            self._file.stand(secrets.token_hex(8), said)
            self._version = -1
        self._refresh(now=True)

    def _refresh(self, *, now: bool = False) -> None:
        moment = time.monotonic()
        if moment < self._next and not now:
            return
        with self._lock:
            version = self._file.version()
            if version != self._version:
                self._read()
                self._version = version
            self._next = moment + AGAIN_S

    def _read(self) -> None:
        rows = self._file.standing()
        if [id for id, _, _ in rows] == [one.id for one in self._known]:
            return
        self._known = known = tuple(self._remembered(*row) for row in rows)
        words = dict.fromkeys(word for one in known if one.do == "mask" for word in one.words)
        self._hidden = Matcher([Term(word, HIDDEN) for word in words]) if words else _NOTHING
        self._refused = frozenset(one.origin for one in known if one.do == "refuse")

    def _remembered(self, id: str, at: float, sealed: bytes) -> Remembered:
        said = self._file.said(id, sealed)
        if said is None:
            raise ConfigError(
                "A remembered choice cannot be read: another key, or somebody changed the file.",
                hint=f"Take it back with doorstep held forget {id}.",
            )
        do, origin, pattern, kinds, words = said
        since = datetime.fromtimestamp(at, UTC).isoformat()
        return Remembered(id, since, do, origin, pattern, tuple(kinds), tuple(words))
