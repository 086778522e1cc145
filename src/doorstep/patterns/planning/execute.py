"""Carrying a plan out at home: every step as soon as what it needs is there, side by side.

A step that fails (a tool's own code, a timeout, a result that is too large) fails alone; what
needs it is skipped. Nothing of it is told to the cloud.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from doorstep._errors import DoorstepError
from doorstep._values import Step
from doorstep.boundary.patience import patient
from doorstep.patterns.planning.dates import parse_date
from doorstep.patterns.planning.goal import Goal
from doorstep.patterns.planning.kinds import Kind, convert, value_of
from doorstep.patterns.planning.plan import Argument, FromSlot, Plan, PlanStep, Reference, Value
from doorstep.patterns.planning.shown import sized, told
from doorstep.patterns.planning.tables import number
from doorstep.patterns.planning.tools import CONSULT, StepFailed, Tool, call
from doorstep.patterns.planning.validate import place
from doorstep.patterns.run import Run

SIDE_BY_SIDE = 4
MOST_TEXT = 5_000_000  # characters of a result
MOST_ITEMS = 1_000_000


class Consult(Protocol):
    """Sends a question with some shown values through the boundary, and gives the answer."""

    async def __call__(self, question: str, shown: Sequence[object]) -> str: ...


@dataclass(frozen=True, slots=True, repr=False)
class Done:
    """What became of one step: its result, or the code of why there is none ("" for none)."""

    step: PlanStep
    result: object = None
    failed: str = ""
    seconds: float = 0.0


class Execution:
    """One plan on its way. `timeout` is in seconds, for a step."""

    def __init__(
        self,
        plan: Plan,
        goal: Goal,
        tools: Mapping[str, Tool],
        run: Run,
        *,
        consult: Consult,
        timeout: float,
    ) -> None:
        self._plan = plan
        self._slots = {slot.name: slot for slot in goal.slots}
        self._tools = tools
        self._run = run
        self._consult = consult
        self._timeout = timeout
        self._room = asyncio.Semaphore(SIDE_BY_SIDE)
        self._done: dict[str, asyncio.Future[Done]] = {}

    async def all(self) -> dict[str, Done]:
        """Every step by its id. They are recorded in the order of the plan."""
        loop = asyncio.get_running_loop()
        self._done = {step.id: loop.create_future() for step in self._plan.steps}
        try:
            async with asyncio.TaskGroup() as group:
                for at, step in enumerate(self._plan.steps):
                    group.create_task(self._one(at, step))
        finally:
            self._record()
        return {name: done.result() for name, done in self._done.items()}

    def _record(self) -> None:
        for at, done in enumerate(self._done.values()):
            if done.done() and not done.cancelled():
                self._run.keep(_step(at, done.result()))

    async def _one(self, at: int, step: PlanStep) -> None:
        before = [await self._done[one.of] for one in step.references()]
        begun = time.perf_counter()
        call = self._run.begins(_name(at, step), "check", "")
        if any(done.failed for done in before):
            done = Done(step, failed="skipped")
        else:
            async with self._room:
                begun = time.perf_counter()
                done = await self._carried_out(step)
        done = replace(done, seconds=time.perf_counter() - begun)
        self._run.ended(call, _step(at, done))
        self._done[step.id].set_result(done)

    async def _carried_out(self, step: PlanStep) -> Done:
        try:
            async with patient(self._timeout):
                result = await self._call(step)
        except StepFailed as error:
            return Done(step, failed=error.code)
        except TimeoutError:
            return Done(step, failed="timeout")
        except DoorstepError:
            raise  # a model that is not there, a refusal by the boundary: the run's, not the step's
        except Exception as error:  # its message may hold data; its type does not
            return Done(step, failed=type(error).__name__)
        return Done(step, failed="result_too_large") if _too_large(result) else Done(step, result)

    async def _call(self, step: PlanStep) -> object:
        if step.tool == CONSULT:
            return await self._consult(step.question, [self._referred(one) for one in step.show])
        known = self._tools[step.tool]
        given = {
            name: self._argument(argument, known.parameters[name].kind)
            for name, argument in step.args.items()
        }
        return await call(known.bind(self._run), given)

    def _argument(self, given: Argument, kind: Kind) -> object:
        if isinstance(given, Value):
            return value_of(kind, given.value)
        if isinstance(given, FromSlot):
            return self._slot(given.slot, kind)
        value = self._referred(given)
        if kind.name == "text" and not isinstance(value, str):
            return told(value, MOST_TEXT)
        return convert(value, kind)

    def _slot(self, name: str, kind: Kind) -> object:
        slot = self._slots[name]
        if kind.name == "text":
            return slot.value
        if slot.kind == "amount":
            return _amount(slot.value, kind)
        return parse_date(slot.value) if slot.kind == "date" else slot.value

    def _referred(self, one: Reference) -> object:
        result = self._done[one.of].result().result
        if one.field is not None:
            result = _field(result, one.field)
        return result if one.at is None else _item(result, one.at)


def _name(at: int, step: PlanStep) -> str:
    return f"step {place(at)}: {step.tool}"


def _step(at: int, done: Done) -> Step:
    """What became of the plan's step `at` (the first is 0), as a step of the run."""
    note = done.failed or sized(done.result)
    return Step(_name(at, done.step), "check", "", done.seconds, note=note)


def _amount(written: str, kind: Kind) -> object:
    value = number(written)
    if value is None or (kind.name == "integer" and value != int(value)):
        raise StepFailed("not_such_a_number")
    return int(value) if kind.name == "integer" else convert(value, kind)


def _field(value: object, name: str) -> object:
    if isinstance(value, list):
        return [_field(one, name) for one in value]
    return getattr(value, name)


def _item(value: object, at: int) -> object:
    if not isinstance(value, list) or at >= len(value):
        raise StepFailed("no_such_item")
    return value[at]


def _too_large(result: object) -> bool:
    if isinstance(result, str):
        return len(result) > MOST_TEXT
    return isinstance(result, list) and len(result) > MOST_ITEMS
