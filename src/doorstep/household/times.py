# ruff: noqa: E501
"""Times of day in English prose: where they stand, what they say, and which half of the day.

`find_times` gives every mention in a text, in order; two that form a range ("between ten and
six") come as one mention with `until`. A mention is `exact` (24-hour, am/pm, noon), `digital`
("7:30": as written unless the words beside it say evening) or `word` ("half past six": either
half of the day). `resolve` settles the half from the words around it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

DAY = 24 * 60
Style = Literal["exact", "digital", "word", "anaphor"]

_HOURS = (
    "one two three four five six seven eight nine ten eleven twelve".split()
)  # index + 1 is the hour
_MINUTES = {
    "five": 5,
    "ten": 10,
    "fifteen": 15,
    "quarter": 15,
    "twenty": 20,
    "twenty-five": 25,
    "half": 30,
    "thirty": 30,
    "thirty-five": 35,
    "forty": 40,
    "forty-five": 45,
    "fifty": 50,
    "fifty-five": 55,
}
_HOUR = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|1[0-2]|0?[1-9])"
_MER = r"(?:a\.?\s?m\b\.?|p\.?\s?m\b\.?)"
_CLOCK = r"(?:\s?o['’]?\s?clock)"
_UNIT = (
    r"(?:k?wh?|kilo\w*|watts?|h|hrs?|hours?|min|mins|minutes?|sec\w*|%|percent|€|\$|£|ct|cents?|p"
    r"|pence|eur|usd|gbp|km|miles?|kg|grams?|g|l|litres?|liters?|°|degrees?|c|bar|euros?|dollars?"
    r"|pounds?|people|kids|children|guests|days?|weeks?|months?|years?|times|loads|towels|floors?)"
)
_HEDGE = r"(?:(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|c\.|say|~|nearly|almost|exactly|just|well|shortly|soon)\s*)*"
_CUE = (
    r"(?:by|before|until|till|til|'til|after|at|from|past|around|about|to|between|and|once|or|@"
    r"|since|is|towards?|for|nlt|leaves|off|stop|latest|be|that's|then|gone|beyond|strikes|of|than|it's|are"
    r"|on at|again at|sleeps|opens|closes|said|say|meaning|i\.e\.|earliest|limit|on|are)"
)
_AFTER_BARE = (
    r"(?=\s*(?:$|[.,;:!?)\]\"”'’–—\-]|(?:in the|at (?:night|the)|tonight|tomorrow|today|this|sharp"
    r"|because|since|so|and|or|on|onwards?|onward|when|as|every|each|he|she|it|they|we|i|but|for|if"
    r"|with|to|until|till|while|is|must|may|the|has|have|there|that|which|please|latest|then|again"
    r"|than|unless|otherwise|although|though|due|will|can|should|next|local|before|after|without"
    r"|nothing|no|not|everyone|everybody|her|his|my|our|their|a|an|any|all|at|by|or so|exactly"
    r"|already|only|says|or|now|these|those|first|my|you|do|does|comes|wants|are|was)\b))"
)


@dataclass(frozen=True, slots=True)
class TimeMention:
    """`text[start:end]` says `minute` (of the day, 0..1439); a range has its end in `until`."""

    start: int
    end: int
    minute: int
    style: Style
    until: TimeMention | None = None


def clock(minute: int) -> str:
    """Minute of the day -> HH:MM."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def minutes(hhmm: str) -> int:
    """HH:MM -> minute of the day."""
    return int(hhmm[:2]) * 60 + int(hhmm[3:])


def _hour(word: str) -> int:
    low = word.lower()
    return _HOURS.index(low) + 1 if low in _HOURS else int(low)


def _minute(word: str) -> int:
    low = re.sub(r"[\s-]+", "-", re.sub(r"^an?\s+", "", word.lower()))
    return _MINUTES[low] if low in _MINUTES else int(low)


def _half(hour: int, minute: int, meridiem: str | None) -> tuple[int, Style]:
    """Minute of the day and style of a twelve-hour time; without am/pm in the first half."""
    value = hour % 12 * 60 + minute
    if not meridiem:
        return value, "word"
    return value + (12 * 60 if meridiem.lower().startswith("p") else 0), "exact"


