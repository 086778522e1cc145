r"""Readings: a text, and what it says once percent, HTML, backslash, base64 and hex are undone.

Encodings may be nested (base64 of a percent-encoded text); three layers are undone, and an
encoding that is applied to itself any number of times (JSON in JSON in JSON) counts as one.
Decoding only adds readings, so it can never hide anything from the gate.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_LAYERS = 3
_MAX_READINGS = 64
_ESCAPE = re.compile(
    r"\\+(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))",
    re.S,
)
_PERCENT = re.compile(r"%(?:25)+(?=[0-9a-fA-F]{2})")
_AMPERSAND = re.compile(r"&(?:amp;)+")
_QUOTED = re.compile(r"=([0-9A-F]{2})|=\r?\n")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{4,}")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
# Four characters of base64 whose three bytes are ASCII letters or the like (bytes 0x20-0x7e).
_ASCII_QUAD = re.compile(r"(?:[I-Za-f][A-HQ-Xg-nw-z0-3][A-Za-z0-9+/][A-Za-z0-9+/])+")
_HEX = re.compile(r"(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[\s:,;-]{0,2}){3,}")
_PAIR = re.compile(r"(?:0x)?([0-9a-fA-F]{2})")
_PRINTED = re.compile(rb"[\t\n\r\x20-\x7e]{5,}")


class TooManyReadings(ValueError):
    """The text can be decoded in more ways than we are ready to look at."""


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """`exact` is False where the text came out of base64 or hex, which ordinary words resemble."""

    text: str
    exact: bool


def readings(text: str) -> Iterator[Reading]:
    """The text itself, then each of its decodings, each once. TooManyReadings beyond a bound."""
    seen = {text}
    layer = [Reading(text, True)]
    yield layer[0]
    for _ in range(_LAYERS):
        layer = [new for old in layer for new in _decoded(old) if new.text not in seen]
        for reading in layer:
            seen.add(reading.text)
            yield reading
        if len(seen) > _MAX_READINGS:
            raise TooManyReadings("too many layers of encoding")


def _decoded(reading: Reading) -> Iterator[Reading]:
    text = reading.text
    for sign, undo in _WHOLE:
        text = undo(text) if sign in text else text
    if text != reading.text:
        yield Reading(text, reading.exact)
    for pieces in (_base64, _hex):
        if found := "\n".join(pieces(reading.text)):
            yield Reading(found, False)


def _unpercent(text: str) -> str:
    return unquote(_PERCENT.sub("%", text), errors="replace")


def _unhtml(text: str) -> str:
    return html.unescape(_AMPERSAND.sub("&", text))


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        brace, four, eight, two, octal, other = match.groups()
        if code := brace or four or eight or two:
            return chr(min(int(code, 16), 0x10FFFF))
        return chr(int(octal, 8)) if octal else (" " if other in "nrtbf" else other)

    # A pair of surrogates is one character.
    return _ESCAPE.sub(one, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unquoted(text: str) -> str:
    """Quoted-printable (RFC 2045, 6.7)."""
    data = _QUOTED.sub(lambda m: chr(int(m[1], 16)) if m[1] else "", text)
    try:
        return data.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return data


# Undone one after the other in each layer, each where its sign occurs.
_WHOLE: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("%", _unpercent),
    ("&", _unhtml),
    ("\\", _unescape),
    ("=", _unquoted),
)


def _base64(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        run = match.group()
        if _WORD.fullmatch(run) and len(run) < 16:  # an ordinary word, in all likelihood
            if _ASCII_QUAD.fullmatch(run[: len(run) - len(run) % 4]):
                yield from _printable(_bytes(run), 3)
            continue
        for offset in range(min(4, len(run) - 3)):
            yield from _printable(_bytes(run[offset:]), 3)
    if "\n" in text and (folded := re.sub(r"(?<=[\w+/]{16})\r?\n(?=[\w+/])", "", text)) != text:
        yield from _base64(folded)


def _bytes(run: str) -> bytes:
    run = run.replace("-", "+").replace("_", "/")
    run = run[:-1] if len(run) % 4 == 1 else run
    return base64.b64decode(run + "=" * (-len(run) % 4))


def _hex(text: str) -> Iterator[str]:
    for match in _HEX.finditer(text):
        yield from _printable(bytes.fromhex("".join(_PAIR.findall(match.group()))), 3)


def _printable(data: bytes, least: int) -> Iterator[str]:
    """The text in `data`: all of it where it is UTF-8, else its longer printable stretches."""
    if b"\0" in data:  # UTF-16 looks like this
        data = data.replace(b"\0", b"")
    try:
        text = data.decode("utf-8")
        if len(text) >= least and all(c.isprintable() or c.isspace() for c in text):
            yield text
            return
    except UnicodeDecodeError:
        pass
    for match in _PRINTED.finditer(data):
        yield match.group().decode("ascii")
