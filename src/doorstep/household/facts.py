# ruff: noqa: E501
"""Device-facts lines: name, duration, energy, availability."""

from __future__ import annotations

import re
from collections.abc import Sequence

from doorstep._errors import BadInput
from doorstep.household.halves import settle
from doorstep.household.times import clock, find_times, minutes
from doorstep.household.values import Device

_NUMBERS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
    "seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0,
    "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "forty-five": 45.0,
    "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "seventy-five": 75.0, "eighty": 80.0, "ninety": 90.0,
    "half": 0.5, "half an": 0.5, "half a": 0.5, "quarter of an": 0.25, "a quarter of an": 0.25,
    "three quarters of an": 0.75, "three-quarters of an": 0.75, "one and a half": 1.5,
    "two and a half": 2.5, "three and a half": 3.5, "four and a half": 4.5, "five and a half": 5.5,
    "six and a half": 6.5,
}  # fmt: skip
_WORDS = "|".join(sorted((re.escape(w) for w in _NUMBERS), key=len, reverse=True))
_NUM = rf"(?:\d+\s*½|½|\d+(?:[.,]\d+)?|\b(?:{_WORDS})\b)"
_H = r"(?:hours?|hrs?|h|std)\b\.?"
_M = r"(?:minutes?|mins?|m|')(?!\w)\.?"
_DURATION = re.compile(
    rf"(?P<colon>(?<![\d:])\d{{1,2}}:[0-5]\d)\s*{_H}(?:\s*(?:long|duration))?"
    rf"|(?P<tight>\d{{1,2}})\s?h\s?(?P<tightm>[0-5]\d)\b(?:\s*{_M})?"
    rf"|(?P<hours>{_NUM})\s*-?\s*{_H}(?:\s*(?P<half>and a half)\b|\s*(?:and\s*)?(?P<quarter>(?:a|three) quarters?)\b"
    rf"|\s*(?:,|and|&)?\s*(?P<extra>{_NUM})\s*-?\s*{_M}|\s+(?P<tail>[0-5]?\d)(?=\s*(?:[,;|)]|\.\s|\.?$)))?"
    rf"|(?P<mins>{_NUM})\s*-?\s*{_M}",
    re.IGNORECASE,
)
_ENERGY = re.compile(
    rf"(?P<n>\d+(?:[.,]\d+)?|\b(?:{_WORDS})\b)\s*-?\s*(?P<u>kwh|kilowatt[\s-]?hours?|kw/h|wh|watt[\s-]?hours?)\b",
    re.IGNORECASE,
)
_POWER = re.compile(
    r"(?P<n>\d+(?:[.,]\d+)?)\s*-?\s*(?P<u>kw|kilowatts?|w|watts?)\b(?!\s*h)", re.IGNORECASE
)
_NAME_END = re.compile(
    r"\s*(?:[:|,;(=]|\s[-–—→]+\s|[–—]|\s-|\b(?:takes?|needs?|runs?|draws?|uses?|is|are|has|have|lasts?|wants?|requires?|will"
    r"|at|can|must|should|about|around|approx\w*|roughly|ca|circa|just|currently|already|for|consumes?|comes|was|stands|sits|of|with"
    r"|charges|charging takes|available|ready|done|broken|last|another|one full|full charge|plugged|gets|eats|one load|one run|finished|would)\b"
    r"|\s+\d|\s+(?:an?|one|two|three|half)\s+(?:hours?|and|an?)\b|\s*$)",
    re.IGNORECASE,
)  # fmt: skip
_AGO = re.compile(r"\b(?:ago|left|remaining|every|since|last)\b", re.IGNORECASE)
_GONE = re.compile(
    r"\b(?:not available|unavailable|out of order|out of service|broken|defective|defect|faulty|unplugged|not plugged"
    r"|in repair|being repaired|under repair|at the (?:garage|workshop|repair shop|mechanic'?s?|dealer)|on loan|lent (?:out|to)|away (?:for|all|till (?:mon|tue|wed|thu|fri|sat|sun|next)|until (?:mon|tue|wed|thu|fri|sat|sun|next|the))"
    r"|already (?:done|finished|ran|run|charged|full|complete|washed)|has already (?:run|finished|been)|done for (?:today|the day)|finished for (?:today|the day)"
    r"|(?:cycle|run|load|charge|charging|wash|firing|print|job|programme|program) (?:is )?(?:already )?(?:finished|done|ended|complete|completed)|fully charged|already at 100"
    r"|finished (?:at|today|this|an|earlier|about|around)|done (?:at|today|this|earlier|since)|ran (?:at|today|this|earlier|already|until|till|from)|ended (?:at|around|about)|not in use|switched off for|not working"
    r"|awaiting (?:a |the )?(?:repair|part|spare|service|technician|engineer)|waiting for (?:a |the )?(?:part|spare|repair|technician|engineer)|away today|away tonight|away this|gone (?:for|until|till)|\baway\b(?! (?:from|until|till))|on holiday|not (?:at )?home today|needs repair|kaputt?|dead|burnt out|burned out|in pieces|in bits|stolen|sold|lend away|lent away|dismantled|seized|clogged|leaking|leaks|being serviced|switched off at the wall|locked|not needed today|mothballed|out all night|decommissioned|disconnected)\b",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"\b(?:available (?:now|immediately|straight away|at once|any ?time)|ready now|free now|can start now|plugged in now|plugged in(?! (?:at|from|after|by|until|till)))\b",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:available|free|ready|back(?: home| in the \w+| on the \w+| in)?|home|returns?|returning|plugged in|plug(?:ged)? in|not before|not available before|earliest(?: start)?|can (?:only )?(?:start|run|be started|be used|be plugged in|go)|start(?:able)?|loaded|arrives?|connected|here|in|starts?|usable|not until|not till|only|reachable|parked|from|after|as of)"
    r"(?: again| home| only| any ?time| not| it| on the drive| in the drive| at the wallbox| to start| to go| for use| to run| for start)*\s*,?\s*(?:from|at|after|as of|once it is|only|since|around|about|approx\.?|~|until|till|by|before|earliest|not before)*\s*$",
    re.IGNORECASE,
)
_AWAY_UNTIL = re.compile(
    r"\b(?:away|out|busy|in use|occupied|taken|blocked|gone|unavailable|not available|not free|not home|elsewhere|at work|at the \w+|on the road|not ready|not here|in town|still (?:running|in use|out|at work|away)|used|unplugged|not plugged in|locked|in the \w+|with \w+|being (?:used|loaded|cleaned))[^.;,|]{0,30}?\b(?:until|till|til|to|before)\s*(?:about|around|approx\.?)?\s*$",
    re.IGNORECASE,
)
_IN_MINUTES = re.compile(
    r"\b(?:available|free|ready|back(?: home)?)\s+(?:again\s+)?in\s+(?:about\s+|around\s+)?$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\b(?:device|appliance|machine|name|load)s?\b", re.IGNORECASE)
