"""A stand-in for the planning cloud: a plan by rules, from a goal sentence and tool signatures.

It reads exactly what a real planner gets, and knows the tools of `documents`, `table` and
`periods` by their signatures. It is no language model: a goal that it cannot read gets no plan.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from doorstep.models.stand_in_server import StandInServer
from doorstep.patterns.planning.goal import RENDERED

NAME = "stand-in-planner"
NO_PLAN = "I cannot plan that: I am a stand-in, not a model."

_GOAL = re.compile(RENDERED)
_TOOL = re.compile(r"^([a-z][a-z0-9_]*)\(", re.MULTILINE)
_SLOT_LINE = re.compile(r"^(slot_[a-h]): (\w+)$", re.MULTILINE)
# A slot, and the first preposition before it in its clause: "since the date of {slot_a}".
_PLACED = re.compile(
    r"(?:\b(since|after|before|until|in|during|for|about|above|below)\b[^{},;]*)?\{(slot_[a-h])\}"
)
_HOWS = ("total", "count", "average", "largest", "smallest", "median")
_TIMES = {"since": "since", "after": "after", "before": "before", "until": "until"}
_AMOUNTS = {"above": "above", "below": "below"}

Args = Mapping[str, object]


def stand_in_planner() -> StandInServer:
    """The server: real HTTP on loopback, with the rules below instead of a model."""
    return StandInServer(plan_text, name=NAME)


def plan_text(text: str) -> str:
    """The plan for the last goal in a request, as JSON; a sentence where there is none."""
    goals = [match[0] for match in _GOAL.finditer(text)]
    tools = frozenset(_TOOL.findall(text))
    plan = _Plan(goals[-1], tools).made() if goals else None
    return NO_PLAN if plan is None else json.dumps(plan)


class _Plan:
    def __init__(self, goal: str, tools: frozenset[str]) -> None:
        self._sentence = goal.split("\n")[0].removeprefix("Goal: ")
        self._kinds = dict(_SLOT_LINE.findall(goal))
        self._tools = tools
        self._steps: list[dict[str, object]] = []
        self._words = re.findall(r"[a-z_]+", self._sentence)

    def made(self) -> dict[str, object] | None:
        how = next((word for word in self._words if word in _HOWS), None)
        if how is not None and {"filter_rows", "aggregate"} <= self._tools:
            last = self._number(how)
        elif "date" in self._words and "date_of" in self._tools and self._slots():
            last = self._step("date_of", event={"slot": self._slots()[0]})
        elif "search" in self._tools and self._slots():
            found = [self._step("search", query={"slot": slot}) for slot in self._slots()]
            return {"steps": self._steps, "answer_from": found}
        else:
            return None
        return {"steps": self._steps, "answer_from": [last]}

    def _number(self, how: str) -> str:
        rows: dict[str, object] = {}
        for before, slot in _PLACED.findall(self._sentence):
            for test, column, value in self._tests(before, slot):
                args = {"column": {"value": column}, "test": {"value": test}, "value": value}
                rows = {"rows": {"from": self._step("filter_rows", **args, **rows)}}
        unit = next((self._words[n + 1] for n, w in enumerate(self._words[:-1]) if w == "per"), "")
        if unit and "group_rows" in self._tools:
            by = {"value": "date" if unit in ("year", "month", "day") else unit}
            per = {"unit": {"value": unit}} if by["value"] == "date" else {}
            return self._step("group_rows", by=by, how={"value": how}, **per, **rows)
        return self._step("aggregate", how={"value": how}, **rows)

    def _tests(self, before: str, slot: str) -> Iterator[tuple[str, str, Args]]:
        kind = self._kinds.get(slot, "text")
        if kind == "period" and {"first_day", "last_day"} <= self._tools:
            yield from self._within(before, slot)
        elif kind in ("event", "date") or before in _TIMES:
            yield _TIMES.get(before, "is"), "date", self._day(kind, slot)
        elif kind == "amount":
            yield _AMOUNTS.get(before, "is"), "amount", {"slot": slot}
        else:
            yield "contains", "category" if kind == "category" else "any", {"slot": slot}

    def _within(self, before: str, slot: str) -> Iterator[tuple[str, str, Args]]:
        first, last = (
            {"from": self._step(tool, period={"slot": slot})} for tool in ("first_day", "last_day")
        )
        if before in ("since", "before"):
            yield before, "date", first
        elif before in ("after", "until"):
            yield before, "date", last
        else:
            yield "since", "date", first
            yield "until", "date", last

    def _day(self, kind: str, slot: str) -> Args:
        if kind == "date":
            return {"slot": slot}
        return {"from": self._step("date_of", event={"slot": slot})}

    def _slots(self) -> Sequence[str]:
        return [slot for _, slot in _PLACED.findall(self._sentence)]

    def _step(self, tool: str, **args: object) -> str:
        name = f"s{len(self._steps) + 1}"
        self._steps.append({"id": name, "tool": tool, "args": args})
        return name
