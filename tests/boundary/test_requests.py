"""Requests as agents send them: the protocol stays what it is, whatever detectors take for private.

A key, a fixed word or an id of the service that is sealed makes a request that is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doorstep.boundary import Boundary, Finding, Policy, open_boundary
from tests.boundary.cloud import PLACEHOLDER, Answer, Cloud
from tests.boundary.conftest import KEY

Make = Callable[..., Boundary]
Body = dict[str, object]

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {"spot": {"type": "string", "minLength": 1, "maxLength": 5000}},
    "type": "object",
    "properties": {
        "own_place": {"$ref": "#/$defs/spot"},
        "own_unit": {"type": ["string", "null"], "enum": ["own_c", "own_f"]},
        "own_days": {"type": "integer", "minimum": 1, "maximum": 14, "default": 7000},
        "own_list": {"anyOf": [{"type": "array", "items": {"type": "number"}}]},
    },
    "required": ["own_place"],
    "additionalProperties": False,
}
CALL = "call_Ab12Cd34Ef56Gh78Ij90Kl12"
FUNCTION = {"name": "own_tool", "description": "own words", "strict": True, "parameters": SCHEMA}
CHAT: Body = {
    "model": "gpt-5.4",
    "messages": [
        {"role": "developer", "content": "own words"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "own words", "cache_control": {"type": "ephemeral"}}
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "refusal": None,
            "tool_calls": [
                {
                    "id": CALL,
                    "type": "function",
                    "function": {"name": "own_tool", "arguments": '{"own_place": "own words"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": CALL, "content": "own words"},
    ],
    "tools": [{"type": "function", "function": FUNCTION}],
    "tool_choice": {"type": "function", "function": {"name": "own_tool"}},
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "own_schema", "strict": True, "schema": SCHEMA},
    },
    "stream": True,
    "stream_options": {"include_usage": True, "include_obfuscation": False},
    "temperature": 0.2,
    "top_logprobs": 5,
    "logprobs": True,
    "logit_bias": {"50256": -100},
    "max_completion_tokens": 4096,
    "reasoning_effort": "low",
    "verbosity": "low",
    "modalities": ["text"],
    "prompt_cache_retention": "24h",
    "service_tier": "auto",
    "metadata": {"own_key": "own words"},
    "web_search_options": {
        "search_context_size": "low",
        "user_location": {"type": "approximate", "approximate": {"city": "own words"}},
    },
    "some_new_setting": {"own_x": "own words"},
    "someNewSetting": 1,
}
RESPONSES: Body = {
    "model": "gpt-5.4",
    "instructions": "own words",
    "input": [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "own w"}]},
        {"type": "reasoning", "id": "rs_68af4030baa48193b0b43b4c2a176a1a", "summary": []},
        {
            "type": "function_call",
            "id": "fc_68af4030baa48193b0b43b4c2a176a1a",
            "call_id": CALL,
            "name": "own_tool",
            "arguments": '{"own_place": "own words"}',
            "status": "completed",
        },
        {"type": "function_call_output", "call_id": CALL, "output": "own words"},
        {"type": "item_reference", "id": "msg_68af4030baa48193b0b43b4c2a176a1a"},
    ],
    "tools": [
        {"type": "function", **FUNCTION},
        {
            "type": "web_search",
            "filters": {"allowed_domains": ["own.example"]},
            "search_context_size": "medium",
            "user_location": {
                "type": "approximate",
                "country": "own",
                "city": "own",
                "region": "o",
            },
        },
        {"type": "file_search", "vector_store_ids": ["own_1"], "max_num_results": 20},
        {"type": "code_interpreter", "container": {"type": "auto", "memory_limit": "4g"}},
        {
            "type": "mcp",
            "server_label": "own_l",
            "server_url": "https://own.example/mcp",
            "require_approval": "never",
            "allowed_tools": ["own_tool"],
        },
        {
            "type": "custom",
            "name": "own_grammar",
            "format": {"type": "grammar", "syntax": "lark", "definition": "own words"},
        },
    ],
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "web_search"}]},
    "text": {
        "format": {"type": "json_schema", "name": "own_s", "schema": SCHEMA},
        "verbosity": "low",
    },
    "reasoning": {"effort": "medium", "summary": "auto"},
    "include": ["reasoning.encrypted_content", "web_search_call.action.sources"],
    "store": False,
    "truncation": "auto",
    "max_tool_calls": 5,
    "prompt": {"id": "own_p", "version": "2", "variables": {"own_v": "own words"}},
}
ANTHROPIC: Body = {
    "model": "claude-sonnet-4-5-20250929",
    "max_tokens": 4096,
    "system": [
        {"type": "text", "text": "own w", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    ],
    "messages": [
        {
            "role": "user",
            "content": [
                {
                    "type": "document",
                    "source": {"type": "text", "media_type": "text/plain", "data": "own words"},
                    "title": "own words",
                    "citations": {"enabled": True},
                },
                {"type": "text", "text": "own words"},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {
                    "type": "tool_use",
                    "id": "toolu_01A09q90qw90lq917835lq9",
                    "name": "own_tool",
                    "input": {"own_place": "own words", "own_n": 120000},
                }
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_01A09q90qw90lq917835lq9",
                    "is_error": False,
                    "content": [{"type": "text", "text": "own words"}],
                }
            ],
        },
    ],
    "tools": [
        {"name": "own_tool", "description": "own words", "input_schema": SCHEMA},
        {"type": "bash_20250124", "name": "bash"},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 5},
    ],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 2048},
    "context_management": {
        "edits": [{"type": "clear_tool_uses_20250919", "keep": {"type": "tool_uses", "value": 3}}]
    },
    "mcp_servers": [
        {
            "type": "url",
            "url": "https://own.example/mcp",
            "name": "own_n",
            "authorization_token": "own_t",
            "tool_configuration": {"enabled": True, "allowed_tools": ["own_tool"]},
        }
    ],
    "metadata": {"user_id": "own_u"},
    "stop_sequences": ["own words"],
}
OLLAMA: Body = {
    "model": "llama3.2:3b",
    "messages": [
        {"role": "user", "content": "own words"},
        {
            "role": "assistant",
            "content": "",
            "thinking": "own words",
            "tool_calls": [{"function": {"name": "own_tool", "arguments": {"own_p": "own words"}}}],
        },
        {"role": "tool", "tool_name": "own_tool", "content": "own words"},
    ],
    "tools": [{"type": "function", "function": FUNCTION}],
    "format": SCHEMA,
    "options": {"num_ctx": 8192, "temperature": 0, "seed": 4242, "stop": ["own words"]},
    "keep_alive": "5m",
    "think": "low",
    "stream": False,
}
BODIES = {"chat": CHAT, "responses": RESPONSES, "anthropic": ANTHROPIC, "ollama": OLLAMA}
NOT_FIXED = {"2"}  # the version of a prompt


class Everything:
    """Takes every text for private, as bad as a detector can be."""

    def find(self, text: str) -> list[Finding]:
        return [Finding(0, len(text), "quantity" if text.isdigit() else "other")]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{key}:"
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _own(text: str) -> bool:
    bare = text.rstrip(":")
    return any(sign in bare for sign in ("own_", "own ", "own.")) or bare == "own"


@pytest.mark.parametrize("protocol", BODIES)
async def test_the_protocol_is_left_alone(cloud: Cloud, boundary: Make, protocol: str) -> None:
    body = BODIES[protocol]
    cloud.answer = lambda got: Answer([got.body])
    made = boundary(detectors=(Everything(),), remember=0)
    async with made.client() as client:
        assert (await client.post(cloud.url, json=body)).json() == body
    sent = json.loads(cloud.got[0].body)
    pairs = list(zip(_strings(body), _strings(sent), strict=True))
    payload = {"user_id:", "spot:", "#/$defs/spot", "o", "120000", "7000"}
    references = {(a[:8], b[8:]) for a, b in pairs if a == "#/$defs/spot"}
    names = {("#/$defs/", b.rstrip(":")) for a, b in pairs if a == "spot:"}
    assert references == names != {("#/$defs/", "spot")}
    touched = {a for a, b in pairs if a != b and not _own(a)} - NOT_FIXED - payload
    assert not touched
    kept = {a for a, b in pairs if a == b and _own(a)}
    assert not kept


@pytest.mark.parametrize("level", ["rules", "strict"])
@pytest.mark.parametrize("protocol", BODIES)
def test_the_same_at_a_level(cloud: Cloud, tmp_path: Path, protocol: str, level: str) -> None:
    body = BODIES[protocol]
    cloud.answer = lambda got: Answer([got.body])
    policy = Policy((cloud.url,), deadline_s=60)
    with open_boundary(policy, level=level, ledger=tmp_path / "l", key=KEY) as made:  # type: ignore[arg-type]
        assert made.sync_client(timeout=60).post(cloud.url, json=body).json() == body
    sent = cloud.got[0].body.decode()
    kinds = {match.split("_")[0] for match in PLACEHOLDER.findall(sent)}
    assert level == "strict" or kinds <= {"URL", "HANDLE"}  # of the MCP server, and user_id
    keys = [s for s in _strings(json.loads(sent)) if s.endswith(":")]
    assert not [key for key in keys if PLACEHOLDER.search(key)]


CUT = b'"half an emoji \\ud83d, ask Maya\\ud83d at maya@home.example"'


@pytest.mark.parametrize("level", ["rules", "strict"])
def test_a_text_that_was_cut_inside_an_emoji(cloud: Cloud, tmp_path: Path, level: str) -> None:
    """JavaScript cuts texts so, and spells what is left as an escape."""
    cloud.answer = lambda got: Answer([got.body])
    body = b'{"model":"m","input":[' + CUT + b"," + json.dumps(CUT.decode()).encode() + b"]}"
    with open_boundary(
        Policy((cloud.url,), deadline_s=60),
        private=["Maya"],
        level=level,  # type: ignore[arg-type]
        ledger=tmp_path / "l",
        key=KEY,
    ) as made:
        reply = made.sync_client(timeout=60).post(cloud.url, content=body)
    sent = cloud.got[0].body
    assert b"aya" not in sent and json.loads(reply.content) == json.loads(body)
    assert level == "strict" or sent.count(b"ud83d") == 2


@pytest.mark.parametrize(
    "body",
    [
        '{"input":"שלום Maya 你好 مرحبا 👩‍👩‍👧 e\u0301 \\u0000"}',
        '{\n  "input": "M\\u00fcller und Maya"\n}',
        '{"n":1E5,"m":-0.0,"k":123456789012345678901234567890}',
        "[]",
        "{}",
        "null",
        '"Maya"',
        '{"required":["Maya","maya","MAYA"],"properties":{"Maya":{},"maya":{},"MAYA":{}}}',
        '{"input":"PERSON_7F3AQ2XK and EMAIL_ABCDEFGH are written by Maya"}',
    ],
)
def test_odd_bodies(cloud: Cloud, tmp_path: Path, body: str) -> None:
    cloud.answer = lambda got: Answer([got.body])
    with open_boundary(cloud.url, private=["Maya"], ledger=tmp_path / "l", key=KEY) as made:
        reply = made.sync_client().post(cloud.url, content=body.encode())
    assert json.loads(reply.content) == json.loads(body)
    assert b"maya" not in cloud.got[0].body.lower()
