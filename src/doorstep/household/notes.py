"""The notes, sentence by sentence: which device, which time, which kind of limit.

The kind is the model's (`kinds`); the device is found by grammar (`subjects`). Here is what goes
beyond one sentence: hours told in another one, rules revoked, "the same goes for …", rooms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from doorstep.household.halves import known, resolve
from doorstep.household.kinds import gist
from doorstep.household.phrases import (
    ALSO,
    APPLIES,
    AWAITING,
    BIDS,
    DITTO,
    DUTY,
    GOES_ON,
    HUSH,
    OUTDATED,
    PLAIN,
    PRIOR,
    REVOKED,
    REVOKED_AFTER,
    SAME,
    THENCE,
)
from doorstep.household.prose import sentences
from doorstep.household.sentence import Found, Sentence, Unsure
from doorstep.household.subjects import Context, Focus
from doorstep.household.times import DAY, find_times

# Notes that write 07:30, 0730 or 19:30 somewhere mean 9:30 as it stands.
_TWENTY_FOUR = re.compile(r"(?<![\d:.,])(?:0\d|1[3-9]|2[0-3])[:.h]?[0-5]\d(?![\d.,]?\d)")


@dataclass(frozen=True, slots=True)
class Notes:
    """What all notes say: limits, devices that cannot run, times the model was unsure about."""

    found: tuple[Found, ...]
    gone: frozenset[str]
    unsure: tuple[Unsure, ...]


class NotesReader:
    """Reads the notes of one household."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def read(self, memory: Sequence[str]) -> Notes:
        """Limits of all notes, in order."""
        twelve = self._context.twelve or not any(_TWENTY_FOUR.search(note) for note in memory)
        context = replace(self._context, places=self._rooms(memory), twelve=twelve)
        found: list[Found] = []
        gone: set[str] = set()
        unsure: list[Unsure] = []
        focus = Focus()
        count = 0
        for bullet, note in enumerate(memory):
            if not re.match(
                r"\W*(?:they|it|that|this|these|so|then|she|he)\b", note, re.IGNORECASE
            ):
                focus.time = None
            if focus.bullet >= 0 and not note.lstrip()[:1].islower() and len(focus.several) > 1:
                focus.bullet = bullet - 1
            spoken = sentences(note)
            heard: list[Sentence] = []
            focus.known = known(note)
            for place, said in enumerate(spoken):
                count += 1
                sentence = self._completed(context, said, spoken[place + 1 : place + 2], focus)
                if REVOKED.search(sentence) and not find_times(sentence):
                    found = [f for f in found if f.sentence != count - 1 or f.bullet != bullet]
                    continue
                one = Sentence(context, sentence, bullet, count, focus)
                if ALSO.search(sentence) and one.times:
                    found += one.also()
                if OUTDATED.match(sentence):
                    continue
                if (SAME.search(sentence) or DITTO.match(sentence)) and not one.times:
                    found += one.echoed(
                        [f for f in found if f.bullet == max(g.bullet for g in found)]
                    )
                elif not REVOKED_AFTER.search(sentence):
                    found += one.limits()
                unsure += one.unsure
                gone |= one.gone()
                one.who.move_focus()
                heard.append(one)
            found = _narrowed(found, heard) + _adopted(heard, found, context.directory.names)
        return Notes(tuple(found), frozenset(gone), tuple(unsure))

    def _completed(
        self, context: Context, text: str, following: Sequence[str], focus: Focus
    ) -> str:
        """ "… must be done before he leaves", the hour told elsewhere: "at that time" is put in."""
        text = PRIOR.sub(lambda m: PLAIN[m[0].lower()], text)
        text = THENCE.sub(
            lambda m: {"by": "by then", "be": "before then"}.get(m[0][:2].lower(), "after then"),
            text,
        )
        times = find_times(text)
        told = following[0] if following else ""
        goes_on = GOES_ON.match(told) or _shares(text, told)
        if (
            not times
            and goes_on
            and (focus.time is None or re.match(r"(?:that|this|which)\b", told, re.I))
        ) and not self._hear_ahead(told, focus):
            return text
        one = Sentence(context, text, 0, 0, focus)
        if any(t.style == "anaphor" for t in one.times):
            return text
        timed = [
            any(t.slot in ("TIME", "RANGE") for t in one.toks[c.first : c.last]) for c in one.parts
        ]
        for i, part in enumerate(one.parts):
            if part.sub not in AWAITING or timed[i]:
                continue
            main = next((k for k in range(i - 1, -1, -1) if not one.parts[k].sub), None)
            if main is None or timed[main] or any(timed[main:]) or one.who.subject(main) is None:
                continue
            head = gist(one.toks, one.parts[main])
            if (
                head.tense == "MODAL"
                or head.neg == "NEG"
                or head.verb in ("FIN", "QUIET")
                or BIDS.match(text)
            ):
                end = one.toks[part.last - 1]
                cut = end.start if end.text in ",.;:!?)" else end.end
                return f"{text[:cut].rstrip()} at that time{text[cut:]}"
        return text

    def _hear_ahead(self, told: str, focus: Focus) -> bool:
        """Take the one hour that the next sentence tells; False where it does not tell just one."""
        ahead = find_times(told)
        named = any(m.kind == "name" for m in self._context.directory.find(told))
        if len(ahead) != 1 or ahead[0].until or named:
            return False
        halves = (ahead[0].minute % 720, ahead[0].minute % 720 + 720)
        settled = resolve(ahead[0], told, twelve_hour=self._context.twelve)
        nearest = min(halves, key=lambda h: (h - self._context.now) % DAY)
        focus.time, focus.minute = ahead[0], nearest if settled is None else settled
        return True

    def _rooms(self, memory: Sequence[str]) -> dict[str, set[str]]:
        """Room -> devices that a note or a fact places there."""
        rooms: dict[str, set[str]] = {}
        for sentence in (s for note in memory for s in sentences(note)):
            names = [
                d
                for m in self._context.directory.find(sentence)
                if m.kind == "name"
                for d in m.devices
            ]
            for m in re.finditer(
                r"\b(?:in|inside|under|off|within) the ((?:[a-z]+ )?[a-z]+)\b", sentence.lower()
            ):
                if names and re.search(
                    r"\b(?:is|are|stands?|sits?|lives?|live|both|share|placed|installed|kept)\b",
                    sentence.lower(),
                ):
                    rooms.setdefault(m[1], set()).update(names)
        return rooms


