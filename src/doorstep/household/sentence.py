# ruff: noqa: E501
"""One sentence of the notes: its times, their kinds, and the limits that they set."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from doorstep.household.halves import Day, choose, resolve, settle_range
from doorstep.household.kinds import gist
from doorstep.household.lexicon import FINITE, spelled
from doorstep.household.phrases import (
    ALSO,
    BROKEN,
    DURING,
    JOINERS,
    LASTING,
    LOOSE,
    MEANWHILE,
    MENDED,
    OTHERS,
    THEN,
)
from doorstep.household.prose import Clause, Token, clauses, tokens
from doorstep.household.subjects import Context, Focus, Subjects
from doorstep.household.times import TimeMention, find_times

# A time, its token, what it was taken for, and the probability of each label.
Judged = tuple[TimeMention, int, str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Found:
    """One limit as read: HH:MM as minutes of the day; `until` for a range."""

    device: str
    kind: str  # a label of `kinds`
    minute: int
    confidence: float
    bullet: int
    sentence: int
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """A time of which the model was not sure: as it was read, and the next likely label."""

    found: Found
    other: str


class Sentence:
    """One sentence being read."""

    def __init__(self, context: Context, text: str, bullet: int, count: int, focus: Focus) -> None:
        self.r = context
        self.text = text
        self.bullet = bullet
        self.count = count
        self.focus = focus
        self.unsure: list[Unsure] = []
        self.orphans: list[Found] = []  # limits of which the sentence does not say the device
        self.mentions = context.directory.find(text)
        self.times = self._times()
        self.toks = self._tokens()
        self.parts: list[Clause] = clauses(self.toks)
        self.who = Subjects(context, text, bullet, focus, self.mentions, self.toks, self.parts)

    def _times(self) -> list[TimeMention]:
        times = find_times(self.text)
        told = self.focus.time
        if (
            told is not None
            and told.until is not None
            and not times
            and (m := MEANWHILE.search(self.text))
        ):
            times.append(replace(told, start=m.start(), end=m.end(), style="anaphor"))
        for m in THEN.finditer(self.text):
            if self.focus.time is not None or any(t.end <= m.start() for t in times):
                times.append(TimeMention(m.start(1), m.end(1), 0, "anaphor"))
        times.sort(key=lambda t: t.start)
        self.mentions = [
            m for m in self.mentions if all(m.end <= t.start or m.start >= t.end for t in times)
        ]
        return times

    def _tokens(self) -> list[Token]:
        slots = [(m.start, m.end, "DEV") for m in self.mentions if m.kind in ("name", "foreign")]
        slots += [(t.start, t.end, "RANGE" if t.until else "TIME") for t in self.times]
        toks = tokens(self.text, slots)
        return [
            replace(t, text=self.r.days.get(t.text) or spelled(t.text)) if not t.slot else t
            for t in toks
        ]

    @property
    def named(self) -> tuple[str, ...]:
        """The devices that the sentence names."""
        every = (d for m in self.mentions if m.kind in ("name", "weak") for d in m.devices)
        return tuple(dict.fromkeys(every))

    @property
    def sweeping(self) -> bool:
        """Does it speak of all devices ("nothing", "quiet hours") and name none?"""
        return not self.named and any(m.kind == "group" for m in self.mentions)

    def also(self) -> list[Found]:
        """ "…, and so does the pump": the sentence's limits for one more device."""
        m = ALSO.search(self.text)
        assert m is not None
        named = [
            d
            for n in self.mentions
            if n.kind == "name" and m.end() <= n.start + 8 and n.start >= m.start()
            for d in n.devices
        ]
        before = self.limits()
        return [replace(f, device=d) for f in before for d in named if d != f.device]

    def echoed(self, before: Sequence[Found]) -> list[Found]:
        """ "The same goes for the dryer": the limits of the sentence before, for other devices."""
        named = [d for m in self.mentions if m.kind in ("name", "weak") for d in m.devices]
        seen = {(f.kind, f.minute, f.until): f for f in before}
        return [
            replace(f, device=d, bullet=self.bullet, sentence=self.count)
            for f in seen.values()
            for d in dict.fromkeys(named)
        ]

    def _aside(self, at: int) -> bool:
        """Is the time in a clause of its own about people or things ("as her ferry sails at seven")?"""
        clause = next(c for c in self.parts if c.first <= at < c.last)
        if clause.sub in LOOSE:
            return False
        a, b = self.who.span(clause)
        told = gist(self.toks, clause)
        inside = [m for m in self.mentions if a <= m.start < b]
        if any(m.kind != "pronoun" for m in inside) or (
            inside and clause.sub not in ("because", "since", "as")
        ):
            return False
        words = [
            t.text
            for t in self.toks[clause.first : clause.last]
            if not t.slot and t.text.isalpha() and t.text not in JOINERS
        ]
        opens = bool(words) and bool(FINITE.match(words[0])) and words[0] not in OTHERS
        finite = bool(FINITE.search(" ".join(words))) and not opens
        return (
            told.tense != "MODAL"
            and told.verb not in ("FIN", "QUIET")
            and (finite or told.subject == "WHO")
        )

    def _hushes(self) -> bool:
        """Does a clause silence a device "during it", "for that time"?"""
        m = DURING.search(self.text)
        if m is None:
            return False
        told = [gist(self.toks, c) for c in self.parts]
        return any(g.verb == "QUIET" or (g.neg == "NEG" and g.tense == "MODAL") for g in told)

    def limits(self) -> list[Found]:
        """Limits of the sentence; one in an aside yields to one said of the device itself."""
        found: list[Found] = []
        asides: set[int] = set()
        then: list[Found] = []
        last: int | None = self.focus.minute
        read = self._judged()
        hush = any(kind == "quiet_by" for _, _, kind, _ in read)
        for time, at, kind, probs in read:
            devices = self.who.devices(at)
            if (
                kind == "not_before"
                and hush
                and time.style == "word"
                and resolve(time, self.text) is None
            ):
                time = replace(time, style="exact")  # "none before seven and none after ten"
            if kind != "none":
                made, last = self._made(time, kind, probs[kind], devices, last)
                if time.style == "anaphor":
                    then += made
                if self._aside(at):
                    asides.update(range(len(found), len(found) + len(made)))
                found += made
            elif time.style != "anaphor":
                last = self._settled(time, "none", "", last)
            self._doubt(time, kind, probs, devices)
            if time.style != "anaphor":
                self.focus.time, self.focus.minute = time, last
                if time.until is not None:
                    self.focus.span = settle_range(
                        time, self.text, twelve_hour=self.r.twelve, now=self.r.now
                    )
        if not found:
            self._lasts(read)
        # "… curls up at 20:40, so it should have quit by then": "by then" says the kind.
        said = {(f.device, f.minute): f.kind for f in then}
        asides |= {
            i for i, f in enumerate(found) if said.get((f.device, f.minute), f.kind) != f.kind
        }
        direct = {f.device for i, f in enumerate(found) if i not in asides}
        return [f for i, f in enumerate(found) if i not in asides or f.device not in direct]

    def _judged(self) -> list[Judged]:
        """Each time of the sentence with its token and what the model takes it for."""
        read: list[Judged] = []
        for time in self.times:
            at = next(
                i
                for i, t in enumerate(self.toks)
                if t.slot in ("TIME", "RANGE") and t.start == time.start
            )
            probs = self.r.model.judge(self.toks, self.parts, at, time)
            kind = max(probs, key=lambda k: probs[k])
            if probs[kind] < 0.4 and probs["none"] > 0.2:
                kind = "none"
            if kind == "none" and time.until is not None and self._hushes():
                kind = "quiet_range"  # "… teaches from six to eight, and during that time …"
            read.append((time, at, kind, probs))
        return read

    def _lasts(self, read: Sequence[Judged]) -> None:
        """Two times that set no limit may be the ends of something that lasts; keep the span."""
        if len(read) == 2 and all(t.until is None for t, *_ in read):
            one, two = read[0][0], read[1][0]
            if LASTING.search(self.text[one.end : two.start]):
                joined = replace(one, end=two.end, until=two)
                self.focus.time, self.focus.span = (
                    joined,
                    settle_range(joined, self.text, twelve_hour=self.r.twelve),
                )

    def _made(
        self, time: TimeMention, kind: str, sure: float, devices: Sequence[str], last: int | None
    ) -> tuple[list[Found], int | None]:
        if not devices and not any(m.kind == "foreign" for m in self.mentions):
            devices = ("",)
        made, last = self._limits_of(time, kind, sure, devices, last)
        self.orphans += [f for f in made if not f.device]
        return [f for f in made if f.device], last

    def _limits_of(
        self, time: TimeMention, kind: str, sure: float, devices: Sequence[str], last: int | None
    ) -> tuple[list[Found], int | None]:
        if time.until is not None and time.style == "anaphor":
            a, b = self.focus.span
            return [Found(d, kind, a, sure, self.bullet, self.count, b) for d in devices], b
        if time.until is not None:
            a, b = settle_range(time, self.text, twelve_hour=self.r.twelve, now=self.r.now)
            return [Found(d, kind, a, sure, self.bullet, self.count, b) for d in devices], b
        if not devices:
            return [], self._settled(time, kind, "", last)
        made = [
            Found(d, kind, self._settled(time, kind, d, last), sure, self.bullet, self.count)
            for d in devices
        ]
        return made, made[0].minute

    def _doubt(
        self, time: TimeMention, kind: str, probs: Mapping[str, float], devices: Sequence[str]
    ) -> None:
        loads = [d for d in devices if d in self.r.lengths]
        if not loads or probs[kind] >= self.r.threshold:
            return
        other = sorted(probs, key=lambda k: -probs[k])[1]
        made, _ = self._made(time, kind, probs[kind], loads, self.focus.minute)
        self.unsure += [Unsure(found, other) for found in made]

    def _settled(self, time: TimeMention, kind: str, device: str, last: int | None) -> int:
        """Minute of the day: as written, by the words, or the half of the day that makes sense."""
        if time.style == "anaphor":
            return last if last is not None else self.focus.minute or 0
        day = Day(self.r.now, self.r.lengths.get(device, 0), last, self.r.twelve, self.focus.known)
        return choose(time, self.text, kind, day)

    def gone(self) -> set[str]:
        """Devices that the sentence says cannot or need not run."""
        out: set[str] = set()
        for m in BROKEN.finditer(self.text):
            if self.times and re.match(
                r"unplugged|disconnected|out of action|stays? off", m[0], re.I
            ):
                continue  # for the hours that the sentence names
            if MENDED.search(self.text[: m.start()]) or re.search(
                r"\b(?:again|repaired|fixed|mended)\b", self.text[m.end() :]
            ):
                continue
            i = next(
                (
                    i
                    for i, c in enumerate(self.parts)
                    if self.who.span(c)[0] <= m.start() < self.who.span(c)[1]
                ),
                0,
            )
            for k in (i, *range(i - 1, -1, -1)):
                subject = self.who.subject(k)
                if subject is not None:
                    out |= set(subject) if len(subject) < len(self.r.directory.names) else set()
                    break
        return out
