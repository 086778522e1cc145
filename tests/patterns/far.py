"""The far end of a pattern's tests: a cloud model behind a real door, over a real wire.

async with far(tmp_path) as cloud:
    cloud.says("Hello", "and so on")          # or cloud.server.answer_with(function)
    pattern = SomePattern(home, cloud.model, cloud.boundary)
    ...
    cloud.sent                                # the bodies that the server received
    cloud.ledger.list()                       # what the ledger holds
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from doorstep import Boundary, Ledger, Policy
from doorstep.boundary import Declared
from doorstep.boundary.detect import Detector
from doorstep.boundary.detect.levels import detectors
from doorstep.models import OpenAIChat
from tests.models.openai_server import Answer, OpenAIServer, chat_events

NAMES = ("Maya Okafor", "Tobias Lindqvist", "Zanzibar Lane 12")  # private in all these tests


@dataclass
class Far:
    """A cloud model, the boundary it is reached through, and the server at the far end."""

    model: OpenAIChat
    boundary: Boundary
    ledger: Ledger
    server: OpenAIServer

    def says(self, *texts: str) -> None:
        """Script streamed answers, one a request."""
        self.server.script(*(Answer.sse(chat_events(text)) for text in texts))

    @property
    def sent(self) -> list[str]:
        """The bodies that the server received, as text."""
        return [request.body.decode() for request in self.server.requests]


@asynccontextmanager
async def far(
    folder: Path,
    *,
    private: Sequence[str] = NAMES,
    found_by: Sequence[Detector] | None = None,
    dry_run: bool = False,
) -> AsyncIterator[Far]:
    """`private` is declared; the rules find the rest (`found_by` replaces both)."""
    layers = detectors("rules", declared=Declared(private)) if found_by is None else found_by
    with OpenAIServer() as server, Ledger(folder / "ledger.sqlite3") as ledger:
        boundary = Boundary(
            ledger=ledger,
            policy=Policy(destinations=(server.url,)),
            key=b"k" * 32,
            detectors=layers,
            dry_run=dry_run,
        )
        async with boundary.client() as client:
            model = OpenAIChat("gpt-5.4", client=client, api_key="sk-test", base_url=server.url)
            yield Far(model, boundary, ledger, server)
