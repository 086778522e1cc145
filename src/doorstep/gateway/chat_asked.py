"""A Chat Completions request as messages and options of the library, and what does not carry.

https://platform.openai.com/docs/api-reference/chat/create. Nothing that would change the answer is
ignored: a field is carried, or harmless, or named in `Asked.left`, also one that is not known.
"""

from __future__ import annotations

from collections.abc import Mapping

from doorstep._values import Message, Options
from doorstep.gateway import asked
from doorstep.gateway.asked import (
    Asked,
    Left,
    effort_of,
    left_over,
    message_of,
    not_carried,
    schema_of,
)
from doorstep.gateway.content import flag, items, number, table, whole, wrong
from doorstep.gateway.core import Json
from doorstep.gateway.names import Target

CARRIED = frozenset(
    "model messages stream stream_options temperature max_tokens max_completion_tokens seed "
    "response_format reasoning_effort logprobs top_logprobs tools functions".split()
)
# What changes nothing of an answer, or does so at these values only (they are the defaults).
HARMLESS: Mapping[str, object] = {
    **asked.HARMLESS,
    "prediction": None,  # makes the same answer faster
    "function_call": None,
    "n": (1,),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "logit_bias": ({},),
    "stop": ([], ""),
    "modalities": (["text"],),
    "verbosity": ("medium",),
}
MOST_RIVALS = 20


def chat_asked(body: Json, target: Target, *, details: bool = False) -> Asked:
    """BadRequest, which names the field and never quotes it, for what has the wrong type."""
    messages, left = _messages(body)
    options, more = _options(body, target)
    left += [Left(name, "tools") for name in ("tools", "functions") if items(body, name)]
    left += [*more, *left_over(body, CARRIED, HARMLESS)]
    return Asked(
        str(body["model"]),
        target,
        body,
        tuple(messages),
        options,
        tuple(dict.fromkeys(left)),
        stream=flag(body, "stream"),
        usage=flag(table(body, "stream_options"), "include_usage"),
        details=details,
    )


def _messages(body: Json) -> tuple[list[Message], list[Left]]:
    given = items(body, "messages")
    if not given:
        raise wrong("messages", "has to be a list of at least one message.")
    messages, left = [], list[Left]()
    for number_, one in enumerate(given):
        where = f"messages[{number_}]"
        if not isinstance(one, dict):
            raise wrong(where, "has to be an object.")
        message, more = message_of(one.get("role"), one.get("content"), where)
        messages.append(message)
        left += more
        if one.get("tool_calls") or one.get("function_call"):
            left.append(Left("messages", "tools"))
        if one.get("audio"):
            left.append(Left(f"{where}.audio", "media"))
    return messages, left


def _options(body: Json, target: Target) -> tuple[Options, list[Left]]:
    schema, name, left = _format(body, target)
    rivals = _logprobs(body)
    if rivals and (target.kind != "home" or flag(body, "stream")):
        left.append(Left("logprobs"))
    longest = whole(body, "max_completion_tokens", 1)
    return Options(
        effort=effort_of(body.get("reasoning_effort"), "reasoning_effort"),
        temperature=number(body, "temperature"),
        max_tokens=whole(body, "max_tokens", 1) if longest is None else longest,
        schema=schema,
        schema_name=name or "answer",
        logprobs=rivals,
        seed=whole(body, "seed"),
    ), left


def _format(body: Json, target: Target) -> tuple[dict[str, object] | None, str, list[Left]]:
    """`json_object` is a schema that any object fits, where the model is not made to be strict."""
    given = table(body, "response_format")
    match given.get("type", "text"):
        case "text":
            return None, "", []
        case "json_schema":
            param = "response_format.json_schema"
            held = given.get("json_schema")
            if not isinstance(held, dict):
                raise wrong(param, "has to be an object.")
            return *schema_of(held, param), []
        case "json_object" if target.kind == "home":
            return {"type": "object"}, "", []
        case "json_object":
            return None, "", [Left("response_format")]
    raise wrong("response_format.type", "has to be one of text, json_schema, json_object.")


def _logprobs(body: Json) -> int:
    """How many rivals to report per token: at least one, for the library asks for them so."""
    if not flag(body, "logprobs"):
        return 0
    rivals = whole(body, "top_logprobs", 0) or 1
    if rivals > MOST_RIVALS:
        raise wrong("top_logprobs", f"has to be {MOST_RIVALS} or less.")
    return rivals


HINTS: Mapping[str, str] = {
    "tools": "Ask a mask (mask/NAME) or `home`, or leave it out.",
    "media": "An image or a file cannot be masked. Ask `home`, or leave it out.",
    "n": "Ask once for each answer.",
    "response_format": 'Ask for a json_schema instead of "json_object".',
    "other": "Ask a mask (mask/NAME) or `home`, or leave it out.",
}


def refusal(left: Left, name: str) -> Exception:
    hint = HINTS.get(left.param, HINTS[left.why])
    return not_carried(left, name, hint)