_COLUMN = re.compile(
    r"\b(?:duration|time|runtime|run time|energy|length|takes|minutes|kwh|status|availab\w*|consumption|use)\b",
    re.IGNORECASE,
)


def read_devices(lines: Sequence[tuple[str, int, bool]], now: str) -> tuple[Device, ...]:
    """One device a line; (text, indent, is a bullet) each, deeper lines belong to the one above."""
    devices = tuple(_device(text, now) for text in _entries(lines))
    if not devices:
        raise BadInput(
            "The section Device facts lists no device.",
            hint="Write one line each, as in: dishwasher: 90 minutes, 1.2 kWh, available now.",
        )
    seen: set[str] = set()
    for device in devices:
        if device.name.casefold() in seen:
            raise BadInput(
                "Two lines under Device facts have the same device name.",
                hint="Give each device a name of its own.",
            )
        seen.add(device.name.casefold())
    return devices


def _entries(lines: Sequence[tuple[str, int, bool]]) -> list[str]:
    entries: list[str] = []
    header: list[str] = []
    top: int | None = None
    topped_bullet = False
    for text, indent, bullet in lines:
        if re.fullmatch(r"[\s|:+=-]+", text):
            continue
        cells = [c.strip() for c in text.strip().strip("|").split("|")]
        if (
            len(cells) > 1
            and _HEADER.fullmatch(cells[0])
            and any(_COLUMN.search(c) for c in cells[1:])
        ):
            header = cells
            continue
        if len(cells) > 1 and header:
            text = " | ".join(_with_unit(c, h) for c, h in zip(cells, header, strict=False))
        elif len(cells) > 1:
            text = " | ".join(cells)
        if top is None:
            top, topped_bullet = indent, bullet
        if entries and (indent > top or (topped_bullet and not bullet and _continues(text))):
            entries[-1] += ("" if entries[-1].endswith((":", ",", ";")) else ",") + " " + text
        elif not re.search(r"\w", text) or (
            not entries and text.endswith(":") and len(lines) > 1 and len(text.split()) > 4
        ):
            continue
        else:
            entries.append(text)
    return entries


def _continues(text: str) -> bool:
    return text[:1].islower() or bool(re.match(r"[\d(~]", text))


def _with_unit(cell: str, head: str) -> str:
    """A bare number takes its unit from the column's head."""
    if not re.fullmatch(r"~?\d+(?:[.,]\d+)?", cell):
        return cell
    m = re.search(r"\b(kwh|wh|kw|minutes|min|hours?|h)\b", head, re.IGNORECASE)
    return f"{cell} {m[1]}" if m else cell


