"""Numerals as they are written around the world: 1,234.5 and 1.234,5, 2 1/2, 6.02e23, 1.2M."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from doorstep.patterns.compare.number_words import SCALES, WORDS, value_of

_EXPONENT = r"(?:[eE](?P<e>[+-]?\d{1,3})\b|\s?[x×*·]\s?10\s?\^\s?[{(]?(?P<ten>-?\d{1,3})[})]?)?"
NUMERAL = re.compile(
    r"(?<![\w.,/^])(?P<over>(?:(?P<whole>\d+)(?:\s+|-))?(?P<n>\d+)\s?/\s?(?P<d>\d+)(?![\d/]))"
    r"|(?<![\w.,/^])(?P<base>\d{1,6})\^\{?(?P<up>-?\d{1,2})\}?(?!\d)"
    r"|(?:(?<![\w^])(?<!\^-)|(?<=USD)|(?<=EUR)|(?<=GBP)|(?<=CHF))"
    r"(?P<digits>\d{1,3}(?:[. ']\d{3})+,\d+(?!\d)"  # 1.234,5
    r"|\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?(?![\d,]\d)"  # 1,234.5 and 1,00,000
    r"|\d{1,3}(?:\.\d{3}){2,}(?!\d)"  # 1.234.567
    r"|\d{1,3}(?:[ ']\d{3})+(?:\.\d+)?(?!\d)"  # 1 234.5
    r"|\d+[.,]\d+|\d+|(?<!\d)\.\d+)" + _EXPONENT
)
_SCALE = re.compile(
    r"(?:[ \-]|\s(?:of\s)?an?\s)?"
    r"(?i:(?P<word>hundred|thousand|lakh|million|crore|billion|trillion|dozen|grand(?! total))s?)\b"
)
_AND_PART = re.compile(
    r"\sand\s(?P<part>(?:an?|one|two|three)[ -](?:half|thirds?|quarters?|fifths?|eighths?))\b", re.I
)
_SHORT = re.compile(r"(?P<money>[KMB]|m|b)\b|\s?(?P<always>k|bn|mn|mio\.?)\b(?!\w)")
_SHORTS = {"k": 1000, "K": 1000, "M": 10**6, "m": 10**6, "mn": 10**6, "mio": 10**6}
_SHORTS |= {"mio.": 10**6, "B": 10**9, "b": 10**9, "bn": 10**9}


@dataclass(frozen=True, slots=True)
class Numeral:
    """`value` as it is written between `start` and `end`.

    `decimals` is None where it is exact (a fraction, words); `other` is a second reading of it
    (1.234 may be 1234).
    """

    start: int
    end: int
    value: Fraction
    decimals: int | None = None
    other: Fraction | None = None


def numerals(text: str) -> list[Numeral]:
    """All numbers of `text` in their order, in digits and in words."""
    found = [numeral for match in NUMERAL.finditer(text) if (numeral := _of(match))]
    taken = {at for numeral in found for at in range(numeral.start, numeral.end)}
    for match in WORDS.finditer(text):
        value = value_of(match[0])
        if value is not None and taken.isdisjoint(range(*match.span())):
            found.append(Numeral(match.start(), match.end(), value))
    return sorted(found, key=lambda numeral: numeral.start)


def scaled(numeral: Numeral, text: str, money: bool) -> Numeral:
    """With the word or letter behind it: million, dozen, k; M and B only behind money."""
    if part := _AND_PART.match(text, numeral.end):
        more = value_of(part["part"]) if numeral.decimals == 0 else None
        if more is not None:
            return Numeral(numeral.start, part.end(), numeral.value + more)
    word = _SCALE.match(text, numeral.end)
    if word is not None:
        name = word["word"].lower()
        return _times(numeral, 1000 if name == "grand" else SCALES[name], word.end())
    short = _SHORT.match(text, numeral.end)
    if short is None or (short["money"] and not money):
        return numeral
    return _times(numeral, _SHORTS[short["money"] or short["always"]], short.end())


def _times(numeral: Numeral, scale: int, end: int) -> Numeral:
    other = None if numeral.other is None else numeral.other * scale
    return Numeral(numeral.start, end, numeral.value * scale, numeral.decimals, other)


def _of(match: re.Match[str]) -> Numeral | None:
    if match["over"]:
        below = int(match["d"])
        if below == 0:
            return None
        value = Fraction(int(match["n"]), below) + int(match["whole"] or 0)
        return Numeral(match.start(), match.end(), value)
    if match["base"]:
        return Numeral(match.start(), match.end(), _power(int(match["base"]), int(match["up"])))
    value, decimals, other = read_digits(match["digits"])
    power = int(match["e"] or match["ten"] or 0)
    if abs(power) > 100:
        return None
    factor = Fraction(10) ** power
    return Numeral(match.start(), match.end(), value * factor, decimals, other)


def _power(base: int, up: int) -> Fraction:
    return Fraction(base) ** up if base else Fraction(0)


def read_digits(digits: str) -> tuple[Fraction, int, Fraction | None]:
    """The value, its decimals, and another reading where there is one."""
    plain = digits.replace(" ", "").replace("'", "")
    comma, dot = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and dot >= 0:
        sign = "," if comma > dot else "."
        return _decimal(plain, sign)
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{2,3})*,\d{3}", plain):
        return _decimal(plain, ".")
    if plain.count(".") > 1:
        return _decimal(plain, ",")
    value, decimals, _ = _decimal(plain, "," if comma >= 0 else ".")
    groups = re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", plain)
    return value, decimals, Fraction(plain.replace(".", "")) if groups else None


def _decimal(plain: str, sign: str) -> tuple[Fraction, int, None]:
    thousands = "." if sign == "," else ","
    normal = plain.replace(thousands, "").replace(sign, ".")
    decimals = len(normal.partition(".")[2])
    return Fraction(f"0{normal}" if normal.startswith(".") else normal), decimals, None
