"""The stand-in cloud as the real OpenAI client meets it, over real HTTP on loopback."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx2
import openai
import pytest
from openai import AsyncOpenAI

from doorstep.household.problem import Solution
from doorstep.household.render import CLOUD_INSTRUCTIONS, render
from doorstep.household.stand_in import MODEL, StandInCloud
from tests.household.reference import PROBLEM, solution

INPUT: Any = [
    {"role": "system", "content": CLOUD_INSTRUCTIONS},
    {"role": "user", "content": [{"type": "input_text", "text": render(PROBLEM)}]},
]


def client(cloud: StandInCloud, key: str | None = None) -> AsyncOpenAI:
    transport = httpx2.AsyncClient(trust_env=False)
    return AsyncOpenAI(
        base_url=cloud.base_url, api_key=key or cloud.key, max_retries=0, http_client=transport
    )


def rows(text: str) -> list[tuple[str, str, str]]:
    got = Solution.model_validate_json(text)
    return [(e.load_id, e.start, e.end) for e in got.proposed_schedule]


EXPECTED = [(e.load_id, e.start, e.end) for e in solution().proposed_schedule]


async def test_whole() -> None:
    async with StandInCloud() as cloud, client(cloud) as api:
        response = await api.responses.create(model="gpt-5.4", input=INPUT, store=False)
    assert rows(response.output_text) == EXPECTED
    assert response.model == MODEL
    assert response.status == "completed"
    assert response.usage is not None
    assert response.usage.total_tokens == 0


async def test_parsed_as_structured_output() -> None:
    async with StandInCloud() as cloud, client(cloud) as api:
        response = await api.responses.parse(
            model=MODEL,
            instructions=CLOUD_INSTRUCTIONS,
            input=render(PROBLEM),
            text_format=Solution,
        )
    assert response.output_parsed is not None
    assert response.output_parsed.recommendation == "run_later"


async def test_streamed_event_by_event() -> None:
    async with StandInCloud() as cloud, client(cloud) as api:
        events = [
            event
            async for event in await api.responses.create(model=MODEL, input=INPUT, stream=True)
        ]
    kinds = [event.type for event in events]
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert set(kinds[4:-4]) == {"response.output_text.delta"}
    assert [event.sequence_number for event in events] == list(range(len(events)))
    deltas = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert rows(deltas) == EXPECTED
    last = events[-1]
    assert last.type == "response.completed"
    assert last.response.output_text == deltas


async def test_the_streaming_helper() -> None:
    async with (
        StandInCloud() as cloud,
        client(cloud) as api,
        api.responses.stream(model=MODEL, input=INPUT, text_format=Solution) as stream,
    ):
        final = await stream.get_final_response()
    assert final.output_parsed is not None
    assert [e.start for e in final.output_parsed.proposed_schedule] == ["20:00", "00:00"]


async def test_without_its_key_nothing() -> None:
    async with StandInCloud() as cloud, client(cloud, "sk-other") as api:
        with pytest.raises(openai.AuthenticationError) as caught:
            await api.responses.create(model=MODEL, input=INPUT)
    assert caught.value.code == "invalid_api_key"


async def test_every_start_has_its_own_key_and_port() -> None:
    async with StandInCloud() as one, StandInCloud() as two:
        assert one.key != two.key
        assert one.base_url != two.base_url


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Should the dishwasher run now?", "no scheduling problem"),
        (render(PROBLEM).replace("target=load_A", "target=load_Z"), "target"),
        (render(PROBLEM).replace("finish_by=06:30", "finish_by=19:00"), "load_A does not fit"),
        (render(PROBLEM).replace("tariff 20:00-00:00: 0.22\n", ""), "no price for 20:00"),
        (render(PROBLEM).replace("duration_min=90", "duration_min=9000"), "not valid"),
    ],
)
async def test_bad_problems(text: str, message: str) -> None:
    async with StandInCloud() as cloud, client(cloud) as api:
        with pytest.raises(openai.BadRequestError, match=message):
            await api.responses.create(model=MODEL, input=text)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/responses", b"{", 400),
        ("POST", "/v1/responses", b"[]", 400),
        ("POST", "/v1/responses", b"[" * 100_000, 400),
        ("POST", "/v1/responses", b"{}", 400),
        ("POST", "/v1/responses", b'{"input": [1, {"content": [2]}]}', 400),
        ("POST", "/v1/responses", b"\xff\xfe", 400),
        ("POST", "/v1/chat/completions", b"{}", 404),
        ("GET", "/v1/models", b"", 404),
    ],
)
async def test_bad_requests(method: str, path: str, body: bytes, status: int) -> None:
    async with StandInCloud() as cloud, httpx2.AsyncClient(trust_env=False) as http:
        url = cloud.base_url.removesuffix("/v1") + path
        headers = {"Authorization": f"Bearer {cloud.key}"}
        reply = await http.request(method, url, content=body, headers=headers)
        assert reply.status_code == status
        assert json.loads(reply.content)["error"]["type"] == "invalid_request_error"


async def test_starts_and_stops_at_once() -> None:
    took = []
    for _ in range(3):
        begin = time.perf_counter()
        async with StandInCloud() as cloud:
            started = time.perf_counter() - begin
            assert cloud.port
        took.append((started, time.perf_counter() - begin))
    assert min(started for started, _ in took) < 0.05
    assert min(whole for _, whole in took) < 0.3


async def test_closed_means_closed() -> None:
    async with StandInCloud() as cloud:
        url = cloud.base_url
    async with httpx2.AsyncClient(trust_env=False) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.post(f"{url}/responses")


async def test_nothing_of_a_request_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    async with StandInCloud() as cloud, client(cloud) as api:
        await api.responses.create(model=MODEL, input=INPUT)
    assert capfd.readouterr() == ("", "")
