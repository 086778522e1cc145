"""Streamed replies of all the protocols, written and read as their servers and clients do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

Pieces = Sequence[Sequence[str]]  # the pieces of each text that the reply says
Event = tuple[str, Any]  # its name, its value

SSE = "text/event-stream; charset=utf-8"
LINES = "application/x-ndjson"
_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Wire:
    """`events(pieces)` are what a server says, `said(values)` the texts that a client hears."""

    name: str
    events: Callable[[Pieces], list[Event]]
    said: Callable[[list[Any]], dict[object, str]]
    arguments: bool = False  # the texts are JSON
    texts: int = 1
    lines: bool = False

    @property
    def content_type(self) -> str:
        return LINES if self.lines else SSE

    def write(
        self, pieces: Pieces, *, crlf: bool = False, escape: bool = False, spaces: bool = True
    ) -> bytes:
        """The bytes of the reply, with comments that keep the connection alive."""
        end = "\r\n" if crlf else "\n"
        out = ""
        for number, (name, value) in enumerate(self.events(pieces)):
            separators = None if spaces else (",", ":")
            data = value if isinstance(value, str) else None
            data = data or json.dumps(value, ensure_ascii=escape, separators=separators)
            if self.lines:
                out += data + end
                continue
            out += f": keep-alive{end}{end}" if number % 5 == 2 else ""
            out += f"event: {name}{end}" if name else ""
            out += f"data: {data}{end}{end}"
        return out.encode()

    def read(self, reply: bytes) -> list[Any]:
        """The values of the events, in order."""
        if self.lines:
            return [json.loads(line) for line in reply.split(b"\n") if line.strip()]
        return [json.loads(data) for data in _data(reply.decode()) if data.startswith("{")]

    def heard(self, reply: bytes) -> dict[object, str]:
        return self.said(self.read(reply))


def _data(reply: str) -> Iterator[str]:
    """The data of server-sent events: https://html.spec.whatwg.org/#parsing-an-event-stream."""
    found: list[str] = []
    for line in _BREAK.split(reply):
        if line.startswith("data:"):
            found.append(line[5:].removeprefix(" "))
        elif not line and found:
            yield "\n".join(found)
            found = []


def _mixed(pieces: Pieces) -> Iterator[tuple[int, str]]:
    """The pieces of several texts, in turn."""
    for row in zip_longest(*pieces):
        yield from ((index, piece) for index, piece in enumerate(row) if piece is not None)


def _joined(said: Iterator[tuple[object, str]]) -> dict[object, str]:
    texts: dict[object, str] = {}
    for key, piece in said:
        texts[key] = texts.get(key, "") + piece
    return texts


def _chunk(choices: list[Any], **more: object) -> Event:
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m"}
    return "", {**head, "choices": choices, **more}


def _choice(index: int, delta: dict[str, object], finish: str | None = None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "finish_reason": finish}


def _chat(pieces: Pieces) -> list[Event]:
    count = len(pieces)
    made = [_chunk([_choice(i, {"role": "assistant", "content": ""})]) for i in range(count)]
    made += [
        _chunk([_choice(i, {"content": piece})], obfuscation="aB3"[: len(piece) % 4])
        for i, piece in _mixed(pieces)
    ]
    made += [_chunk([_choice(i, {}, "stop")]) for i in range(count)]
    return [*made, _chunk([], usage={"prompt_tokens": 1}), ("", "[DONE]")]


def _chat_said(values: list[Any]) -> dict[object, str]:
    choices = [choice for value in values for choice in value["choices"]]
    return _joined((c["index"], c["delta"].get("content") or "") for c in choices)


def _tools(pieces: Pieces) -> list[Event]:
    made = []
    for i in range(len(pieces)):
        function = {"name": "f", "arguments": ""}
        call = {"index": i, "id": f"call_{i}", "type": "function", "function": function}
        made.append(_chunk([_choice(0, {"tool_calls": [call]})]))
    for i, piece in _mixed(pieces):
        call = {"index": i, "function": {"arguments": piece}}
        made.append(_chunk([_choice(0, {"tool_calls": [call]})]))
    return [*made, _chunk([_choice(0, {}, "tool_calls")]), ("", "[DONE]")]


