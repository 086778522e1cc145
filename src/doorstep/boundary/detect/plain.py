"""A text as the patterns see it: the same length, written in plainer characters.

A telephone number may hold no-break spaces, a card number full-width or Arabic digits, a range an
en dash. Every character is replaced by exactly one, so offsets in the result are offsets in the
text. Four letters (ſ, the Kelvin and Angstrom signs, dotted and dotless i) fold to ASCII under case
folding in one engine and not in another; they are replaced too, so that all engines see the same.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_SPACES = "".join(map(chr, (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"'}
_LETTERS = {"\u017f": "s", "\u212a": "K", "\u0130": "I", "\u0131": "i", "\u212b": "Å"}


def plain(text: str) -> str:
    """`text` with spaces, dashes, quotes, digits and full-width forms made ASCII, one for one."""
    if text.isascii():
        return text
    for char in {char for char in set(text) if char > "\x7f"}:
        other = _plainer(char)
        if other != char:
            text = text.replace(char, other)
    return text


@lru_cache(maxsize=4096)
def _plainer(char: str) -> str:
    if char in _LETTERS:
        return _LETTERS[char]
    if char in _SPACES:
        return " "
    if char in _DASHES:
        return "-"
    if char in _QUOTES:
        return _QUOTES[char]
    if "\ud800" <= char <= "\udfff":  # half a surrogate pair cannot be encoded
        return "\ufffd"
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if "\uff01" <= char <= "\uff5e":  # full-width ASCII
        return chr(ord(char) - 0xFEE0)
    return char