def _to_past(m: re.Match[str]) -> tuple[int, Style] | None:
    off = _minute(m["off"])
    if off > 35:
        return None
    later = m["rel"].lower() in ("past", "after")
    hour = m["hour"].lower()
    if hour in ("noon", "midday", "midnight"):
        base, style = (720 if hour != "midnight" else 0), "exact"
    elif hour.isdigit() and int(hour) > 12:
        base, style = int(hour) * 60, "exact"
    else:
        base, style = _half(_hour(hour), 0, m["mer"])
    value = (base + (off if later else -off)) % DAY
    if style == "word":
        return value % 720, "word"
    return value, "exact"


def _digital(m: re.Match[str]) -> tuple[int, Style] | None:
    hour, minute = int(m["h"]), int(m["m"])
    if m["mer"]:
        return _half(hour, minute, m["mer"]) if 1 <= hour <= 12 else None
    if hour > 24 or (hour == 24 and minute):
        return None
    exact = hour > 12 or m["h"].startswith("0")
    return (hour % 24) * 60 + minute, "exact" if exact else "digital"


def _military(m: re.Match[str]) -> tuple[int, Style]:
    return int(m["h"]) % 24 * 60 + int(m["m"] or 0), "exact"


def _bare(m: re.Match[str]) -> tuple[int, Style] | None:
    said = m["hour"].lower()
    if said.isdigit() and (int(said) > 12 or said == "0"):
        return (int(said) % 24 * 60, "exact") if int(said) <= 24 else None
    return _half(_hour(said), _minute(m["m"]) if m.groupdict().get("m") else 0, m["mer"])


def _noon(m: re.Match[str]) -> tuple[int, Style]:
    return (0 if m["w"].lower() == "midnight" else 720), "exact"


