# ruff: noqa: E501
"""The household file, text or bytes -> `Household`. Layout only; the prose is not understood here.

Four headings (*Now*, *Household memory*, *Device facts*, *Tariff*) in any order, level, case and
decoration. Every error is one line that names the section and never quotes what stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from doorstep._errors import BadInput
from doorstep.household import facts, tariff
from doorstep.household.halves import settle
from doorstep.household.prose import flatten
from doorstep.household.times import clock, find_times
from doorstep.household.values import Household

MAX_BYTES = 256 * 1024  # a household's notes are a few kB; more than this is another file
_NAMES = {
    "now": "Now",
    "current time": "Now",
    "time now": "Now",
    "household memory": "Household memory",
    "memory": "Household memory",
    "household notes": "Household memory",
    "device facts": "Device facts",
    "devices": "Device facts",
    "tariff": "Tariff",
    "tariffs": "Tariff",
    "electricity tariff": "Tariff",
}
SECTIONS = ("Now", "Household memory", "Device facts", "Tariff")
_HEAD = re.compile(
    rf"^(?P<lead>[\W\d_]*)(?P<name>{'|'.join(sorted(_NAMES, key=len, reverse=True))})(?![^\W_])(?P<rest>.*)$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(\s*)(?:[-*+•·–—‣▪◦●>✓]|\(?\d{1,2}[.)]|[a-z]\)|\[[ x]?\])\s+")
_IMPOSSIBLE = re.compile(
    r"(?<![\d:.,/])(?:(?:2[5-9]|[3-9]\d):\d\d|24:(?!00)\d\d|\d{1,2}:[6-9]\d)(?![\d:])"
)
_POWER = re.compile(
    r"\b(?:house|shared|total|main|mains|grid|connection|household|overall|fuse|supply)\b[^.\n]{0,40}?"
    r"\b(?:limit|fuse|cap|maximum|max|at most|no more than)\D{0,25}(\d+(?:[.,]\d+)?)\s*(kw|w)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    indent: int
    bullet: bool
    gap: bool  # an empty line stood before it


def parse(source: str | bytes) -> Household:
    """Read the layout of a household file.

    Raises BadInput: empty, not UTF-8 text, larger than `MAX_BYTES`, a heading missing, an
    impossible time, no device, two devices of one name, a tariff that does not cover the day.
    """
    text = flatten(decode(source))
    found = _sections(text)
    missing = [name for name in SECTIONS if name not in found]
    if missing:
        raise BadInput(
            f"The household file lacks the heading{'s' * (len(missing) > 1)} {', '.join(missing)}.",
            hint="It needs four: Now, Household memory, Device facts, Tariff.",
        )
    for name in SECTIONS:
        if any(_IMPOSSIBLE.search(line.text) for line in found[name]):
            raise BadInput(
                f"The section {name} holds an impossible time.", hint="Use 00:00 to 24:00."
            )
    now = _now(found["Now"])
    windows, currency = tariff.read_tariff([line.text for line in found["Tariff"]])
    limit = next((m for s in SECTIONS for x in found[s] if (m := _POWER.search(x.text))), None)
    rows = [
        (x.text, x.indent, x.bullet) for x in found["Device facts"] if not _POWER.search(x.text)
    ]
    when, zone = _day(found["Now"])
    return Household(
        now=now,
        memory=_notes(found["Household memory"]),
        devices=facts.read_devices(rows, now),
        tariff=windows,
        text=text,
        date=when,
        timezone=zone,
        power_limit_kw=_kilowatts(limit) if limit else None,
        currency=currency,
    )


def decode(source: str | bytes) -> str:
    size = len(source)
    if size > MAX_BYTES:
        raise BadInput(
            f"The household file is too large: {size:,} bytes, the limit is {MAX_BYTES:,}.",
            hint="Give a file with the four headings and a few pages of notes.",
        )
    if isinstance(source, bytes):
        try:
            source = source.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadInput(
                "The household file is not UTF-8 text.", hint="Save it as plain text in UTF-8."
            ) from None
    source = source.removeprefix("\ufeff")
    if any(ord(c) < 32 and c not in "\t\n\r\f\v" for c in source):
        raise BadInput("The household file is binary, not text.", hint="Give a plain text file.")
    if not source.strip():
        raise BadInput(
            "The household file is empty.",
            hint="It needs four headings: Now, Household memory, Device facts, Tariff.",
        )
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _sections(text: str) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    lines: list[_Line] | None = None
    gap = False
    for raw in text.split("\n"):
        if not raw.strip() or re.fullmatch(r"[\s=\-_*~#]+|\s*```\w*\s*", raw):
            gap = True
            continue
        heading = _heading(raw, found)
        if heading is not None:
            name, rest = heading
            lines = found.setdefault(name, [])
            if rest:
                lines.append(_Line(rest, 0, False, True))
        elif lines is not None:
            lines.append(_line(raw, gap))
        gap = False
    return found


def _heading(raw: str, seen: dict[str, list[_Line]]) -> tuple[str, str] | None:
    """The section that a line opens and what stands behind the name on the same line."""
    m = _HEAD.match(raw)
    if m is None or len(m["lead"]) > 12:
        return None
    name = _NAMES[m["name"].lower()]
    rest = m["rest"].strip()
    bare = rest.strip(" *_#:=-–—~`[]|.\"'")
    marked = m["lead"].lstrip().startswith(("#", "**", "__", "=", "[", "<"))
    if not bare:
        return name, ""
    note = re.fullmatch(
        r"[*_:#\s]*(?:\(.*\)|(?:[–—-]|,)?\s*(?:in |per |prices? |costs? |for |of |and |\w+ ?/).*)[*_:#\s]*",
        rest,
    )
    digits = re.search(r"\d", bare)
    if marked and (note or not digits) and len(bare) < 60:
        return name, ""
    if name in seen or (re.match(r"\s*[-*+•]\s", raw) and not marked):
        return None
    if note and not digits and len(bare) < 40:
        return name, ""
    if (
        marked
        or re.match(r"[*_\s]*[:=–—-]", rest)
        or (name == "Now" and re.match(r"(?:is\s+)?\d", bare))
    ):
        return name, bare
    return None


def _line(raw: str, gap: bool) -> _Line:
    body = re.sub(r"^\s*#{1,6}\s+", "", raw.rstrip().lstrip("\f"))
    m = _BULLET.match(body)
    indent = len(m[1]) if m else len(body) - len(body.lstrip())
    text = body[m.end() :] if m else body
    return _Line(re.sub(r"\*\*|__|`", "", text).strip(), indent, m is not None, gap)


def _notes(lines: Sequence[_Line]) -> tuple[str, ...]:
    """Bullets, plain lines or paragraphs; a hard-wrapped line joins the one before it."""
    notes: list[str] = []
    last: _Line | None = None
    for line in lines:
        if last is not None and not line.bullet and not line.gap and _wraps(last, line):
            notes[-1] = f"{notes[-1]} {line.text}"
        else:
            notes.append(line.text)
        last = line
    return tuple(notes)


def _wraps(last: _Line, line: _Line) -> bool:
    if line.indent > last.indent and last.bullet:
        return True
    if last.text.endswith((".", "!", "?", ";")):
        return line.text[:1].islower() or len(last.text) > 60
    return len(last.text) > (40 if line.text[:1].islower() else 60)


def _now(lines: Sequence[_Line]) -> str:
    text = "\n".join(line.text for line in lines)
    bare = re.sub(r"\d{4}-\d\d-\d\d[T ]?", lambda m: " " * len(m[0]), text)
    times = find_times(bare) or find_times("at " + bare.strip())
    if not times:
        raise BadInput("The section Now gives no time.", hint="Write it as 18:30.")
    said = bare if find_times(bare) else "at " + bare.strip()
    return clock(settle(times[0], said, "written"))


_MONTHS = (
    "january february march april may june july august september october november december".split()
)


def _day(lines: Sequence[_Line]) -> tuple[date | None, str | None]:
    """The date and the IANA zone, where *Now* states them."""
    text = " ".join(line.text for line in lines)
    zone = next(
        (
            z
            for z in re.findall(r"\b[A-Z]\w+(?:/[A-Z][\w+-]+)+\b", text)
            if z in available_timezones()
        ),
        None,
    )
    iso = re.search(r"\b(\d{4})-(\d\d)-(\d\d)", text)
    named = re.search(
        rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?\s+({'|'.join(_MONTHS)})\s+(\d{{4}})\b", text, re.I
    )
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3])), zone
        if named:
            return date(int(named[3]), _MONTHS.index(named[2].lower()) + 1, int(named[1])), zone
    except ValueError:
        raise BadInput(
            "The section Now holds an impossible date.", hint="Use YYYY-MM-DD."
        ) from None
    return None, zone


def _kilowatts(m: re.Match[str]) -> float:
    value = float(m[1].replace(",", "."))
    return value if m[2].lower() == "kw" else value / 1000


_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()


def weekday(text: str) -> int | None:
    """The weekday that *Now* names, Monday = 0; None where it names none."""
    words = " ".join(line.text for line in _sections(text).get("Now", [])).lower()
    return next(
        (i for i, d in enumerate(_DAYS) if re.search(rf"\b{d[:3]}(?:{d[3:]}|s|rs|nes)?\b", words)),
        None,
    )
