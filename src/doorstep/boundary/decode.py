r"""Readings: a text, and what it says once percent, HTML, backslash, base64, 32 and hex are undone.

Encodings may be nested (base64 of a percent-encoded text); three layers are undone, and an
encoding that is applied to itself any number of times (JSON in JSON in JSON) counts as one.
Decoding only adds readings, so it can never hide anything from the gate.
"""

from __future__ import annotations

import base64
import html
import re
import unicodedata
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
_QUOTED = re.compile(r"(?:=[0-9A-F]{2})+")
_SOFT = re.compile(r"=\r?\n")
_BASE64 = r"[A-Za-z0-9+/_-]"
# What is written like a word, as most is: one capital at most, or nothing but capitals.
_WORD = rf"(?:[A-Z]?[a-z]+|[A-Z]+)(?!{_BASE64})"
# Four characters of base64 whose three bytes are ASCII letters or the like (bytes 0x20-0x7e).
_ASCII_QUAD = r"[I-Za-f][A-HQ-Xg-nw-z0-3][A-Za-z0-9+/]{2}"
# A word is decoded whole if it could be ASCII; everything else, and words of 16 letters or more,
# from any of the places it may begin.
_RUNS = re.compile(
    rf"(?<!{_BASE64})(?:"
    rf"(?!{_WORD}){_BASE64}{{4,}}|{_BASE64}{{16,}}|((?:{_ASCII_QUAD})+[A-Za-z]{{0,3}}(?!{_BASE64})))"
)
# A whole token whose padding says that it is base64, however short: "QWw=" is Al.
_PADDED = re.compile(r"(?<![\w+/=-])(?:[\w+/-]{4})*[\w+/-]{2,3}={1,2}(?![\w=])", re.ASCII)
# A whole token of pairs that shows that it is hex: "0x416c", "5a6f" but not "2030".
_PAIRS = re.compile(r"(?<!\w)(?:0x)?(?=[0-9]*[a-fA-F])(?:[0-9a-fA-F]{2}){2,}(?!\w)")
_BASE32 = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*[2-7=]|[A-Z]{16}|[a-z]{24})[A-Za-z2-7]{5,}")
_HEX = re.compile(r"(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[\s:,;-]{0,2}){3,}")
_PAIR = re.compile(r"(?:0x)?([0-9a-fA-F]{2})")
# A line end as mailers put it into base64; what stands before it is looked at second, as most
# texts have few line ends.
_FOLD = re.compile(r"(?:\n(?<=[\w+/]{16}\n)|\r\n(?<=[\w+/]{16}\r\n))(?=[\w+/])")
_UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]+")


class TooManyReadings(ValueError):
    """The text can be decoded in more ways than we are ready to look at."""


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """`exact` is False where the text came out of what only looks like base64, base32 or hex:
    ordinary words do, too."""

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
    # Each step apart: in "q=22281638" the digits after "=" are no quoted-printable.
    for sign, undo in _WHOLE:
        if sign in text and (plain := undo(text)) != text:
            yield Reading(_changed(text, plain), reading.exact)
            text = plain
    for pieces, exact in ((_base64, False), (_hex, False), (_base32, False), (_tokens, True)):
        if found := "\n".join(pieces(reading.text)):
            yield Reading(found, exact and reading.exact)


def _changed(before: str, after: str) -> str:
    """The lines that are not as before, each with its neighbours: a value may go over two."""
    known, lines = set(before.split("\n")), after.split("\n")
    near = {at + step for at, line in enumerate(lines) if line not in known for step in (-1, 0, 1)}
    return "\n".join(line for at, line in enumerate(lines) if at in near)


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
    return _QUOTED.sub(lambda m: _letters(m[0].replace("=", "")), _SOFT.sub("", text))


def _letters(pairs: str) -> str:
    """UTF-8, of which the ends may be cut off; else Latin-1."""
    data = bytes.fromhex(pairs)
    text = data.decode("utf-8", "replace")
    return text if "\ufffd" not in text or text.strip("\ufffd") else data.decode("latin-1")


# Undone one after the other in each layer, each where its sign occurs, and read after each.
_WHOLE: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("%", _unpercent),
    ("&", _unhtml),
    ("\\", _unescape),
    ("=", _unquoted),
)


def _base64(text: str) -> Iterator[str]:
    for match in _RUNS.finditer(text):
        run = match.group()
        for offset in (0,) if match[1] else range(min(4, len(run) - 3)):
            yield from _printable(_bytes(run[offset:]), 3)
    if "\n" in text and (folded := _FOLD.sub("", text)) != text:
        yield from _base64(folded)


def _bytes(run: str) -> bytes:
    run = run.replace("-", "+").replace("_", "/")
    run = run[:-1] if len(run) % 4 == 1 else run
    return base64.b64decode(run + "=" * (-len(run) % 4))


def _hex(text: str) -> Iterator[str]:
    for match in _HEX.finditer(text):
        # Each line, and in "be 4d617961" each word, may be one by itself.
        whole = match.group().strip()
        runs = (whole, *whole.splitlines(), *whole.split())
        for run in dict.fromkeys(run for run in runs if len(run) > 5):
            yield from _printable(bytes.fromhex("".join(_PAIR.findall(run))), 3)


def _base32(text: str) -> Iterator[str]:
    """RFC 4648, 6; either case, with or without padding, from any of the places it may begin."""
    for match in _BASE32.finditer(text):
        run = match.group().upper()
        for offset in range(min(8, len(run) - 4)):
            piece = run[offset:]
            piece = piece[: len(piece) - (len(piece) % 8 in (1, 3, 6))]
            yield from _printable(base64.b32decode(piece + "=" * (-len(piece) % 8)), 3)


def _tokens(text: str) -> Iterator[str]:
    """Whole encoded tokens that are nothing but text when decoded, however short."""
    if "=" in text:
        for match in _PADDED.finditer(text):
            if len(match.group()) % 4 == 0:
                yield from _whole(_bytes(match.group().rstrip("=")))
    for match in _PAIRS.finditer(text):
        yield from _whole(bytes.fromhex(match.group().removeprefix("0x")))


def _whole(data: bytes) -> Iterator[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    if all(sign.isprintable() or unicodedata.category(sign) == "Cf" for sign in text):
        yield text


def _printable(data: bytes, least: int) -> Iterator[str]:
    """The text in `data`: all of it where it is UTF-8, else its readable stretches."""
    if b"\0" in data:  # UTF-16 looks like this
        data = data.replace(b"\0", b"")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pieces = _UNREADABLE.split(data.decode("utf-8", "replace"))
        yield from (piece for piece in pieces if len(piece) >= least)
    else:
        if len(text) >= least:  # signs that nobody sees may stand between the letters
            yield text
