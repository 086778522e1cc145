"""Whole conversations of the real `openai` client with the whole gateway: what the client sees, and
what an upstream sees, byte for byte. Canaries stand in every place that a client can fill."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI

from doorstep import Ledger
from doorstep.config import BoundarySettings
from tests.gateway.whole import Whole, gateway
from tests.models.openai_server import (
    Answer,
    OpenAIServer,
    Request,
    chat_chunk,
    chat_events,
    event,
    response_object,
    responses_event,
)

MAYA, STREET, HERON = "Maya Okafor", "Zanzibar Lane 12", "Project Heron"
MAIL = "tobias.lindqvist@example.org"
CANARIES = (MAYA, STREET, HERON, MAIL, "Okafor", "Zanzibar", "lindqvist")
FUNCTION = {
    "name": "visit",
    "description": f"Plans a visit to {STREET}",
    "parameters": {
        "type": "object",
        "properties": {"who": {"type": "string", "description": f"such as {MAYA}"}},
    },
}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[OpenAIServer, Whole, AsyncOpenAI]]:
    boundary = BoundarySettings(private=(MAYA, STREET, HERON))
    with OpenAIServer() as server:
        async with (
            gateway(folder, server.url, boundary=boundary, unknown="mask") as whole,
            AsyncOpenAI(
                base_url=f"{whole.url}/v1",
                api_key="sk-of-the-client",
                max_retries=0,
                default_headers={"x-user": MAYA, "x-doorstep": "details"},
            ) as client,
        ):
            yield server, whole, client


def nothing_private(server: OpenAIServer, whole: Whole) -> None:
    """No canary in any byte that the upstream saw, and the ledger holds the same bytes."""
    for request in server.requests:
        head = json.dumps(dict(request.headers)) + request.path
        for canary in CANARIES:
            assert canary.lower() not in request.body.decode().lower()
            assert canary.lower() not in head.lower()
        assert "sk-of-the-client" not in head and "openai" not in head.lower()
        assert "x-doorstep" not in request.headers
    with Ledger(whole.ledger, create=False) as ledger:
        assert [entry.body for entry in ledger.list()] == [r.body for r in server.requests]
        assert ledger.verify().ok


def between(text: str, before: str, after: str) -> str:
    return text.split(before, 1)[1].split(after, 1)[0]


def called(request: Request) -> Answer:
    """Calls the function with what stands in the name's place, a few characters a chunk."""
    who = between(request.json["messages"][-1]["content"][0]["text"], "visit ", " at")
    arguments = json.dumps({"who": who})
    first = {"index": 0, "id": "call_1", "type": "function"}
    out = [chat_chunk({"role": "assistant", "content": None})]
    named = first | {"function": {"name": "visit", "arguments": ""}}
    out.append(chat_chunk({"tool_calls": [named]}))
    for at in range(0, len(arguments), 3):
        part = {"index": 0, "function": {"arguments": arguments[at : at + 3]}}
        out.append(chat_chunk({"tool_calls": [part]}))
    return Answer.sse(b"".join([*out, chat_chunk({}, "tool_calls"), event("[DONE]")]), cut=7)


def told(request: Request) -> Answer:
    """Repeats what the tool found."""
    found = request.json["messages"][-1]["content"]
    return Answer.sse(chat_events(f"It says: {found}"), cut=11)


async def test_chat_with_a_tool(tmp_path: Path) -> None:
    tool = {"type": "function", "function": FUNCTION}
    async with opened(tmp_path) as (server, whole, client):
        server.answer_with(
            lambda r: told(r) if r.json["messages"][-1]["role"] == "tool" else called(r)
        )
        turns: list[Any] = [
            {"role": "system", "content": f"You work for {MAYA}, {MAIL}.", "name": "setup"},
            {"role": "user", "content": [{"type": "text", "text": f"Please visit {MAYA} at 7"}]},
        ]
        arguments = ""
        stream = await client.chat.completions.create(
            model="gpt-x", messages=turns, tools=[tool], stream=True, user=MAIL
        )
        async for chunk in stream:
            for choice in chunk.choices:
                for call in choice.delta.tool_calls or ():
                    arguments += call.function.arguments or "" if call.function else ""
        assert json.loads(arguments) == {"who": MAYA}
        function = {"name": "visit", "arguments": arguments}
        turns += [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": f"{STREET}, about {HERON}"},
        ]
        stream = await client.chat.completions.create(
            model="gpt-x", messages=turns, tools=[tool], stream=True
        )
        chunks = [chunk async for chunk in stream]
        said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert said == f"It says: {STREET}, about {HERON}"
        account = chunks[-1].model_extra["doorstep"]  # type: ignore[index]
        assert account["verdict"] == "masked" and account["crossings"] == [{"id": 2}]
        nothing_private(server, whole)


