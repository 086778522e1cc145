"""Is a plan one that may be carried out?

Judged by the plan, the tools' signatures and the slots' kinds alone, never by data: what is wrong
is said to the cloud, and must not say anything about a file or a table. For the same reason a
problem is a code and the place of a step in the plan, never a word that the cloud wrote.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Literal, get_args

from doorstep.patterns.planning.kinds import Kind, field_of, fits, slot_fits, value_of
from doorstep.patterns.planning.plan import Argument, FromSlot, Plan, PlanStep, Reference, Value
from doorstep.patterns.planning.tools import CONSULT, Parameter, Tool
from doorstep.patterns.planning.vocabulary import SlotKind

Code = Literal[
    "not_a_plan",
    "too_many_steps",
    "too_deep",
    "id_used_twice",
    "unknown_tool",
    "missing_argument",
    "unknown_argument",
    "wrong_type",
    "unknown_slot",
    "unknown_step",
    "not_an_earlier_step",
    "unknown_field",
    "literal_too_long",
    "literal_looks_like_a_path",
    "not_shared",
    "unknown_answer",
]
LONGEST_LITERAL = 200  # characters
MOST_STEPS = 26  # places in a plan are letters, so that no digit crosses
_TEXT = Kind("text")
_ORDER = "abcdefghijklmnopqrstuvwxyz"
# A line of feedback, as it crosses.
PROBLEM = rf"(?:plan|step [a-z]): (?:{'|'.join(get_args(Code))})"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and with which step (None: with the whole plan)."""

    code: Code
    step: int | None = None

    def __str__(self) -> str:
        where = "plan" if self.step is None else f"step {place(self.step)}"
        return f"{where}: {self.code}"


def place(index: int) -> str:
    """A step's place in the plan: a, b, c, ..."""
    return _ORDER[index]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan may be at most. `share`: "tool.field", or "tool" for a plain result."""

    steps: int = 12
    depth: int = 6
    share: frozenset[str] = frozenset()


class Validator:
    """Validates plans for one goal: its slots, and the tools there are."""

    def __init__(
        self, tools: Mapping[str, Tool], slots: Mapping[str, SlotKind], limits: Limits
    ) -> None:
        self._tools = tools
        self._slots = slots
        self._limits = limits

    def problems(self, plan: Plan) -> tuple[Problem, ...]:
        """None where the plan may be carried out."""
        if len(plan.steps) > self._limits.steps:
            return (Problem("too_many_steps"),)  # and no look at what is in them
        return tuple(dict.fromkeys(self._all(plan)))

    def _all(self, plan: Plan) -> Iterator[Problem]:
        depth: dict[str, int] = {}
        steps: dict[str, PlanStep] = {}
        for at, step in enumerate(plan.steps):
            if step.id in steps:
                yield Problem("id_used_twice", at)
            yield from (Problem(code, at) for code in self._step(step, steps, plan))
            deep = [depth.get(one.of, 0) for one in step.references()]
            depth.setdefault(step.id, 1 + max(deep, default=0))
            steps.setdefault(step.id, step)
        if max(depth.values()) > self._limits.depth:
            yield Problem("too_deep")
        if not set(plan.answer_from) <= steps.keys():
            yield Problem("unknown_answer")

    def _step(self, step: PlanStep, before: Mapping[str, PlanStep], plan: Plan) -> Iterator[Code]:
        for one in step.references():
            if one.of not in before:
                later = any(other.id == one.of for other in plan.steps)
                yield "not_an_earlier_step" if later else "unknown_step"
        if step.tool == CONSULT:
            yield from self._consult(step, before)
            return
        known = self._tools.get(step.tool)
        if known is None:
            yield "unknown_tool"
            return
        if step.question or step.show:
            yield "unknown_argument"
        yield from self._arguments(step, known, before)

    def _arguments(
        self, step: PlanStep, known: Tool, before: Mapping[str, PlanStep]
    ) -> Iterator[Code]:
        if step.args.keys() - known.parameters.keys():
            yield "unknown_argument"
        for name, parameter in known.parameters.items():
            if name in step.args:
                yield from self._argument(step.args[name], parameter, before)
            elif parameter.required:
                yield "missing_argument"

    def _argument(
        self, given: Argument, parameter: Parameter, before: Mapping[str, PlanStep]
    ) -> Iterator[Code]:
        if isinstance(given, Value):
            yield from _literal(given, parameter.kind)
        elif isinstance(given, FromSlot):
            kind = self._slots.get(given.slot)
            if kind is None:
                yield "unknown_slot"
            elif not slot_fits(kind, parameter.kind):
                yield "wrong_type"
        elif given.of in before and before[given.of].tool in {*self._tools, CONSULT}:
            result = self._result(given, before)
            if result is None:
                yield "unknown_field"
            elif not fits(result, parameter.kind):
                yield "wrong_type"

    def _result(self, one: Reference, before: Mapping[str, PlanStep]) -> Kind | None:
        made_by = before[one.of].tool
        kind: Kind | None = _TEXT if made_by == CONSULT else self._tools[made_by].result
        if kind is not None and one.field is not None:
            kind = field_of(kind, one.field)
        return kind.item if kind is not None and one.at is not None else kind

    def _consult(self, step: PlanStep, before: Mapping[str, PlanStep]) -> Iterator[Code]:
        """A step that sends something: only what the policy names, tool and field."""
        if step.args:
            yield "unknown_argument"
        if not step.question or not step.show:
            yield "missing_argument"
        for one in step.show:
            if one.of in before and not self._shared(one, before):
                yield "not_shared"

    def _shared(self, one: Reference, before: Mapping[str, PlanStep]) -> bool:
        made_by = before[one.of].tool
        named = made_by if one.field is None else f"{made_by}.{one.field}"
        known = made_by in self._tools and self._result(one, before) is not None
        return known and named in self._limits.share


def _literal(given: Value, kind: Kind) -> Iterator[Code]:
    texts = [x for x in _each(given.value) if isinstance(x, str)]
    if any(len(text) > LONGEST_LITERAL for text in texts):
        yield "literal_too_long"
    if any(_is_path(text) for text in texts):
        yield "literal_looks_like_a_path"
    try:
        value_of(kind, given.value)
    except ValueError:
        yield "wrong_type"


def _each(value: object) -> Collection[object]:
    return value if isinstance(value, list) else (value,)


def _is_path(text: str) -> bool:
    """Whether a literal leads out of a folder: absolute, upwards, a home folder, a URL, or NUL."""
    parts = {*PurePosixPath(text).parts, *PureWindowsPath(text).parts}
    rooted = PurePosixPath(text).is_absolute() or bool(PureWindowsPath(text).anchor)
    return rooted or ".." in parts or text.startswith("~") or bool(re.search(r"\0|://|%2e", text))
