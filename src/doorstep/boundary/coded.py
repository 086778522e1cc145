r"""Where a text may hold something encoded, found by automata.

`decode.py` undoes base64, hex and base32 wherever they could stand. Asking a backtracking engine at
each character takes most of the time that the gate has, so the text is first made into lines of the
characters that a code is made of, one byte for each character; RE2 then gives the lines that are
candidates, in a time that does not depend on what is found. Nothing is left out: what the five
functions give is what these expressions match (`re`, over the text itself):

- base64_runs: `(?<!B)(?:(?!WORD)B{4,}|B{16,}|((?:QUAD)+[A-Za-z]{0,3}(?!B)))`, B `[A-Za-z0-9+/_-]`,
  WORD `(?:[A-Z]?[a-z]+|[A-Z]+)(?!B)`, QUAD four characters of base64 whose three bytes could be
  ASCII letters or the like (0x20-0x7e);
- hex_runs: `(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[\s:,;-]{0,2}){3,}`;
- hex_tokens: `(?<!\w)(?:0x)?(?=[0-9]*[a-fA-F])(?:[0-9a-fA-F]{2}){2,}(?!\w)`;
- padded_tokens: `(?<![\w+/=-])(?:[\w+/-]{4})*[\w+/-]{2,3}={1,2}(?![\w=])`, in ASCII;
- base32_runs: `(?<![A-Za-z0-9])(?=[A-Za-z]*[2-7=]|[A-Z]{16}|[a-z]{24})[A-Za-z2-7]{5,}`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import Any

__all__ = ["base32_runs", "base64_runs", "coded_parts", "hex_runs", "hex_tokens", "padded_tokens"]

BASE64, HEX, TOKENS, BASE32 = 1, 2, 4, 8  # bits; tokens are padded base64, or hex
EVERY = BASE64 | HEX | TOKENS | BASE32

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_MOST_BYTES = 1 << 20  # for the states of one expression
_LONG = 16  # letters from which a word is taken for base64
_SAMPLE = 24  # runs after which it shows whether a text is full of them, as source code is:
_DENSE = 60  # with fewer characters to a run, it costs less to look at each character
_QUAD = r"[I-Za-f][A-HQ-Xg-nw-z0-3][A-Za-z0-9+/]{2}"
_WORD = r"(?:[A-Z]?[a-z]+|[A-Z]+)(?![A-Za-z0-9+/_-])"
_RUNS = re.compile(
    rf"(?<![A-Za-z0-9+/_-])(?:(?!{_WORD})[A-Za-z0-9+/_-]{{4,}}|[A-Za-z0-9+/_-]{{{_LONG},}}"
    rf"|((?:{_QUAD})+[A-Za-z]{{0,3}}(?![A-Za-z0-9+/_-])))"
)
_PAIRS = re.compile(r"(?<!\w)(?:0x)?(?=[0-9]*[a-fA-F])(?:[0-9a-fA-F]{2}){2,}(?!\w)")
_BASE32 = re.compile(r"(?=[A-Za-z]*[2-7=]|[A-Z]{16}|[a-z]{24})[A-Za-z2-7]{5,}")


def _lines(kept: bytes) -> bytes:
    """A table for `translate` that makes a line end of every byte but `kept`."""
    return bytes(byte if byte in kept else 10 for byte in range(256))


_OF_BASE64, _OF_WORDS = _lines(_LETTERS + b"+/_-"), _lines(_LETTERS + b"_")
_OF_BASE32, _OF_PADDED = _lines(_LETTERS + b"="), _lines(_LETTERS + b"+/_-=")
_BLANK = (
    r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
)


class _Automata:
    """The expressions as RE2 has them, for lines (`(?m)`); each finds what its name says."""

    def __init__(self) -> None:
        any64 = r"[A-Za-z0-9+/_-]"
        # No word: with a digit or a sign, with a capital inside, with two capitals at first.
        other = rf"{any64}*(?:[0-9+/_-]|[a-z][A-Z]|[A-Z]{{2}}[a-z]){any64}*"
        self.base64 = _compiled(
            rf"(?m)^(?:{other}|{any64}{{{_LONG},}}|(?:{_QUAD})+[A-Za-z]{{0,3}})$"
        )
        self.padded = _compiled(rf"(?m)^(?:{any64}{{4}})*{any64}{{2,3}}={{1,2}}(?:[+/-]|$)")
        pair = r"(?:0x|\\x|%)?[0-9a-fA-F]{2}"
        self.hex = _compiled(rf"(?:{pair}[{_BLANK}:,;-]{{0,2}}){{3,}}")
        # "?" stands for what is not ASCII, which may be a space or a letter.
        self.maybe_hex = _compiled(rf"(?:{pair}[\t-\r\x1c-\x20:,;?-]{{0,2}}){{3}}")
        lettered = r"(?:[0-9][a-fA-F]|[a-fA-F][0-9a-fA-F])"
        self.pairs = _compiled(rf"(?m)^(?:0x)?(?:[0-9]{{2}})*{lettered}(?:[0-9a-fA-F]{{2}})*$")
        sign = "[A-Za-z2-7]"
        coded32 = "|".join(
            f"[A-Za-z]{{{letters}}}[2-7]{sign}{{{4 - letters}}}" for letters in range(5)
        )
        self.maybe_base32 = _compiled(rf"{coded32}|[A-Za-z]{{5}}=|[A-Z]{{16}}|[a-z]{{24}}")
        coded32 += "|[A-Za-z]{5,}(?:[2-7]|=)|[A-Z]{16}|[a-z]{24}"
        self.base32 = _compiled(rf"(?m)^(?:{coded32})[A-Za-z0-9]*")


def _compiled(source: str) -> Any:
    import re2

    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = _MOST_BYTES
    return re2.compile(source.encode(), options)


@cache
def _automata() -> _Automata:
    return _Automata()


def _ascii(text: str) -> bytes:
    """One byte for each character, "?" for those beyond ASCII."""
    return text.encode("ascii", "replace")


def base64_runs(text: str) -> list[tuple[str, bool]]:
    """The runs, each with whether it is a word, which counts only as a whole."""
    found: list[tuple[str, bool]] = []
    lines = _ascii(text).translate(_OF_BASE64)
    for count, match in enumerate(_automata().base64.finditer(lines), 1):
        start, end = match.span()
        if end - start > 3:
            run = text[start:end]
            found.append((run, _word(run)))
        if count == _SAMPLE and end < _SAMPLE * _DENSE:
            found += [(run[0], bool(run[1])) for run in _RUNS.finditer(text, end)]
            break
    return found


def _word(run: str) -> bool:
    return len(run) < _LONG and run.isalpha() and (run[1:].islower() or run.isupper())


def hex_runs(text: str) -> list[str]:
    found = _automata().hex.finditer(text.encode("utf-8", "surrogatepass"))
    return [match.group().decode() for match in found]


def hex_tokens(text: str) -> list[str]:
    found = _automata().pairs.finditer(_ascii(text).translate(_OF_WORDS))
    tokens = [match.group().decode() for match in found]
    tokens = [token for token in tokens if len(token.removeprefix("0x")) > 3]
    # A letter beyond ASCII may hang on a token, which is none then.
    if tokens and not text.isascii():
        return [match.group() for match in _PAIRS.finditer(text)]
    return tokens


def padded_tokens(text: str) -> list[str]:
    found = _automata().padded.finditer(_ascii(text).translate(_OF_PADDED))
    return [match.group().decode().rstrip("+/-") for match in found]


def base32_runs(text: str) -> list[str]:
    lines = _ascii(text).translate(_OF_BASE32).replace(b"=", b"=\n")
    found = (match.group().decode() for match in _automata().base32.finditer(lines))
    return [run[0] for token in found if (run := _BASE32.match(token))]


def coded_parts(text: str, starts: Sequence[int]) -> dict[int, int]:
    """Numbers of the parts of a text in which one of the five could find something, and which of
    them (bits); part n begins at `starts[n]`, and between two stand three line ends, over which
    nothing goes. What is padded has a "=", which is for the caller to look for."""
    data, automata = _ascii(text), _automata()
    found: dict[int, int] = {}
    for kind, regex, lines in (
        (BASE64, automata.base64, data.translate(_OF_BASE64)),
        (HEX, automata.maybe_hex, data),
        (TOKENS, automata.pairs, data.translate(_OF_WORDS)),
        (BASE32, automata.maybe_base32, data),
    ):
        at = 0
        while match := regex.search(lines, at):
            part = bisect_right(starts, match.start()) - 1
            found[part] = found.get(part, 0) | kind
            if part + 1 == len(starts):
                break
            at = starts[part + 1]
    return found
