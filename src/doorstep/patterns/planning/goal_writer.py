"""Home writes the goal: its model where it keeps to the vocabulary, else rules."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from doorstep._errors import ModelRefused, OutputInvalid
from doorstep._values import Message
from doorstep.models.base import Model
from doorstep.patterns.planning.dates import parse_date
from doorstep.patterns.planning.goal import (
    Goal,
    Slot,
    goal_problems,
    occurs,
    plain_goal,
    with_slots,
)
from doorstep.patterns.planning.goal_rules import goal_by_rules
from doorstep.patterns.planning.prompts import goal_prompt
from doorstep.patterns.planning.tables import number
from doorstep.patterns.planning.vocabulary import SlotKind
from doorstep.patterns.private import Private
from doorstep.patterns.run import Run

FELL_BACK_GOAL = "home's model wrote no goal that may cross; rules wrote it"
HOME_TRIES = 3


@dataclass(frozen=True, slots=True, repr=False)
class Task:
    """What was asked, and everything said before."""

    text: str
    earlier: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text, *self.earlier)


class SlotDraft(Private):
    """A slot, as home's model describes it."""

    name: str
    kind: SlotKind
    value: str


class GoalDraft(Private):
    """A goal, as home's model writes it."""

    goal: str
    slots: list[SlotDraft] = Field(default=[])

    def goal_with_slots(self) -> Goal:
        slots = tuple(Slot(one.name, one.kind, one.value.strip()) for one in self.slots)
        return with_slots(Goal(plain_goal(self.goal), slots))


class GoalWriter:
    """Writes goals. `columns`: the names of columns that a slot of that kind may hold."""

    def __init__(self, home: Model, columns: Sequence[str] = ()) -> None:
        self._home = home
        self._columns = tuple(columns)

    async def write(self, run: Run, task: Task) -> Goal:
        """A goal that may cross. OutputInvalid where there is no way of saying it."""
        home, problems = run.model("goal", self._home), tuple[str, ...]()
        for _ in range(HOME_TRIES):
            said = goal_prompt(task.text, task.earlier, self._columns, problems)
            try:
                made = await home.typed([Message("user", said)], GoalDraft, tries=1)
            except ModelRefused:
                break
            except OutputInvalid as error:
                problems = error.problems
                continue
            goal = made.value.goal_with_slots()
            known = (*task.texts, *self._columns)  # all that the model was told
            problems = (*goal_problems(goal, known), *self._slot_problems(goal, task))
            if not problems:
                return goal
        return _by_rules(run, task)

    def _slot_problems(self, goal: Goal, task: Task) -> tuple[str, ...]:
        """What home's model put in a slot has to be true: found in the task, or a real column."""
        return tuple(
            problem for slot in goal.slots if (problem := self._slot_problem(slot, task.texts))
        )

    def _slot_problem(self, slot: Slot, texts: Sequence[str]) -> str:
        if slot.kind == "column":
            known = {name.casefold() for name in self._columns}
            return "" if slot.value.casefold() in known else f"{slot.name} is no column."
        if slot.kind == "date" and parse_date(slot.value) is None:
            return f"{slot.name} is no date: write it as YYYY-MM-DD."
        if slot.kind == "amount" and number(slot.value) is None:
            return f"{slot.name} is no number."
        if slot.kind in ("date", "amount") or occurs(slot.value, texts):
            return ""
        return f"{slot.name} does not stand in the task: take the task's own words."


def _by_rules(run: Run, task: Task) -> Goal:
    begun = time.perf_counter()
    goal = goal_by_rules(task.text, task.earlier)
    run.check("goal by rules", time.perf_counter() - begun)
    if goal is None:
        raise OutputInvalid(
            "No goal could be written that says nothing of the task's own words.",
            hint="Nothing was sent. Say the task in other words.",
        )
    run.fell_back(FELL_BACK_GOAL)
    return goal
