"""A Responses request as messages and options of the library, and what does not carry.

https://platform.openai.com/docs/api-reference/responses/create. Stateless: what refers to
something that a vendor keeps (an earlier response, a conversation, a stored item, a response made
in the background) is refused, for every model.
"""

from __future__ import annotations

from collections.abc import Mapping

from doorstep._values import Message, Options
from doorstep.gateway import asked
from doorstep.gateway.asked import Asked, Left, effort_of, left_over, message_of, schema_of
from doorstep.gateway.content import flag, items, number, table, whole, wrong
from doorstep.gateway.core import Json
from doorstep.gateway.http import BadRequest
from doorstep.gateway.names import Target

CARRIED = frozenset(
    "model input instructions stream stream_options temperature max_output_tokens text reasoning "
    "tools".split()
)
HARMLESS: Mapping[str, object] = {
    **asked.HARMLESS,
    "include": None,  # says what to show, not what to answer
    "max_tool_calls": None,
    "background": (False,),
    "top_logprobs": (0,),
    "truncation": ("disabled",),
}
_STATE = ("previous_response_id", "conversation")
_CALLS = frozenset({"function_call", "function_call_output", "custom_tool_call"})


def refuse_state(body: Json) -> None:
    """BadRequest for what needs something to be kept at a vendor."""
    for name in _STATE:
        if body.get(name) is not None:
            raise _stateless(name, "Send the whole conversation as `input`.")
    if body.get("background"):
        raise _stateless("background", "Wait for the answer, or let it stream.")
    given = body.get("input")
    for number_, item in enumerate(given if isinstance(given, list) else []):
        if isinstance(item, dict) and item.get("type") == "item_reference":
            raise _stateless(f"input[{number_}]", "Send the item itself.")


def _stateless(name: str, hint: str) -> BadRequest:
    return BadRequest(
        f"`{name}` needs state at the vendor, and nothing is kept there.",
        code="stateless",
        param=name,
        hint=hint,
    )


def responses_asked(body: Json, target: Target, *, details: bool = False) -> Asked:
    """BadRequest, which names the field and never quotes it, for what has the wrong type."""
    messages, left = _messages(body)
    options, more = _options(body, target)
    left += [Left("tools", "tools")] if items(body, "tools") else []
    left += [*more, *left_over(body, CARRIED, HARMLESS)]
    return Asked(
        str(body["model"]),
        target,
        body,
        tuple(messages),
        options,
        tuple(dict.fromkeys(left)),
        stream=flag(body, "stream"),
        details=details,
    )


def _messages(body: Json) -> tuple[list[Message], list[Left]]:
    messages, left = [], list[Left]()
    instructions = body.get("instructions")
    if instructions is not None:
        if not isinstance(instructions, str):
            raise wrong("instructions", "has to be a text.")
        messages.append(Message("system", instructions))
    given = body.get("input")
    if isinstance(given, str) and given:
        return [*messages, Message("user", given)], left
    if not isinstance(given, list) or not given:
        raise wrong("input", "has to be a text or a list of at least one item.")
    for number_, item in enumerate(given):
        more, over = _item(item, f"input[{number_}]")
        messages += more
        left += over
    return messages, left


def _item(item: object, where: str) -> tuple[list[Message], tuple[Left, ...]]:
    """An item's message, if it is one. What a model reasoned before (`reasoning`) is sealed for
    the model that wrote it, and says nothing to another."""
    if not isinstance(item, dict):
        raise wrong(where, "has to be an object.")
    kind = item.get("type", "message")
    if kind == "message":
        message, left = message_of(item.get("role"), item.get("content"), where)
        return [message], left
    if kind == "reasoning":
        return [], ()
    return [], (Left("input", "tools" if kind in _CALLS else "other"),)


def _options(body: Json, target: Target) -> tuple[Options, list[Left]]:
    schema, name, left = _format(table(body, "text"), target)
    reasoning = table(body, "reasoning")
    return Options(
        effort=effort_of(reasoning.get("effort"), "reasoning.effort"),
        temperature=number(body, "temperature"),
        max_tokens=whole(body, "max_output_tokens", 1),
        schema=schema,
        schema_name=name or "answer",
    ), left


def _format(text: Json, target: Target) -> tuple[dict[str, object] | None, str, list[Left]]:
    left = [] if text.get("verbosity") in (None, "medium") else [Left("text.verbosity")]
    given = table(text, "format")
    match given.get("type", "text"):
        case "text":
            return None, "", left
        case "json_schema":
            return *schema_of(given, "text.format"), left
        case "json_object" if target.kind == "home":
            return {"type": "object"}, "", left
        case "json_object":
            return None, "", [*left, Left("response_format")]
    raise wrong("text.format.type", "has to be one of text, json_schema, json_object.")
