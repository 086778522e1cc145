"""A planner at the far end of a real wire that keeps every byte it gets."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from doorstep import Boundary, Ledger, Policy
from doorstep.boundary.detect.levels import detectors
from doorstep.models import OpenAIChat
from tests.models.openai_server import Answer, OpenAIServer, Request, chat_chunk, event

PIECE = 500  # characters of an answer at once
Planner = Callable[[str], str]  # all text of a request -> what is answered


@dataclass
class Wire:
    """A cloud model, its boundary, and what reached the server."""

    model: OpenAIChat
    boundary: Boundary
    server: OpenAIServer

    def planned_by(self, planner: Planner) -> None:
        def answer(request: Request) -> Answer:
            text = "\n".join(m["content"] for m in request.json["messages"])
            return Answer.sse(_streamed(planner(text)))

        self.server.answer_with(answer)

    def take(self) -> list[bytes]:
        """The bodies that the server received since the last call, URL and headers before."""
        got = [
            f"{one.method} {one.path} {dict(one.headers)}\n".encode() + one.body
            for one in self.server.requests
        ]
        self.server.requests.clear()
        return got


def _streamed(text: str) -> bytes:
    parts = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    chunks = [chat_chunk({"content": part}) for part in parts]
    return b"".join([*chunks, chat_chunk({}, "stop"), event("[DONE]")])


@asynccontextmanager
async def wire() -> AsyncIterator[Wire]:
    """With the rules' detectors and nothing declared: what protects is the pattern."""
    with (
        tempfile.TemporaryDirectory() as folder,
        OpenAIServer() as server,
        Ledger(Path(folder) / "ledger.sqlite3") as ledger,
    ):
        boundary = Boundary(
            ledger=ledger,
            policy=Policy(destinations=(server.url,)),
            key=b"k" * 32,
            detectors=detectors("rules"),
        )
        async with boundary.client() as client:
            model = OpenAIChat("gpt-5.4", client=client, api_key="sk-test", base_url=server.url)
            yield Wire(model, boundary, server)
