"""The real OpenAI and Ollama clients against the whole gateway, over an upstream that echoes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from ollama import AsyncClient
from openai import AsyncOpenAI

from bench.gateway import echo
from tests.gateway.upstream import Got, Reply, Upstream
from tests.gateway.whole import NAME, Whole, gateway

MAIL = "zoe.marsh@example.com"
TEXT = f"Ask {NAME} ({MAIL}, +49 151 23456789) for DE89370400440532013000, please: “grüße” 😀."
PRIVATE = (NAME, MAIL, "23456789", "370400440532")


def echoed(got: Got) -> Reply:
    """What the bench's upstream would say."""
    responses = "/responses " in got.head
    if got.json.get("stream"):
        events = echo.responses_events if responses else echo.chat_events
        return Reply(parts=events(got.json))
    return Reply(body=(echo.responses if responses else echo.chat)(got.json))


def openai(here: Whole) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=f"{here.url}/v1", api_key="none", max_retries=0)


def unseen(cloud: Upstream) -> bool:
    """The cloud got something, and nothing private in it."""
    sent = [got.head + got.body.decode() for got in cloud.got]
    return bool(sent) and not [one for one in sent for value in PRIVATE if value in one]


async def test_chat_whole_streamed_and_with_tools(tmp_path: Path) -> None:
    messages = [{"role": "user", "content": TEXT}]
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here, openai(here) as client:
        cloud.answer = echoed
        create = client.chat.completions.create
        whole = await create(model="mask/echo", messages=messages, n=2)  # type: ignore[call-overload]
        stream = await create(model="mask/echo", messages=messages, stream=True)  # type: ignore[call-overload]
        pieces = [c.choices[0].delta.content or "" async for c in stream if c.choices]
        called = await create(model="mask/tools", messages=messages)  # type: ignore[call-overload]
    assert [c.message.content for c in whole.choices] == [TEXT, echo.choice(1) + TEXT]
    assert "".join(pieces) == TEXT
    call = called.choices[0].message.tool_calls[0].function
    assert call.arguments == echo.arguments(TEXT)
    assert unseen(cloud)


async def test_responses_whole_and_streamed(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here, openai(here) as client:
        cloud.answer = echoed
        whole = await client.responses.create(model="mask/echo", input=TEXT, store=True)
        stream = await client.responses.create(model="mask/echo", input=TEXT, stream=True)
        deltas = [e.delta async for e in stream if e.type == "response.output_text.delta"]
    assert whole.output_text == TEXT
    assert "".join(deltas) == TEXT
    assert [got.json["store"] for got in cloud.got] == [False, False]
    assert unseen(cloud)


@pytest.mark.parametrize("name", ["mask/echo", "echo"])
async def test_ollama_s_client_reaches_the_same_upstream(tmp_path: Path, name: str) -> None:
    messages = [{"role": "user", "content": TEXT}]
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, unknown="mask") as here:
        cloud.answer = echoed
        client = AsyncClient(host=here.url)
        whole = await client.chat(model=name, messages=messages)
        parts = [
            part.message.content
            async for part in await client.chat(model=name, messages=messages, stream=True)
        ]
    assert whole.message.content == TEXT
    assert "".join(part or "" for part in parts) == TEXT
    assert unseen(cloud)


async def test_many_conversations_at_once_never_mix(tmp_path: Path) -> None:
    """Each client gets its own text back, byte for byte."""
    texts = [f"{n}: write to person{n}.x{n}@example.com of {NAME}" for n in range(60)]
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answer = echoed
        replies = await asyncio.gather(*(here.chat(text, model="mask/echo") for text in texts))
    assert [r.json()["choices"][0]["message"]["content"] for r in replies] == texts
    assert len({r.headers["x-doorstep-crossings"] for r in replies}) == len(texts)
    assert unseen(cloud)


async def test_home_answers_where_the_cloud_is_down_only_if_there_is_one(tmp_path: Path) -> None:
    async with gateway(tmp_path, "http://127.0.0.1:1/v1") as here:
        reply = await here.chat("What is 2 + 2?")
    assert reply.status_code == 503  # a stand-in is no home model, and does not speak for one
    assert reply.json()["error"]["code"] == "model_unavailable"
