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
from binascii import a2b_base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from doorstep.boundary.coded import (
    BASE32,
    BASE64,
    EVERY,
    HEX,
    TOKENS,
    base32_runs,
    base64_runs,
    hex_runs,
    hex_tokens,
    padded_tokens,
)

_LAYERS = 3
_LEAST = 3  # characters that what looked like a code must say
_MAX_READINGS = 64
_ESCAPE = re.compile(
    r"\\+(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))",
    re.S,
)
_PERCENT = re.compile(r"%(?:25)+(?=[0-9a-fA-F]{2})")
_AMPERSAND = re.compile(r"&(?:amp;)+")
_QUOTED = re.compile(r"(?:=[0-9A-F]{2})+")
_SOFT = re.compile(r"=\r?\n")
_PAIR = re.compile(r"(?:0x)?([0-9a-fA-F]{2})")
# A line end as mailers put it into base64; what stands before it is looked at second, as most
# texts have few line ends.
_FOLD = re.compile(r"(?:\n(?<=[\w+/]{16}\n)|\r\n(?<=[\w+/]{16}\r\n))(?=[\w+/])")
_UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]+")


Runs = dict[tuple[str, bool], list[str]]


class TooManyReadings(ValueError):
    """The text can be decoded in more ways than we are ready to look at."""


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """`exact` is False where the text came out of what only looks like base64, base32 or hex:
    ordinary words do, too."""

    text: str
    exact: bool


def readings(text: str, runs: Runs | None = None, kinds: int = EVERY) -> Iterator[Reading]:
    """The text itself, then each of its decodings, each once. TooManyReadings beyond a bound.

    `runs`: what runs of base64 say, filled in here, for who asks about several texts of one request
    in which the same words stand. `kinds`: what could be found in the text (see `coded_parts`) but
    for what has a sign of its own.
    """
    runs = {} if runs is None else runs
    seen = {text}
    layer = [Reading(text, True)]
    yield layer[0]
    for _ in range(_LAYERS):
        layer = [n for old in layer for n in _decoded(old, runs, kinds) if n.text not in seen]
        kinds = EVERY
        for reading in layer:
            seen.add(reading.text)
            yield reading
        if len(seen) > _MAX_READINGS:
            raise TooManyReadings("too many layers of encoding")


def _decoded(reading: Reading, runs: Runs, kinds: int) -> Iterator[Reading]:
    text = coded = reading.text
    # Each step apart: in "q=22281638" the digits after "=" are no quoted-printable.
    for sign, undo in _WHOLE:
        if sign in text and (plain := undo(text)) != text:
            yield Reading(_changed(text, plain), reading.exact)
            text = plain
    if kinds & BASE64 and (found := "\n".join(_base64(coded, runs))):
        yield Reading(found, False)
    if kinds & HEX and (found := "\n".join(_hex(coded))):
        yield Reading(found, False)
    if kinds & BASE32 and (found := "\n".join(_base32(coded))):
        yield Reading(found, False)
    if kinds & TOKENS and (found := "\n".join(_tokens(coded))):
        yield Reading(found, reading.exact)


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


def _base64(text: str, runs: Runs) -> Iterator[str]:
    for run in base64_runs(text):
        pieces = runs.get(run)
        if pieces is None:
            runs[run] = pieces = _of_run(*run)
        yield from pieces
    if "\n" in text and (folded := _FOLD.sub("", text)) != text:
        yield from _base64(folded, runs)


def _of_run(run: str, word: bool) -> list[str]:
    """A word is decoded whole if it could be ASCII; everything else, and words of 16 letters or
    more, from any of the places it may begin."""
    found: list[str] = []
    for offset in (0,) if word else range(min(4, len(run) - 3)):
        found += _printable(_bytes(run[offset:]))
    return found


def _bytes(run: str) -> bytes:
    if "-" in run or "_" in run:
        run = run.replace("-", "+").replace("_", "/")
    run = run[:-1] if len(run) % 4 == 1 else run
    return a2b_base64(run + "=" * (-len(run) % 4))


def _hex(text: str) -> Iterator[str]:
    for found in hex_runs(text):
        # Each line, and in "be 4d617961" each word, may be one by itself.
        whole = found.strip()
        runs = (whole, *whole.splitlines(), *whole.split())
        for run in dict.fromkeys(run for run in runs if len(run) > 5):
            yield from _printable(bytes.fromhex("".join(_PAIR.findall(run))))


def _base32(text: str) -> Iterator[str]:
    """RFC 4648, 6; either case, with or without padding, from any of the places it may begin."""
    for found in base32_runs(text):
        run = found.upper()
        for offset in range(min(8, len(run) - 4)):
            piece = run[offset:]
            piece = piece[: len(piece) - (len(piece) % 8 in (1, 3, 6))]
            yield from _printable(base64.b32decode(piece + "=" * (-len(piece) % 8)))


def _tokens(text: str) -> Iterator[str]:
    """Whole encoded tokens that are nothing but text when decoded, however short."""
    if "=" in text:
        for token in padded_tokens(text):
            if len(token) % 4 == 0:  # "QWw=" is Al
                yield from _whole(_bytes(token.rstrip("=")))
    for token in hex_tokens(text):
        yield from _whole(bytes.fromhex(token.removeprefix("0x")))


def _whole(data: bytes) -> Iterator[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    if all(sign.isprintable() or unicodedata.category(sign) == "Cf" for sign in text):
        yield text


def _printable(data: bytes) -> list[str]:
    """The text in `data`: all of it where it is UTF-8, else its readable stretches."""
    if b"\0" in data:  # UTF-16 looks like this
        data = data.replace(b"\0", b"")
    size = len(data)
    if size < _LEAST:
        return []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if size == _LEAST:  # one of them is none
            return []
        pieces = _UNREADABLE.split(data.decode("utf-8", "replace"))
        return [piece for piece in pieces if len(piece) >= _LEAST]
    # Signs that nobody sees may stand between the letters.
    return [text] if len(text) >= _LEAST else []