def calls(request: Request) -> Answer:
    """The same by the events of Responses."""
    who = between(request.json["input"][-1]["content"], "visit ", " at")
    arguments = json.dumps({"who": who})
    where = {"item_id": "fc_1", "output_index": 0}
    item = {"id": "fc_1", "type": "function_call", "call_id": "c1", "name": "visit"}
    done = item | {"arguments": arguments, "status": "completed"}
    opened = item | {"arguments": "", "status": "in_progress"}
    out = [responses_event("response.created", response=response_object("in_progress"))]
    out.append(responses_event("response.output_item.added", output_index=0, item=opened))
    for at in range(0, len(arguments), 3):
        delta = arguments[at : at + 3]
        out.append(responses_event("response.function_call_arguments.delta", **where, delta=delta))
    out.append(
        responses_event(
            "response.function_call_arguments.done", **where, arguments=arguments, name="visit"
        )
    )
    out.append(responses_event("response.output_item.done", output_index=0, item=done))
    out.append(responses_event("response.completed", response=response_object(output=[done])))
    return Answer.sse(b"".join(out), cut=13)


def tells(request: Request) -> Answer:
    text = f"It says: {request.json['input'][-1]['output']}"
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
    body = response_object(output=[message | {"content": [part]}])
    return Answer(pieces=[json.dumps(body).encode()])


async def test_responses_with_a_tool(tmp_path: Path) -> None:
    tool: Any = {"type": "function", "strict": False, **FUNCTION}
    async with opened(tmp_path) as (server, whole, client):
        server.answer_with(
            lambda r: (
                tells(r) if r.json["input"][-1].get("type") == "function_call_output" else calls(r)
            )
        )
        turns: list[Any] = [{"role": "user", "content": f"Please visit {MAYA} at 7"}]
        about = f"You work for {MAYA}, {MAIL}."
        heard, final = "", None
        async for one in await client.responses.create(
            model="gpt-x", input=turns, instructions=about, tools=[tool], stream=True, store=True
        ):
            heard += one.delta if one.type == "response.function_call_arguments.delta" else ""
            final = one.response if one.type == "response.completed" else final
        assert json.loads(heard) == {"who": MAYA} and final is not None
        [call] = final.output
        assert call.arguments == heard  # type: ignore[union-attr]
        turns += [
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAAB"},
            call.model_dump(),
            {"type": "function_call_output", "call_id": "c1", "output": f"{STREET}, for {HERON}"},
        ]
        second = await client.responses.create(
            model="gpt-x", input=turns, instructions=about, tools=[tool]
        )
        assert second.output_text == f"It says: {STREET}, for {HERON}"
        assert [request.json["store"] for request in server.requests] == [False, False]
        assert server.requests[1].json["input"][1]["encrypted_content"] == "gAAAAB"
        nothing_private(server, whole)


@pytest.mark.parametrize("path", ["chat/completions", "responses"])
async def test_an_image_is_never_passed_on_silently(tmp_path: Path, path: str) -> None:
    url = "data:image/png;base64,iVBORw0KGgo="
    chat = {"type": "image_url", "image_url": {"url": url}}
    part = chat if path == "chat/completions" else {"type": "input_image", "image_url": url}
    turns = [{"role": "user", "content": [part]}]
    body = {"model": "gpt-x", ("messages" if path == "chat/completions" else "input"): turns}
    async with opened(tmp_path) as (server, whole, _):
        said = await whole.client.post(f"{whole.url}/v1/{path}", json=body)
        assert said.status_code == 403 and said.json()["error"]["code"] == "blocked"
        assert server.requests == []
