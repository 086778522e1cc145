"""Responses for home's own server, which is asked by Chat Completions: there and back.

Functions, their calls and results, images as data: URLs. The answer is asked for whole, also where
the client wants events: a tool call can be used only when it is whole.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from doorstep._errors import ReplyBroken
from doorstep._values import Finish, Reply, Usage
from doorstep.gateway.content import content_of, items, table, wrong
from doorstep.gateway.core import Json
from doorstep.gateway.http import BadRequest
from doorstep.gateway.responses_shape import message_item
from doorstep.gateway.sse import dumped

_SAME = {
    "temperature": "temperature",
    "top_p": "top_p",
    "max_output_tokens": "max_tokens",
    "parallel_tool_calls": "parallel_tool_calls",
}
_FINISH: Mapping[object, Finish] = {"length": "length", "content_filter": "filter"}


def chat_of(body: Json) -> Json:
    """The same request as Chat Completions. BadRequest names what has no counterpart there."""
    chat: Json = {"messages": _messages(body), "stream": False}
    chat |= {new: body[old] for old, new in _SAME.items() if body.get(old) is not None}
    tools = [_tool(tool, f"tools[{n}]") for n, tool in enumerate(items(body, "tools"))]
    if tools:
        chat["tools"] = tools
        chat |= _choice(body.get("tool_choice"))
    given = table(table(body, "text"), "format")
    if given.get("type") == "json_schema":
        held = {key: given[key] for key in ("name", "schema", "strict") if key in given}
        chat["response_format"] = {"type": "json_schema", "json_schema": held}
    elif given.get("type") == "json_object":
        chat["response_format"] = {"type": "json_object"}
    effort = table(body, "reasoning").get("effort")
    return chat if effort is None else chat | {"reasoning_effort": effort}


def _tool(tool: object, where: str) -> Json:
    if not isinstance(tool, dict) or tool.get("type") != "function":
        raise BadRequest(
            "Home's model takes functions that the client runs, and no other tools.",
            param=where,
            hint="Leave the tool out.",
        )
    known = ("name", "description", "parameters", "strict")
    function = {key: tool[key] for key in known if tool.get(key) is not None}
    return {"type": "function", "function": function}


def _choice(choice: object) -> Json:
    if choice is None:
        return {}
    if isinstance(choice, dict) and choice.get("type") == "function":
        return {"tool_choice": {"type": "function", "function": {"name": choice.get("name")}}}
    if choice in ("auto", "none", "required"):
        return {"tool_choice": choice}
    raise wrong("tool_choice", "has to be auto, none, required or a function.")


def _messages(body: Json) -> list[Json]:
    instructions, given = body.get("instructions"), body.get("input")
    messages: list[Json] = []
    if isinstance(instructions, str):
        messages.append({"role": "system", "content": instructions})
    if isinstance(given, str):
        return [*messages, {"role": "user", "content": given}]
    for number, item in enumerate(given if isinstance(given, list) else []):
        if not isinstance(item, dict):
            raise wrong(f"input[{number}]", "has to be an object.")
        _add(messages, item, f"input[{number}]")
    return messages


def _add(messages: list[Json], item: Json, where: str) -> None:
    match item.get("type", "message"):
        case "message":
            role = {"developer": "system"}.get(str(item.get("role")), item.get("role"))
            messages.append({"role": role, "content": _content(item.get("content"), where)})
        case "function_call":
            _add_call(messages, item)
        case "function_call_output":
            text = content_of(item.get("output"), f"{where}.output").text
            call = item.get("call_id")
            messages.append({"role": "tool", "tool_call_id": call, "content": text})
        case "reasoning":
            pass
        case _:
            raise BadRequest("Home's model takes no item of this type.", param=where)


def _add_call(messages: list[Json], item: Json) -> None:
    """Calls of one turn stand in one message."""
    function = {"name": item.get("name"), "arguments": item.get("arguments")}
    call: Json = {"id": item.get("call_id"), "type": "function", "function": function}
    last = messages[-1] if messages else {}
    calls = last.get("tool_calls")
    if isinstance(calls, list):
        calls.append(call)
    else:
        messages.append({"role": "assistant", "content": "", "tool_calls": [call]})


def _content(content: object, where: str) -> object:
    read = content_of(content, f"{where}.content")
    if not read.media:
        return read.text
    assert isinstance(content, list)
    return [_part(part, where) for part in content]


def _part(part: object, where: str) -> Json:
    if isinstance(part, dict) and part.get("type") == "input_image" and part.get("image_url"):
        return {"type": "image_url", "image_url": {"url": part["image_url"]}}
    read = content_of([part], f"{where}.content")
    if read.media:
        raise BadRequest("Home's model takes images as data: URLs only.", param=f"{where}.content")
    return {"type": "text", "text": read.text}


def output_of(answer: Json) -> tuple[list[Json], Reply]:
    """The items of a whole chat answer, and its end. ReplyBroken where it is none."""
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise ReplyBroken("Home's server sent an answer that cannot be read.")
    text = message.get("content") or ""
    calls = message.get("tool_calls") or []
    output = [message_item(text)] if text or not calls else []
    output += [_call(call) for call in calls]
    finish = _FINISH.get(choice.get("finish_reason"), "stop")
    return output, Reply(text, "", _usage(answer.get("usage")), finish)


def _call(call: object) -> Json:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(call, dict) or not isinstance(function, dict):
        raise ReplyBroken("Home's server sent a tool call that cannot be read.")
    arguments = function.get("arguments")
    said = arguments if isinstance(arguments, str) else dumped(arguments or {}).decode()
    return {
        "id": f"fc_{secrets.token_hex(16)}",
        "type": "function_call",
        "status": "completed",
        "call_id": call.get("id") or f"call_{secrets.token_hex(12)}",
        "name": function.get("name"),
        "arguments": said,
    }


def _usage(usage: object) -> Usage:
    given = usage if isinstance(usage, dict) else {}
    asked, said = given.get("prompt_tokens"), given.get("completion_tokens")
    return Usage(asked if isinstance(asked, int) else None, said if isinstance(said, int) else None)
