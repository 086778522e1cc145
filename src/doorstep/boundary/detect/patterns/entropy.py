"""Strings too random to be words: secrets without a form of their own.

Shannon entropy in bits per character over the characters of the string itself. Random base64 of 20
characters has about 4.0, of 40 about 4.7; random hexadecimal at most 4.0; words and names in code
3.0 to 3.6 and no digits among their letters.
"""

from __future__ import annotations

import math
import re

from doorstep.boundary.detect.pattern import Pattern, Span

_HEX = re.compile(r"(?i)(?:0x)?[0-9a-f]+")
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
_NO_WORD = re.compile(r"(?i)[^aeiouy]{4}|\A[^aeiouy]*\Z|q[^u]|[jvwx][bcdfghjklmnpqrstvwxz]")
_DIGEST = re.compile(r"(?i)sha(?:1|256|384|512)[-:]|md5[-:]|\$\{|0x[0-9a-f]+\Z")
_DATA = re.compile(r"data:[a-z/+.-]+;base64,\Z|[A-Za-z0-9]/\Z|https?://\S*\Z")
_HASH_WORDS = re.compile(
    r"(?i)commit|sha-?\d*|md5|hash|digest|checksum|rev(?:ision)?\b|git|tree|blob|etag|integrity|"
    r"object ?id|merge|cherry.?pick|parent"
)


def entropy(value: str) -> float:
    """Shannon entropy in bits per character."""
    size = len(value)
    shares = [value.count(sign) / size for sign in dict.fromkeys(value)]
    return -sum([share * math.log2(share) for share in shares])


def _is_random(text: str, start: int, end: int) -> Span | None:
    value = text[start:end].strip("=-_/+")
    if "01234567" in value or "abcdefgh" in value.lower():  # an alphabet
        return None
    if _UUID.fullmatch(value) or _DIGEST.match(value) or _is_data(text, start):
        return None
    if _HEX.fullmatch(value):
        named = _HASH_WORDS.search(text[max(0, start - 32) : start])
        plain = named or len(value) < 32 or value.isdigit() or entropy(value) < 3.0
        return None if plain else (start, end)
    return (start, end) if _is_mixed(value) else None


def _is_mixed(value: str) -> bool:
    """Letters of both cases (or long) and digits among them, and hardly a word in it."""
    figures = sum(map(str.isdigit, value))
    cases = (value != value.lower()) + (value != value.upper())
    if len(value) < 20 or figures < 2 or (cases < 2 and len(value) < 32):
        return False
    words = sum(len(word) for word in _WORD.findall(value) if not _NO_WORD.search(word))
    return words <= len(value) * 0.45 and entropy(value) >= (3.8 if cases == 2 else 3.5)


def _is_data(text: str, start: int) -> bool:
    """An image or font in a data address (RFC 2397) is no secret; nor is a part of a path."""
    before = text[max(0, start - 80) : start]
    last = before[-1:]
    if not last or last.isspace():  # none of the three ends so
        return False
    return _DATA.search(before) is not None


PATTERNS = (
    Pattern(
        "high entropy",
        "secret",
        "Strings of 20 or more characters that look random, and are no hash, UUID or image",
        r"[A-Za-z0-9+/_-]{20,}={0,2}",
        hint=r"[0-9][A-Za-z+/_-]|[A-Za-z+/_-][0-9]",
        narrow=_is_random,
    ),
)
