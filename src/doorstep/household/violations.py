"""What is wrong with a problem, a schedule or an answer: typed, and told to whom it concerns.

`feedback` tells a model, in lines that may cross: constants, load ids, field names, times and
numbers, all of which `FEEDBACK_RE` matches. `for_person` tells the person at home, with the
household's names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from doorstep.household.problem import HHMM_RE
from doorstep.household.solver import plain

Severity = Literal["hard", "cost", "tie"]


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong, without a word that somebody wrote.

    `code` is a key of `_TELL`; `field` a field of the problem; `times` HH:MM; `amounts` numbers
    (minutes, kWh, kW, or the tariff's unit, as the code says).
    """

    code: str
    load_id: str | None = None
    times: tuple[str, ...] = ()
    amounts: tuple[Decimal, ...] = ()
    field: str = ""

    @property
    def severity(self) -> Severity:
        """*hard*: may not be used; *cost*: dearer than it has to be; *tie*: as cheap, but later."""
        if self.code == "not_earliest":
            return "tie"
        return "cost" if self.code.startswith("not_cheapest") else "hard"


# {load} an id, {field} a field, {a} {b} {c} times, {n} {m} numbers. May cross: no other slot, and
# no word that is also a name (tests hold the lists).
_TELL: Mapping[str, str] = {
    # the schedule
    "unknown_load": "{load} is not in the problem.",
    "missing_load": "{load} is missing in proposed_schedule.",
    "scheduled_twice": "{load} stands more than once in proposed_schedule.",
    "wrong_duration": "{load} from {a} to {b} does not take {n} minutes.",
    "too_early": "{load} start {a} is before its earliest_start {b}.",
    "too_late": "{load} end {a} is after its finish_by {b}.",
    "after_quiet_by": "{load} from {a} to {b} runs in its quiet time, quiet_by {c}.",
    "before_quiet_until": "{load} from {a} to {b} runs in its quiet time, quiet_until {c}.",
    "past_horizon": "{load} from {a} to {b} does not end within the day that begins now, {c}.",
    "over_power": "At {a} the loads draw {n} kW together, which is above power_limit_kw {m}.",
    "wrong_recommendation": "recommendation has to be {field}: {load} starts at {a}.",
    "not_cheapest": "{load} start {a} costs {n} more than its cheapest start.",
    "not_cheapest_total": "proposed_schedule costs {n} more than the cheapest one.",
    "not_earliest": "{load} start {a} costs as much as an earlier start; take the earliest.",
    # the problem
    "now_differs": "now {a} has to be {b}.",
    "time_not_found": "{load} {field} {a} is not in the text.",
    "limit_dropped": "{load} lacks {field} {a}.",
    "limit_loosened": "{load} {field} {a} has to be {b}.",
    "duration_differs": "{load} duration_min {n} has to be {m}.",
    "energy_differs": "{load} energy_kwh {n} has to be {m}.",
    "wrong_target": "target {load} is not the one that was asked about.",
    "load_invented": "{load} is not a load that can be scheduled.",
    "mapping_wrong": "{load} needs one entry of its own in the mapping.",
    "tariff_differs": "tariff differs from the stated one.",
    "power_limit_differs": "power_limit_kw differs from the stated one.",
    "clock_change_differs": "clock_change differs from the calendar.",
    "not_the_shape": "The answer does not have the fields that were asked for.",
    "no_schedule": "The limits leave no time for at least one load.",
    # the answer
    "answer_time_missing": "The answer lacks the start {a} of {load}.",
    "answer_time_invented": "The answer gives {a}, which is not in the schedule.",
    "answer_name_missing": "The answer does not say which one {load} is.",
    "answer_direction": "The answer does not say {field} for {load}.",
    "answer_claims_started": "The answer claims that something has been started.",
    "answer_placeholder": "The answer still holds {load}.",
}
_FIELDS = (
    "now|earliest_start|finish_by|quiet_by|quiet_until|run_now|run_later"  # what {field} may hold
)
LOAD_ID = r"load_[A-Z]{1,2}"
_NUMBER = r"-?\d{1,12}(?:\.\d{1,6})?"
_SLOTS = {
    "load": LOAD_ID,
    "field": f"(?:{_FIELDS})",
    **dict.fromkeys("abc", HHMM_RE.pattern),
    **dict.fromkeys("nm", _NUMBER),
}


