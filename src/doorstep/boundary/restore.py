r"""Restore: placeholders in a reply become values again.

Exact, once case and backslashes are made plain ("person_7f3aq2", "PERSON\_7F3AQ2" in Markdown);
what stands around a placeholder (brackets, asterisks, quotes) stays. Never by likeness: a
placeholder with one wrong letter is nobody's. In a stream only that end of the text is held
back which can still become a placeholder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from doorstep.boundary.tree import NotCanonical, parse

_ALNUM = re.compile(r"[A-Za-z0-9]")


class Restorer:
    """Puts values back. `pairs` are (placeholder, value), as a vault gives them."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values = {placeholder.casefold(): value for placeholder, value in pairs}
        names = sorted(self._values, key=len, reverse=True)
        choice = "|".join(re.escape(name).replace("_", r"\\*_") for name in names)
        # A plural may hang on: PERSON_7F3AQ2s.
        end = r"(?![A-Za-z0-9])|(?=s(?![A-Za-z0-9]))"
        self._known = re.compile(rf"(?<![A-Za-z0-9])(?:{choice})(?:{end})", re.IGNORECASE)
        self._starts = {name[:i] for name in names for i in range(1, len(name) + 1)}
        self._starts |= {name + "s" for name in names}
        self._longest = 2 * max(map(len, names), default=0) + 2

    def __bool__(self) -> bool:
        return bool(self._values)

    def text(self, text: str, *, escaped: bool = False) -> str:
        """The text with values in it. `escaped`: it is a piece of JSON, so values are escaped."""
        if not self._values:
            return text
        return self._known.sub(lambda match: self._value(match.group(), escaped), text)

    def tree(self, value: object) -> object:
        """The same for every string and key of a JSON value, and for JSON inside strings."""
        if isinstance(value, str):
            return self._string(value)
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        if isinstance(value, dict):
            return {self._string(key): self.tree(item) for key, item in value.items()}
        return value

    def held(self, text: str) -> int:
        """How many characters at the end of `text` can still become a placeholder."""
        for start in range(max(0, len(text) - self._longest), len(text)):
            if start and _ALNUM.match(text[start - 1]):
                continue
            tail = text[start:].casefold()
            if tail.replace("\\", "") in self._starts and tail[0] != "\\":
                return len(text) - start
        return 0

    def _string(self, text: str) -> str:
        if text.lstrip().startswith(("{", "[", '"')):
            try:
                parse(text.encode("utf-8"))
            except (NotCanonical, UnicodeEncodeError):
                return self.text(text)
            # Replaced in place, so that everything around the values keeps its spelling.
            return self.text(text, escaped=True)
        return self.text(text)

    def _value(self, found: str, escaped: bool) -> str:
        value = self._values[found.replace("\\", "").casefold()]
        return json.dumps(value, ensure_ascii=False)[1:-1] if escaped else value


class Running:
    """Restores one text that arrives in pieces."""

    def __init__(self, restorer: Restorer) -> None:
        self._restorer = restorer
        # "0" after a letter or digit, for the rule about word beginnings.
        self._before = ""
        self._held = ""
        self._escaped: bool | None = None

    @property
    def waiting(self) -> bool:
        return bool(self._held)

    def feed(self, piece: str) -> str:
        """What can be let go once `piece` has come."""
        if self._escaped is None and (start := (self._held + piece).lstrip()):
            self._escaped = start[0] in "{["
        text = self._before + self._held + piece
        keep = self._restorer.held(text)
        return self._let_go(text, len(text) - keep)

    def end(self) -> str:
        """The rest."""
        text = self._before + self._held
        return self._let_go(text, len(text))

    def _let_go(self, text: str, until: int) -> str:
        out, self._held = text[:until], text[until:]
        skip = len(self._before)
        self._before = "0" if _ALNUM.match(out[-1:]) else ""
        return self._restorer.text(out, escaped=bool(self._escaped))[skip:]
