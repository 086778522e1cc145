"""Step 3 without a language model: the schedule in a few sentences, and a check of any such text.

The first sentence answers now or later. Every figure is computed here from the problem, none is
taken from what the cloud wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from doorstep.household.checks import times_in
from doorstep.household.clock import Clock, hhmm, minutes
from doorstep.household.problem import Load, ScheduledLoad, Solution
from doorstep.household.solver import cost_at, feasible_starts
from doorstep.household.values import Household, Reading
from doorstep.household.violations import Violation, for_person, the

_MOST_OTHERS = 2
_MOST_CONFLICTS = 2


def write_answer(
    reading: Reading,
    solution: Solution,
    household: Household,
    *,
    overridden: tuple[Violation, ...] = (),
) -> str:
    """Two to four sentences for the person: now or later, when, what it saves, conflicts.

    `solution` has passed its check; `overridden` is what was wrong with one that had not.
    """
    answer = _Answer(reading, solution, household.currency)
    sentences = [answer.first(), *answer.conflicts(overridden), answer.why(), answer.others()]
    return " ".join(sentence for sentence in sentences if sentence)


class _Answer:
    """One schedule, and how to say each part of it."""

    def __init__(self, reading: Reading, solution: Solution, currency: str) -> None:
        self._problem = reading.problem
        self._names = reading.mapping
        self._currency = currency
        self._clock = Clock.of(reading.problem)
        self._entries = {entry.load_id: entry for entry in solution.proposed_schedule}
        self._now = solution.recommendation == "run_now"
        self._target = next(x for x in self._problem.loads if x.id == self._problem.target)

    def first(self) -> str:
        entry, name = self._entries[self._target.id], the(self._names[self._target.id])
        end = self._when(self._end(self._target))
        if self._now:
            return f"Now: start {name} at {entry.start}, and it is done by {end}."
        start = self._when(self._start(self._target))
        return f"Later: start {name} at {start} rather than now, and it is done by {end}."

    def why(self) -> str:
        """What it saves against running now, or why now is not possible."""
        if self._now:
            return "No later start that fits is cheaper."
        if (saving := self._saving(self._target)) is None:
            return self._not_now()
        if not self._shows(saving):
            return "It costs about the same as running it now."
        now = round(cost_at(self._problem, self._target, 0), 2)
        cost = round(cost_at(self._problem, self._target, self._start(self._target)), 2)
        less = self._money(now - cost)  # of what is shown, so that the sum adds up
        return f"That comes to {self._money(cost)} instead of {self._money(now)} now, {less} less."

    def conflicts(self, overridden: Sequence[Violation]) -> list[str]:
        told = sorted(overridden, key=lambda v: v.load_id != self._target.id)[:_MOST_CONFLICTS]
        return [f"{for_person(v, self._names).rstrip('.')}; {self._instead(v)}." for v in told]

    def others(self) -> str:
        """Other loads that gain by not running now, those with the largest gain."""
        gains = [
            (saving, load)
            for load in self._problem.loads
            if load.id != self._target.id
            and load.id in self._entries
            and (saving := self._saving(load)) is not None
            and self._shows(saving)
        ]
        best = sorted(gains, key=lambda pair: -pair[0])[:_MOST_OTHERS]
        parts = [
            f"{the(self._names[load.id])} is best run from {self._when(self._start(load))}"
            f" to {self._entries[load.id].end}"
            for _, load in best
        ]
        text = " and ".join(parts)
        return f"{text[0].upper()}{text[1:]}." if text else ""

    def _instead(self, violation: Violation) -> str:
        entry = self._entries.get(violation.load_id or "")
        return f"{entry.start} is used instead" if entry else "a schedule made here is used instead"

    def _not_now(self) -> str:
        load, clock = self._target, self._clock
        if clock.first(load.earliest_start) > 0:
            return f"It cannot start before {load.earliest_start}."
        by, until = load.quiet_by, load.quiet_until
        if until and (by is None or clock.first(by) == 0 or clock.first(until) < clock.first(by)):
            return f"It has to be quiet until {until}."
        if by and clock.first(by) < load.duration_min:
            return f"Started now, it would still run at {by}, when it has to be quiet."
        return "Started now, it would not fit beside the others."

    def _start(self, load: Load) -> int:
        """Minutes since now; on the night that shows an hour twice, the one that is feasible."""
        entry = self._entries[load.id]
        begins = self._clock.occurrences(entry.start) or (0,)
        fits = (s for s in begins if self._clock.wall(s + load.duration_min) == entry.end)
        good = (s for s in fits if any(s in part for part in feasible_starts(self._problem, load)))
        return next(good, begins[0])

    def _end(self, load: Load) -> int:
        return self._start(load) + load.duration_min

    def _saving(self, load: Load) -> Decimal | None:
        """What the schedule saves against starting now; None where now is not possible."""
        if not any(0 in part for part in feasible_starts(self._problem, load)):
            return None
        start = self._start(load)
        return cost_at(self._problem, load, 0) - cost_at(self._problem, load, start)

    def _shows(self, saving: Decimal) -> bool:
        return round(saving, 2) > 0

    def _when(self, elapsed: int) -> str:
        """HH:MM, and "tomorrow" unless it is later in the night that lies ahead or is on."""
        wall, night = self._clock.wall(elapsed), 6 * 60
        tonight = minutes(wall) < night <= self._clock.face(0)
        return wall if tonight or not self._clock.is_next_day(elapsed) else f"{wall} tomorrow"

    def _money(self, amount: Decimal) -> str:
        sign = "-" if round(amount, 2) < 0 else ""
        digits = f"{abs(round(amount, 2)):.2f}"
        unit = self._currency
        return (
            f"{sign}{unit}{digits}"
            if len(unit) == 1 and not unit.isalpha()
            else (f"{sign}{digits} {unit}".rstrip())
        )


# --- an answer that a model wrote --------------------------------------------------------------

_STARTED = re.compile(
    r"\b(?:i(?:['’]ve| have| had)?|we(?:['’]ve| have)?|ha(?:s|ve) (?:now |already |just )?been"
    r"|(?:is|are|was|were) (?:now|already|just)|(?:has|have) (?:already|just))\s+"
    r"(?:(?:now|already|just|been|also)\s+)*"
    r"(?:started|begun|scheduled|set|turned|switched|programmed|running|launched|activated)\b",
    re.IGNORECASE,
)
_AT_ONCE = r"(?:(?:right |just )?now|right away|straight away|immediately|at once)"
_NOT = (
    r"(?:\bnot|n['’]t|\bnever|\brather than|\binstead of|\bthan|\bversus|\bvs\.?|\bavoid"
    r"|\bno need to|\bno reason to|\bnothing by|\bno benefit (?:in|to|from)|\bcompared (?:to|with))"
)
_DENIED_NOW = re.compile(rf"{_NOT}\s+(?:[\w'’-]+\s+){{0,6}}?{_AT_ONCE}\b", re.IGNORECASE)
_DENIED_LATER = re.compile(rf"{_NOT}\s+(?:[\w'’-]+\s+){{0,4}}?(?:later|wait\w*)\b", re.IGNORECASE)
_SAYS_NOW = re.compile(
    rf"^\W*(?:yes\W+)?{_AT_ONCE}\b"
    r"|\b(?:run|start|turn|switch|charge|begin|use|go)\w*\b[^.;!?]{0,60}?\b" + _AT_ONCE + r"\b",
    re.IGNORECASE,
)
_SAYS_LATER = re.compile(r"\b(?:later|wait|hold off|delay)\b", re.IGNORECASE)
# The first sentence, and the second where the first is a word or two ("Yes.").
_HEAD = re.compile(r"(?:\w+(?: \w+)?[.!] +)?.*?(?:[.!?](?=\s|$)|$)", re.DOTALL)
_CLOCK = re.compile(r"(?<![\d:.,])(\d{1,2}):([0-5]\d)(?![\d:])\s*([ap])?\.?(?:m\b)?", re.IGNORECASE)


def check_answer(text: str, reading: Reading, solution: Solution) -> tuple[Violation, ...]:
    """Does the text say what the schedule says, and nothing that is not so?"""
    entry = next(
        (e for e in solution.proposed_schedule if e.load_id == reading.problem.target), None
    )
    found = [Violation("answer_placeholder", key) for key in _placeholders(text)]
    if _STARTED.search(text):
        found.append(Violation("answer_claims_started"))
    if not _names(text, reading.target):
        found.append(Violation("answer_name_missing", reading.problem.target))
    if entry is not None:
        found += _check_direction(text, solution, entry)
    found += [
        Violation("answer_time_invented", times=(t,)) for t in _invented(text, reading, solution)
    ]
    return tuple(found)


def _check_direction(text: str, solution: Solution, entry: ScheduledLoad) -> Iterator[Violation]:
    """The first sentence decides: later is not told as now, nor now as later."""
    now = solution.recommendation == "run_now"
    says_at_once = re.search(rf"\b{_AT_ONCE}\b", text, re.IGNORECASE) is not None
    if entry.start not in times_in(text) and not (now and says_at_once):
        yield Violation("answer_time_missing", entry.load_id, (entry.start,))
    head = _HEAD.match(text.strip())
    said = head.group() if head else text
    wrong, denied = (_SAYS_LATER, _DENIED_LATER) if now else (_SAYS_NOW, _DENIED_NOW)
    if wrong.search(denied.sub(" ", said)) or (now and not says_at_once):
        yield Violation("answer_direction", entry.load_id, field=solution.recommendation)


def _placeholders(text: str) -> list[str]:
    found = re.findall(r"\bload[_ ]([a-z]{1,2})\b", text, re.IGNORECASE)
    return sorted({f"load_{letters.upper()}" for letters in found})


def _names(text: str, device: str) -> bool:
    """Whether a word of the device's name stands in the text; "charging" counts for a charger."""
    said = re.findall(r"\w+", text.casefold())
    return any(
        word.startswith(part[: max(4, len(part) - 3)]) if len(part) > 3 else word == part
        for part in re.findall(r"\w+", device.casefold())
        for word in said
    )


def _invented(text: str, reading: Reading, solution: Solution) -> list[str]:
    """Times written in figures that are neither in the schedule nor in the problem."""
    known = set(re.findall(r"\d\d:\d\d", reading.problem.model_dump_json()))
    known |= {time for e in solution.proposed_schedule for time in (e.start, e.end)}
    found = []
    for hour, minute, half in _CLOCK.findall(text):
        at = int(hour) * 60 + int(minute)
        either = (
            {hhmm(at), hhmm(at + 720)} if half or (int(hour) < 13 and len(hour) < 2) else {hhmm(at)}
        )
        if int(hour) < 24 and not either & known:
            found.append(hhmm(at))
    return found