def _rx(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PAST_MIN = r"(?:five|ten|twenty(?:[\s-]five)?|(?:a\s+)?quarter|half|25|20|15|10|5)"
_HOUR_X = r"(?:noon|midday|midnight|1[3-9]|2[0-3]|" + _HOUR + ")"
# The group "t" is the mention itself; what stands before it is only a cue.
_RULES = (
    (
        _rx(
            rf"(?<![\d:.,])\b(?P<t>(?P<off>{_PAST_MIN})(?:\s+(?:minutes?|mins?))?\s+(?P<rel>past|to)\s+"
            rf"(?P<hour>{_HOUR_X})\b(?:{_CLOCK})?(?:\s?(?P<mer>{_MER}))?)(?!\s*{_UNIT}\b)"
        ),
        _to_past,
    ),
    (
        _rx(
            rf"(?<![\d:.,])\b(?P<t>(?P<off>(?:a\s+)?quarter|(?:five|ten|twenty|twenty[\s-]five|\d\d?)\s+(?:minutes|mins))"
            rf"\s+(?P<rel>after|before|of|till|past|to)\s+(?P<hour>{_HOUR_X})\b(?:{_CLOCK})?"
            rf"(?:\s?(?P<mer>{_MER}))?)(?!\s*{_UNIT}\b)"
        ),
        _to_past,
    ),
    (
        _rx(
            r"(?<![\d:.,$€£/])(?P<t>(?P<h>\d{1,2})(?::(?P<m>[0-5]\d)(?::[0-5]\d)?"
            rf"(?!\d|:\d|\s?(?:hours|hrs?\b\s*(?:long|cycle))))(?:\s?(?P<mer>{_MER})|\s?(?:h|hrs|uhr)\b|{_CLOCK})?)"
        ),
        _digital,
    ),
    (
        _rx(
            rf"(?<![\d:.,$€£/])(?P<t>(?P<h>\d{{1,2}})\.(?P<m>[0-5]\d)(?![\d.,]\d|\d|\s?{_UNIT}(?!\w))"
            rf"(?:\s?(?P<mer>{_MER})|\s?uhr\b|{_CLOCK})?)"
        ),
        _digital,
    ),
    (
        _rx(rf"(?<![\d:.,$€£/])(?P<t>(?P<h>\d{{1,2}})\.(?P<m>[0-5]\d)\s?(?P<mer>{_MER}))"),
        _digital,
    ),
    (_rx(r"(?<![\d.,])(?P<t>(?P<h>2[0-4]|1\d|0\d)\.(?P<m>[0-5]\d)\s?h)\b"), lambda m: _military(m)),
    (
        _rx(
            r"(?<![\d.,:])(?:(?<!takes )(?<!lasts )(?<!for )|(?=[012]\d\s?h))(?P<t>(?P<h>2[0-4]|1\d|0?\d)\s?h\s?(?P<m>[0-5]\d))\b(?!\s*min)"
        ),
        lambda m: _military(m),
    ),
    (
        _rx(rf"\b{_CUE}\s+{_HEDGE}(?P<t>(?P<h>2[0-4]|1\d|0?\d)\s?h(?P<m>))\b"),
        lambda m: _military(m),
    ),
    (
        _rx(rf"(?<![\d:.,])\b(?P<t>(?P<hour>{_HOUR})(?:[\s.:](?P<m>[0-5]\d))?\s?(?P<mer>{_MER}))"),
        _bare,
    ),
    (
        _rx(rf"\b(?P<t>(?P<hour>{_HOUR})(?:{_CLOCK})(?:\s?(?P<mer>{_MER}))?)"),
        _bare,
    ),
    (_rx(r"\b(?P<t>(?P<hour>1[3-9]|2[0-4])(?:\s?o['’]?\s?clock|\s?uhr)(?P<mer>))"), _bare),
    (
        _rx(
            rf"\b(?P<t>(?P<hour>{'|'.join(_HOURS)})[\s-](?P<m>fifteen|thirty(?:[\s-]five)?"
            rf"|forty(?:[\s-]five)?|twenty(?:[\s-]five)?|fifty(?:[\s-]five)?|ten)\b"
            rf"(?!\s*{_UNIT}\b)(?:\s?(?P<mer>{_MER}))?)"
        ),
        _bare,
    ),
    (
        _rx(
            rf"\b(?P<t>half[\s-](?P<hour>{_HOUR})(?P<m>)(?:\s?(?P<mer>{_MER}))?)\b(?!\s*{_UNIT}\b)"
        ),
        lambda m: _half(_hour(m["hour"]), 30, m["mer"]),
    ),
    (
        _rx(
            rf"(?<![\d:.,])\b(?P<t>(?P<hour>{_HOUR})(?P<mer>))(?=,?\s+(?:in the (?:morning|evening|afternoon)"
            r"|at night|tonight|this evening|tomorrow (?:morning|evening))\b)"
        ),
        _bare,
    ),
    (
        _rx(
            r"(?<![\d:.,])\b(?P<t>(?P<hour>2[0-4]|1\d|0?\d)(?P<mer>))(?=\s?[–—-]\s?(?:2[0-4]|1\d|0?\d)\s?(?:$|[.;,!):]|h\b|uhr\b|(?:and|on|in|it|because|as|so|every|each|the|no|for|is|please|at)\b))"
        ),
        _bare,
    ),
    (_rx(r"\b(?P<t>(?:12\s|twelve\s)?(?P<w>noon|midday|midnight)(?:ish)?)\b"), _noon),
    (
        _rx(
            rf"\b(?:{_CUE}|-)\s*{_HEDGE}(?P<t>(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?:\s?(?:h|hrs|hours))?)"
            rf"\b(?![.,:]\d|\s*(?:k?wh?|%|watts?|people|steps|km|kg|euros?|dollars?)\b)"
        ),
        _military,
    ),
    (_rx(r"\b(?P<t>(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)\s?(?:h|hrs|hours))\b"), _military),
    (
        _rx(rf"\b(?P<t>(?P<hour>{_HOUR}|1[3-9]|2[0-4])(?P<mer>)(?:\s*-?ish|\s+arvo))\b"),
        _bare,
    ),
    (
        _rx(
            rf"(?:\b{_CUE}\s+|[–—]\s*|(?<=\d)\s*-\s*){_HEDGE}(?P<t>(?P<hour>{_HOUR}|1[3-9]|2[0-4])(?P<mer>))"
            rf"(?![\d:]|[.,]\d|\s*-?(?:{_UNIT})\b){_AFTER_BARE}"
        ),
        _bare,
    ),
    (
        _rx(
            rf"\b(?P<t>(?P<hour>{'|'.join(_HOURS)})(?P<mer>))"
            rf"(?=\s+(?:till|until|to)\s+(?:half|(?:a )?quarter|ten past|twenty|noon|midnight|(?:{'|'.join(_HOURS)})\b(?!\s*{_UNIT}\b)))"
        ),
        _bare,
    ),
    (
        _rx(
            rf"\b(?:from|between|at|after)\s+{_HEDGE}(?P<t>(?P<hour>{_HOUR}|1[3-9]|2[0-4])(?P<mer>))"
            rf"(?=\s*(?:-|–|—|to|and|until|till)\s*(?:\d|{_HOUR}))"
        ),
        _bare,
    ),
    (
        _rx(
            rf"(?<![\d:.,])\b(?P<t>(?P<hour>{_HOUR})(?P<mer>))(?=\s*(?:-|–|—|to|and|until|till)\s*{_HOUR}(?:[:.]\d\d)?\s?{_MER})"
        ),
        _bare,
    ),
)
_DAYPART = (
    r"(?:\s*,?\s*(?:in the (?:morning|evening|afternoon)|at night|tonight|this evening"
    r"|this morning|this afternoon|in the night|tomorrow(?: morning| evening| night)?|o'clock|sharp"
    r"|today|onwards?|on|or so|next morning|the next morning|the following morning|each night"
    r"|every night|each evening|every evening))*"
)
_LINK_OPEN = _rx(
    rf"^{_DAYPART}\s*,?\s*(?:-|–|—|−|to|until|till|'til|til|through|up to|right through to|right up to|→"
    rf"|and (?:on |then )?until|and (?:on |then )?till)\s*{_HEDGE}$"
)
_LINK_ASIDE = _rx(r"^,[^,.;:]{1,45},\s*(?:until|till|to)\s*$")
_LINK_TWO = _rx(
    r"^\s*(?:,\s*)?and\s+(?:ending|ends|closes|closing|finishing|lasting until|is over|over)\s+(?:at|by)?\s*$"
)
_LINK_AND = _rx(rf"^{_DAYPART}\s*(?:and|-|–|—|&)\s*{_HEDGE}$")
_BETWEEN = _rx(rf"\bbetween\s*(?:the hours of\s*)?{_HEDGE}$")
_FROM_WORDS = _rx(r"\b(?:from|between)\s+$")
_TEN_TO = _rx(r"^(?:five|ten|5|10)\s+to\s")


def find_times(text: str) -> list[TimeMention]:
    """Every time of day in `text`, in order, ranges joined."""
    return _join(text, _single(text))


def _single(text: str) -> list[TimeMention]:
    found: list[TimeMention] = []
    taken = bytearray(len(text))
    for rule, read in _RULES:
        for m in rule.finditer(text):
            start, end = m.span("t")
            if any(taken[start:end]):
                continue
            # "from ten to eight" is a range of two hours' names, not 07:50.
            if _TEN_TO.match(m["t"]) and _FROM_WORDS.search(text[:start]):
                continue
            value = read(m)
            if value is None:
                continue
            taken[start:end] = b"\x01" * (end - start)
            found.append(TimeMention(start, end, value[0], value[1]))
    found.sort(key=lambda t: t.start)
    return sorted([*found, *_hourless(text, found)], key=lambda t: t.start)


_HOURLESS = _rx(
    r"\b(?:by|at|before|until|till|about|after|from|past)\s+(?:about\s+|around\s+)?"
    r"(?P<t>(?P<off>half|quarter|twenty(?:-five)?|ten|five)\s+(?P<rel>past|to))(?=\s*(?:[.,;:!?)]|$|so|and|but|at|because|then|this|when)\b|\s*[.,;:!?)]|\s*$)"
)


def _hourless(text: str, found: Sequence[TimeMention]) -> list[TimeMention]:
    """ "… school at eight, so it must be charged by quarter to": the hour is the time's before."""
    made = []
    for m in _HOURLESS.finditer(text):
        start, end = m.span("t")
        before = [t for t in found if t.end <= start]
        if not before or any(t.start < end and t.end > start for t in found):
            continue
        off = _minute(m["off"])
        hour = before[-1].minute // 60 * 60
        minute = (hour + (off if m["rel"].lower() == "past" else -off)) % DAY
        made.append(TimeMention(start, end, minute, before[-1].style))
    return made


def _join(text: str, found: list[TimeMention]) -> list[TimeMention]:
    joined: list[TimeMention] = []
    i = 0
    while i < len(found):
        first = found[i]
        if i + 1 < len(found):
            second = found[i + 1]
            between = text[first.end : second.start]
            after_between = _BETWEEN.search(text[: first.start])
            started = re.search(r"\bfrom\s+$", text[: first.start], re.IGNORECASE)
            if (started and _LINK_ASIDE.match(between)) or _LINK_TWO.match(between):
                joined.append(replace(first, end=second.end, until=second))
                i += 2
                continue
            if _LINK_OPEN.match(between) or (after_between and _LINK_AND.match(between)):
                joined.append(replace(first, end=second.end, until=second))
                i += 2
                continue
        joined.append(first)
        i += 1
    return joined