def _device(line: str, now: str) -> Device:
    name, rest = _name(line)
    duration, spans = _duration(rest)
    blanked = rest
    for a, b in spans:
        blanked = blanked[:a] + " " * (b - a) + blanked[b:]
    energy = _energy(rest, duration)
    wait, gone = _availability(blanked, rest, now)
    return Device(name, line, duration, energy, wait, not gone)


def _name(line: str) -> tuple[str, str]:
    body = re.sub(r"^[\W_]*(?:(?:the|our|my|a|an)\s+)?", "", line, flags=re.IGNORECASE)
    start = 2 if re.match(r"3-?d\b", body, re.IGNORECASE) else 1
    m = _NAME_END.search(body, start)
    if m and (numbered := re.match(r"\s+\d{1,2}(?=\s*(?:[:|,;(=]|[-–—]\s))", body[m.start() :])):
        m = _NAME_END.search(body, m.start() + numbered.end())  # "Printer 1 - 5 h"
    cut = m.start() if m else len(body)
    return body[:cut].strip(" *_-–—.\"'") or body, body[cut:]


def number(text: str) -> float:
    """ "1,5", "2½", "an", "three quarters of an" -> a number."""
    low = re.sub(r"\s+", " ", text.strip().lower())
    if low in _NUMBERS:
        return _NUMBERS[low]
    if low.endswith("½"):
        return float(low[:-1].strip() or 0) + 0.5
    return float(low.replace(",", "."))


def _minutes_of(m: re.Match[str]) -> int:
    if m["colon"]:
        return minutes(m["colon"].rjust(5, "0"))
    if m["tight"]:
        return int(m["tight"]) * 60 + int(m["tightm"])
    if m["mins"]:
        return round(number(m["mins"]))
    total = number(m["hours"]) * 60
    if m["half"]:
        total += 30
    elif m["quarter"]:
        total += 45 if m["quarter"].lower().startswith("three") else 15
    elif m["extra"] or m["tail"]:
        total += number(m["extra"] or m["tail"])
    return round(total)


def _duration(text: str) -> tuple[int | None, list[tuple[int, int]]]:
    """The first duration that is one, and the spans of all of them."""
    found: int | None = None
    spans = []
    for m in _DURATION.finditer(text):
        before, after = text[max(0, m.start() - 14) : m.start()], text[m.end() : m.end() + 12]
        value = _minutes_of(m)
        if _IN_MINUTES.search(text[: m.start()]) or value <= 0:
            continue
        spans.append(m.span())
        other = re.search(
            r"\b(?:every|last|past|for the last|warranty)\s+(?:\w+\s+)?$", before, re.I
        ) or re.match(r"\s*(?:ago|old|left)\b", after)
        if found is None and not other and value <= 1440:
            found = value
    return found, spans


def _energy(text: str, duration: int | None) -> float | None:
    for m in _ENERGY.finditer(text):
        if (
            re.search(
                r"\b(?:capacity|battery|of its|of|out of)\s*(?:of\s*)?$",
                text[: m.start()],
                re.IGNORECASE,
            )
            and len(_ENERGY.findall(text)) > 1
        ):
            continue
        if (
            re.match(r"\s*(?:battery|capacity|pack)\b", text[m.end() :], re.IGNORECASE)
            and len(_ENERGY.findall(text)) > 1
        ):
            continue
        value = number(m["n"])
        return round(value if m["u"].lower()[0] == "k" else value / 1000, 6)
    power = _POWER.search(text)
    if power is None or duration is None:
        return None
    kilowatts = number(power["n"]) / (1 if power["u"].lower()[0] == "k" else 1000)
    return round(kilowatts * duration / 60, 6)


def _availability(text: str, whole: str, now: str) -> tuple[str | None, bool]:
    """(available from, gone). `text` has its durations blanked."""
    ready: list[int] = []
    for time in find_times(text):
        head = text[: time.start]
        clause = re.split(r"[;|]|,(?!\s*(?:from|at|after|not|about|around)\b)|\.\s", head)[-1]
        if _AWAY_UNTIL.search(clause) or (
            _FROM.search(clause)
            and not re.search(
                r"\b(?:finished|done|ended|ran|last|must|has to|needs to be|by)\b", clause, re.I
            )
        ):
            ready.append(settle(time, text, "evening" if minutes(now) >= 720 else "written"))
    soon = re.search(
        rf"\b(?:available|free|ready|back(?: home)?)\s+(?:again\s+)?in\s+(?:about\s+|around\s+)?(?={_NUM})",
        whole,
        re.I,
    )
    if soon and (m := _DURATION.match(whole, soon.end())):
        ready.append((minutes(now) + _minutes_of(m)) % 1440)
    if ready:
        at = minutes(now)
        return clock(max(ready, key=lambda r: (r - at) % 1440)), False
    gone = bool(_GONE.search(text)) and not _HERE.search(text)
    return None, gone