def _tools_said(values: list[Any]) -> dict[object, str]:
    deltas = [choice["delta"] for value in values for choice in value["choices"]]
    calls = [call for delta in deltas for call in delta.get("tool_calls", ())]
    return _joined((c["index"], c["function"]["arguments"]) for c in calls)


def _numbered(values: list[dict[str, object]]) -> list[Event]:
    return [(str(v["type"]), {**v, "sequence_number": n}) for n, v in enumerate(values)]


def _responses(kind: str, last: str) -> Callable[[Pieces], list[Event]]:
    def events(pieces: Pieces) -> list[Event]:
        places = [{"item_id": f"i_{n}", "output_index": n} for n in range(len(pieces))]
        made: list[dict[str, object]] = [{"type": "response.created", "response": {"id": "r"}}]
        for n, piece in _mixed(pieces):
            noise = "xY7z"[: len(piece) % 5]
            made.append(
                {"type": f"{kind}.delta", **places[n], "delta": piece, "obfuscation": noise}
            )
        for place, texts in zip(places, pieces, strict=True):
            made.append({"type": f"{kind}.done", **place, last: "".join(texts)})
        return _numbered([*made, {"type": "response.completed", "response": {"id": "r"}}])

    return events


def _responses_said(values: list[Any]) -> dict[object, str]:
    return _joined((v["output_index"], v["delta"]) for v in values if "delta" in v)


def _messages(kind: str, key: str) -> Callable[[Pieces], list[Event]]:
    def events(pieces: Pieces) -> list[Event]:
        made: list[dict[str, Any]] = [{"type": "message_start", "message": {"content": []}}]
        made += [
            {"type": "content_block_delta", "index": n, "delta": {"type": kind, key: piece}}
            for n, piece in _mixed(pieces)
        ]
        made += [{"type": "content_block_stop", "index": n} for n in range(len(pieces))]
        made.append({"type": "message_delta", "delta": {"stop_reason": "end_turn"}})
        return [(value["type"], value) for value in [*made, {"type": "message_stop"}]]

    return events


def _messages_said(key: str) -> Callable[[list[Any]], dict[object, str]]:
    def said(values: list[Any]) -> dict[object, str]:
        found = [v for v in values if v["type"] == "content_block_delta"]
        return _joined((v["index"], v["delta"][key]) for v in found)

    return said


def _ollama(path: tuple[str, ...]) -> Callable[[Pieces], list[Event]]:
    def line(number: int, piece: str, done: bool) -> Event:
        text = {"role": "assistant", "content": piece} if path == ("message",) else piece
        stamp = f"2026-11-23T19:{number % 60:02}:07.123456{number:03}Z"
        more = {"done_reason": "stop", "eval_count": number} if done else {}
        return "", {"model": "m", "created_at": stamp, path[0]: text, "done": done, **more}

    def events(pieces: Pieces) -> list[Event]:
        made = [line(number, piece, False) for number, (_, piece) in enumerate(_mixed(pieces))]
        return [*made, line(len(made), "", True)]

    return events


def _ollama_said(path: tuple[str, ...]) -> Callable[[list[Any]], dict[object, str]]:
    def said(values: list[Any]) -> dict[object, str]:
        texts = (v[path[0]] for v in values)
        return _joined((0, t if isinstance(t, str) else t["content"]) for t in texts)

    return said


WIRES = (
    Wire("chat", _chat, _chat_said),
    Wire("chat, three choices", _chat, _chat_said, texts=3),
    Wire("chat, tools", _tools, _tools_said, arguments=True),
    Wire("chat, two tools at once", _tools, _tools_said, arguments=True, texts=2),
    Wire("responses", _responses("response.output_text", "text"), _responses_said),
    Wire(
        "responses, tools",
        _responses("response.function_call_arguments", "arguments"),
        _responses_said,
        arguments=True,
    ),
    Wire("messages", _messages("text_delta", "text"), _messages_said("text"), texts=2),
    Wire(
        "messages, tools",
        _messages("input_json_delta", "partial_json"),
        _messages_said("partial_json"),
        arguments=True,
    ),
    Wire("ollama chat", _ollama(("message",)), _ollama_said(("message",)), lines=True),
    Wire("ollama generate", _ollama(("response",)), _ollama_said(("response",)), lines=True),
)
