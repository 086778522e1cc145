"""Number words in English: "two hundred and five", "three quarters", "one and a half"."""

from __future__ import annotations

import re
from fractions import Fraction

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
VALUES = {word: n for n, word in enumerate(_SMALL)}
VALUES |= {word: 10 * n for n, word in enumerate(_TENS, 2)}
SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "lakh": 10**5,
    "crore": 10**7,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4}
_PARTS |= {
    "fourth": 4,
    "fourths": 4,
    "fifth": 5,
    "fifths": 5,
    "eighth": 8,
    "eighths": 8,
    "tenth": 10,
    "tenths": 10,
}

_UNIT = "|".join(sorted(VALUES, key=len, reverse=True))
_SCALE = "|".join(f"{word}s?" for word in SCALES)
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_DIGITS = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
_POINT = rf"(?:(?:{_UNIT})(?:[- ](?:and )?(?:{_UNIT}|{_SCALE}))* )?point(?: (?:{_DIGITS}))+\b"
_LONE = "half|a couple(?: of)?|(?:an?|one) (?:half|third|fourth|quarter|fifth|eighth|tenth)"
_MIXED = rf"(?:{_UNIT})(?:[- ](?:{_UNIT}|{_SCALE}))* and (?:an?|{_UNIT})[- ](?:{_PART})\b"
WORDS = re.compile(
    rf"\b(?:{_POINT}|{_MIXED}|(?:(?:{_UNIT})[- ](?:{_PART})\b)|{_LONE}\b"
    rf"|(?:an? (?:{_SCALE})|{_UNIT})"
    rf"(?:(?:[- ]| and | and an? )(?:{_UNIT}|{_SCALE}|half|quarter)\b)*)"
    r"(?![\w])",
    re.IGNORECASE,
)


def value_of(words: str) -> Fraction | None:
    """The number that `words` say; None where they say none ("one two")."""
    front, point, digits = words.lower().rpartition("point ")
    if point:
        return _decimal(front.strip(), digits.split())
    whole, _, part = words.lower().rpartition(" and ")
    if whole and re.fullmatch(_MIXED, words, re.IGNORECASE):
        before, share = value_of(whole), value_of(part)
        return None if before is None or share is None else before + share
    parts = re.split(r"[\s-]+", words.lower())
    parts = [word for word in parts if word != "and"]
    if "couple" in parts:
        return Fraction(2)
    if parts and parts[-1] in _PARTS:
        return _with_part(parts)
    return _whole(parts)


def _decimal(before: str, digits: list[str]) -> Fraction | None:
    whole = value_of(before) if before else Fraction(0)
    tail = "".join(str(VALUES.get(digit, 0)) for digit in digits)
    return None if whole is None else whole + Fraction(int(tail), 10 ** len(tail))


def _with_part(parts: list[str]) -> Fraction | None:
    share = Fraction(1, _PARTS[parts[-1]])
    before = [word for word in parts[:-1] if word not in ("a", "an")]
    if not before:
        return share
    count = _whole(before)
    if count is None:
        return None
    # "three quarters" is a product, "two and a half" a sum.
    return count + share if parts[-2] in ("a", "an") else count * share


def _whole(parts: list[str]) -> Fraction | None:
    total, group, last = 0, 0, 10**15
    for word in parts:
        scale = SCALES.get(word) or SCALES.get(word.removesuffix("s"))
        if word in ("a", "an"):
            group, last = 1, 1
        elif word in VALUES:
            small = VALUES[word]
            if last < 100 and not (last >= 20 and last % 10 == 0 and 0 < small < 10):
                return None  # two numbers side by side
            group, last = group + small, small or 1
        elif scale is not None and scale < 1000:
            group, last = max(group, 1) * scale, scale
        elif scale is not None:
            total, group, last = total + max(group, 1) * scale, 0, scale
        else:
            return None
    return Fraction(total + group)
