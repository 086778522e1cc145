"""What a refinement in the background is, and how it is written down."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from doorstep import _errors
from doorstep._errors import DoorstepError, ModelError
from doorstep._values import Message, Options, Outcome, Reply
from doorstep.patterns.drafting.race import Side

if TYPE_CHECKING:
    from pydantic import TypeAdapter

State = Literal["running", "done", "failed"]


@dataclass(frozen=True, slots=True, repr=False)
class Job:
    """A refinement in the background, as it stands.

    `reply` is the final answer with its outcome, where it is done; `reason` the name of what went
    wrong, where it failed. `delivered`: somebody has taken it (`Refinery.deliver`).
    """

    id: str
    state: State
    reply: Reply | None = None
    reason: str = ""
    delivered: bool = False

    def __repr__(self) -> str:
        return f"Job(id={self.id!r}, state={self.state!r}, delivered={self.delivered})"


@dataclass(frozen=True, slots=True, repr=False)
class Order:
    """What is to be refined."""

    id: str
    messages: tuple[Message, ...]
    draft: Reply
    options: Options = Options()


def order_out(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "messages": [asdict(message) for message in order.messages],
        "draft": reply_out(order.draft),
        "options": asdict(order.options),
    }


def order_in(said: dict[str, Any]) -> Order:
    messages = tuple(Message(**message) for message in said["messages"])
    return Order(said["id"], messages, reply_in(said["draft"]), Options(**said["options"]))


def side_out(side: Side, outcome: Outcome) -> dict[str, Any]:
    """The cloud's side, with the steps and crossings that it took."""
    reply = replace(side.reply or Reply("", ""), outcome=outcome)
    return {"reply": reply_out(reply), "failed": side.failed}


def side_in(said: dict[str, Any]) -> tuple[Side, Outcome]:
    reply = reply_in(said["reply"])
    assert reply.outcome is not None  # `side_out` wrote one
    if said["failed"]:
        return Side(error=_error(said["failed"])), reply.outcome
    return Side(reply.text, reply), reply.outcome


def reply_out(reply: Reply) -> Any:
    return _adapter().dump_python(reply, mode="json")


def reply_in(said: Any) -> Reply:
    return _adapter().validate_python(said)


def joined(first: Outcome, then: Outcome) -> Outcome:
    """`then`, with what was done before it."""
    fallbacks = [line for line in (first.fallback, then.fallback) if line]
    return replace(
        then,
        steps=first.steps + then.steps,
        crossings=first.crossings + then.crossings,
        stand_ins=tuple(dict.fromkeys(first.stand_ins + then.stand_ins)),
        fallback="; ".join(fallbacks) or None,
        notes=first.notes + then.notes,
    )


def _error(name: str) -> DoorstepError:
    kind = getattr(_errors, name, ModelError)
    made: DoorstepError = kind("The cloud gave no answer.")
    return made


@cache
def _adapter() -> TypeAdapter[Reply]:
    from pydantic import TypeAdapter

    return TypeAdapter(Reply)
