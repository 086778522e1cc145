"""Model prose as plain text: LaTeX, markdown and typographic signs as the readers expect them."""

from __future__ import annotations

import re
from collections.abc import Callable

_SIGNS = str.maketrans(
    {
        "−": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": " - ",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2007": " ",
        "’": "'", "‘": "'", "“": '"', "”": '"', "`": "",
        "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3",
        "⅛": " 1/8", "⅜": " 3/8", "⅝": " 5/8", "⅞": " 7/8", "⅕": " 1/5",
        "⁄": "/", "≈": " about ", "~": " about ", "≅": " about ", "µ": "μ",
    }
)  # fmt: skip

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_SHORT_MONTH = "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|no"
_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

_RULES: tuple[Rule, ...] = (
    (re.compile(r"<<[^<>]*>>"), ""),  # a calculator's annotation in worked solutions
    (re.compile(r"\\(?:d|t)?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r" \1/\2"),
    (re.compile(r"\\(?:text|mathrm|textbf|mathbf|operatorname)\s*\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\\(?:times|cdot)\b"), "×"),
    (re.compile(r"\\approx\b"), " about "),
    (re.compile(r"\^\s*\{?\\?circ\}?"), "°"),
    (re.compile(r"\\[,;!: ]"), " "),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\([$%#&_{}])"), r"\1"),
    (re.compile(r"\\[()\[\]]"), " "),
    (re.compile(r"(?<![\w'])(\d+)\s?'\s?(\d+)\s?(?:\"|'')"), r"\1 ft \2 in"),
    (re.compile(r"\*\*|__"), ""),
    (re.compile(r"(?:±|\+/-)\s?(\d[\d.,/]*)"), r"\1 and -\1"),
    (re.compile(rf"\b({_SHORT_MONTH})\.(?=\s*\d)", re.IGNORECASE), r"\1"),
    (re.compile(r"\b(hrs?|mins?|secs?|approx|lbs?|oz|ft|yrs?)\.", re.IGNORECASE), r"\1"),
    (re.compile(r"\$\$"), " "),
)
_MATH = re.compile(r"(?<![\w$])\$([^$\n]{1,80}?)(?<!\s)\$(?!\d)")


def clean(text: str) -> str:
    """`text` with typographic and LaTeX spellings unfolded; empty lines and runs of spaces go."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    text = re.sub(f"⁻?[{_POWERS}]+", _power, text).translate(_SIGNS)
    for pattern, plain in _RULES:
        text = pattern.sub(plain, text)
    return _MATH.sub(r" \1 ", text)


def _power(match: re.Match[str]) -> str:
    digits = "".join("-" if sign == "⁻" else str(_POWERS.index(sign)) for sign in match[0])
    return f"^{digits}"


def folded(text: str) -> str:
    """For comparing words: lower case, single spaces, no quotes and no stops at the ends."""
    return " ".join(text.split()).strip(" \t\"'.,;:!*_()[]").casefold()
