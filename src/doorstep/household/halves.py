# ruff: noqa: E501
"""Which half of the day a time means that was said without one ("half past six").

First the words beside it ("in the morning"), then near ones ("breakfast", "bed"), then what the
kind of limit makes likely: quiet begins in the evening, a deadline is the next one from now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from doorstep.household.times import DAY, TimeMention, find_times

_NEAR = 40  # characters: a telling word further off only tips the scale


def _rx(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """What is known when a half is chosen.

    `length`: minutes of the device's run; `last`: the time read before; `known`: times that the
    note tells in full elsewhere; `twelve`: the notes do not write 24-hour times.
    """

    now: int
    length: int = 0
    last: int | None = None
    twelve: bool = False
    known: Mapping[int, int] = field(default_factory=dict)


_AM = _rx(
    r"\b(?:mornings?|breakfast|dawn|sunrise|a\.m\.|wak(?:e|es|ing)|gets? up|got up|getting up|up at|up by|is up|school|commute"
    r"|packed lunch(?:es)?|lunch ?box(?:es)?|cereal|coach|alarm|lectures|commuters|early start|first thing|tomorrow|first light|milking|nursery|alarm|daybreak|dawn|kindergarten|next day|sunup|cockerel"
    r"|porridge|overnight|day shift|early shift)\b"
)
_PM = _rx(
    r"\b(?:evenings?|tonight|bed(?:time|s)?|dinner|supper|afternoons?|asleep|sleep(?:s|ing)?|movie"
    r"|film|p\.m\.|dusk|sunset|turns? in|retires?|stories|theatre|curtain|homework|guests?|news|late|television|tv|naps?|lunch(?! ?box)|dark|nights?"
    r"|late shift|night shift|choir|rehearsal)\b"
)
_NEXT_TO = _rx(
    r"^[\s,]*(?:sharp,?\s*|o'clock\s*|or so,?\s*|at the latest,?\s*)?(?:in the |at |this |tomorrow |of the |on \w+ |every |each |the next |the following |next )?"
    r"(morning|evening|afternoon|night|tonight|nights)\b"
)
_JUST_BEFORE = _rx(
    r"\b(morning|evening|afternoon|tonight|night)(?:,| at| by| before| until| after| from|\s)*\s*(?:about|around)?\s*$"
)


def resolve(
    mention: TimeMention, text: str, *, twelve_hour: bool = False, reach: int = 1000
) -> int | None:
    """Minute of the day, by the words around the mention; None where they do not say.

    `twelve_hour`: the file writes am/pm, so that "10:30" may be either half of the day.
    """
    if mention.style == "exact":
        return mention.minute
    beside = _part_beside(mention, text)
    if beside is not None:
        return _into(mention.minute, beside)
    if mention.style == "digital" and not twelve_hour and mention.minute >= 600:
        return mention.minute
    near, distance = _part_near(mention, text)
    if near and distance <= reach and not (mention.style == "digital" and near == "night"):
        return _into(mention.minute, near)
    return mention.minute if mention.style == "digital" and not twelve_hour else None


def _part_beside(mention: TimeMention, text: str) -> str | None:
    after = _NEXT_TO.match(text[mention.end :])
    if (
        not after
        and mention.style == "word"
        and re.match(
            r"[\s,]*tomorrow\b(?! (?:evening|night|afternoon))", text[mention.end :], re.IGNORECASE
        )
    ):
        return "morning"
    before = _JUST_BEFORE.search(text[: mention.start])
    hit = after or before
    return hit[1].lower() if hit else None


def _part_near(mention: TimeMention, text: str) -> tuple[str, int]:
    """The part of the day that the nearest telling word names ("" for none), and how far it is."""
    best: tuple[int, str] | None = None
    others = [t for t in find_times(text) if t.start != mention.start]
    for rule, part in ((_AM, "morning"), (_PM, "evening")):
        for m in rule.finditer(text):
            word = m[0].lower()
            distance = _distance(m, mention)
            # "nine tonight, and before five tomorrow": the word belongs to the time beside it.
            if any(_distance(m, t) <= 6 and distance > 6 for t in others):
                continue
            said = word.rstrip("s") if word.rstrip("s") in ("night", "afternoon") else part
            said = "afternoon" if word in ("nap", "naps", "lunch") else said
            if best is None or distance < best[0]:
                best = (distance, said)
    return (best[1], best[0]) if best else ("", 0)


def _distance(m: re.Match[str], mention: TimeMention) -> int:
    return m.start() - mention.end if m.start() >= mention.end else mention.start - m.end()


def _into(minute: int, part: str) -> int:
    """`minute` in the half of the day that `part` means."""
    hour = minute % 720 // 60
    if part in ("night", "nights", "tonight"):
        late = 5 <= hour < 12
        return minute % 720 + (720 if late else 0)
    if part == "morning":
        return minute % 720
    if part == "evening" and hour == 0:
        return minute % 720
    return minute % 720 + 720


def settle(mention: TimeMention, text: str, prior: str, *, twelve_hour: bool = False) -> int:
    """`resolve`, and where the words do not say, the half of the day that is usual for `prior`.

    `prior` is "morning", "evening" (from 1 pm on) or "written" (as it stands).
    """
    value = resolve(mention, text, twelve_hour=twelve_hour)
    if value is not None:
        return value
    low = mention.minute % 720
    if prior == "morning":
        return low
    if prior == "evening":
        return low + 720 if low >= 60 else low
    return mention.minute


def choose(mention: TimeMention, text: str, kind: str, day: Day) -> int:
    """Minute of the day: by the words, else the half that makes sense for a limit of this kind."""
    value = resolve(mention, text, twelve_hour=day.twelve, reach=_NEAR)
    if mention.style != "exact" and not _part_beside(mention, text):
        value = day.known.get(mention.minute % 720, value)
    if value is not None:
        return value
    far, _ = _part_near(mention, text)
    meant = _into(mention.minute, far) if far else None

    def likely(half: int) -> float:
        told = 1.5 * (half == meant) + 0.5 * (mention.style == "digital" and half == mention.minute)
        return told + _usual(half, kind, day)

    return max(_halves(mention), key=likely)


def known(text: str) -> dict[int, int]:
    """The times that a text tells in full, by their minute in half a day; none told both ways."""
    told: dict[int, set[int]] = {}
    for mention in find_times(text):
        part = _part_beside(mention, text)
        if mention.until is None and (mention.style == "exact" or part):
            full = mention.minute if mention.style == "exact" else _into(mention.minute, part or "")
            told.setdefault(full % 720, set()).add(full)
    return {low: min(full) for low, full in told.items() if len(full) == 1}


def _usual(half: int, kind: str, day: Day) -> float:
    """How usual a limit of this kind is at this time of day, seen from now."""
    if kind == "quiet_by":
        return 2.0 if half >= 18 * 60 or half < 60 else 1.0 if half >= 12 * 60 else 0.0
    if kind == "quiet_until":
        after = (half - day.last) % DAY if day.last is not None else half
        return 2.0 if after < 720 else 0.0
    start = day.now + (day.length + 60 if kind == "finish_by" else 0)  # an hour to spare
    return 2.0 if (half - start) % DAY < 720 else 0.0


def settle_range(
    mention: TimeMention, text: str, *, twelve_hour: bool = False, now: int | None = None
) -> tuple[int, int]:
    """Both ends of a range: an end that the words leave open makes the range short.

    A range of a few hours of which nothing else is known is the next one from `now`.
    """
    assert mention.until is not None
    second = mention.until
    first = replace(mention, end=second.start, until=None)
    head, tail = text[: second.start], text[mention.start :]
    shifted = replace(second, start=second.start - mention.start, end=second.end - mention.start)
    a = first.minute if first.style == "exact" else _beside_only(first, head)
    b = second.minute if second.style == "exact" else _beside_only(shifted, tail)
    if a is None and b is not None:
        end = b
        return min(_halves(first), key=lambda c: ((end - c) % DAY) or DAY), end
    start = settle(first, text, "evening", twelve_hour=twelve_hour) if a is None else a
    short = b is None and (second.minute - first.minute) % 720 <= 180
    if a is None and now is not None and short:
        told = resolve(first, text, twelve_hour=twelve_hour)
        start = min(_halves(first), key=lambda h: (h - now) % DAY) if told is None else told
    if b is None:
        b = min(_halves(second), key=lambda c: ((c - start) % DAY) or DAY)
    return start, b


def _beside_only(mention: TimeMention, text: str) -> int | None:
    part = _part_beside(mention, text)
    if part is not None:
        return _into(mention.minute, part)
    return mention.minute if mention.style == "digital" and mention.minute >= 780 else None


def _halves(mention: TimeMention) -> tuple[int, int]:
    return mention.minute % 720, mention.minute % 720 + 720
