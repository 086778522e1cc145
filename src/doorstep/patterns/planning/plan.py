"""The plan that the cloud returns: steps of known tools. Data, never code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

StepId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Name = Annotated[str, Field(max_length=64)]
_SLOT = re.compile(r"\{?(slot_[a-h])\}?")

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(_Strict):
    """A literal."""

    value: Scalar | Annotated[list[Scalar], Field(max_length=100)]


class Reference(_Strict):
    """The result of an earlier step, a field of it, or one item of a list (the first is 0)."""

    of: StepId = Field(alias="from")
    field: Name | None = None
    at: Annotated[StrictInt, Field(ge=0, lt=1000)] | None = None


class FromSlot(_Strict):
    """What home puts in a slot."""

    slot: Name


Argument = Value | Reference | FromSlot


class PlanStep(_Strict):
    """One call of a tool."""

    id: StepId
    tool: Name
    args: dict[Name, Argument] = Field(default_factory=dict)
    # For the step that consults the cloud, and no other: its question and what is shown of results.
    question: Annotated[str, Field(max_length=1000)] = ""
    show: Annotated[tuple[Reference, ...], Field(alias="with", max_length=20)] = ()

    def references(self) -> Iterator[Reference]:
        yield from (arg for arg in self.args.values() if isinstance(arg, Reference))
        yield from self.show


class Plan(_Strict):
    """Steps, and whose results make the answer.

    Small models leave the wrapping of an argument out ("slot_a", "s1", 5): it is put around it
    here, where it can mean one thing only, before anything is validated.
    """

    steps: Annotated[tuple[PlanStep, ...], Field(min_length=1, max_length=500)]
    answer_from: Annotated[tuple[StepId, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, given: object) -> object:
        steps = given.get("steps") if isinstance(given, dict) else None
        if not isinstance(steps, list):
            return given
        ids = {step.get("id") for step in steps if isinstance(step, dict)} - {None}
        wrapped = [_wrapped(step, {i for i in ids if isinstance(i, str)}) for step in steps]
        return {**given, "steps": wrapped}  # type: ignore[dict-item]

    def __str__(self) -> str:
        lines = [shown_step(step) for step in self.steps]
        return "\n".join([*lines, f"answer from {', '.join(self.answer_from)}"])


def _wrapped(step: object, ids: set[str]) -> object:
    args = step.get("args") if isinstance(step, dict) else None
    if not isinstance(step, dict) or not isinstance(args, dict):
        return step
    return {**step, "args": {name: _argued(arg, ids) for name, arg in args.items()}}


def _argued(arg: object, ids: set[str]) -> object:
    if isinstance(arg, dict):
        return arg
    if isinstance(arg, str) and (slot := _SLOT.fullmatch(arg)):
        return {"slot": slot[1]}
    return {"from": arg} if isinstance(arg, str) and arg in ids else {"value": arg}


def shown_step(step: PlanStep) -> str:
    """One step in a line, with slots and not what they stand for."""
    given = [f"{name}={_argument(arg)}" for name, arg in step.args.items()]
    given += [_argument(one) for one in step.show]
    return f"{step.id} = {step.tool}({', '.join(given)})"


def _argument(arg: Argument) -> str:
    if isinstance(arg, Value):
        return repr(arg.value)
    if isinstance(arg, FromSlot):
        return f"{{{arg.slot}}}"
    named = arg.of if arg.field is None else f"{arg.of}.{arg.field}"
    return named if arg.at is None else f"{named}[{arg.at}]"
