"""A goal by rules, where there is no home model or it cannot keep to the vocabulary.

The task's words are read one by one: what it asks for (total, count, when, ...) and its
prepositions become planning words, everything else becomes slots. Of the task's own words none is
taken over but through these tables, and the sentence is put together anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from doorstep.patterns.planning.dates import find_dates, period
from doorstep.patterns.planning.goal import Goal, Slot, goal_problems
from doorstep.patterns.planning.vocabulary import SLOTS, SlotKind

_ASKED: Mapping[str, tuple[str, str]] = {  # what the task asks for -> (what to find, of what)
    "how much": ("total", "amount"),
    "how many": ("count", ""),
    "number of": ("count", ""),
    "how often": ("count", ""),
    "on average": ("average", ""),
    "average": ("average", ""),
    "mean": ("average", ""),
    "total": ("total", "amount"),
    "sum": ("total", "amount"),
    "largest": ("largest", ""),
    "highest": ("largest", ""),
    "biggest": ("largest", ""),
    "most": ("largest", ""),
    "maximum": ("largest", ""),
    "smallest": ("smallest", ""),
    "lowest": ("smallest", ""),
    "cheapest": ("smallest", ""),
    "least": ("smallest", ""),
    "minimum": ("smallest", ""),
    "when": ("date", ""),
    "which day": ("date", ""),
    "what day": ("date", ""),
}
_MONEY = frozenset(
    "spend spends spent spending cost costs costed pay pays paid paying price prices expense "
    "expenses expenditure amount amounts bought buy buys bill bills euros dollars pounds".split()
)
_BEFORE: Mapping[str, str] = {  # a preposition of the task -> that of the goal
    "since": "since",
    "after": "after",
    "before": "before",
    "until": "until",
    "till": "until",
    "during": "during",
    "in": "in",
    "on": "for",
    "for": "for",
    "to": "for",
    "at": "for",
    "from": "for",
    "with": "for",
    "about": "about",
    "of": "for",
    "above": "above",
    "over": "above",
    "below": "below",
    "under": "below",
}
_PER = re.compile(r"\b(?:per|each|every|by)\s+(month|year|category|day|week)\b")
_DROPPED = frozenset(
    """
a an the this that these those my our your his her its their we i you he she it they did do does
has have had is are was were be been and or so far please tell me us show give find list what which
who whom where why how much many all any some altogether overall money there up down out into made
happen happened go going come came entry entries row rows item items record records purchase
purchases payment payments transaction transactions compare question answer
""".split()
)
_TIMED = ("since", "after", "before", "until", "during")
_TOKEN = re.compile(r"\d[\d.,:/-]*\d|\d|[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\w\s]")
# More than one way to say it: a goal must not repeat the task's own words in a row.
_FRAMES = (
    "find {what}{tail}{per}",
    "{first}find {what}{tail}",
    "compute, then show, {what}{tail}{per}",
    "{first}compute, then show, {what}{tail}",
)


@dataclass(repr=False)
class _Reading:
    what: str = ""
    of: str = ""
    per: str = ""
    parts: list[tuple[str, str]] = field(default_factory=list)  # preposition, words

    @property
    def found(self) -> str:
        return " ".join(word for word in (self.what or "text", self.of) if word)


def goal_by_rules(task: str, earlier: Sequence[str] = ()) -> Goal | None:
    """A goal that may cross, None where no way of saying it passes the checks."""
    reading = _read(task)
    slots = tuple(
        Slot(name, _kind(before, words), words)
        for name, (before, words) in zip(SLOTS, reading.parts, strict=False)
    )
    tail = "".join(
        f"{', ' if n else ' '}{before} {{{slot.name}}}"
        for n, (slot, (before, _)) in enumerate(zip(slots, reading.parts, strict=False))
    )
    per = f", per {reading.per}" if reading.per else ""
    first = f"per {reading.per}, " if reading.per else ""
    for frame in _FRAMES:
        goal = Goal(frame.format(what=reading.found, tail=tail, per=per, first=first), slots)
        if not goal_problems(goal, (task, *earlier)):
            return goal
    return None


def _read(task: str) -> _Reading:
    reading, text = _Reading(), task
    if per := _PER.search(task.lower()):
        reading.per = per[1]
        text = f"{text[: per.start()]} . {text[per.end() :]}"
    for phrase, (what, of) in _ASKED.items():
        found = re.search(rf"\b{phrase}\b", text, re.IGNORECASE)
        if found:
            reading.what = reading.what or what
            reading.of = reading.of or of
            text = f"{text[: found.start()]} . {text[found.end() :]}"
    if any(word in _MONEY for word in re.findall(r"[a-z]+", text.lower())):
        reading.what = reading.what or "total"
        reading.of = "amount" if reading.what not in ("count", "date") else reading.of
    reading.parts = [part for part in _parts(text) if part[1]][: len(SLOTS)]
    return reading


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Stretches of words that are none of ours, with the preposition before them."""
    before, start, end = "about", -1, -1
    for match in _TOKEN.finditer(text):
        word = match[0].lower()
        drop = word in _DROPPED or word in _MONEY or not word[0].isalnum()
        if word in _BEFORE or drop:
            if start >= 0:
                yield before, text[start:end]
                before, start = "about", -1
            before = _BEFORE.get(word, before if drop and word.isalpha() else "about")
            continue
        start = match.start() if start < 0 else start
        end = match.end()
    if start >= 0:
        yield before, text[start:end]


def _kind(before: str, words: str) -> SlotKind:
    if any(written == words for _, _, written in find_dates(words)):
        return "date"
    if period(words) is not None:
        return "period"
    if re.fullmatch(r"[\d.,]+", words):
        return "amount"
    if before in _TIMED:
        return "event"
    return "category" if before == "for" else "text"
