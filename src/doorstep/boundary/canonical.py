"""Placeholders that come back just as they were sent, found by looking them up.

That is how nearly all of them come. `Forms` would follow them letter by letter, which is the same
but slower: so what is not certain here is left to it (None, False). Certain is a placeholder whose
kind nothing else can be read as, and behind which stands what ends every longer one, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from doorstep.boundary.formkeys import Index, placeholder_key
from doorstep.boundary.marks import DECODED, OWN, SEP

_TOKEN = re.compile(r"([A-Z]+)(?:_([0-9A-Z]*)(?:_([0-9A-Z]*))?)?")
# Longer keys go on with a letter or OWN: none of these, whatever comes next, can stand for that.
_ENDS = frozenset(",;:!?)]}>\"'/.")
_WRAPS = frozenset(" \t\r\n-\u00ad\\")  # a blank before one of these may be part of a line break


class Canonical:
    """Looks up in `indexes`, which hold keys of placeholders only."""

    def __init__(self, indexes: Sequence[Index]) -> None:
        self._indexes = indexes
        self._known: dict[str, tuple[str, bool]] = {}
        self._clean: dict[str, bool] = {}

    def find(self, text: str, start: int, final: bool) -> tuple[int, str] | None:
        """(end, key) of the placeholder that begins at `start`; an end of -1 says that more text
        may make it one, or another. None if that must be found out by walking."""
        token = _TOKEN.match(text, start)
        if token is None:
            return None
        end = token.end()
        if end == len(text) and not final:
            return (-1, "") if self._begins(token) else None
        known = self._known.get(token[0]) or self._learn(token[0], token[1])
        if known is None:
            return None
        key, longer = known
        return (end, key) if end == len(text) or _stops(text, end, longer) else None

    def _begins(self, token: re.Match[str]) -> bool:
        """Whether some key begins so, or is just this."""
        kind, letters, own = token.groups()
        start = kind
        if letters is not None:
            start += SEP + letters.translate(DECODED)
        if own is not None:
            start += OWN + own.translate(DECODED)
        return any(any(index.look(start)) for index in self._indexes)

    def _learn(self, text: str, kind: str) -> tuple[str, bool] | None:
        """(key, whether it is the beginning of a longer one) of a whole placeholder."""
        key = placeholder_key(text)
        if key is None or not self._is_clean(kind):
            return None
        looks = [index.look(key) for index in self._indexes]
        if not any(known for known, _ in looks):
            return None  # not remembered: a reply may hold any number of those
        self._known[text] = found = key, any(longer for _, longer in looks)
        return found

    def _is_clean(self, kind: str) -> bool:
        """No other kind begins like this one, nor this one like another: "CAR_D1" and "CARD_1"."""
        if (clean := self._clean.get(kind)) is not None:
            return clean
        own = kind.translate(DECODED)
        kinds = set().union(*(index.kinds for index in self._indexes))
        if kind not in kinds:
            return False
        others = [other.translate(DECODED) for other in kinds - {kind}]
        clean = not any(o.startswith(own) or own.startswith(o) for o in others)
        self._clean[kind] = clean
        return clean


def _stops(text: str, at: int, longer: bool) -> bool:
    """Whether a placeholder ends at `at`, before the end of the text."""
    sign = text[at]
    if not longer:  # a small letter may be a plural's
        return not (sign.isascii() and sign.isalnum())
    if sign == " ":
        return at + 1 < len(text) and text[at + 1] not in _WRAPS
    return sign in _ENDS
