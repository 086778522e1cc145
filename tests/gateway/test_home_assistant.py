"""Home Assistant's Ollama integration, call by call, with the client library that it uses.

Its system prompt lists the rooms and the devices of the home; the people's names in them are the
canaries here: whatever the model's name, the far end has seen none of them.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ollama as client
import pytest

from doorstep.gateway import ollama
from tests.boundary.cloud import PLACEHOLDER
from tests.gateway import process
from tests.gateway.at_home import at_home
from tests.gateway.running import House, house, running
from tests.models.ollama_server import Chat, event, events
from tests.models.openai_server import Answer, OpenAIServer, Request, chat_chunk, chat_events
from tests.models.openai_server import event as sse_event

LAMP, ROOM, LOCK, PERSON = "Maya's Moon Lamp", "Maya's Room", "Lindqvist Front Door", "Tobias L."
CANARIES = (LAMP, ROOM, LOCK, PERSON)
SYSTEM = f"""You are a voice assistant for Home Assistant.
Answer questions about the world truthfully. Answer in plain text. Keep it simple and to the point.
When controlling Home Assistant always call the intent tools. Use HassTurnOn to lock.
Static Context: An overview of the areas and the devices in this smart home:
- names: {LAMP}
  domain: light
  areas: {ROOM}
- names: {LOCK}
  domain: lock
- names: '{PERSON}'
  domain: person
"""
TURN_ON = {
    "type": "function",
    "function": {
        "name": "HassTurnOn",
        "description": "Turns on/opens/presses a device or entity.",
        "parameters": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "area": {"type": "string"}},
            "required": [],
        },
    },
}


@dataclass
class HomeAssistant:
    """The integration: set up once, then one conversation. `lit` is what it has turned on."""

    url: str
    model: str
    lit: list[str] = field(default_factory=list)
    history: list[client.Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = client.AsyncClient(host=self.url)
        self.history.append(client.Message(role="system", content=SYSTEM))

    async def set_up(self) -> None:
        """Look what there is; a model that is not listed is pulled, and has to be there then."""
        there = {model["model"] for model in (await self._client.list()).get("models", [])}
        if self.model not in there:
            await self._client.pull(self.model)

    async def say(self, text: str, structure: dict[str, Any] | None = None) -> str:
        """One turn: up to ten rounds of tools. The answer's text."""
        self.history.append(client.Message(role="user", content=text))
        for _ in range(10):
            said = await self._round(structure)
            self.history.append(said)
            if not said.tool_calls:
                return said.content or ""
            for call in said.tool_calls:
                self.lit.append(call.function.arguments["name"])
                result = json.dumps({"data": {"success": self.lit[-1]}, "error": None})
                self.history.append(client.Message(role="tool", content=result))
        raise AssertionError("ten rounds, and no end")

    async def _round(self, structure: dict[str, Any] | None) -> client.Message:
        parts = await self._client.chat(
            model=self.model,
            messages=list(self.history),
            tools=None if structure else [TURN_ON],
            stream=True,
            keep_alive=-1,
            options={"num_ctx": 8192},
            think=False,
            format=structure,
        )
        text, calls = "", []
        async for part in parts:
            assert not part["message"].get("thinking")
            text += part["message"].get("content") or ""
            calls += part["message"].get("tool_calls") or []
        return client.Message(role="assistant", content=text, tool_calls=calls or None)


@asynccontextmanager
async def served(folder: Path, **settings: Any) -> AsyncIterator[tuple[str, House]]:
    async with (
        house(folder, private=CANARIES, **settings) as h,
        running(ollama.routes(h.core)) as url,
    ):
        yield url, h


def of(request: Request, place: int) -> str:
    """The placeholder of the `place`-th name in the system prompt."""
    system = request.json["messages"][0]["content"]
    return list(dict.fromkeys(PLACEHOLDER.findall(system)))[place]


def lights_then_says(request: Request) -> Answer:
    """A cloud that turns on the first device that it reads of, then speaks of the room."""
    if request.json["messages"][-1]["role"] == "tool":
        return Answer.sse(chat_events(f"{of(request, 0)} in {of(request, 1)} is on."), cut=9)
    arguments = json.dumps({"name": of(request, 0), "area": of(request, 1)})
    call = {"index": 0, "id": "c1", "type": "function"}
    pieces = [{**call, "function": {"name": "HassTurnOn", "arguments": ""}}]
    pieces += [
        {"index": 0, "function": {"arguments": arguments[i : i + 5]}}
        for i in range(0, len(arguments), 5)
    ]
    chunks = [chat_chunk({"tool_calls": [piece]}) for piece in pieces]
    return Answer.sse(b"".join([*chunks, chat_chunk({}, "tool_calls"), sse_event("[DONE]")]))


