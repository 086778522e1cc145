"""One private word in every place of a request: what a client of each interface can say."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

WORD = "Zanzibarcanary"
MASK = "mask/m"
Place = tuple[str, dict[str, Any]]  # its name, and a request that holds the word there


def _tool(**over: Any) -> list[dict[str, Any]]:
    function = {"name": "f", "parameters": {"type": "object", "properties": {}}, **over}
    return [{"type": "function", "function": function}]


def _call(**over: Any) -> list[dict[str, Any]]:
    return [
        {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"} | over}
    ]


def _with(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _schemas(word: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """JSON Schemas that hold the word."""
    yield "a property", _with(**{word: {"type": "string"}})
    yield "a value of an enum", _with(who={"enum": ["a", word]})
    yield "a const", _with(who={"const": word})
    yield "a default", _with(who={"type": "string", "default": word})
    yield "an example", _with(who={"type": "string", "examples": [{"x": [word]}]})
    yield "a pattern", _with(who={"type": "string", "pattern": f"^{word}$"})
    yield "a required name", {**_with(a={"type": "string"}), "required": [word]}
    yield "a title", {**_with(), "title": word}
    yield "a definition", {**_with(a={"$ref": f"#/$defs/{word}"}), "$defs": {word: {}}}
    yield "an unknown keyword", {**_with(), f"x-{word}": {word: 1}}


def chats(word: str = WORD) -> Iterator[Place]:
    """Chat Completions."""
    hi = {"role": "user", "content": "Hi"}
    one: dict[str, Any] = {"model": MASK, "messages": [hi]}
    inner = json.dumps({"a": json.dumps({"b": [word]})})
    for role in ("system", "developer", "user", "assistant", "tool", "function"):
        message = {"role": role, "content": f"I am {word}.", "tool_call_id": "call_1", "name": "f"}
        yield f"a message of {role}", one | {"messages": [hi, message, hi]}
        parts = [{"type": "text", "text": "I am"}, {"type": "text", "text": word}]
        yield f"a part of {role}", one | {"messages": [message | {"content": parts}]}
    yield "a refusal", one | {"messages": [{"role": "assistant", "refusal": word, "content": None}]}
    yield "a speaker's name", one | {"messages": [hi | {"name": word}]}
    yield "a role", one | {"messages": [{"role": word, "content": "Hi"}]}
    yield (
        "an unknown part",
        one | {"messages": [hi | {"content": [{"type": "note", "note": word}]}]},
    )
    yield "a type of part", one | {"messages": [hi | {"content": [{"type": word, "text": "a"}]}]}
    yield (
        "a file's name",
        one
        | {"messages": [hi | {"content": [{"type": "file", "file": {"filename": f"{word}.pdf"}}]}]},
    )
    for url in (
        f"https://x.example/{word}.png",
        f"data:text/plain,{word}",
        "data:image/png;base64," + base64.b64encode(b"\x89PNG" + word.encode()).decode(),
    ):
        part = {"type": "image_url", "image_url": {"url": url, "detail": word}}
        yield f"an image's address {url[:12]}", one | {"messages": [hi | {"content": [part]}]}
    for name, call in (
        ("arguments", {"arguments": json.dumps({"who": word})}),
        ("keys of arguments", {"arguments": json.dumps({word: 1})}),
        ("JSON in JSON in arguments", {"arguments": inner}),
        ("broken arguments", {"arguments": f'{{"who": "{word}'}),
        ("a called name", {"name": f"f_{word}"}),
    ):
        said = {"role": "assistant", "content": None, "tool_calls": _call(**call)}
        yield f"a call's {name}", one | {"messages": [hi, said]}
    old = {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": inner}}
    yield "an older call", one | {"messages": [hi, old]}
    yield (
        "a call's id",
        one | {"messages": [{"role": "tool", "tool_call_id": word, "content": "a"}]},
    )
    yield (
        "a tool's result in JSON",
        one | {"messages": [{"role": "tool", "tool_call_id": "call_1", "content": inner}]},
    )
    yield "a tool's description", one | {"tools": _tool(description=f"Calls {word}.")}
    yield "a tool's name", one | {"tools": _tool(name=f"call_{word}")}
    yield (
        "the choice of a tool",
        one | {"tools": _tool(), "tool_choice": {"type": "function", "function": {"name": word}}},
    )
    for name, schema in _schemas(word):
        yield f"a parameter's {name}", one | {"tools": _tool(parameters=schema)}
        held = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
        yield f"a format's {name}", one | {"response_format": held}
    yield (
        "a format's name",
        one
        | {"response_format": {"type": "json_schema", "json_schema": {"name": word, "schema": {}}}},
    )
    for field in (
        "user",
        "safety_identifier",
        "prompt_cache_key",
        "service_tier",
        "reasoning_effort",
        "verbosity",
        "store",
        "seed",
        "temperature",
        "n",
        "brand_new",
        "function_call",
    ):
        yield f"the field {field}", one | {field: word}
        yield f"below the field {field}", one | {field: {"a": [{word: word}]}}
    yield "an unknown field's name", one | {word: True}
    yield "metadata", one | {"metadata": {"who": word}}
    yield "metadata's key", one | {"metadata": {word: "1"}}
    yield "a stop sequence", one | {"stop": ["\n", f"{word}:"]}
    yield "a key of logit_bias", one | {"logit_bias": {word: 1}}
    yield "a prediction", one | {"prediction": {"type": "content", "content": f"Dear {word}"}}
    yield "the model", one | {"model": f"mask/{word}"}
    yield "the model's tag", one | {"model": f"mask/m:{word}"}
    yield (
        "escapes",
        one | {"messages": [hi | {"content": "".join(f"\\u{ord(c):04x}" for c in word)}]},
    )
    yield "base64", one | {"messages": [hi | {"content": base64.b64encode(word.encode()).decode()}]}


def responses(word: str = WORD) -> Iterator[Place]:
    """Responses."""
    one: dict[str, Any] = {"model": MASK, "input": "Hi"}
    yield "the input", one | {"input": f"I am {word}."}
    yield "the instructions", one | {"instructions": f"You serve {word}."}
    for role in ("system", "developer", "user", "assistant"):
        for kind in ("input_text", "output_text"):
            item = {"role": role, "content": [{"type": kind, "text": f"I am {word}."}]}
            yield f"{kind} of {role}", one | {"input": [item]}
    inner = json.dumps({"a": json.dumps({word: [word]})})
    call = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": inner}
    yield "a call's arguments", one | {"input": [call]}
    yield "a call's name", one | {"input": [call | {"arguments": "{}", "name": f"f_{word}"}]}
    result = {"type": "function_call_output", "call_id": "call_1", "output": inner}
    yield "a call's result", one | {"input": [call | {"arguments": "{}"}, result]}
    parts = [{"type": "input_text", "text": word}]
    yield "a result in parts", one | {"input": [result | {"output": parts}]}
    for field in ("encrypted_content", "id", "status"):
        item = {"type": "reasoning", "id": "rs_1", "summary": [], field: word}
        yield f"a reasoning item's {field}", one | {"input": [item]}
    thought = [{"type": "summary_text", "text": f"It is {word}."}]
    yield "a summary", one | {"input": [{"type": "reasoning", "id": "rs_1", "summary": thought}]}
    yield (
        "a custom call",
        one | {"input": [{"type": "custom_tool_call", "call_id": "c", "name": "f", "input": word}]},
    )
    yield "a type of item", one | {"input": [{"type": word, "x": 1}]}
    yield "an unknown item", one | {"input": [{"type": "new", "x": {word: [word]}}]}
    file = {
        "type": "input_file",
        "filename": f"{word}.txt",
        "file_url": f"https://x.example/{word}",
    }
    yield "a file", one | {"input": [{"role": "user", "content": [file]}]}
    image = {"type": "input_image", "image_url": f"https://x.example/{word}.png"}
    yield "an image", one | {"input": [{"role": "user", "content": [image]}]}
    tool = {"type": "function", "name": "f", "parameters": {}}
    yield "a tool's description", one | {"tools": [tool | {"description": f"Of {word}"}]}
    yield "a tool's name", one | {"tools": [tool | {"name": f"of_{word}"}]}
    for name, schema in _schemas(word):
        yield f"a parameter's {name}", one | {"tools": [tool | {"parameters": schema}]}
        held = {"format": {"type": "json_schema", "name": "n", "schema": schema}}
        yield f"a format's {name}", one | {"text": held}
    yield (
        "a search's place",
        one
        | {
            "tools": [
                {"type": "web_search", "user_location": {"type": "approximate", "city": word}}
            ]
        },
    )
    yield (
        "a server of tools",
        one
        | {
            "tools": [
                {
                    "type": "mcp",
                    "server_label": word,
                    "server_url": f"https://{word}.example/",
                    "headers": {"authorization": word},
                }
            ]
        },
    )
    yield "a prompt's variables", one | {"prompt": {"id": "p", "variables": {"who": word}}}
    for field in ("user", "metadata", "prompt_cache_key", "truncation", "include", "brand_new"):
        yield f"below the field {field}", one | {field: {"a": [{word: word}]}}
        yield f"the field {field}", one | {field: word}
    for field in ("previous_response_id", "conversation"):
        yield f"the field {field}", one | {field: word}
    yield "the model", one | {"model": f"mask/{word}"}


def ollamas(word: str = WORD) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Ollama: the path, the place's name, the request."""
    hi = {"role": "user", "content": "Hi"}
    one: dict[str, Any] = {"model": MASK, "messages": [hi], "stream": False}
    for role in ("system", "developer", "user", "assistant"):
        yield (
            "/api/chat",
            f"a message of {role}",
            one | {"messages": [{"role": role, "content": f"I am {word}."}, hi]},
        )
    calls = [{"function": {"name": "f", "arguments": {"who": {word: [word]}}}}]
    called = {"role": "assistant", "content": "", "tool_calls": calls}
    yield "/api/chat", "a call", one | {"messages": [hi, called]}
    result = {"role": "tool", "tool_name": "f", "content": json.dumps({"who": word})}
    yield "/api/chat", "a result", one | {"messages": [hi, called, result]}
    yield (
        "/api/chat",
        "an id",
        one | {"messages": [hi, called | {"tool_calls": [calls[0] | {"id": word}]}]},
    )
    yield "/api/chat", "thinking", one | {"messages": [called | {"thinking": word}, hi]}
    yield "/api/chat", "a speaker's name", one | {"messages": [hi | {"name": word}]}
    yield (
        "/api/chat",
        "an image",
        one | {"messages": [hi | {"images": [base64.b64encode(word.encode() * 9).decode()]}]},
    )
    for name, schema in _schemas(word):
        yield "/api/chat", f"a parameter's {name}", one | {"tools": _tool(parameters=schema)}
        yield "/api/chat", f"a format's {name}", one | {"format": schema}
    yield "/api/chat", "a description", one | {"tools": _tool(description=word)}
    for option in ("stop", "user", "messages", "model", "metadata", "logit_bias", "tools", word):
        yield "/api/chat", f"the option {option}", one | {"options": {option: [word]}}
    for field in ("keep_alive", "think", "format", "brand_new", word):
        yield "/api/chat", f"the field {field}", one | {field: word}
    yield "/api/chat", "the model", one | {"model": f"mask/{word}"}
    prompt = {"model": MASK, "prompt": f"I am {word}.", "stream": False}
    yield "/api/generate", "the prompt", prompt
    for field in ("system", "suffix", "template", "context", "images", "brand_new"):
        yield "/api/generate", f"the field {field}", prompt | {"prompt": "Hi", field: word}
    for path in ("/api/embed", "/api/embeddings", "/api/show", "/api/pull", "/api/create"):
        yield path, "everything", {"model": f"mask/{word}", "input": word, "prompt": word}
        yield path, "all but the model", {"model": MASK, "input": word, "from": word}
