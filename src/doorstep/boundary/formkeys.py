r"""Keys: what was sent, spelt so that every form in which it comes back can be followed.

A key is in capitals, with a mark where something may stand in between: `PERSON\x007F3AQ2XK` for
the placeholder `PERSON_7F3AQ2XK`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Collection, Iterable

from doorstep.boundary.between import ESCAPED
from doorstep.boundary.marks import DECODED, GAP, JOIN, OWN, SEP

_PLACEHOLDER = re.compile(r"([A-Za-z]+)_([0-9A-Za-z]+)(?:_([0-9A-Za-z]+))?")
_AS_SENT = re.compile(r"[A-Z]+_[0-9A-HJKMNP-Z]+(?:_[0-9A-HJKMNP-Z]+)?")
_KEYS = re.compile(rf"(?:[A-Z]+{SEP}[0-9A-Z]+(?:{OWN}[0-9A-Z]+)?\n)*")
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
_FULL = re.compile("[\uff01-\uff5e]")
_ESCAPING = re.compile(r"[&%\\]")
_SQUASHED = {i: chr(i).upper().translate(DECODED) if chr(i).isalnum() else None for i in range(128)}


def placeholder_key(text: str) -> str | None:
    """The key of a placeholder; None if `text` does not look like one."""
    if _AS_SENT.fullmatch(text):
        return text.replace("_", SEP, 1).replace("_", OWN)
    match = _PLACEHOLDER.fullmatch(text)
    if match is None:
        return None
    kind, letters, other = match.groups()
    parts = [kind.upper(), letters.upper().translate(DECODED)]
    key = SEP.join(parts)
    return f"{key}{OWN}{other.upper().translate(DECODED)}" if other else key


def plain_key(text: str, between: str | None) -> str:
    """The key of any other text. `between` says what stands for its separators: JOIN (codes), GAP
    (words: blanks and hyphens only; commas and the like must come back), None (all must)."""
    if between is None:
        return _capitals(text)
    if between == JOIN:
        return re.sub(r"[\s._/()-]+", JOIN, _capitals(text))
    return re.sub(r"[\s\W_]+", _separator, _capitals(text))


def _separator(match: re.Match[str]) -> str:
    signs = match.group()
    return re.sub(r"\s+", JOIN, signs) if signs.strip("- \t\r\n") else GAP


def _capitals(text: str) -> str:
    return "".join(sign.upper() if sign.isascii() else sign for sign in text)


def squashed(text: str) -> str:
    """All that the forms leave: capitals and digits, Crockford's doubles as one sign.

    Two texts of which one could be read as the other have the same squashed form.
    """
    # Most texts hold no escapes; each step is taken only where it is needed, as texts are long.
    text = text.translate(_FULL_WIDTH) if _FULL.search(text) else text
    text = ESCAPED.sub("", text) if _ESCAPING.search(text) else text
    if not text.isascii():
        text = text.upper().encode("ascii", "ignore").decode("ascii")
    return text.translate(_SQUASHED)


class Index:
    """A set of keys that answers what a text so far can still become.

    `starts`: the first two signs of its keys. `kinds`: what stands before SEP. `plain`: whether
    every key is that of a placeholder.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys: list[str] = []
        self.starts: set[tuple[str, str]] = set()
        self.kinds: set[str] = set()
        self.plain = True
        self.extend(keys)

    def add(self, key: str) -> None:
        """One more key, which is not among them yet."""
        insort(self.keys, key)
        self._note([key])

    def extend(self, keys: Iterable[str]) -> None:
        """More keys; those that are among them do not count."""
        if more := set(keys).difference(self.keys):
            self.keys = sorted((*self.keys, *more))
            self._note(more)

    def look(self, start: str) -> tuple[bool, bool]:
        """(is a key, is the beginning of a longer key)."""
        at = bisect_left(self.keys, start)
        known = at < len(self.keys) and self.keys[at] == start
        at += known
        return known, at < len(self.keys) and self.keys[at].startswith(start)

    def _note(self, keys: Collection[str]) -> None:
        lines = "\n".join([*keys, ""])
        if self.plain and _KEYS.fullmatch(lines) and lines.count("\n") == len(keys):
            kinds = {key.partition(SEP)[0] for key in keys}
            self.kinds |= kinds
            self.starts |= {(kind[0], kind[1:2] or SEP) for kind in kinds}
        else:
            self.plain = False
            self.starts |= {(key[0], key[1:2]) for key in keys}