_SURE = 0.7  # how sure the kind must be before a device is looked for in another sentence


def _adopted(
    heard: Sequence[Sentence], found: Sequence[Found], every: Sequence[str]
) -> list[Found]:
    """Limits that name no device get those of the next sentence, or else of the one before."""
    made = []
    told = {(f.device, f.kind) for f in found if heard and f.bullet == heard[0].bullet}
    for i, one in enumerate(heard):
        near = [s.named for s in (*heard[i + 1 : i + 2], *heard[max(i - 1, 0) : i]) if s.named]
        devices = one.named or (near[0] if near else ())
        if not devices and HUSH.search(one.text):
            devices = tuple(every)
        for f in one.orphans:
            if f.confidence >= _SURE and (DUTY.search(one.text) or len(one.toks) < 9):
                made += [replace(f, device=d) for d in devices if (d, f.kind) not in told]
    return made


def _narrowed(found: list[Found], heard: Sequence[Sentence]) -> list[Found]:
    """ "Nothing after ten. That goes for the dishwasher": only what the second sentence names."""
    for one, following in pairwise(heard):
        again = {t.minute % 720 for t in one.times} & {t.minute % 720 for t in following.times}
        bare = not following.times and APPLIES.search(following.text)
        if one.sweeping and following.named and (again or bare):
            found = [f for f in found if f.sentence != one.count or f.device in following.named]
    return found


def _shares(text: str, following: str) -> bool:
    """Does the next sentence say again what this one waits for ("until the plumber is gone")?"""
    m = re.search(r"\b(?:before|until|till|once|when|after)\s+(.+)$", text, re.IGNORECASE)
    words = set(re.findall(r"[^\W\d_]{5,}", m[1].lower())) if m else set()
    return bool(words & set(re.findall(r"[^\W\d_]{5,}", following.lower())))
