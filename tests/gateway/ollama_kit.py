"""What the tests of the Ollama surface share: a house that is served, a far end that echoes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from doorstep.gateway import ollama
from doorstep.models.scripted import Scripted
from tests.boundary.cloud import PLACEHOLDER
from tests.gateway.running import House, house, running
from tests.models.openai_server import Answer, Request, chat_events

MODEL = "mask/gpt-5.4"
PATTERN = "sanitize-and-solve"
ASK = [{"role": "user", "content": "Is Maya Okafor at Zanzibar Lane 12?"}]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "phone_of",
        "description": "The telephone number of a person.",
        "parameters": {"type": "object", "properties": {"who": {"type": "string"}}},
    },
}


def completion(message: dict[str, Any], finish: str = "stop") -> Answer:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    usage = {"prompt_tokens": 11, "completion_tokens": 7}
    return Answer(pieces=[json.dumps({"id": "c1", "choices": [choice], "usage": usage}).encode()])


class AtHome(Scripted):
    """A home model that stands in for nothing."""

    stand_in = ""


@asynccontextmanager
async def served(folder: Path, **settings: Any) -> AsyncIterator[tuple[str, House]]:
    async with house(folder, **settings) as h, running(ollama.routes(h.core)) as url:
        yield url, h


def echo(request: Request) -> Answer:
    """Says back the placeholders that came, cut in the middle."""
    names = dict.fromkeys(PLACEHOLDER.findall(request.body.decode()))
    return Answer.sse(chat_events("Yes, " + " and ".join(names) + "."), cut=7)


def unseen(h: House) -> None:
    """Nothing private reached the far end, and the ledger has what did."""
    assert h.cloud.sent
    for body in h.cloud.sent:
        assert "Maya" not in body and "Okafor" not in body and "Zanzibar" not in body
    assert [entry.body.decode() for entry in h.ledger.list()] == h.cloud.sent


def said(got: httpx2.Response) -> str:
    """The text of a streamed chat."""
    assert got.status_code == 200, got.text
    return "".join(json.loads(line)["message"]["content"] for line in got.content.splitlines())
