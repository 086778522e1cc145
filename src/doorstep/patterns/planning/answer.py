"""The answer over the results: what home's model is shown, what is checked, and the plain way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from doorstep.patterns.planning.dates import find_dates
from doorstep.patterns.planning.execute import Done
from doorstep.patterns.planning.plan import Plan, shown_step
from doorstep.patterns.planning.shown import told

MOST_SHOWN = 4000  # characters of one result that home's model gets to see
_MOST_PLAIN = 2000
_NUMBER = re.compile(r"\d+(?:[.,'\u202f]\d+)*")
_THOUSANDS = re.compile(r"[,'\u202f](?=\d{3}(?!\d))")
_POINTED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True, repr=False)
class Results:
    """A plan that was carried out. `slots` are home's values for them."""

    plan: Plan
    done: Mapping[str, Done]
    slots: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[Done, ...]:
        return tuple(one for one in self.done.values() if one.failed)

    @property
    def missing(self) -> bool:
        """Whether a step that the answer needs has no result."""
        return any(self.done[name].failed for name in self.plan.answer_from)

    def shown(self) -> str:
        """Every result, those that answer last."""
        last = set(self.plan.answer_from)
        ordered = sorted(self.done.values(), key=lambda one: one.step.id in last)
        return "\n".join(f"{self._call(one)} -> {_said(one, MOST_SHOWN)}" for one in ordered)

    def _call(self, done: Done) -> str:
        text = shown_step(done.step)
        for name, value in self.slots.items():
            text = text.replace(f"{{{name}}}", repr(value))
        return text

    def plain(self) -> str:
        """The answer by rules: the results asked for, then the way to them."""
        answers = [_said(self.done[name], _MOST_PLAIN) for name in self.plan.answer_from]
        way = [
            f"{one.step.tool} -> {_said(one, 80).partition(chr(10))[0]}"
            for one in self.done.values()
        ]
        return "\n".join(answers) + "\n\nFound by: " + "; ".join(way)

    def unfinished(self) -> str:
        """What is said where the answer's own steps failed: tools and codes."""
        causes = [one for one in self.failed if one.failed != "skipped"]
        said = ", ".join(f"{one.step.tool} ({one.failed})" for one in causes)
        return f"I could not finish: {said}."


def _said(done: Done, most: int) -> str:
    if done.failed:
        return f"no result ({done.failed})"
    if isinstance(done.result, Decimal):
        return plain_number(done.result)
    if isinstance(done.result, date):
        return f"{done.result.day} {done.result:%B %Y}"
    return told(done.result, most)


def plain_number(value: Decimal) -> str:
    """With at most two places where it has more, since more is an artefact of a division."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        return f"{value.quantize(_PLACES):f}"
    return f"{value:f}"


def unfounded(answer: str, sources: Iterable[str]) -> tuple[str, ...]:
    """The numbers of an answer that stand in no source, as written."""
    known = {value for text in sources for value in _values(text)}
    found = dict.fromkeys(_NUMBER.findall(answer))
    return tuple(one for one in found if not set(_readings(one)) & known)


def _values(text: str) -> Iterable[Decimal]:
    for one in _NUMBER.findall(text):
        yield from _readings(one)
    for _, day, _ in find_dates(text):
        yield from map(Decimal, (day.day, day.month, day.year))


def _readings(written: str) -> Sequence[Decimal]:
    """What a number can mean: 1,234.50 and 1.234,50 and 12,5 are written so somewhere."""
    spellings = {_THOUSANDS.sub("", written)}
    if _POINTED.fullmatch(written):
        spellings.add(written.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d+,\d+", written):
        spellings.add(written.replace(",", "."))
    return [Decimal(x) for x in spellings if re.fullmatch(r"\d+(?:\.\d+)?", x)]
