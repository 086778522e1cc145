"""The examples of clients run as they stand, against a real server that keeps every byte.

What is private must not be in what the server got, and must be in what the person reads.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.boundary.cloud import PLACEHOLDER, SSE, Answer, Cloud, Got, chat_events, response_object

CLIENTS = Path(__file__).parent.parent / "examples" / "clients"
PRIVATE = ("maya", "okafor", "heron", "home.example", "901820", "otto", "zyka")


@pytest.fixture
def server() -> Iterator[Cloud]:
    cloud = Cloud()
    yield cloud
    cloud.close()


def run(name: str, server: Cloud, folder: Path) -> str:
    """What an example prints; the server must have seen nothing private, the ledger all of it."""
    done = subprocess.run(
        [sys.executable, str(CLIENTS / name)],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "OPENAI_BASE_URL": server.url + "/v1",
            "OPENAI_API_KEY": "sk-test-key-of-nobody",
            "ANTHROPIC_BASE_URL": server.url,
            "ANTHROPIC_API_KEY": "sk-ant-test-of-nobody",
            "ANTHROPIC_MODEL": "a-model",
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert server.got
    for got in server.got:
        seen = f"{got.line} {got.headers} ".lower() + got.body.decode().lower()
        assert not [word for word in PRIVATE if word in seen]
        assert got.headers["user-agent"] == "doorstep"
    assert _written_down(folder) == [got.body for got in server.got]
    return done.stdout


def _written_down(folder: Path) -> list[bytes]:
    from doorstep.boundary import Ledger

    (path,) = folder.rglob("ledger.sqlite3")
    with Ledger(path, create=False) as ledger:
        assert ledger.verify().ok
        return [entry.body for entry in ledger.list()]


def placeholders(got: Got) -> list[str]:
    return list(dict.fromkeys(PLACEHOLDER.findall(got.body.decode())))


def test_openai_sync(server: Cloud, tmp_path: Path) -> None:
    def answer(got: Got) -> Answer:
        text = "Dear {}: {}, see {}.".format(*placeholders(got))
        return Answer([json.dumps(response_object(text)).encode()])

    server.answer = answer
    said = run("openai_sync.py", server, tmp_path)
    assert said == "Dear Maya Okafor: maya@home.example, see Project Heron.\n"


def test_openai_async_streaming_with_tools(server: Cloud, tmp_path: Path) -> None:
    def answer(got: Got) -> Answer:
        if len(server.got) == 1:
            call = _call("phone_of", json.dumps({"who": placeholders(got)[0]}))
            return Answer(_call_events(call), headers=SSE)
        who, phone = placeholders(got)[0], placeholders(got)[-1]
        return Answer(chat_events(f"{who} has {phone}!", 3), headers=SSE, pause=0.001)

    server.answer = answer
    said = run("openai_async_tools.py", server, tmp_path)
    assert said == "Maya Okafor has +49 30 901820!\n"
    assert len(server.got) == 2 and '"tool"' in server.got[1].body.decode()


def test_anthropic(server: Cloud, tmp_path: Path) -> None:
    def answer(got: Got) -> Answer:
        assert re.match(r"POST /v1/messages(\?\S*)? ", got.line)
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", got.headers["anthropic-version"])
        return Answer(
            _anthropic_events(f"Dear {placeholders(got)[0]}, all the best!", 4), headers=SSE
        )

    server.answer = answer
    assert run("anthropic_async.py", server, tmp_path) == "Dear Maya Okafor, all the best!\n"


def test_pydantic_ai(server: Cloud, tmp_path: Path) -> None:
    pytest.importorskip("pydantic_ai", reason="needs doorstep[pydantic-ai]")

    def answer(got: Got) -> Answer:
        visitor = placeholders(got)[0]
        if len(server.got) == 1:
            call = _call("note_on", json.dumps({"who": visitor}))
        else:
            assert "comes at 18:30" in got.body.decode()
            call = _call("final_result", json.dumps({"who": visitor, "at": "18:30"}))
        return Answer([json.dumps(_completion(call)).encode()])

    server.answer = answer
    assert run("pydantic_ai_agent.py", server, tmp_path) == "Otto Zyka at 18:30\n"


@pytest.mark.parametrize("name", sorted(path.name for path in CLIENTS.glob("*.py")))
def test_each_needs_two_lines_only(name: str) -> None:
    """`open_boundary(…)` and `http_client=`: nothing else of Doorstep's is in an example."""
    text = (CLIENTS / name).read_text("utf-8")
    assert len(re.findall(r"open_boundary\(", text)) == 1
    assert len(re.findall(r"http_client=boundary\.(sync_)?client\(\)", text)) == 1
    assert re.findall(r"^.*doorstep.*$", text, re.M) == [
        "from doorstep.boundary import open_boundary"
    ]
    assert len(re.findall(r"\bboundary\b", text)) <= 5, "more than two lines deal with it"


def _call(name: str, arguments: str) -> dict[str, Any]:
    return {
        "id": "call_a1b2c3d4e5",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _call_events(call: dict[str, Any]) -> list[bytes]:
    """A call of a tool in pieces of a few characters."""
    arguments = call["function"]["arguments"]
    first = {**call, "index": 0, "function": {**call["function"], "arguments": ""}}
    pieces = [arguments[i : i + 3] for i in range(0, len(arguments), 3)]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": None, "tool_calls": [first]}]
    deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": p}}]} for p in pieces]
    choices: list[dict[str, Any]] = [
        {"index": 0, "delta": delta, "finish_reason": None} for delta in deltas
    ]
    choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls"})
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    lines = [json.dumps({**base, "choices": [choice]}) for choice in choices]
    return [f"data: {line}\n\n".encode() for line in [*lines, "[DONE]"]]


def _completion(call: dict[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
    }


def _anthropic_events(text: str, size: int) -> list[bytes]:
    message: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "a-model",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ]
    events += [
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": text[i : i + size]},
        }
        for i in range(0, len(text), size)
    ]
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    events += [
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    ]
    return [f"event: {e['type']}\ndata: {json.dumps(e)}\n\n".encode() for e in events]