def _pattern(template: str) -> str:
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(_SLOTS[p] if i % 2 else re.escape(p) for i, p in enumerate(parts))


_OTHER = "Something is wrong."
_LINE = "(?:" + "|".join(_pattern(t) for t in (*_TELL.values(), _OTHER)) + ")"
FEEDBACK_HEAD = "Your last answer was wrong:"
FEEDBACK_RE = re.compile(rf"{re.escape(FEEDBACK_HEAD)}(?:\n- {_LINE})+", re.ASCII)


def feedback(violations: Sequence[Violation]) -> str:
    """Lines for the model that has to do better; "" where there is nothing to say.

    Built of constants, ids, times and numbers only: `FEEDBACK_RE` matches all of it.
    """
    lines = [f"- {_tell(v)}" for v in violations]
    return "\n".join([FEEDBACK_HEAD, *lines]) if lines else ""


def _tell(violation: Violation) -> str:
    """One line; a violation whose slots do not fit its template says nothing but that."""
    line = _filled(_TELL.get(violation.code, _OTHER), violation, violation.load_id or "")
    return line if re.fullmatch(_LINE, line, re.ASCII) else _OTHER


def _filled(template: str, violation: Violation, load: str) -> str:
    times = dict(zip("abc", (*violation.times, "", "", ""), strict=False))
    amounts = dict(zip("nm", (*map(plain, violation.amounts), "", ""), strict=False))
    return template.format(load=load, field=violation.field, **times, **amounts)


_PERSON: Mapping[str, str] = {
    "unknown_load": "The cloud scheduled something that was not asked for",
    "missing_load": "The cloud left out {load}",
    "scheduled_twice": "The cloud scheduled {load} more than once",
    "wrong_duration": "The cloud proposed {a} to {b} for {load}, which takes {n} minutes",
    "too_early": "The cloud proposed {a} for {load}, which is too early: not before {b}",
    "too_late": "The cloud proposed an end at {a} for {load}, which has to be done by {b}",
    "after_quiet_by": (
        "The cloud proposed {a} to {b} for {load}, which is after its quiet time of {c}"
    ),
    "before_quiet_until": (
        "The cloud proposed {a} to {b} for {load}, which is before its quiet time ends at {c}"
    ),
    "past_horizon": "The cloud proposed {a} to {b} for {load}, which is more than a day away",
    "over_power": "The cloud's schedule draws {n} kW at {a}, and the limit is {m} kW",
    "wrong_recommendation": "The cloud's advice did not fit its own start at {a} for {load}",
    "not_cheapest": "The cloud proposed {a} for {load}, which costs {n} more than it has to",
    "not_cheapest_total": "The cloud's schedule costs {n} more than it has to",
    "not_earliest": "The cloud proposed {a} for {load}, and an earlier start costs the same",
}


def the(device: str) -> str:
    """ "the dishwasher", "the EV charger", "Maya's heater": a device's name inside a sentence."""
    first, *rest = device.split() or ["load"]
    if first.lower() in {"the", "our", "my", "your"}:
        return " ".join(["the" if first.lower() == "the" else "your", *rest])
    if re.search(r"['’]s?$", first):
        return device
    plain_case = first[1:].islower() or len(first) == 1
    return " ".join(["the", first.lower() if plain_case else first, *rest])


def for_person(violation: Violation, names: Mapping[str, str] | None = None) -> str:
    """One sentence for the person at home. Private where `names` (id -> device) are given."""
    key = violation.load_id or ""
    load = the(names[key]) if names and key in names else key
    template = _PERSON.get(violation.code)
    if template is None:
        return _tell(violation)
    return _filled(template, violation, load) + "."
