"""The general stand-in server as the real OpenAI client meets it, over real HTTP on loopback."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import openai
import pytest
from openai import AsyncOpenAI

from doorstep._errors import BadInput, DoorstepError
from doorstep.models.stand_in_server import Answer, StandInServer

SECRET = "Maya sleeps lightly"


def upper(text: str) -> str:
    return text.upper()


def fails(text: str) -> str:
    raise ValueError(f"cannot use {text}")


def declines(text: str) -> str:
    raise BadInput("Nothing to plan.", hint="Give a goal.")


def client(cloud: StandInServer, key: str | None = None) -> AsyncOpenAI:
    transport = httpx2.AsyncClient(trust_env=False)
    return AsyncOpenAI(
        base_url=cloud.base_url, api_key=key or cloud.key, max_retries=0, http_client=transport
    )


def server(answer: Answer = upper, **options: Any) -> StandInServer:
    return StandInServer(answer, name="stand-in-test", **options)


TURNS: Any = [
    {"role": "system", "content": "be short"},
    {"role": "user", "content": [{"type": "input_text", "text": "one"}, {"type": "input_image"}]},
    {"role": "user", "content": "two"},
]


@pytest.mark.parametrize(
    ("reads", "said"), [("all", "BE SHORT\nONE\nTWO"), ("last", "TWO")], ids=["all", "last"]
)
async def test_the_function_gets_the_text_and_its_result_is_the_answer(
    reads: str, said: str
) -> None:
    async with server(reads=reads) as cloud, client(cloud) as api:
        response = await api.responses.create(model="gpt-5.4", input=TURNS)
    assert response.output_text == said
    assert response.model == "stand-in-test"
    assert response.usage is not None and response.usage.total_tokens == 0


async def test_streamed_it_is_the_same_answer() -> None:
    long = "word " * 40
    async with server() as cloud, client(cloud) as api:
        stream = await api.responses.create(model="x", input=long, stream=True)
        events = [event async for event in stream]
    deltas = [e.delta for e in events if e.type == "response.output_text.delta"]
    assert len(deltas) > 3 and "".join(deltas) == long.upper()
    last = events[-1]
    assert last.type == "response.completed" and last.response.output_text == long.upper()


async def test_an_error_of_ours_is_a_bad_request_in_its_own_words() -> None:
    async with server(declines) as cloud, client(cloud) as api:
        with pytest.raises(openai.BadRequestError, match="stand-in-test: Nothing to plan"):
            await api.responses.create(model="x", input=SECRET)


async def test_any_other_error_is_only_named(capfd: pytest.CaptureFixture[str]) -> None:
    async with server(fails) as cloud, client(cloud) as api:
        with pytest.raises(openai.InternalServerError) as caught:
            await api.responses.create(model="x", input=SECRET)
    assert "ValueError" in str(caught.value) and "Maya" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


async def test_only_its_own_key_opens_it() -> None:
    async with server() as cloud, client(cloud, "sk-other") as api:
        with pytest.raises(openai.AuthenticationError):
            await api.responses.create(model="x", input="hello")
    async with server(key="sk-given") as cloud, client(cloud, "sk-given") as api:
        assert (await api.responses.create(model="x", input="hello")).output_text == "HELLO"


async def test_the_response_says_which_server_it_is() -> None:
    async with server() as cloud, httpx2.AsyncClient(trust_env=False) as http:
        reply = await http.post(
            f"{cloud.base_url}/responses",
            content=json.dumps({"input": "x"}),
            headers={"Authorization": f"Bearer {cloud.key}"},
        )
    assert reply.headers["server"] == "stand-in-test"


async def test_a_server_that_is_not_entered_has_no_address() -> None:
    with pytest.raises(DoorstepError, match="not running"):
        _ = server().base_url
