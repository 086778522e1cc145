"""What the automata find is what the plain expressions match, and what is decoded is the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.boundary import coded, decode
from doorstep.boundary.decode import Reading, TooManyReadings, readings

_BASE64 = r"[A-Za-z0-9+/_-]"
_WORD = rf"(?:[A-Z]?[a-z]+|[A-Z]+)(?!{_BASE64})"
_QUAD = r"[I-Za-f][A-HQ-Xg-nw-z0-3][A-Za-z0-9+/]{2}"
_RUNS = re.compile(
    rf"(?<!{_BASE64})(?:"
    rf"(?!{_WORD}){_BASE64}{{4,}}|{_BASE64}{{16,}}|((?:{_QUAD})+[A-Za-z]{{0,3}}(?!{_BASE64})))"
)
_PADDED = re.compile(r"(?<![\w+/=-])(?:[\w+/-]{4})*[\w+/-]{2,3}={1,2}(?![\w=])", re.ASCII)
_PAIRS = re.compile(r"(?<!\w)(?:0x)?(?=[0-9]*[a-fA-F])(?:[0-9a-fA-F]{2}){2,}(?!\w)")
_BASE32 = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*[2-7=]|[A-Z]{16}|[a-z]{24})[A-Za-z2-7]{5,}")
_HEX = re.compile(r"(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[\s:,;-]{0,2}){3,}")


def _all(regex: re.Pattern[str], text: str) -> list[str]:
    return [match.group() for match in regex.finditer(text)]


SLOW = {
    "base64_runs": lambda text: [(m.group(), bool(m[1])) for m in _RUNS.finditer(text)],
    "padded_tokens": lambda text: _all(_PADDED, text),
    "hex_tokens": lambda text: _all(_PAIRS, text),
    "base32_runs": lambda text: _all(_BASE32, text),
    "hex_runs": lambda text: _all(_HEX, text),
}

_WORDS = """
be added|decade|client|also|0x4142|face|feed|5a6f|JBSWY3DPEHPK3PXP=|hello=|QWw=|Zm9vYmFy|4d 61 79
well-known|camelCase|PERSON_7F3AQ2XK|%4d%61|\\x4d\\x61\\x79|\\u004d|&#77;|=4D=61|2030|12:30:45|TWF5YQ
MFRGGZDFMZTWQ2LK|abcdefghijklmnopqrstuvwx|ABCDEFGHIJKLMNOP|Maya|1,2;3-4|data:,x|0xab|A=-b|ÄÖ|é|😀|٣
"""
_PIECES = (
    *re.split(r"[|\n]", _WORDS),
    "=\n",
    "\u2003",
    "\xa0",
    "\x85",
    "\ud83d",
    "_",
    "-",
    "+/",
    "=",
)
_SIGNS = "abcfAFXYZ0189234567=+/_-%\\x&:;, \t\r\n\x1c"
_TEXTS = st.one_of(
    st.lists(st.sampled_from([*_PIECES, " ", "", "\n", " ", ". "]), max_size=12).map("".join),
    st.text(st.sampled_from(_SIGNS), max_size=60),
    st.text(st.sampled_from("ABCDEFGHabcdefgh0123456789"), max_size=40),
    st.text(max_size=20),
)


@given(_TEXTS)
@settings(max_examples=1500, deadline=None)
def test_the_automata_find_what_the_expressions_match(text: str) -> None:
    for name, slow in SLOW.items():
        assert getattr(coded, name)(text) == slow(text), name


def _long_texts() -> list[Path]:
    """Prose, and source code, which is full of runs."""
    root = Path(__file__).parents[2]
    return [
        root / "README.md",
        *sorted((root / "docs").glob("*.md")),
        *Path(__file__).parent.glob("*.py"),
    ]


@pytest.mark.parametrize("path", _long_texts(), ids=lambda path: path.name)
def test_they_do_so_in_long_texts(path: Path) -> None:
    text = path.read_text("utf-8")
    for name, slow in SLOW.items():
        assert getattr(coded, name)(text) == slow(text), name
        assert getattr(coded, name)(text.upper()) == slow(text.upper()), name


def _slow_printable(data: bytes) -> Iterator[str]:
    data = data.replace(b"\0", b"")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pieces = re.split("[\x00-\x08\x0e-\x1f\x7f\ufffd]+", data.decode("utf-8", "replace"))
        yield from (piece for piece in pieces if len(piece) >= 3)
    else:
        if len(text) >= 3:
            yield text


def _all_readings(text: str) -> list[Reading] | str:
    try:
        return list(readings(text))
    except TooManyReadings:
        return "too many"


@given(_TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_text_has_the_readings_that_the_expressions_give(text: str) -> None:
    quick = _all_readings(text)
    with pytest.MonkeyPatch.context() as patched:
        for name, slow in SLOW.items():
            patched.setattr(decode, name, slow)
        patched.setattr(decode, "_printable", _slow_printable)
        assert quick == _all_readings(text)


BITS = {
    "base64_runs": coded.BASE64,
    "hex_runs": coded.HEX,
    "hex_tokens": coded.TOKENS,
    "base32_runs": coded.BASE32,
}


@given(st.lists(_TEXTS, min_size=1, max_size=6))
@settings(max_examples=500, deadline=None)
def test_no_part_that_could_be_decoded_is_left_out(parts: list[str]) -> None:
    joined, starts, at = "\n\n\n".join(parts), [], 0
    for part in parts:
        starts.append(at)
        at += len(part) + 3
    found = coded.coded_parts(joined, starts)
    for number, part in enumerate(parts):
        for name, bit in BITS.items():
            if SLOW[name](part):
                assert found.get(number, 0) & bit
