"""Choices that follow from a key: the same scope and value give the same choice everywhere."""

from __future__ import annotations

import hashlib
import hmac
import json
import string
from collections.abc import Sequence

_HEX = frozenset("abcdefABCDEF")


class Draw:
    """Draws that depend on a key, a scope, and the `parts` that each is asked for with."""

    def __init__(self, key: bytes, *parts: str) -> None:
        self._key = key
        self._parts = parts

    def of(self, *parts: str) -> Draw:
        """Draws for something more exactly named."""
        return Draw(self._key, *self._parts, *parts)

    def below(self, limit: int, *parts: str) -> int:
        """A whole number from 0 to `limit` - 1."""
        message = json.dumps([*self._parts, *parts]).encode("ascii")
        digest = hmac.new(self._key, message, hashlib.sha256).digest()
        return int.from_bytes(digest[:16], "big") % limit

    def pick(self, choices: Sequence[str], *parts: str) -> str:
        return choices[self.below(len(choices), *parts)]

    def digits(self, count: int, *parts: str) -> str:
        return f"{self.below(10**count, 'digits', *parts):0{count}d}" if count else ""

    def shaped(self, value: str, *parts: str) -> str:
        """Letter for letter and digit for digit, the same case and signs in between.

        What is hexadecimal stays so; a number that does not begin with 0 does not begin so.
        """
        letters = [c for c in value if c.isascii() and c.isalpha()]
        hexadecimal = bool(letters) and all(c in _HEX for c in letters)
        out = ""
        for place, sign in enumerate(value):
            if sign.isdigit():
                zero = sign == "0" or out[-1:].isdigit()
                out += str(self.below(10, *parts, str(place)) if zero else self._one(place, *parts))
            elif sign.isalpha():
                choices = "abcdef" if hexadecimal else string.ascii_lowercase
                new = self.pick(choices, *parts, str(place))
                out += new.upper() if sign.isupper() else new
            else:
                out += sign
        return out

    def _one(self, place: int, *parts: str) -> int:
        return 1 + self.below(9, *parts, str(place))


def like(pattern: str, text: str) -> str:
    """`text` in the case of `pattern`: all capitals, all small, or as it is."""
    if pattern.isupper() and len(pattern) > 1:
        return text.upper()
    return text.lower() if pattern.islower() else text


def laid(pattern: str, signs: str) -> str:
    """`pattern` with its letters and digits replaced by `signs`, in order."""
    rest = iter(signs)
    return "".join(next(rest) if c.isalnum() else c for c in pattern)
