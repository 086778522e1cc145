"""What a client of an OpenAI surface asks, in one form for both interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from doorstep._values import Effort, Message, Options, Role
from doorstep.gateway.content import content_of, wrong
from doorstep.gateway.core import Json
from doorstep.gateway.http import BadRequest
from doorstep.gateway.names import Target

Why = Literal["tools", "media", "other"]

ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
_EFFORTS: Mapping[str, Effort] = {
    "none": "none",
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "high",
}
# Of either interface, what changes nothing of an answer. None: at any value.
HARMLESS: Mapping[str, object] = {
    "user": None,
    "metadata": None,
    "store": None,  # nothing is stored, whatever is asked
    "service_tier": None,
    "safety_identifier": None,
    "prompt_cache_key": None,
    "prompt_cache_retention": None,
    "tool_choice": None,  # without tools
    "parallel_tool_calls": None,
    "top_p": (1,),
}


@dataclass(frozen=True, slots=True)
class Left:
    """A field that the library's models do not carry, and of which kind it is."""

    param: str
    why: Why = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `body` is the client's own, without what is Doorstep's; `left` is what of it the
    library's models do not carry; `usage`: whether a stream ends with the count of tokens;
    `details`: whether the answer says what happened."""

    name: str
    target: Target
    body: Json
    messages: tuple[Message, ...]
    options: Options
    left: tuple[Left, ...] = ()
    stream: bool = False
    usage: bool = False
    details: bool = False


def message_of(role: object, content: object, where: str) -> tuple[Message, tuple[Left, ...]]:
    """One turn. Its media are left over; so is the result of a tool, which has no role here."""
    if role in ("tool", "function"):
        return Message("user", content_of(content, f"{where}.content").text), (
            Left("messages", "tools"),
        )
    if not isinstance(role, str) or role not in ROLES:
        known = ", ".join(ROLES)
        raise wrong(f"{where}.role", f"has to be one of {known}, tool.")
    read = content_of(content, f"{where}.content")
    left = tuple(Left(f"{where}.content", "media") for _ in read.media)
    return Message(ROLES[role], read.text), left


def effort_of(value: object, param: str) -> Effort | None:
    """OpenAI's word as one of the library's four; the outermost stand for their neighbours."""
    if value is None:
        return None
    if not isinstance(value, str) or value not in _EFFORTS:
        raise wrong(param, f"has to be one of {', '.join(_EFFORTS)}.")
    return _EFFORTS[value]


def schema_of(given: Json, param: str) -> tuple[dict[str, object], str]:
    """A JSON Schema and its name, from `{"name": ..., "schema": {...}}`."""
    schema, name = given.get("schema"), given.get("name")
    if not isinstance(schema, dict):
        raise wrong(f"{param}.schema", "has to be an object.")
    if not isinstance(name, str) or not name:
        raise wrong(f"{param}.name", "has to be a text.")
    return schema, name


def left_over(body: Json, known: frozenset[str], harmless: Mapping[str, object]) -> list[Left]:
    """The fields that would change the answer and are not carried.

    `harmless` maps a field to the values that change nothing (None: any value does not).
    """
    left = []
    for name, value in body.items():
        if name in known or value is None:
            continue
        if name in harmless:
            values = harmless[name]
            if values is None or (isinstance(values, tuple) and value in values):
                continue
        left.append(Left(name))
    return left


def not_carried(left: Left, name: str, hint: str) -> BadRequest:
    """The refusal that names the field."""
    return BadRequest(f"{name} takes no `{left.param}`.", param=left.param, hint=hint)
