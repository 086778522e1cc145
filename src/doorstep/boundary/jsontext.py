r"""Following a JSON text that arrives in pieces: how deep in strings is its end?

A value that goes into a string of JSON must be escaped, into a string of JSON inside a string of
JSON twice. `JsonText` knows the depth at each place, without waiting for the rest. A text that
does not begin like an object or an array, or goes on unlike JSON (RFC 8259), is depth 0, such as
"[1] says so".
"""

from __future__ import annotations

import json
import re

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_SCALAR = frozenset("0123456789+-.eEtrufalsn")
_BLANK = frozenset(" \t\r\n")


_SPECIAL = re.compile(r'["\\]')


class JsonText:
    """Feed it the text; ask it about the place after what has been fed.

    `opened`: a string has just begun here, and is a value (not a key).
    `ascii`: signs beyond ASCII were written as escapes so far; `raw`: as they are.
    """

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._begun = self._dead = self._string = self._key = False
        self._value_next = False
        self._empty = True
        self._escape = ""
        self._inner: JsonText | None = None
        self._spelt = self.raw = False

    @property
    def depth(self) -> int:
        if self._dead or not self._string:
            return 0
        return 1 + (self._inner.depth if self._inner else 0)

    @property
    def opened(self) -> bool:
        if self._dead or not self._string:
            return False
        if self._inner and self._inner.depth:
            return self._inner.opened
        return self._empty and not self._escape and not self._key

    @property
    def ascii(self) -> bool:
        return self._spelt and not self.raw

    def feed(self, text: str) -> None:
        self.raw = self.raw or not text.isascii()
        at, size = 0, len(text)
        while at < size and not self._dead:
            if not self._string:
                self._outside(text[at])
            elif not self._escape and self._inner is not None and self._inner._dead:
                at = self._pass(text, at)  # a string that holds no JSON
                continue
            else:
                self._inside(text[at])
            at += 1

    def _pass(self, text: str, at: int) -> int:
        """Goes through such a string up to its end, or to an escape; where the text goes on."""
        match = _SPECIAL.search(text, at)
        if match is None:
            return len(text)
        if match[0] == '"':
            self._string, self._value_next = False, False
        else:
            self._escape = "\\"
        return match.end()

    def _outside(self, sign: str) -> None:
        if sign in _BLANK or (self._stack and sign in _SCALAR):
            return
        if not self._begun:
            self._begun, self._dead = True, sign not in "{["
            self._open(sign)
        elif not self._stack:
            self._dead = True
        elif sign == '"':
            self._string, self._empty, self._inner = True, True, None
            self._key = self._stack[-1] == "{" and not self._value_next
        elif sign in "{[":
            self._open(sign)
        elif sign in "}]":
            self._dead = self._stack.pop() != {"}": "{", "]": "["}[sign]
        elif sign in ":,":
            self._value_next = sign == ":"
        else:
            self._dead = True

    def _open(self, sign: str) -> None:
        self._stack.append(sign)
        self._value_next = False

    def _inside(self, sign: str) -> None:
        if self._escape:
            self._escape += sign
            self._escaped()
        elif sign == "\\":
            self._escape = sign
        elif sign == '"':
            self._string, self._value_next = False, False
        else:
            self._content(sign)

    def _escaped(self) -> None:
        kind = self._escape[1]
        if kind != "u":
            content = _ESCAPES.get(kind, kind)
        elif len(self._escape) < 6:
            return
        else:
            try:
                content = chr(int(self._escape[2:], 16))
            except ValueError:
                self._dead = True
                return
            self._spelt = self._spelt or not content.isascii()
        self._escape = ""
        self._content(content)

    def _content(self, sign: str) -> None:
        if self._inner is None:
            self._inner = JsonText()
        self._empty = False
        self._inner.feed(sign)


def escaped(value: str, depth: int, ascii: bool = False) -> str:
    """The value as it is spelt inside `depth` strings of JSON."""
    for _ in range(depth):
        value = json.dumps(value, ensure_ascii=ascii)[1:-1]
    return value


def quote(depth: int) -> str:
    """How the quotation mark of a string is spelt that is the `depth`-th around its content."""
    return escaped('"', depth - 1)
