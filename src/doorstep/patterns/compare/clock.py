"""Times of day: 14:30, 2.30 pm, 14h30, half past two in the afternoon, noon, 0830 hours."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from doorstep.patterns.compare.calendar_words import ZONES
from doorstep.patterns.compare.number_words import VALUES

_HALF = r"(?P<half>[ap]\.?\s?m\b\.?)"
_NAME = "|".join(sorted(ZONES, key=len, reverse=True))
_ZONE = (
    r"(?P<zone>\s?(?:\(?(?:UTC|GMT)\s?[+-]\d{1,2}(?::\d\d)?\b"
    rf"|(?:(?:pacific|eastern|central|mountain) )?\(?(?-i:{_NAME})\b"
    r"|(?<=\d)[+-]\d{2}:?\d{2}\b))"
)
_NUMBER = "|".join(sorted((w for w, n in VALUES.items() if 0 < n < 30), key=len, reverse=True))
_HOUR = rf"(?P<hour>\d{{1,2}}|{_NUMBER})"
_PART = r"(?:,?\s(?:in the|at) (?P<part>morning|afternoon|evening|night))"
_I = re.IGNORECASE

_DIGITAL = re.compile(
    r"(?<![\d:.,/+-])(?P<h>\d{1,2})(?:(?P<sign>[:h])"
    r"|\.(?=\d\d(?:\s?[ap]\.?\s?m\b|\sin the (?:mor|aft|eve)|\sat night)))(?P<m>[0-5]\d)"
    rf"(?::(?P<s>[0-5]\d)(?:\.\d+)?)?(?:\s?{_HALF})?{_ZONE}?{_PART}?(?![\d])",
    _I,
)
_AFTER_T = re.compile(rf"(?<=\dT)(?P<h>\d\d):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.\d+)?)?{_ZONE}?")
_PLAIN = re.compile(rf"\b{_HOUR}\s?(?:o'clock)?\s?{_HALF}{_ZONE}?", _I)
_SPOKEN = r"(?=\so'clock|,?\s(?:in the (?:morning|afternoon|evening)|at night))"
_OCLOCK = re.compile(rf"\b{_HOUR}{_SPOKEN}(?:\so'clock)?{_PART}?", _I)
_PAST = re.compile(
    rf"\b(?P<count>half|(?:a )?quarter|(?:\d{{1,2}}|{_NUMBER})(?: minutes?)?)\s(?P<way>past|to)"
    rf"\s{_HOUR}(?:\so'clock)?(?:\s?{_HALF})?{_PART}?",
    _I,
)
_HALF_FIVE = re.compile(
    rf"\bhalf\s{_HOUR}(?:(?:\s?{_HALF})|{_PART}|(?=\s*[,.;]|\s*\Z))(?!\s(?:hours|of|past))", _I
)
_DOTTED = re.compile(
    r"(?:\A|\bat |\bum |\bkl\.? )(?P<h>[01]?\d|2[0-3])\.(?P<m>[0-5]\d)(?=\W*\Z)", _I
)
_HOUR_H = re.compile(r"(?:\A|\bat |\bum )(?P<h>[01]?\d|2[0-3])\s?h(?=\W*\Z)", _I)
_AT = re.compile(
    rf"(?:(?P<part>morning|afternoon|evening|night)\s)?\b(?:at|by) {_HOUR}"
    r"(?=\s*[,.;]|\s*\Z|\s(?:and|or|to|until|till)\s)",
    _I,
)
_MILITARY = re.compile(r"\b(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)\s?(?:hours|hrs|h)\b", _I)
_NAMED = re.compile(rf"\b(?P<name>noon|midday|midnight)\b{_ZONE}?", _I)


@dataclass(frozen=True, slots=True)
class Clock:
    """`minute` of the day; `offset` of its zone in minutes; `either`: morning or evening.

    It stands in the text from `start` to `end`.
    """

    minute: int
    offset: int | None = None
    either: bool = False
    start: int = 0
    end: int = 0


_WAYS = (
    _AFTER_T,
    _PAST,
    _HALF_FIVE,
    _DIGITAL,
    _PLAIN,
    _OCLOCK,
    _AT,
    _MILITARY,
    _NAMED,
    _DOTTED,
    _HOUR_H,
)


def clock(text: str) -> Clock | None:
    """The last time of day that a cleaned text names, by the surest way of writing one."""
    for pattern in _WAYS:
        for match in reversed(list(pattern.finditer(text))):
            found = _of(match)
            if found is not None:
                return replace(found, start=match.start(), end=match.end())
    return None


def clocks(text: str) -> list[Clock]:
    """All times of day that a cleaned text names, in their order."""
    found: list[Clock] = []
    for match in (match for pattern in _WAYS for match in pattern.finditer(text)):
        time = _of(match)
        free = all(match.end() <= one.start or one.end <= match.start() for one in found)
        if time is not None and free:
            found.append(replace(time, start=match.start(), end=match.end()))
    return sorted(found, key=lambda time: time.start)


def _of(match: re.Match[str]) -> Clock | None:
    groups = match.groupdict()
    if groups.get("name"):
        at = 0 if groups["name"].lower() == "midnight" else 720
        return Clock(at, _offset(groups["zone"]))
    minute = int(groups.get("m") or 0)
    hour = _number(groups.get("h") or groups["hour"])
    if match.re is _HALF_FIVE:
        minute = 30
    if groups.get("count"):
        past = _minutes(groups["count"])
        minute = past if groups["way"].lower() == "past" else -past
    if not 0 <= hour <= 24:
        return None
    half, part = groups.get("half") or "", groups.get("part") or ""
    spoken = "hour" in groups and not half and not part and hour <= 12
    total = (_in_day(hour, half, part) * 60 + minute) % 1440
    return Clock(total, _offset(groups.get("zone")), spoken)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else VALUES[word.lower()]


def _minutes(words: str) -> int:
    words = words.lower().removeprefix("a ")
    named = {"half": 30, "quarter": 15}
    return named[words] if words in named else _number(words.split()[0])


def _in_day(hour: int, half: str, part: str) -> int:
    late = half[:1].lower() == "p" or part.lower() in ("afternoon", "evening")
    if part.lower() == "night":
        late = 6 <= hour < 12
    if late and hour < 12:
        return hour + 12
    early = half[:1].lower() == "a" or part.lower() in ("morning", "night")
    return 0 if early and hour == 12 else hour


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    zone = zone.split()[-1] if zone[-1:].isalpha() else zone
    found = re.fullmatch(r"[\s(]*([A-Z]*)\s?(?:([+-])(\d\d?):?(\d\d)?)?", zone, _I)
    if found is None or found[2] is None:
        return ZONES[zone.strip(" (").upper()]
    minutes = int(found[3]) * 60 + int(found[4] or 0)
    return -minutes if found[2] == "-" else minutes
