"""Whether a reply says what was asked: read as a client reads it, compared letter by letter."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Literal

import orjson

from bench.gateway.shapes import OLLAMA, RESPONSES, Asked

Verdict = Literal["right", "respelled", "wrong"]


def compared(asked: Asked, body: bytes) -> Verdict:
    """ "wrong" for any difference, and for a reply that cannot be read; "respelled" if the text is
    JSON and holds the same values (JSON within it opened, too)."""
    try:
        said, sent = _said(asked, body), list(asked.texts)
        if asked.calls:
            same = [_opened(text) for text in said] == [_call(text) for text in sent]
            return "right" if same else "wrong"
        if said == sent:
            return "right"
        return "respelled" if list(map(_values, said)) == list(map(_values, sent)) else "wrong"
    except (ValueError, KeyError, IndexError, TypeError, StopIteration):
        return "wrong"


def _values(text: str) -> Any:
    """A text as JSON, as deep as it goes; ValueError if it is none."""
    return _deep(json.loads(text))


def _deep(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _deep(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_deep(value) for value in tree]
    if isinstance(tree, str) and tree[:1] in ("{", "["):
        return _deep(json.loads(tree))
    return tree


def _said(asked: Asked, body: bytes) -> list[str]:
    if asked.path == OLLAMA:
        return [_lines(body)]
    if asked.path == RESPONSES:
        return _streamed_response(body) if asked.stream else [_output(orjson.loads(body))]
    return _streamed_chat(body) if asked.stream else _whole_chat(orjson.loads(body))


def _opened(text: str) -> Any:
    """The arguments of a call; how JSON within JSON is spelled does not matter."""
    call = json.loads(text)
    call["list"][1] = json.loads(call["list"][1])
    return call


def _call(text: str) -> Any:
    return {"text": text, "list": [text, {"again": text}]}


def _whole_chat(reply: dict[str, Any]) -> list[str]:
    return [_text(choice["message"]) for choice in reply["choices"]]


def _text(part: dict[str, Any]) -> str:
    """Text or arguments of a message or a delta."""
    calls = part.get("tool_calls") or ()
    said = [call["function"].get("arguments") or "" for call in calls]
    return "".join([part.get("content") or "", *said])


def _lines(body: bytes) -> str:
    """Ollama's reply, one line or many: text, or arguments (objects there) as JSON."""
    lines = [orjson.loads(line) for line in body.splitlines() if line]
    if [line["done"] for line in lines] != [False] * (len(lines) - 1) + [True]:
        raise ValueError("the stream has no end")
    messages = [line["message"] for line in lines]
    calls = [call for message in messages for call in message.get("tool_calls") or ()]
    if calls:
        return json.dumps(calls[0]["function"]["arguments"])
    return "".join(message["content"] for message in messages)


def _streamed_chat(body: bytes) -> list[str]:
    texts: dict[int, list[str]] = defaultdict(list)
    data = list(_data(body))
    if data[-1] != b"[DONE]":
        raise ValueError("the stream has no end")
    for event in map(orjson.loads, data[:-1]):
        for choice in event["choices"]:
            texts[choice["index"]].append(_text(choice["delta"]))
    return ["".join(texts[index]) for index in sorted(texts)]


def _streamed_response(body: bytes) -> list[str]:
    """The deltas; ValueError if the events that sum up say something else."""
    events = [orjson.loads(data) for data in _data(body) if data != b"[DONE]"]
    said = "".join(event["delta"] for event in events if event["type"].endswith(".delta"))
    done = next(e for e in events if e["type"].endswith(("text.done", "arguments.done")))
    last = next(e for e in events if e["type"] == "response.completed")
    read: Callable[[str], Any] = _opened if "arguments" in done else str
    whole = (done.get("text", done.get("arguments")), _output(last["response"]))
    if not read(said) == read(whole[0]) == read(whole[1]):
        raise ValueError("the events of one stream differ")
    return [said]


def _output(response: dict[str, Any]) -> str:
    item = response["output"][0]
    return str(item["arguments"] if "arguments" in item else item["content"][0]["text"])


def _data(body: bytes) -> Iterator[bytes]:
    """The data of each event (WHATWG HTML, 9.2); comments and other fields are passed over."""
    for event in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        lines = [line[5:].removeprefix(b" ") for line in event.split(b"\n") if line[:5] == b"data:"]
        if lines:
            yield b"\n".join(lines)
