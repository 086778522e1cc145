# ruff: noqa: E501
"""Which devices a clause is about: its subject, or what a pronoun or a group goes back to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from doorstep.household.devices import Directory, Mention
from doorstep.household.kinds import KindModel, gist
from doorstep.household.phrases import ELLIPSIS, EXCEPT, HAPPENS, JOINERS, LOOSE, MEANING
from doorstep.household.prose import Clause, Token
from doorstep.household.times import TimeMention

_FIRST = ("the former", "the first", "the one")
_SECOND = ("the latter", "the second", "the other")


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the household while its notes are read.

    `lengths`: minutes of each load; `now`: minute of the day; `days`: weekday -> "today",
    "tomorrow", "otherday"; `places`: room -> devices; `twelve`: the file writes am/pm.
    """

    model: KindModel
    directory: Directory
    lengths: Mapping[str, int]
    now: int
    twelve: bool = False
    threshold: float = 0.6
    days: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Focus:
    """What pronouns go back to."""

    last: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    bullet: int = -1
    time: TimeMention | None = None
    minute: int | None = None
    span: tuple[int, int] = (0, 0)
    known: dict[int, int] = field(default_factory=dict)  # minute in its half -> as the note says


class Subjects:
    """The clauses of one sentence and the devices that they are about."""

    def __init__(
        self,
        context: Context,
        text: str,
        bullet: int,
        focus: Focus,
        mentions: Sequence[Mention],
        toks: Sequence[Token],
        parts: Sequence[Clause],
    ) -> None:
        self.r = context
        self.text = text
        self.bullet = bullet
        self.focus = focus
        self.mentions = mentions
        self.toks = toks
        self.parts = parts
        self.timed = any(t.slot in ("TIME", "RANGE") for t in toks)

    def devices(self, at: int) -> tuple[str, ...]:
        here = next(i for i, c in enumerate(self.parts) if c.first <= at < c.last)
        order = self._order(here)
        headed = self._headed(here)
        if headed:
            return headed
        for i in order:
            subject = self.subject(i)
            if subject is not None:
                return subject
        if self._elliptic() or self._bare(here):
            return self.focus.last if self.focus.bullet >= self.bullet - 1 else ()
        return ()

    def _headed(self, here: int) -> tuple[str, ...]:
        """ "Washer and dryer: nothing after ten": the names before the colon."""
        a, b = self.span(self.parts[here])
        if not any(a <= m.start < b and m.kind == "group" for m in self.mentions):
            return ()
        if (
            here
            and self.text[a] == ":"
            and not any(t.slot in ("TIME", "RANGE") for t in self.toks[: self.parts[here].first])
        ):
            return self.named(self.parts[here - 1])
        return ()

    def _order(self, here: int) -> list[int]:
        """Clauses in which to look for the subject, best first."""
        sub = self.parts[here].sub
        before = list(range(here - 1, -1, -1))
        after = list(range(here + 1, len(self.parts)))
        mains = [i for i in before + after if not self.parts[i].sub]
        said = " ".join(
            t.text
            for t in self.toks[self.parts[here].first : self.parts[here].last]
            if t.text not in ",;:"
        )
        if sub in LOOSE or HAPPENS.match(said):
            return [*mains, here, *[i for i in before + after if i not in mains]]
        return [here, *before, *after]

    def _bare(self, here: int) -> bool:
        """ "…: not before 1:45 pm", ", so dry before that": a clause without any subject."""
        a, b = self.span(self.parts[here])
        words = self.toks[self.parts[here].first : self.parts[here].last]
        return (
            gist(self.toks, self.parts[here]).subject == "-"
            and len(words) < 9
            and bool(ELLIPSIS.match(self.text[a:b].lstrip(" ,;:–-(")))
        )

    def _elliptic(self) -> bool:
        return bool(ELLIPSIS.match(self.text))

    def subject(self, index: int) -> tuple[str, ...] | None:
        """The devices that a clause is about; () for a foreign one; None where it names none."""
        a, b = self.span(self.parts[index])
        inside = [m for m in self.mentions if a <= m.start < b]
        group = next((m for m in inside if m.kind == "group"), None)
        names = [m for m in inside if m.kind in ("name", "foreign", "weak")]
        if group is not None and not (names and names[0].start < group.start):
            return self._all(group, names)
        modal = gist(self.toks, self.parts[index]).tense == "MODAL"
        pronoun = next(
            (
                m
                for m in inside
                if m.kind == "pronoun" and (modal or m.word not in ("them", "they"))
            ),
            None,
        )  # "she is back with them", "they are fond of cards": people, most often
        if (
            names
            and pronoun is not None
            and pronoun.word == "it"
            and pronoun.start < names[0].start
        ):
            return self._back(pronoun, index) or self._run(names)
        if names and pronoun is not None and self._joined(pronoun, names[0]):
            return tuple(dict.fromkeys((*(self._back(pronoun, index) or ()), *self._run(names))))
        if names:
            return self._run(names)
        return self._back(pronoun, index) if pronoun is not None else None

    def span(self, clause: Clause) -> tuple[int, int]:
        return self.toks[clause.first].start, self.toks[clause.last - 1].end

    def _joined(self, one: Mention, two: Mention) -> bool:
        """ "neither that machine nor the dishwasher"; "both the washer and …" joins nothing."""
        if not re.match(r"it$|that |this |its |the (?:machine|thing)", one.word):
            return False
        between = re.findall(r"\w+|[^\w\s]", self.text[one.end : two.start].lower())
        return one.end <= two.start and bool(between) and all(w in JOINERS for w in between)

    def _run(self, names: Sequence[Mention]) -> tuple[str, ...]:
        """The first name and those joined to it by "and", "or", commas."""
        devices = list(names[0].devices)
        for one, two in pairwise(names):
            between = re.findall(r"\w+|[^\w\s]", self.text[one.end : two.start].lower())
            if not all(w in JOINERS for w in between):
                break
            devices += [d for d in two.devices if d not in devices]
        return tuple(devices)

    def _all(self, group: Mention, names: Sequence[Mention]) -> tuple[str, ...] | None:
        everything = self.r.directory.names
        place = re.match(
            r"\s*(?:else\s+)?(?:(?:that|which)\s+(?:is|stands?|sits?)\s+)?(?:in|inside|under|off|from) the ((?:[a-z]+ )?[a-z]+)",
            self.text[group.end :].lower(),
        )
        if place:
            for room in (place[1], place[1].split()[0]):
                if room in self.r.places:
                    return tuple(d for d in everything if d in self.r.places[room])
        if (
            re.match(r"of (?:them|these|it)|three|four", group.word.partition(" ")[2])
            and len(self.focus.several) > 2
        ):
            return self.focus.several
        if (
            names
            and MEANING.search(self.text[group.end : names[0].start])
            and not EXCEPT.search(self.text[: names[0].start])
        ):
            return self._run(names)  # "anything loud, meaning the dryer and …"
        later = [m for m in self.mentions if m.kind == "name" and m.start >= group.end]
        if not names and later and MEANING.search(self.text[group.end : later[0].start]):
            return self._run(later)  # "no noise past ten, and that means the dryer"
        out = {d for m in names if EXCEPT.search(self.text[: m.start]) for d in m.devices}
        if "else" in group.word:
            out |= {d for m in self.mentions for d in m.devices} or set(self.focus.last)
        return tuple(d for d in everything if d not in out)

    def _back(self, pronoun: Mention, index: int) -> tuple[str, ...] | None:
        """What a pronoun goes back to: earlier in the sentence, then earlier in the notes."""
        earlier = [
            m
            for m in self.mentions
            if m.end <= pronoun.start and m.kind in ("name", "weak", "foreign")
        ]
        word = pronoun.word
        if re.match(
            r"both|the two|the pair|those two|these two|neither|they|them|these|those|each of|either",
            word,
        ):
            several = tuple(dict.fromkeys(d for m in earlier for d in m.devices))
            if len(several) > 1:
                return several
            if len(self.focus.several) > 1:
                return self.focus.several
            loads = tuple(self.r.lengths)
            if re.match(r"both|neither|the two|each|either", word) and len(loads) == 2:
                return loads
            if word in ("these", "those", "they", "them") and not several and not self.focus.last:
                return None
        if word in (*_FIRST, *_SECOND):
            told = tuple(dict.fromkeys(d for m in earlier for d in m.devices))
            pair = told if len(told) > 1 else self.focus.several
            if len(pair) > 1:
                return pair[:1] if word in _FIRST else pair[-1:]
        for i in range(index - 1, -1, -1):
            if not self.parts[i].sub and (subject := self.named(self.parts[i])):
                return subject
        if earlier:
            return self._run(earlier[:1]) if word != "the latter" else self._run(earlier[-1:])
        return self.focus.last or None

    def named(self, clause: Clause) -> tuple[str, ...]:
        a, b = self.span(clause)
        names = [m for m in self.mentions if a <= m.start < b and m.kind in ("name", "weak")]
        return self._run(names) if names else ()

    def _passes(self, clause: Clause) -> bool:
        """ "… boat leaves at seven" is not what the note is about."""
        told = gist(self.toks, clause)
        return told.verb in ("LEAVE", "EVENT") and told.tense == "PRES"

    def move_focus(self) -> None:
        """After the sentence: what the next one's pronouns go back to."""
        named = [m for m in self.mentions if m.kind in ("name", "weak") and m.devices]
        if not named:
            if any(m.kind == "foreign" for m in self.mentions):
                self.focus.last = ()
            if any(m.kind == "group" for m in self.mentions) and self.timed:
                self.focus.last = self.focus.several = self.r.directory.names
                self.focus.bullet = self.bullet
            elif any(m.kind == "pronoun" for m in self.mentions) and self.focus.bullet >= 0:
                self.focus.bullet = self.bullet
            return
        subjects = [
            s for c in self.parts if not c.sub and not self._passes(c) and (s := self.named(c))
        ]
        self.focus.last = subjects[-1] if subjects else self._run(named)
        every = tuple(dict.fromkeys(d for m in named for d in m.devices))
        if len(every) > 1:
            self.focus.several = every
        elif every[0] not in self.focus.several or len(self.focus.several) > 1:
            previous = (
                self.focus.several[-1:]
                if self.focus.several and self.focus.several[-1] != every[0]
                else ()
            )
            self.focus.several = previous + every
        self.focus.bullet = self.bullet
