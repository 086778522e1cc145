"""Spans of time in words: from 9 to 5, 3-5 March, between noon and two; before and after."""

from __future__ import annotations

import re

from doorstep.patterns.compare.calendar_words import MONTHS, WEEKDAYS
from doorstep.patterns.compare.number_words import VALUES

_HALF = r"[ap]\.?\s?m\b\.?"
_TO = r"(?:to|until|till|through|thru)"
_HOURS = re.compile(
    rf"(?<![\d:./-])(\d{{1,2}})((?:[:.][0-5]\d)?)\s?(?:-|{_TO}|and)\s?(?=(\d{{1,2}})(?:[:.][0-5]\d)?"
    rf"\s?({_HALF}))",
    re.IGNORECASE,
)
_DAYS = re.compile(
    r"(?<![\d:./-])(\d{1,2})(?:st|nd|rd|th|\.)?\s?(?:-|to|until|till|through|and)\s?"
    r"(?=\d{1,2}(?:st|nd|rd|th|\.)?\s(?:of\s)?([A-Za-z]{3,9}))",
    re.IGNORECASE,
)
_MONTH_DAYS = re.compile(
    r"\b([A-Za-z]{3,9})\s(\d{1,2})(?:st|nd|rd|th)?\s?(?:-|to|through)\s?(?=\d{1,2}\b(?![:.]\d))"
)
_SPLIT = re.compile(rf"\s{_TO}\s|(?<=[\dm.])\s?-\s?(?=\d)|\s-\s", re.IGNORECASE)
_CLOSES = re.compile(r"\b(?:and )?(?:closes?|ends?|finish(?:es)?) (?:at|on)\b", re.IGNORECASE)
_ENDS = re.compile(r"\b(?:clos|end|finish|open(?:s|ing)?\b|start|begin)", re.IGNORECASE)
_BEGINS = re.compile(
    rf"\W*(?:the |about |around |at |on |half |a |quarter |next |this )*(?:\d|noon|midnight|midday"
    rf"|tomorrow|{'|'.join([*MONTHS, *WEEKDAYS, *VALUES])})",
    re.IGNORECASE,
)
_ISO_TIME = re.compile(r"\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?\Z")  # its zone follows
_BETWEEN = re.compile(r"\bbetween\b(.*?)\band\b(.*)", re.IGNORECASE | re.DOTALL)
_BOUND = re.compile(
    r"\b(?:(?P<before>before|by|until|till|no later than|at the latest|up to|not after)"
    r"|(?P<after>after|since|from|not before|no earlier than|at the earliest))\s(?:the\s)?\Z",
    re.IGNORECASE,
)


def halves(text: str, question: str = "") -> list[tuple[str, str]]:
    """The ways of cutting `text` in a beginning and an end, with what one leaves to the other."""
    text = _HOURS.sub(_half_day, text)
    text = _DAYS.sub(lambda m: _named(m[0], f"{m[1]} {m[2]} to ", m[2]), text)
    text = _MONTH_DAYS.sub(lambda m: _named(m[0], f"{m[1]} {m[2]} to {m[1]} ", m[1]), text)
    cuts = [(text[: m.start()], text[m.end() :]) for m in _SPLIT.finditer(text)]
    cuts = [(x, y) for x, y in cuts if not _ISO_TIME.search(x) and _BEGINS.match(y)]
    if not _ENDS.search(question):
        cuts += [(text[: m.start()], text[m.end() :]) for m in _CLOSES.finditer(text)]
    if between := _BETWEEN.search(text):
        cuts.append((between[1], between[2]))
    return cuts


def bound(text: str, start: int) -> str | None:
    """Whether what stands at `start` is said to be the end of something, or its beginning."""
    found = _BOUND.search(text[max(0, start - 24) : start])
    return found.lastgroup if found else None


def _named(whole: str, spelled_out: str, word: str) -> str:
    return spelled_out if word.lower() in MONTHS else whole


def _half_day(match: re.Match[str]) -> str:
    """2-4 pm begins in the afternoon, 11-2 pm in the morning."""
    begin, end = int(match[1]) % 12, int(match[3]) % 12
    late = match[4][0].lower() == "p"
    half = "pm" if late == (begin <= end) else "am"
    return f"{match[1]}{match[2]} {half} to "
