"""Requests of four protocols in which every text is made by a strategy, and JSON of any shape."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

Json = Any
Text = st.SearchStrategy[str]
_HUGE = st.sampled_from(
    (10**40, -(10**25), 1e300, 5e-324, -0.0, 2**63, 0.1, 1e16, 12345678901234567890)
)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), _HUGE)
_STYLES: tuple[dict[str, Any], ...] = (
    {"ensure_ascii": False, "separators": (",", ":")},
    {},
    {"ensure_ascii": False},
    {"separators": (",", ":")},
    {"indent": 2},
    {"indent": 1, "ensure_ascii": False},
)


def spelt(value: Json, style: int) -> str:
    """JSON in one of the usual spellings."""
    return json.dumps(value, **_STYLES[style % len(_STYLES)])


def wild(text: Text) -> st.SearchStrategy[Json]:
    """JSON of any shape, with JSON in strings."""
    leaf = st.one_of(st.none(), st.booleans(), NUMBERS, text)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(text, inner, max_size=4),
            st.builds(spelt, st.dictionaries(text, inner, max_size=2), st.integers(0, 5)),
        ),
        max_leaves=8,
    )


def arguments(text: Text) -> Text:
    """The arguments of a tool call: a JSON object in a string."""
    payload = st.dictionaries(
        text, st.one_of(text, NUMBERS, st.lists(text, max_size=2)), max_size=3
    )
    return st.builds(spelt, payload, st.integers(0, 5))


def schema(text: Text) -> st.SearchStrategy[Json]:
    one = st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "description": text,
            "enum": st.lists(text, max_size=2),
            "default": text,
            "examples": st.lists(text, max_size=1),
        },
    )
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(text, one, max_size=2)},
        optional={"description": text, "required": st.lists(text, max_size=1)},
    )


def parts(text: Text, kind: str) -> st.SearchStrategy[Json]:
    """Content: a string, or a list of parts."""
    part = st.fixed_dictionaries({"type": st.just(kind), "text": text})
    return st.one_of(text, st.lists(part, max_size=3))


def chat(text: Text) -> st.SearchStrategy[Json]:
    roles = st.sampled_from(("system", "developer", "user", "assistant"))
    said = st.fixed_dictionaries(
        {"role": roles, "content": parts(text, "text")}, optional={"name": text, "refusal": text}
    )
    function = st.fixed_dictionaries({"name": text, "arguments": arguments(text)})
    call = st.fixed_dictionaries(
        {"id": st.just("call_1"), "type": st.just("function"), "function": function}
    )
    called = st.fixed_dictionaries(
        {
            "role": st.just("assistant"),
            "content": st.none(),
            "tool_calls": st.lists(call, max_size=2),
        }
    )
    result = st.fixed_dictionaries(
        {
            "role": st.just("tool"),
            "tool_call_id": st.just("call_1"),
            "content": wild(text).map(_string),
        }
    )
    described = st.fixed_dictionaries(
        {"name": text, "description": text, "parameters": schema(text)}
    )
    tool = st.fixed_dictionaries({"type": st.just("function"), "function": described})
    return st.fixed_dictionaries(
        {"model": st.just("m"), "messages": st.lists(st.one_of(said, called, result), max_size=4)},
        optional={
            "tools": st.lists(tool, max_size=2),
            "user": text,
            "metadata": st.dictionaries(text, text, max_size=2),
            "stop": st.lists(text, max_size=2),
            "temperature": st.floats(0, 2),
            "seed": st.integers(),
            "x_unknown": wild(text),
        },
    )


def responses(text: Text) -> st.SearchStrategy[Json]:
    said = st.fixed_dictionaries({"role": st.just("user"), "content": parts(text, "input_text")})
    call = st.fixed_dictionaries(
        {"type": st.just("function_call"), "call_id": st.just("call_1"), "name": text,
         "arguments": arguments(text)}
    )  # fmt: skip
    output = st.fixed_dictionaries(
        {"type": st.just("function_call_output"), "call_id": st.just("call_1"),
         "output": wild(text).map(_string)}
    )  # fmt: skip
    thought = st.fixed_dictionaries(
        {"type": st.just("reasoning"), "id": st.just("rs_1"),
         "summary": st.lists(st.fixed_dictionaries({"type": st.just("summary_text"), "text": text}),
                             max_size=1)}
    )  # fmt: skip
    file = st.fixed_dictionaries({"type": st.just("input_file"), "filename": text})
    turns = st.lists(st.one_of(said, call, output, thought, file), max_size=4)
    tool = st.fixed_dictionaries(
        {"type": st.just("function"), "name": text, "description": text, "parameters": schema(text)}
    )
    return st.fixed_dictionaries(
        {"model": st.just("m"), "store": st.just(False), "input": st.one_of(text, turns)},
        optional={
            "instructions": text,
            "tools": st.lists(tool, max_size=2),
            "user": text,
            "prompt": st.fixed_dictionaries({"variables": st.dictionaries(text, text, max_size=2)}),
            "metadata": st.dictionaries(text, text, max_size=2),
        },
    )


def anthropic(text: Text) -> st.SearchStrategy[Json]:
    use = st.fixed_dictionaries(
        {"type": st.just("tool_use"), "id": st.just("toolu_1"), "name": text,
         "input": st.dictionaries(text, wild(text), max_size=2)}
    )  # fmt: skip
    result = st.fixed_dictionaries(
        {"type": st.just("tool_result"), "tool_use_id": st.just("toolu_1"),
         "content": parts(text, "text")}
    )  # fmt: skip
    piece = st.fixed_dictionaries({"type": st.just("text"), "text": text})
    content = st.one_of(text, st.lists(st.one_of(piece, use, result), max_size=3))
    said = st.fixed_dictionaries(
        {"role": st.sampled_from(("user", "assistant")), "content": content}
    )
    tool = st.fixed_dictionaries({"name": text, "description": text, "input_schema": schema(text)})
    return st.fixed_dictionaries(
        {"model": st.just("m"), "max_tokens": st.integers(1, 4096),
         "messages": st.lists(said, max_size=4)},
        optional={
            "system": parts(text, "text"),
            "tools": st.lists(tool, max_size=2),
            "metadata": st.fixed_dictionaries({"user_id": text}),
            "stop_sequences": st.lists(text, max_size=1),
        },
    )  # fmt: skip


def ollama(text: Text) -> st.SearchStrategy[Json]:
    called = st.fixed_dictionaries(
        {"name": text, "arguments": st.dictionaries(text, wild(text), max_size=2)}
    )
    said = st.fixed_dictionaries(
        {"role": st.sampled_from(("system", "user", "assistant", "tool")), "content": text},
        optional={
            "thinking": text,
            "tool_calls": st.lists(st.fixed_dictionaries({"function": called}), max_size=2),
        },
    )
    return st.fixed_dictionaries(
        {"model": st.just("m")},
        optional={
            "messages": st.lists(said, max_size=4),
            "prompt": text,
            "system": text,
            "suffix": text,
            "format": schema(text),
            "options": st.fixed_dictionaries({"seed": st.integers()}, optional={"stop": text}),
            "stream": st.booleans(),
        },
    )


def any_body(text: Text) -> st.SearchStrategy[Json]:
    """A body of one of the protocols, or of none."""
    known = (chat(text), responses(text), anthropic(text), ollama(text))
    return st.one_of(*known, st.dictionaries(text, wild(text), max_size=3), wild(text))


def deep(depth: int, text: str) -> Json:
    value: Json = text
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def _string(value: Json) -> str:
    return value if isinstance(value, str) else spelt(value, 1)
