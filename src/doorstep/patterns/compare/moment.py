"""Dates and times: ISO 8601, written out, numeric either way round, relative to a given day.

Two moments are compared in what both of them say: "3 March" agrees with "3 March 2026 at 2 pm".
What can be read in two ways (04/03/2026, 7 o'clock) is compared in both.
"""

from __future__ import annotations

import re
from dataclasses import replace

from doorstep.patterns.compare.aim import MANY, aimed
from doorstep.patterns.compare.answer import after_change, marked, sentences
from doorstep.patterns.compare.calendar_words import FEASTS, ORDINALS, ZONES
from doorstep.patterns.compare.clean import clean
from doorstep.patterns.compare.clock import Clock, clock, clocks
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.dates import DAY, MONTH, NAMED, days
from doorstep.patterns.compare.point import Moment, Readings, differences
from doorstep.patterns.compare.span import bound, halves
from doorstep.patterns.compare.value import What

_I = re.IGNORECASE
_DENIED = re.compile(
    r",?\s(?:not|rather than|instead of)\s(?!before|after|until|later|earlier)"
    r"(?:on |at |in )?[^,.;\n]{1,25}",
    _I,
)
_LATE = re.compile(r"\b(?:afternoon|evening|tonight)\b", _I)
_EARLY = re.compile(r"\bmorning\b", _I)
_SHIFTED = re.compile(
    r"\b(?:minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?) (?:before|after|earlier|later)\b"
    r"(?! tomorrow| yesterday)",
    _I,
)
_ORDINAL = re.compile(
    rf"(?<=the )(?:{'|'.join(sorted(ORDINALS, key=len, reverse=True))})\b(?! (?:option|one))", _I
)
_KNOWN = re.compile(
    rf"\b(?:{MONTH}|{DAY}|{'|'.join(FEASTS)}|{'|'.join(NAMED)}|noon|midday|midnight|morning"
    r"|afternoon|evening|night|half|quarter|past|to|at|on|in|the|of|by|next|this|coming|am|pm|a|p|m"
    rf"|o'clock|st|nd|rd|th|T|{'|'.join(ZONES)}|h|hours|hrs"
    r"|days?|weeks?|time|minutes?|one|two|three|four"
    r"|five|six|seven|eight|nine|ten|eleven|twelve|twenty)\b|(?<=\d)(?:st|nd|rd|th|h|T|Z|[ap]m)",
    _I,
)


def read(text: str, context: Context) -> Readings | None:
    """The moment that `text` gives as its answer, in each of its readings; None without one."""
    text = _DENIED.sub("", after_change(_in_digits(clean(text)), context.question))
    said = marked(text)
    places = [said] if said else []
    for place in places + list(reversed(sentences(text)[-2:])):
        if found := _readings(place, context):
            return found
    return None


def whole(text: str, context: Context) -> Readings | None:
    """The moment where `text` hardly says anything else."""
    plain = _in_digits(clean(text)).strip(" .!")
    words = re.findall(r"[^\W\d_]+", plain)
    few = len(words) <= 8 and len(plain) <= 60
    bare = _is_bare(plain) and not re.fullmatch(r"\d+\s?h", plain, _I)  # 2h is a duration, too
    found = _readings(plain, context) if few and bare else ()
    several = len(clocks(plain)) > 1 and not any(one.until or one.offset for one in found)
    return None if several else found or None


def _in_digits(text: str) -> str:
    """Ordinal words as 1st, 2nd, 15th."""
    return _ORDINAL.sub(lambda match: f"{ORDINALS[match[0].lower()]}th", text)


def _is_bare(text: str) -> bool:
    return not re.search(r"[^\W\d_]", _KNOWN.sub(" ", text))


def compared(a: Readings, b: Readings, context: Context) -> What:
    """() where they agree in every reading, None where in some only."""
    if len(a) == len(b) > 1:  # written the same way: read the same way
        found = [differences(x, y) for x, y in zip(a, b, strict=True)]
    else:
        found = [differences(x, y) for x in a for y in b]
    if any(what is None for what in found):
        return None
    same = [what == () for what in found]
    return found[0] if all(same) or not any(same) else None


def _readings(text: str, context: Context) -> Readings:
    if _SHIFTED.search(text):
        return ()  # "an hour before midnight": not at midnight
    for before, after in halves(text, context.question):
        begin, end = _points(before, context), _points(after, context)
        if begin and end and _is_span(begin[0], end[0]):
            return tuple(replace(x, until=y) for x in begin for y in end)
    return _points(text, context)


def _is_span(begin: Moment, end: Moment) -> bool:
    """Whether both name the same part of a moment: two times of day, or two days."""
    if begin.minute is not None and end.minute is not None:
        return True
    parts = ("day", "weekday", "month", "year", "ahead")
    plain = begin.minute is None and end.minute is None
    return plain and any(
        getattr(begin, p) is not None and getattr(end, p) is not None for p in parts
    )


def _points(text: str, context: Context) -> Readings:
    dates = days(text, context)
    times = _times(text, context.question)
    if not times:
        return dates
    return tuple(
        replace(day, minute=minute, offset=time.offset, bound=bound(text, time.start))
        for day in dates or (Moment(),)
        for time in times
        for minute in _minutes(time, text)
    )


def _times(text: str, question: str) -> list[Clock]:
    """The time of day; of several that at which the question aims."""
    found = clocks(text)[-MANY:] if question else []
    if len(found) < 2:
        time = clock(text)
        return [] if time is None else [time]
    return [found[number] for number in aimed(question, text, [(t.start, t.end) for t in found])]


def _minutes(time: Clock, text: str) -> tuple[int, ...]:
    if not time.either:
        return (time.minute,)
    late, early = _LATE.search(text), _EARLY.search(text)
    both = (time.minute, (time.minute + 720) % 1440)
    return both if bool(late) == bool(early) else (max(both) if late else min(both),)
