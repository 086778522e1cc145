"""Replies of the protocols, whole and streamed, that say a text in pieces."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SSE = "text/event-stream; charset=utf-8"
LINES = "application/x-ndjson"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Protocol:
    """`stream(pieces)` is a reply as bytes, `said(bytes)` the text that a client reads in it."""

    content_type: str
    stream: Callable[[Sequence[str]], bytes]
    said: Callable[[bytes], str]


def _event(value: object, name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(value)}\n\n".encode()


def _events(data: bytes) -> list[dict[str, object]]:
    found = []
    for block in data.decode().split("\n\n"):
        text = "".join(line[6:] for line in block.split("\n") if line.startswith("data: "))
        if text and text != "[DONE]":
            found.append(json.loads(text))
    return found


def _chat(pieces: Sequence[str]) -> bytes:
    deltas = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in pieces)]
    chunks = [{"choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return b"".join(map(_event, [*chunks, last])) + b"data: [DONE]\n\n"


def _chat_said(data: bytes) -> str:
    deltas = [c["delta"] for e in _events(data) for c in e["choices"]]  # type: ignore[attr-defined]
    return "".join(d.get("content") or "" for d in deltas)


def _chat_tool(pieces: Sequence[str]) -> bytes:
    calls = [{"index": 0, "id": "call_1", "function": {"name": "f", "arguments": ""}}]
    first = {"choices": [{"index": 0, "delta": {"tool_calls": calls}}]}
    more = [{"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in pieces]
    chunks = [{"choices": [{"index": 0, "delta": delta}]} for delta in more]
    last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}
    return b"".join(map(_event, [first, *chunks, last]))


def _chat_tool_said(data: bytes) -> str:
    deltas = [c["delta"] for e in _events(data) for c in e["choices"]]  # type: ignore[attr-defined]
    calls = [call for delta in deltas for call in delta.get("tool_calls", ())]
    return "".join(call["function"].get("arguments", "") for call in calls)


def _responses(pieces: Sequence[str]) -> bytes:
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    made: list[dict[str, object]] = [{"type": "response.created", "response": {"id": "r"}}]
    made += [{"type": "response.output_text.delta", **place, "delta": p} for p in pieces]
    made.append({"type": "response.output_text.done", **place, "text": "".join(pieces)})
    made.append({"type": "response.completed", "response": {"id": "r"}})
    return b"".join(_event(value, str(value["type"])) for value in made)


def _responses_said(data: bytes) -> str:
    return "".join(str(e["delta"]) for e in _events(data) if "delta" in e)


def _anthropic(pieces: Sequence[str]) -> bytes:
    made: list[dict[str, object]] = [
        {"type": "message_start", "message": {"id": "m", "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ]
    made += [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": p}}
        for p in pieces
    ]
    made += [
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ]
    return b"".join(_event(value, str(value["type"])) for value in made)


def _anthropic_said(data: bytes) -> str:
    found = [e["delta"] for e in _events(data) if e["type"] == "content_block_delta"]
    return "".join(delta["text"] for delta in found)  # type: ignore[index]


def _ollama(pieces: Sequence[str]) -> bytes:
    made = [{"message": {"role": "assistant", "content": p}, "done": False} for p in pieces]
    made.append({"message": {"role": "assistant", "content": ""}, "done": True})
    return b"".join(json.dumps(value).encode() + b"\n" for value in made)


def _ollama_said(data: bytes) -> str:
    values = [json.loads(line) for line in data.decode().split("\n") if line]
    return "".join(value["message"]["content"] for value in values)


def _whole(pieces: Sequence[str]) -> bytes:
    return json.dumps({"choices": [{"message": {"content": "".join(pieces)}}]}).encode()


def _whole_said(data: bytes) -> str:
    return str(json.loads(data)["choices"][0]["message"]["content"])


PROTOCOLS = {
    "chat": Protocol(SSE, _chat, _chat_said),
    "chat, tool call": Protocol(SSE, _chat_tool, _chat_tool_said),
    "responses": Protocol(SSE, _responses, _responses_said),
    "anthropic": Protocol(SSE, _anthropic, _anthropic_said),
    "ollama": Protocol(LINES, _ollama, _ollama_said),
    "whole": Protocol(JSON, _whole, _whole_said),
    "plain text": Protocol(
        "text/plain", lambda pieces: "".join(pieces).encode(), lambda data: data.decode()
    ),
}
