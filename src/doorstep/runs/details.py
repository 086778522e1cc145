"""What a view needs of a run beside its texts: a plan, both sides of a cross-check, a draft."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from doorstep._values import Outcome, Step
from doorstep.runs.values import Draft, Plan, PlanStepKept, Side, Sides

if TYPE_CHECKING:
    from doorstep.runs.recording import Call

_STEP = re.compile(r"(?s)plan: ((\w+) = (\w+)\(.*)")
_FROM = "plan: answer from "
_GOAL = "goal: "
_DONE = re.compile(r"step (\w+): (\w+)")
# Why a step failed is a code or the name of an error; a result's size is "date", "3 of Passage".
_FAILED = re.compile(r"timeout|[a-z]+(?:_[a-z]+)+|[A-Z]\w*")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Of a cross-check, by name: whose step it is, where the name says it.
_SIDES = {"home answers": "home", "cloud answers": "cloud", "third answers": "third"}
_EITHER = ("propose", "check", "answer instead")
_DRAFTED = {"draft": "draft", "refine": "refined"}


def details_of(calls: Sequence[Call], outcome: Outcome) -> dict[str, object]:
    """By the keys of `Texts.details`; empty where the run has none of them."""
    found = {
        "plan": _plan(outcome),
        "sides": _sides(calls, outcome),
        "draft": _draft(calls, outcome),
    }
    return {key: value for key, value in found.items() if value is not None}


def _plan(outcome: Outcome) -> Plan | None:
    """The plan as its pattern tells it, and what its steps say of themselves."""
    worded = [found for line in outcome.reasons if (found := _STEP.fullmatch(line))]
    if not worded:
        return None
    done = {
        found[1]: step
        for step in outcome.steps
        if (found := _DONE.fullmatch(step.name)) is not None
    }
    places = zip(_LETTERS, worded, strict=False)
    steps = [_plan_step(found, done.get(place)) for place, found in places]
    ends = [line[len(_FROM) :] for line in outcome.reasons if line.startswith(_FROM)]
    goal = [line[len(_GOAL) :] for line in outcome.reasons if line.startswith(_GOAL)]
    names = ends[0].split(", ") if ends else []
    return Plan(goal="\n".join(goal), steps=steps, answer_from=names)


def _plan_step(worded: re.Match[str], step: Step | None) -> PlanStepKept:
    note = "" if step is None else step.note
    state = "not run" if step is None else "skipped" if note == "skipped" else "done"
    if state == "done" and _FAILED.fullmatch(note):
        state = "failed"
    kept = {
        "id": worded[2],
        "tool": worded[3],
        "text": worded[1],
        "state": state,
        "note": note,
        "seconds": None if step is None else step.seconds,
    }
    return cast("PlanStepKept", kept)


def _sides(calls: Sequence[Call], outcome: Outcome) -> Sides | None:
    found: dict[str, Side] = {}
    for call in calls:
        name = call.began.step
        side = _SIDES.get(name) or (_whose(call, calls) if name in _EITHER else None)
        if side is not None:
            found[side] = _side(call)
    if not {"home", "cloud"} <= found.keys():
        return None
    sides = Sides(home=found["home"], cloud=found["cloud"], verdict=outcome.verdict)
    if "third" in found:
        sides["third"] = found["third"]
    return sides


def _whose(call: Call, calls: Iterable[Call]) -> str:
    """The cloud's, where the call or one within it was in the cloud."""
    name = call.began.step
    within = [one.began for one in calls if one.began.step.startswith(f"{name}: ")]
    return "cloud" if "cloud" in {call.began.actor, *(b.actor for b in within)} else "home"


def _draft(calls: Sequence[Call], outcome: Outcome) -> Draft | None:
    found = {_DRAFTED[c.began.step]: _side(c) for c in calls if c.began.step in _DRAFTED}
    if found.keys() != set(_DRAFTED.values()):
        return None
    return Draft(draft=found["draft"], refined=found["refined"], verdict=outcome.verdict)


def _side(call: Call) -> Side:
    failed = call.step.note if call.step is not None else "cancelled"
    return Side(model=call.began.model, text=call.text, failed=failed)
