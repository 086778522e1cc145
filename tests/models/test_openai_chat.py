"""The Chat Completions adapter over real HTTP: where servers differ.

What it shares with the Responses adapter (errors, retries, cancelling) is in
test_openai_responses.py, for both.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from doorstep._errors import ReplyBroken, ZoneError
from doorstep._values import Message, Options, Reply, Usage, Zone
from doorstep.models.openai_chat import OpenAIChat
from tests.models.door import through_a_door
from tests.models.openai_server import Answer, OpenAIServer, chat_chunk, chat_events, event

ASKED = [Message("user", "When?")]
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture
async def client(server: OpenAIServer, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with through_a_door(server.url, tmp_path) as client:
        yield client


@pytest.fixture
def model(server: OpenAIServer, client: httpx2.AsyncClient) -> OpenAIChat:
    return OpenAIChat("m1", client=client, base_url=server.url)


async def answered(server: OpenAIServer, model: OpenAIChat, events: bytes) -> Reply:
    server.script(Answer.sse(events))
    return await model.respond(ASKED)


async def test_the_least_request(server: OpenAIServer, model: OpenAIChat) -> None:
    await answered(server, model, chat_events("ok"))
    assert server.requests[0].path == "/v1/chat/completions"
    assert server.requests[0].json == {
        "model": "m1",
        "messages": [{"role": "user", "content": "When?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_every_option(server: OpenAIServer, model: OpenAIChat) -> None:
    server.script(Answer.sse(chat_events("{}")))
    options = Options(
        effort="low", temperature=0.0, max_tokens=9, schema=SCHEMA, logprobs=3, seed=4
    )
    await model.respond(ASKED, options)
    sent = server.requests[0].json
    assert "store" not in sent
    assert {name: sent[name] for name in sent if name not in ("model", "messages")} == {
        "stream": True,
        "stream_options": {"include_usage": True},
        "reasoning_effort": "low",
        "temperature": 0.0,
        "max_tokens": 9,
        "seed": 4,
        "logprobs": True,
        "top_logprobs": 3,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
        },
    }


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
async def test_the_limit_by_the_name_that_the_server_knows(
    field: Any, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(chat_events("ok")))
    model = OpenAIChat(
        "m1", client=client, base_url=server.url, max_output_tokens=5, limit_field=field
    )
    await model.respond(ASKED)
    sent = server.requests[0].json
    assert {name: sent[name] for name in sent if name.startswith("max_")} == {field: 5}


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "filter"),
        ("eos", "stop"),
    ],
)
async def test_why_it_ended(
    reason: str, finish: str, server: OpenAIServer, model: OpenAIChat
) -> None:
    reply = await answered(server, model, chat_events("So", finish=reason))
    assert (reply.text, reply.finish) == ("So", finish)


async def test_a_tool_call_that_nobody_offered(server: OpenAIServer, model: OpenAIChat) -> None:
    with pytest.raises(ReplyBroken, match="tool"):
        await answered(server, model, chat_events("", finish="tool_calls"))


async def test_a_server_that_ignores_the_wish_for_usage(
    server: OpenAIServer, model: OpenAIChat
) -> None:
    reply = await answered(server, model, chat_events("ok", usage=False))
    assert (reply.text, reply.usage) == ("ok", Usage())


async def test_usage_on_the_last_chunk_of_text(server: OpenAIServer, model: OpenAIChat) -> None:
    counts = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    choice = {"index": 0, "delta": {"content": "ok"}, "finish_reason": "stop"}
    last = event({"id": "c", "model": "m", "choices": [choice], "usage": counts})
    assert (await answered(server, model, last)).usage == Usage(3, 2)


async def test_without_done(server: OpenAIServer, model: OpenAIChat) -> None:
    assert (await answered(server, model, chat_events("ok", done=False))).text == "ok"


async def test_without_a_finish_reason_it_broke_off(
    server: OpenAIServer, model: OpenAIChat
) -> None:
    with pytest.raises(ReplyBroken, match="broke off"):
        await answered(server, model, chat_events("ok", finish=None))


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_thinking_by_either_name(field: str, server: OpenAIServer, model: OpenAIChat) -> None:
    reply = await answered(server, model, chat_chunk({field: "Hm. "}) + chat_events("ok"))
    assert (reply.thinking, reply.text) == ("Hm. ", "ok")


async def test_logprobs(server: OpenAIServer, model: OpenAIChat) -> None:
    entry = {"token": "a", "logprob": -0.5, "top_logprobs": [{"token": "b", "logprob": -1.5}]}
    bare = {"token": "c", "logprob": -0.25, "top_logprobs": None}
    chunk = chat_chunk({"content": "ac"}, logprobs={"content": [entry, bare]})
    reply = await answered(server, model, chunk + chat_events())
    assert [(t.token, t.logprob, t.rivals) for t in reply.logprobs] == [
        ("a", -0.5, (("b", -1.5),)),
        ("c", -0.25, ()),
    ]


async def test_comments_blank_lines_and_carriage_returns(
    server: OpenAIServer, model: OpenAIChat
) -> None:
    events = b": OPENROUTER PROCESSING\n\n\n" + chat_events("ok").replace(b"\n", b"\r\n")
    assert (await answered(server, model, events)).text == "ok"


async def test_the_zone(client: httpx2.AsyncClient) -> None:
    cloud = OpenAIChat("m", client=client, base_url="https://llm.example/v1")
    assert cloud.zone is Zone.CLOUD and "llm.example" in cloud.zone_reason
    home = OpenAIChat(
        "m",
        client=client,
        base_url="http://127.0.0.1:8080/v1",
        zone=Zone.HOME,
        zone_reason="declared home in doorstep.toml",
    )
    assert (home.zone, home.zone_reason) == (Zone.HOME, "declared home in doorstep.toml")
    with pytest.raises(ZoneError):
        OpenAIChat("m", client=client, base_url="http://127.0.0.1:8080/v1", zone=Zone.HOME)
