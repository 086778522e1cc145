"""Shares, odds and ratios in words as fractions: one in four, 3 out of 5, 1 part to 3 parts."""

from __future__ import annotations

import re
from fractions import Fraction

from doorstep.patterns.compare.number_words import VALUES

_COUNT = rf"\d[\d,]*|{'|'.join(word for word, value in VALUES.items() if value)}"
WANTS_SHARE = re.compile(
    r"\b(?:what|which) (?:per ?cent|share|fraction|proportion|portion)"
    r"|\bhow many per ?cent|%\?",
    re.IGNORECASE,
)
_ODDS = re.compile(
    rf"(?:\b|^)({_COUNT})(?:-| )(?:in|out(?: |-)of)(?:-| )(?:every )?({_COUNT}|hundred)"
    r"\b(?=[.,;)!?](?!\d)|\s*\Z|\s(?:chance|probability|odds))",
    re.IGNORECASE,
)
_OF = re.compile(
    rf"\b({_COUNT}) (?:of|out of|in) (?:the |every )?({_COUNT})\b(?![.,]\d|\s?%)", re.IGNORECASE
)
_OFTEN = {"once": 1, "twice": 2, "thrice": 3}
_TIMES = re.compile(r"\b(once|twice|thrice)\b(?= (?:an?|per|every|each|daily|weekly|in)\b)", re.I)
_RATIO = re.compile(r"(?<![\w:.])(\d+(?:\.\d+)?)\s?:\s?(\d+(?:\.\d+)?)(?![\w:]|\.\d)")
_RATIO_TO = re.compile(r"\b(\d+(?:\.\d+)?) (?:to|is to) (\d+(?:\.\d+)?)\b(?!\.\d)")
_PARTS = re.compile(
    r"\b(\d+) parts? (?:of )?[a-z]+(?: [a-z]+){0,2},? (\d+) parts?\b", re.IGNORECASE
)
_IS_RATIO = re.compile(r"\bratio\b|\bodds\b|\bscale\b|\bproportion\b", re.IGNORECASE)


def shares(text: str, question: str) -> str:
    """One in four, 3 out of 5 and the ratio 3:2 as fractions."""
    if not re.search(r"\bhow many\b", question, re.IGNORECASE):
        text = _ODDS.sub(_share, text)
    if WANTS_SHARE.search(question):
        text = _OF.sub(_share, text)
    text = _TIMES.sub(lambda m: f"{_OFTEN[m[1].lower()]} times", text)
    text = _PARTS.sub(r"ratio \1:\2", text)
    ratio = _IS_RATIO.search(question) or _IS_RATIO.search(text)
    if ratio or _RATIO.fullmatch(text.strip()):
        text = _RATIO.sub(_share, text)
    falls = (match := _RATIO_TO.fullmatch(text.strip())) and _value(match[1]) > _value(match[2])
    return _RATIO_TO.sub(_share, text) if ratio or falls else text


def _share(match: re.Match[str]) -> str:
    above, below = _value(match[1]), _value(match[2])
    if not below:
        return match[0]
    share = above / below
    return f"{share.numerator}/{share.denominator}"


def _value(count: str) -> Fraction:
    named = VALUES | {"hundred": 100}
    return (
        Fraction(named[count.lower()])
        if count.lower() in named
        else Fraction(count.replace(",", ""))
    )


def in_dozens(text: str, question: str) -> str:
    """Where dozens are asked for, two dozen are 2 and not 24."""
    if not re.search(r"\bhow many (?:\w+ ){0,2}dozens?\b", question, re.IGNORECASE):
        return text
    return re.sub(r"\bdozens?\b", "packs", text)
