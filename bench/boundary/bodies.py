"""Bodies of four protocols in which every text is a slot that a value can be put into.

A template is a JSON value whose strings `<name>` are slots; a filled slot is its harmless text
followed by what was put in. Slots whose name ends in `!json` hold JSON in a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_SLOT = re.compile(r"<([a-z_]+)(!json)?>")

_TOOL_CHAT = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "<tool_description>",
        "parameters": {
            "type": "object",
            "properties": {
                "key": {
                    "type": "string",
                    "description": "<property_description>",
                    "enum": ["<enum>"],
                    "default": "<default>",
                    "examples": ["<example>"],
                }
            },
        },
    },
}
_SCHEMA = {"type": "object", "properties": {"a": {"type": "string", "title": "<schema_title>"}}}


@dataclass(frozen=True, slots=True)
class Protocol:
    """`turns` is the key under which the messages stand."""

    name: str
    path: str
    turns: str
    body: Mapping[str, object]
    turn: tuple[Mapping[str, object], ...]


CHAT = Protocol(
    "chat",
    "/v1/chat/completions",
    "messages",
    {
        "model": "m",
        "messages": [
            {"role": "system", "content": "<system>"},
            {"role": "developer", "content": [{"type": "text", "text": "<developer>"}]},
        ],
        "tools": [_TOOL_CHAT],
        "metadata": {"note": "<metadata>"},
        "user": "<user_id>",
        "safety_identifier": "<safety_identifier>",
        "prompt_cache_key": "<cache_key>",
        "prediction": {"type": "content", "content": "<prediction>"},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "out", "description": "<format>", "schema": _SCHEMA},
        },
        "x_unknown": {"deep": [{"note": "<unknown>"}]},
    },
    (
        {"role": "user", "name": "<speaker>", "content": "<user>"},
        {
            "role": "assistant",
            "content": "<assistant>",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "look_up", "arguments": "<arguments!json>"},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "<tool_result!json>"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "<part>"}, {"type": "text", "text": "<part_two>"}],
        },
    ),
)
RESPONSES = Protocol(
    "responses",
    "/v1/responses",
    "input",
    {
        "model": "m",
        "store": False,
        "instructions": "<instructions>",
        "input": [],
        "metadata": {"note": "<metadata>"},
        "user": "<user_id>",
        "tools": [{"type": "function", "name": "look_up", "description": "<tool_description>"}],
        "text": {
            "format": {
                "type": "json_schema",
                "name": "out",
                "description": "<format>",
                "schema": _SCHEMA,
            }
        },
        "x_unknown": ["<unknown>"],
    },
    (
        {"role": "user", "content": [{"type": "input_text", "text": "<user>"}]},
        {
            "type": "function_call",
            "call_id": "c1",
            "name": "look_up",
            "arguments": "<arguments!json>",
        },
        {"type": "function_call_output", "call_id": "c1", "output": "<tool_result!json>"},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "<assistant>", "annotations": []}],
        },
        {"role": "user", "content": "<part>"},
    ),
)
MESSAGES = Protocol(
    "messages",
    "/v1/messages",
    "messages",
    {
        "model": "m",
        "max_tokens": 100,
        "system": [{"type": "text", "text": "<system>"}],
        "messages": [],
        "metadata": {"user_id": "<user_id>"},
        "tools": [
            {"name": "look_up", "description": "<tool_description>", "input_schema": _SCHEMA}
        ],
        "x_unknown": {"note": "<unknown>"},
    },
    (
        {"role": "user", "content": "<user>"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "<assistant>"},
                {
                    "type": "tool_use",
                    "id": "t1",
                    "name": "look_up",
                    "input": {"key": "<argument>", "more": ["<argument_two>"]},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "t1",
                    "content": [{"type": "text", "text": "<tool_result!json>"}],
                },
                {"type": "text", "text": "<part>"},
            ],
        },
    ),
)
OLLAMA = Protocol(
    "ollama",
    "/api/chat",
    "messages",
    {
        "model": "m",
        "stream": False,
        "messages": [{"role": "system", "content": "<system>"}],
        "tools": [_TOOL_CHAT],
        "format": _SCHEMA,
        "options": {"temperature": 0, "stop": ["<stop>"]},
        "x_unknown": "<unknown>",
    },
    (
        {"role": "user", "content": "<user>"},
        {
            "role": "assistant",
            "content": "<assistant>",
            "thinking": "<thinking>",
            "tool_calls": [{"function": {"name": "look_up", "arguments": {"key": "<argument>"}}}],
        },
        {"role": "tool", "tool_name": "look_up", "content": "<tool_result!json>"},
    ),
)
PROTOCOLS = (CHAT, RESPONSES, MESSAGES, OLLAMA)


def slots(template: object) -> list[str]:
    """The names of the slots of a template, in order."""
    return [match[1] for text in _strings(template) if (match := _SLOT.fullmatch(text))]


def filled(template: object, values: Mapping[str, str]) -> object:
    """The template with text in every slot: a harmless word, and the value that belongs there."""
    if isinstance(template, str):
        return _SLOT.sub(lambda match: _text(match, values), template)
    if isinstance(template, Mapping):
        return {key: filled(item, values) for key, item in template.items()}
    if isinstance(template, list | tuple):
        return [filled(item, values) for item in template]
    return template


def _text(slot: re.Match[str], values: Mapping[str, str]) -> str:
    value = values.get(slot[1])
    if slot[2]:
        return json.dumps({"found": "yes" if value is None else value, "more": ["no"]})
    return "As before." if value is None else f"As before: {value}, please."


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
