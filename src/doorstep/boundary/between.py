"""What a model puts between two letters of what was sent, sign by sign.

Escapes of the underscore, signs without width, Markdown, blanks, hyphens, line breaks: for each,
which marks of a key (`formkeys.py`) it can stand for, and what of it stays in the text.
"""

from __future__ import annotations

import re

from doorstep.boundary.marks import GAP, JOIN, OWN, SEP

_ZERO = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)
_MARKS = frozenset("*~`")
OPEN, CLOSE = frozenset("[({<"), frozenset("])}>")
_BLANK = frozenset(" \t\u00a0\u2007\u2009\u200a\u202f\u3000")
_HYPHEN = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
# No more blanks than one more than may stand between two letters (`Forms`), and none given back:
# a reply may have a million of them.
_WRAP = re.compile(r"[ \t]{0,17}+[-\u00ad]?+[ \t]{0,17}+(?:\r\n|\n|\r|\\r\\n|\\n)[ \t]{0,17}+")
_WRAP_START = re.compile(r"[ \t]{0,17}+[-\u00ad]?+[ \t]{0,17}+(?:\r|\\(?:r(?:\\)?)?)?")
_ESCAPED_LINE = re.compile(r"\\++_")


def _spelt() -> dict[str, str]:
    """Escapes of the underscore, and of signs without width, in small letters."""
    found = {
        f"&{more}{name};": SEP
        for more in ("", "amp;")
        for name in ("#95", "#095", "#x5f", "#x005f", "lowbar", "underbar")
    }
    found |= dict.fromkeys(("%5f", "%255f", "\\u005f", "\\x5f", "\\u{5f}"), SEP)
    found |= {f"\\u{sign}": "" for sign in ("200b", "200c", "200d", "2060", "feff", "00ad")}
    found |= dict.fromkeys(("&zwnj;", "&zwj;", "&#8203;", "&shy;", "&zerowidthspace;"), "")
    return found


_SPELT = _spelt()
_SPELT_STARTS = frozenset(text[:i] for text in _SPELT for i in range(1, len(text)))
_LONGEST_SPELT = max(map(len, _SPELT))
ESCAPED = re.compile(
    "|".join(map(re.escape, sorted(_SPELT, key=len, reverse=True))), re.IGNORECASE | re.ASCII
)
_CAPITALS = {
    spelt: chr(i).upper()
    for i in range(128)
    if chr(i).isalnum()
    for spelt in (chr(i), chr(0xFEE0 + i))
}


def letter(sign: str) -> str:
    """The letter or digit, a capital; "" for anything else."""
    return _CAPITALS.get(sign, "")


def ends(text: str, at: int, final: bool) -> tuple[bool, bool]:
    """(a word ends at `at`, which is only known when more has come). A plural may hang on."""
    if at == len(text):
        return final, not final
    sign = text[at]
    if not (sign.isascii() and sign.isalnum()):
        return True, False
    if sign != "s":
        return False, False
    if at + 1 == len(text):
        return final, not final
    return not (text[at + 1].isascii() and text[at + 1].isalnum()), False


def between(text: str, at: int) -> tuple[int | None, set[str], str]:
    """What stands between letters at `at`: its length, the marks of keys that it can be ("" is
    what may stand between any two letters), and what of it stays in the text.

    The length is None for a piece of something longer at the end of the text, 0 for the rest.
    """
    sign = text[at]
    rest = text[at : at + _LONGEST_SPELT].lower() if sign in "&%\\" else ""
    if rest and (spelt := ESCAPED.match(text, at)):
        mark = _SPELT[spelt.group().lower()]
        return spelt.end() - at, {mark, OWN} if mark else {mark}, ""
    if wrap := _WRAP.match(text, at):
        return wrap.end() - at, {"", SEP, GAP, JOIN}, ""
    if rest in _SPELT_STARTS or _WRAP_START.fullmatch(text, at):
        return None, set(), ""
    marks, stays = _sign(sign)
    if sign == "\\" and _ESCAPED_LINE.match(text, at):
        marks = {*marks, ""}
    return 1, marks, stays


def _sign(sign: str) -> tuple[set[str], str]:
    if sign in _ZERO:
        return {""}, ""
    if sign in _MARKS:
        return {"", SEP, GAP, JOIN}, sign
    if sign in _BLANK or sign in _HYPHEN:
        return {SEP, GAP, JOIN}, ""
    if sign in "_\uff3f":
        return {SEP, OWN, JOIN}, ""
    if sign == "\\":
        return {SEP}, ""
    if sign in OPEN or sign in CLOSE:
        return {SEP, JOIN}, sign
    return ({JOIN}, "") if sign in "./" else (set(), "")