def unseen(h: House) -> None:
    for request in h.cloud.server.requests:
        seen = (request.body.decode() + str(request.headers)).lower()
        assert not [name for name in CANARIES if name.lower() in seen]
        assert "maya" not in seen and "lindqvist" not in seen and "tobias" not in seen


# Chosen from the list, or typed into the field: then it is not listed, and pulled.
@pytest.mark.parametrize("model", ["mask/gpt-5.4:latest", "mask/gpt-5.4-mini"])
async def test_a_mask_controls_the_home_and_knows_no_name(tmp_path: Path, model: str) -> None:
    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(lights_then_says)
        assist = HomeAssistant(url, model)
        await assist.set_up()
        assert await assist.say(f"Turn on {LAMP}") == f"{LAMP} in {ROOM} is on."
        assert assist.lit == [LAMP]
        assert await assist.say("And again, please") == f"{LAMP} in {ROOM} is on."
        assert assist.lit == [LAMP, LAMP]
        assert len(h.cloud.sent) == 4 and len(h.ledger.list()) == 4
        last = h.cloud.server.requests[-1].json
        assert last["model"] == model.removeprefix("mask/").removesuffix(":latest")
        assert [m["role"] for m in last["messages"]].count("tool") == 2
        unseen(h)


async def test_a_task_with_a_structure_comes_back_in_it(tmp_path: Path) -> None:
    """The AI Task entity: `format` is a schema."""
    structure = {"type": "object", "properties": {"place": {"type": "string"}}}

    def answer(request: Request) -> Answer:
        assert request.json["response_format"]["json_schema"]["schema"] == structure
        return Answer.sse(chat_events(json.dumps({"place": of(request, 1)}), thinking="hm"), cut=6)

    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(answer)
        said = await HomeAssistant(url, "mask/gpt-5.4").say("Which room?", structure)
        assert json.loads(said) == {"place": ROOM}
        unseen(h)


async def test_a_pattern_leaves_the_tools_to_home(tmp_path: Path) -> None:
    """A pattern has no tools: home's own model turns the lamp on, and nothing leaves."""
    with at_home() as (daemon, server):
        daemon.says(lights_at_home)
        async with served(tmp_path, server=server) as (url, h):
            assist = HomeAssistant(url, "sanitize-and-solve:latest")
            await assist.set_up()
            assert await assist.say(f"Turn on {LAMP}") == "It is on."
            assert assist.lit == [LAMP] and not h.cloud.sent


async def test_a_pattern_without_tools_goes_out_masked(tmp_path: Path) -> None:
    """With "Control Home Assistant" off there are no tools."""
    structure = {"type": "object", "properties": {"place": {"type": "string"}}}

    def answer(request: Request) -> Answer:
        return Answer.sse(chat_events(json.dumps({"place": of(request, 1)})))

    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(answer)
        said = await HomeAssistant(url, "sanitize-and-solve:latest").say("Which?", structure)
        assert json.loads(said) == {"place": ROOM}
        unseen(h)
        assert h.cloud.sent


async def test_home_gets_all_of_it_as_it_was_asked(tmp_path: Path) -> None:
    with at_home() as (daemon, server):
        daemon.says(lights_at_home)
        async with served(tmp_path, server=server) as (url, h):
            assist = HomeAssistant(url, "home:latest")
            await assist.set_up()
            assert await assist.say(f"Turn on {LAMP}") == "It is on."
            body = daemon.chats()[0]
            assert (body["keep_alive"], body["think"]) == (-1, False)
            assert body["options"] == {"num_ctx": 8192}
            assert body["messages"][0]["content"] == SYSTEM
            assert assist.lit == [LAMP] and not h.cloud.sent


def lights_at_home(body: dict[str, Any]) -> Chat:
    if body["messages"][-1]["role"] == "tool":
        return Chat([events("It is on.")])
    call = {"function": {"name": "HassTurnOn", "arguments": {"name": LAMP}}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    return Chat(
        [
            event(message=message, done=False),
            event(message={"role": "assistant", "content": ""}, done=True),
        ]
    )


async def test_all_of_it_by_the_gateway_as_it_is_started(tmp_path: Path) -> None:
    """`doorstep serve`, with the names of the home declared in doorstep.toml."""
    toml = f'[boundary]\nprivate = {json.dumps(CANARIES)}\n[home]\nmodel = "builtin"\n'
    with (
        OpenAIServer() as cloud,
        process.served(tmp_path, upstream=cloud.url, toml=toml) as url,
    ):
        cloud.answer_with(lights_then_says)
        assist = HomeAssistant(url, "mask/gpt-5.4")
        await assist.set_up()
        assert await assist.say(f"Turn on {LAMP}") == f"{LAMP} in {ROOM} is on."
        assert assist.lit == [LAMP] and len(cloud.requests) == 2
        for request in cloud.requests:
            seen = (request.body.decode() + str(request.headers)).lower()
            assert not [word for word in ("maya", "lindqvist", "tobias") if word in seen]
