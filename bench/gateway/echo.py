"""Replies that say what was asked: Chat Completions and Responses, whole and as events.

The model's name says what comes: `echo` answers the last message's text, `tools` calls a function
with it. So a reply to a masked prompt is full of placeholders. Shapes as in OpenAI's reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import orjson

CHUNKS = 64
FUNCTION = "look_up"
_USAGE = {"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000}
_CHAT = {"id": "chatcmpl-1", "created": 1770000000, "model": "echo", "system_fingerprint": "fp"}
_UNKNOWN = {"x_unknown": {"kept": [1.5, True, None, "as it is"]}}


def chat(body: dict[str, Any]) -> bytes:
    """A chat.completion with `n` choices."""
    choices = [
        {"index": index, "message": message, "logprobs": None, "finish_reason": why}
        for index, (message, why) in enumerate(_messages(body))
    ]
    reply = {**_CHAT, "object": "chat.completion", "choices": choices, "usage": _USAGE}
    return orjson.dumps(reply | _UNKNOWN)


def chat_events(body: dict[str, Any]) -> list[bytes]:
    """The same as chat.completion.chunk events: the text in 64 parts, choices interleaved."""
    messages = _messages(body)
    events = [_delta(k, {"role": "assistant", "content": ""}) for k in range(len(messages))]
    columns = [list(_deltas(message)) for message, _ in messages]
    for row in range(max(map(len, columns))):
        events += [_delta(k, column[row]) for k, column in enumerate(columns) if row < len(column)]
    events += [_delta(k, {}, why) for k, (_, why) in enumerate(messages)]
    if (body.get("stream_options") or {}).get("include_usage"):
        events.append(_event({**_CHAT, "choices": [], "usage": _USAGE}))
    return [*events, b"data: [DONE]\n\n"]


def responses(body: dict[str, Any]) -> bytes:
    return orjson.dumps(_response(_item(body), "completed"))


def responses_events(body: dict[str, Any]) -> list[bytes]:
    """The events of one output item, message or function call."""
    item = _item(body)
    call = item["type"] == "function_call"
    text = item["arguments"] if call else item["content"][0]["text"]
    part = "response.function_call_arguments" if call else "response.output_text"
    where = {"item_id": item["id"], "output_index": 0} | ({} if call else {"content_index": 0})
    nothing: dict[str, Any] = {"arguments": ""} if call else {"content": []}
    empty = {**item, "status": "in_progress", **nothing}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("response.created", {"response": {**_response(item, "in_progress"), "output": []}}),
        ("response.output_item.added", {"output_index": 0, "item": empty}),
        *((f"{part}.delta", {**where, "delta": piece}) for piece in pieces(text)),
        (f"{part}.done", {**where, "arguments" if call else "text": text}),
        ("response.output_item.done", {"output_index": 0, "item": item}),
        ("response.completed", {"response": _response(item, "completed")}),
    ]
    return [
        b"event: %b\n%b" % (kind.encode(), _event({"type": kind, "sequence_number": n, **fields}))
        for n, (kind, fields) in enumerate(steps)
    ]


def pieces(text: str, count: int = CHUNKS) -> list[str]:
    """`text` cut into up to `count` parts of about the same length; at least one."""
    edges = sorted({len(text) * k // count for k in range(count + 1)})
    return [text[a:b] for a, b in pairwise(edges)] or [""]


def last_text(body: dict[str, Any]) -> str:
    """The text of the last message or input item; list-shaped content is joined."""
    turns = body.get("messages", body.get("input", ""))
    content = turns if isinstance(turns, str) else turns[-1].get("content", "")
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def arguments(text: str) -> str:
    """What `tools` calls the function with: the text alone, and as JSON within JSON."""
    inner = json.dumps({"again": text})
    return json.dumps({"text": text, "list": [text, inner]}, ensure_ascii=False)


def calls(model: str) -> bool:
    return "tools" in model


def _messages(body: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    text = last_text(body)
    if calls(body["model"]):
        function = {"name": FUNCTION, "arguments": arguments(text)}
        call = {"id": "call_1", "type": "function", "function": function}
        return [({"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls")]
    count = body.get("n") or 1
    return [({"role": "assistant", "content": choice(k) + text}, "stop") for k in range(count)]


def choice(index: int) -> str:
    """What stands before the text of choice `index`."""
    return f"choice {index}. " if index else ""


def _deltas(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "tool_calls" not in message:
        yield from ({"content": piece} for piece in pieces(message["content"]))
        return
    call = message["tool_calls"][0]
    function = {"name": FUNCTION, "arguments": ""}
    yield {"tool_calls": [{"index": 0, "id": call["id"], "type": "function", "function": function}]}
    for piece in pieces(call["function"]["arguments"]):
        yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}


def _delta(index: int, delta: dict[str, Any], why: str | None = None) -> bytes:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": why}
    return _event({**_CHAT, "object": "chat.completion.chunk", "choices": [choice]})


def _event(fields: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(fields) + b"\n\n"


def _item(body: dict[str, Any]) -> dict[str, Any]:
    text = last_text(body)
    if calls(body["model"]):
        said = {"name": FUNCTION, "call_id": "call_1", "arguments": arguments(text)}
        return {"type": "function_call", "id": "fc_1", "status": "completed", **said}
    part = {"type": "output_text", "text": text, "annotations": []}
    head = {"type": "message", "id": "msg_1", "status": "completed"}
    return {**head, "role": "assistant", "content": [part]}


def _response(item: dict[str, Any], status: str) -> dict[str, Any]:
    usage = {"input_tokens": 1000, "output_tokens": 1000, "total_tokens": 2000}
    head = {"id": "resp_1", "object": "response", "created_at": 1770000000, "status": status}
    return {**head, "model": "echo", "output": [item], "usage": usage, **_UNKNOWN}
