"""A request of Ollama as messages and options of the library, and what of it that cannot carry.

A pattern and the library's home model take text and a few options. The rest (tools, images, most
sampling options) is left over, and is named, so that nothing is lost without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from doorstep._values import Effort, Message, Options, Role
from doorstep.gateway import asked
from doorstep.gateway.asked import Left
from doorstep.gateway.content import number, wrong
from doorstep.gateway.core import Json
from doorstep.gateway.names import Target
from doorstep.gateway.ollama_asked import Asked
from doorstep.gateway.ollama_to_chat import LOADING

_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "user": "user"}
_LEVELS: dict[str, Effort] = {"low": "low", "medium": "medium", "high": "high", "max": "high"}
_OTHERS = "logprobs suffix template context raw".split()
_SAMPLING = frozenset({"temperature", "num_predict", "seed"})


def for_library(want: Asked, target: Target) -> asked.Asked:
    """The request as the library's models are asked, for `target`. Raises BadRequest for a field
    that has not the type it should have."""
    schema = want.body.get("format")
    options = Options(
        effort=_effort(want.body.get("think")),
        temperature=_number(want.options, "temperature"),
        max_tokens=_limit(want.options),
        schema=schema if isinstance(schema, dict) and schema else None,
        seed=_whole(want.options, "seed"),
    )
    left = tuple(dict.fromkeys(_left(want)))
    return asked.Asked(
        want.name,
        target,
        want.body,
        messages_of(want),
        options,
        left,
        stream=want.stream,
        details=want.details,
    )


def messages_of(want: Asked) -> tuple[Message, ...]:
    """The text of the messages."""
    return tuple(
        Message(_ROLES.get(str(m["role"]), "assistant"), str(m.get("content") or ""))
        for m in want.messages
    )


def _left(want: Asked) -> Iterator[Left]:
    if want.body.get("tools"):
        yield Left("tools", "tools")
    for message in want.messages:
        yield from _left_of(message)
    for name in _OTHERS:
        if want.body.get(name):
            yield Left(name)
    for name in want.options:
        if name not in LOADING | _SAMPLING:
            yield Left(f"options.{name}")
    if isinstance(want.body.get("format"), str) and want.body["format"]:
        yield Left("format")


def _left_of(message: Json) -> Iterator[Left]:
    if message.get("images"):
        yield Left("images", "media")
    if message["role"] == "tool" or message.get("tool_calls"):
        yield Left("tools", "tools")


def _effort(think: object) -> Effort | None:
    """False is left to the model: not every one that a pattern asks can be told not to think."""
    if think is None or isinstance(think, bool):
        return None
    if not isinstance(think, str) or think not in _LEVELS:
        raise wrong("think", f"has to be true, false or one of {', '.join(_LEVELS)}.")
    return _LEVELS[think]


def _limit(options: Json) -> int | None:
    limit = _whole(options, "num_predict")
    return limit if limit is not None and limit > 0 else None  # -1 and -2: without a limit


def _number(options: Json, name: str) -> float | None:
    return number({f"options.{name}": options.get(name)}, f"options.{name}")


def _whole(options: Json, name: str) -> int | None:
    value = _number(options, name)
    if value is not None and value != int(value):
        raise wrong(f"options.{name}", "has to be a whole number.")
    return None if value is None else int(value)
