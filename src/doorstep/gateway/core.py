"""What every surface is given: the names, the way to an upstream, the home model's own server.

A surface turns one wire format into one of three things and back: a conversation for a model of
the library (a pattern, or home), a body for an upstream (`relay`), a body for home's own server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from doorstep.gateway.http import Request
from doorstep.gateway.names import Names, Target
from doorstep.gateway.noting import Desk, NoDesk

Json = dict[str, object]


class Relayed(Protocol):
    """A reply on its way back, already restored: bytes as the server sent them otherwise.

    `kind` is the content type, `headers` those that may be passed on, `crossings` the ledger's
    ids of what left for it, one for each try (none for home). Close it, read or not.
    """

    status: int
    kind: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    crossings: tuple[int, ...]

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def close(self) -> None: ...


class Relay(Protocol):
    """The way to the upstreams, through the boundary."""

    async def send(self, target: Target, path: str, body: Json, request: Request) -> Relayed:
        """`path` is "/chat/completions" or "/responses"; `body` is the client's, `model` replaced
        here. Raises BoundaryError (KeepHome among them) where nothing may leave, ModelUnavailable
        where no upstream answers."""
        ...


class HomeServer(Protocol):
    """The home model's own HTTP server, proved to be at home: for what the library's models do
    not carry (tools, images, several choices, embeddings)."""

    name: str  # what the server calls the model
    speaks_ollama: bool

    async def send(self, path: str, body: Json) -> Relayed:
        """`path` from the server's root: "/v1/chat/completions", "/api/chat", "/api/embed"."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decided.

    `tools`: what a pattern does with a request that has tools: its home model answers, or it is
    refused; `images`: the same for images, sounds and files. `auxiliary`: prompts that chat front
    ends write by themselves (titles, tags, ...) go to home, or wherever their model's name says.
    `cloud_down`: who answers then. `max_body`: bytes.
    """

    tools: Literal["home", "refuse"] = "home"
    images: Literal["home", "refuse"] = "refuse"
    auxiliary: Literal["same", "home"] = "same"
    cloud_down: Literal["home", "fail"] = "home"
    max_body: int = 8_000_000


@dataclass(frozen=True, slots=True)
class Core:
    """`home` is None where the home model has no server of its own (it runs in this process, or is
    a stand-in). `stand_ins`: what is none of the real thing, to be said in answers. `desk` keeps
    each request as a run."""

    names: Names
    relay: Relay
    home: HomeServer | None = None
    rules: Rules = Rules()
    stand_ins: Mapping[str, str] | None = None
    desk: Desk = field(default_factory=NoDesk)
