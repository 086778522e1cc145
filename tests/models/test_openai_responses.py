"""The Responses adapter over real HTTP; what both OpenAI adapters share is tried here for both."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import traceback
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from doorstep._errors import (
    AuthenticationFailed,
    BadInput,
    Blocked,
    ConfigError,
    DoorstepError,
    ModelError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ReplyBroken,
    ZoneError,
)
from doorstep._values import Message, Options, Piece, Zone
from doorstep.boundary import BoundaryClient
from doorstep.models.base import Model
from doorstep.models.openai_chat import OpenAIChat
from doorstep.models.openai_responses import OpenAIResponses
from tests.models.door import NOBODY, through_a_door
from tests.models.openai_server import (
    ECHO,
    Answer,
    OpenAIServer,
    chat_events,
    event,
    response_object,
    responses_event,
    responses_events,
)

ASKED = [Message("system", "Be brief."), Message("user", f"Remember: {ECHO}.")]
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
WORDS = "Grüße! 20:00–21:30, “load_A” 🌙"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture
async def client(server: OpenAIServer, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with through_a_door(server.url, tmp_path) as client:
        yield client


@dataclass(frozen=True)
class Api:
    """One of the two adapters, and how its server words the same things."""

    adapter: type[OpenAIResponses] | type[OpenAIChat]
    events: Any
    error: bytes
    strange: tuple[bytes, ...]

    def model(self, server: OpenAIServer, client: httpx2.AsyncClient, **more: Any) -> Model:
        return self.adapter("m1", client=client, api_key="k", base_url=server.url, **more)


RESPONSES = Api(
    OpenAIResponses,
    responses_events,
    responses_event("error", code="rate_limit_exceeded", message=ECHO, param=None),
    (
        event({"type": "response.completed"}),
        event({"type": "response.output_text.delta"}),
        event({"type": "response.failed", "response": None}),
        event([ECHO]),
        event('"text"'),
    ),
)
CHAT = Api(
    OpenAIChat,
    chat_events,
    event({"error": {"code": "rate_limit_exceeded", "message": ECHO}}),
    (event({"id": "c1"}), event({"choices": ECHO}), event([ECHO]), event('"text"')),
)
both = pytest.mark.parametrize("api", [RESPONSES, CHAT], ids=["responses", "chat"])


async def pieces_of(model: Model, options: Options = Options()) -> list[Piece]:
    return [piece async for piece in model.stream(ASKED, options)]


async def failure_of(model: Model, options: Options = Options()) -> DoorstepError:
    """The error of a call, after a look that nothing of the text got into it or its traceback."""
    with pytest.raises(DoorstepError) as caught:
        await model.respond(ASKED, options)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert ECHO not in shown
    assert "\n" not in str(caught.value)
    return caught.value


# --- both adapters -----------------------------------------------------------------------------


@both
async def test_a_whole_answer(api: Api, server: OpenAIServer, client: httpx2.AsyncClient) -> None:
    server.script(Answer.sse(api.events(WORDS, thinking="Let me see.")))
    reply = await api.model(server, client).respond(ASKED)
    assert (reply.text, reply.thinking, reply.finish) == (WORDS, "Let me see.", "stop")
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (11, 7)
    assert len(server.requests) == 1


@both
@pytest.mark.parametrize("cut", [1, 2, 3, 7, 64])
async def test_a_stream_cut_anywhere(
    api: Api, cut: int, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(api.events(WORDS), cut=cut))
    pieces = await pieces_of(api.model(server, client))
    assert "".join(piece.text for piece in pieces) == WORDS
    assert len(pieces) > 5
    assert [piece.reply is not None for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert pieces[-1].reply is not None and pieces[-1].reply.text == WORDS


@both
async def test_pieces_come_while_the_server_still_writes(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    whole = api.events("abcdefghij")
    half = whole.index(b"\n\n", whole.index(b"abcde")) + 2
    answer = Answer(pieces=[whole[:half], 0.5, whole[half:]], content_type="text/event-stream")
    server.script(answer)
    came: dict[str, float] = {}
    async for piece in api.model(server, client).stream(ASKED):
        came[piece.text] = time.monotonic()
    assert came["fghij"] - came["abcde"] > 0.4


@both
async def test_a_refusal_is_a_reply(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(api.events(refusal="I cannot help with that.")))
    reply = await api.model(server, client).respond(ASKED)
    assert (reply.finish, reply.text) == ("refusal", "I cannot help with that.")


@both
async def test_an_empty_answer_is_a_reply(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(api.events("")))
    reply = await api.model(server, client).respond(ASKED)
    assert (reply.finish, reply.text) == ("stop", "")


@both
async def test_fenced_json_comes_as_it_is(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    fenced = '```json\n{"n": 1}\n```'
    server.script(Answer.sse(api.events(fenced)))
    reply = await api.model(server, client).respond(ASKED, Options(schema=SCHEMA))
    assert reply.text == fenced


@both
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "invalid_api_key", AuthenticationFailed),
        (403, "", AuthenticationFailed),
        (404, "model_not_found", ModelUnavailable),
        (400, "unsupported_parameter", ModelError),
        (400, "content_filter", ModelRefused),
        (302, "", ModelError),
        (400, ECHO, ModelError),
    ],
)
async def test_a_final_error_is_asked_once(
    api: Api,
    status: int,
    code: str,
    kind: type[ModelError],
    server: OpenAIServer,
    client: httpx2.AsyncClient,
) -> None:
    server.script(Answer.error(status, code))
    assert type(await failure_of(api.model(server, client))) is kind
    assert len(server.requests) == 1


@both
async def test_429_with_a_short_wait_is_waited_for(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.error(429, retry_after="1"), Answer.sse(api.events("ok")))
    start = time.monotonic()
    assert (await api.model(server, client).respond(ASKED)).text == "ok"
    assert 1.0 <= time.monotonic() - start < 3
    assert len(server.requests) == 2
    assert server.requests[0].body == server.requests[1].body


@both
async def test_429_with_a_long_wait_is_told_at_once(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.error(429, "rate_limit_exceeded", retry_after="120"))
    start = time.monotonic()
    error = await failure_of(api.model(server, client))
    assert isinstance(error, RateLimited) and error.retry_after == 120
    assert time.monotonic() - start < 1
    assert len(server.requests) == 1


@both
async def test_an_empty_account_is_not_asked_again(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.error(429, "insufficient_quota"))
    assert isinstance(await failure_of(api.model(server, client)), RateLimited)
    assert len(server.requests) == 1


@both
async def test_500_three_times_is_an_error(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(*[Answer.error(500)] * 4)
    assert isinstance(await failure_of(api.model(server, client)), ModelError)
    assert len(server.requests) == 3


@both
async def test_500_then_200_is_an_answer(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.error(500), Answer.sse(api.events("ok")))
    assert (await api.model(server, client).respond(ASKED)).text == "ok"
    assert len(server.requests) == 2


@both
async def test_no_retry_beyond_the_time_allowed(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.error(429, retry_after="5"))
    model = api.model(server, client, timeout=1.0)
    assert isinstance(await failure_of(model), RateLimited)
    assert len(server.requests) == 1


@both
async def test_a_body_that_is_no_stream(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer(pieces=[b'{"answer": ', b'"Maya"']))
    assert isinstance(await failure_of(api.model(server, client)), ReplyBroken)


@both
@pytest.mark.parametrize("data", ['{"type": "response.output', "Maya sleeps lightly", "\xff"])
async def test_an_event_that_is_not_json(
    api: Api, data: str, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(event(data)))
    assert isinstance(await failure_of(api.model(server, client)), ReplyBroken)


@both
async def test_events_of_an_odd_form(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    for strange in api.strange:
        server.script(Answer.sse(strange))
        assert isinstance(await failure_of(api.model(server, client)), ModelError), strange


@both
async def test_bytes_that_are_not_utf8(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(b"data: \xff\xfe\n\n"))
    assert isinstance(await failure_of(api.model(server, client)), ReplyBroken)


@both
@pytest.mark.parametrize("breaks", [True, False], ids=["reset", "clean end"])
async def test_a_stream_that_breaks_off(
    api: Api, breaks: bool, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    whole = api.events("One two three four five six.")
    server.script(Answer.sse(whole[: len(whole) // 2], cut=50, breaks=breaks))
    got: list[str] = []
    with pytest.raises(ReplyBroken):
        async for piece in api.model(server, client).stream(ASKED):
            got.append(piece.text)
    if not breaks:
        assert got, "the first pieces were lost"
    assert len(server.requests) == 1, "an answer that had begun was asked for again"


@both
async def test_an_error_in_the_middle_of_a_stream(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    whole = api.events("One two three four.")
    begun = whole[: whole.index(b"\n\n", len(whole) // 2) + 2]
    server.script(Answer.sse(begun + api.error))
    assert isinstance(await failure_of(api.model(server, client)), RateLimited)
    assert len(server.requests) == 1


@both
@pytest.mark.parametrize("started", [True, False])
async def test_too_slow_is_a_timeout(
    api: Api, started: bool, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    whole = api.events("abcdefghij")
    pieces: list[bytes | float] = [whole[:300], 30.0] if started else [30.0]
    server.script(Answer(pieces=pieces, content_type="text/event-stream"))
    start = time.monotonic()
    error = await failure_of(api.model(server, client, timeout=0.4))
    assert isinstance(error, ModelTimeout)
    assert time.monotonic() - start < 3
    assert await asyncio.to_thread(server.gone.wait, 3), "the connection was left open"


@both
async def test_a_drip_cannot_stretch_the_time(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    drip: list[bytes | float] = [b": still here\n\n", 0.1] * 100
    server.script(Answer(pieces=drip, content_type="text/event-stream"))
    start = time.monotonic()
    assert isinstance(await failure_of(api.model(server, client, timeout=0.5)), ModelTimeout)
    assert time.monotonic() - start < 3


@both
async def test_cancelling_closes_the_connection(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    whole = api.events("abcdefghij")
    server.script(Answer(pieces=[whole[:400], 30.0], content_type="text/event-stream"))
    task = asyncio.create_task(api.model(server, client).respond(ASKED))
    await asyncio.sleep(1.0)
    assert not server.gone.is_set()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.gone.wait, 3)


@both
async def test_leaving_the_stream_closes_the_connection(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    whole = api.events("abcdefghij")
    server.script(Answer(pieces=[whole[:-200], 30.0], content_type="text/event-stream"))
    stream = api.model(server, client).stream(ASKED)
    async for piece in stream:
        if piece.text:
            break
    await stream.aclose()  # type: ignore[attr-defined]
    assert await asyncio.to_thread(server.gone.wait, 3)


@both
async def test_nobody_there(api: Api, client: httpx2.AsyncClient) -> None:
    error = await failure_of(api.adapter("m1", client=client, base_url=NOBODY))
    assert isinstance(error, ModelUnavailable)


class Refusing(httpx2.AsyncBaseTransport):
    """A boundary that lets nothing pass."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        if isinstance(self.error, DoorstepError):
            raise self.error
        raise self.error from Blocked("Two private values were about to leave.")


@both
@pytest.mark.parametrize("wrapped", [False, True])
async def test_what_the_boundary_raises_comes_out_unchanged_and_once(
    api: Api, wrapped: bool, server: OpenAIServer
) -> None:
    blocked = Blocked("Two private values were about to leave.", kinds=("name",))
    door = Refusing(httpx2.ConnectError("x") if wrapped else blocked)
    async with BoundaryClient(transport=door) as client:
        with pytest.raises(Blocked) as caught:
            await api.model(server, client).respond(ASKED)
    assert wrapped or caught.value is blocked
    assert door.asked == 1


@both
async def test_headers_say_nothing_about_the_house(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "house")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-House: house")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/")
    server.script(Answer.sse(api.events("ok")))
    await api.model(server, client).respond(ASKED)
    headers = dict(server.requests[0].headers)
    assert headers.pop("user-agent") == "doorstep"
    assert headers.pop("authorization") == "Bearer k"
    assert set(headers) == {
        *("host", "accept", "accept-encoding", "content-type", "content-length")
    }


@both
async def test_without_a_key_no_authorization_goes_out(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-for-this-server")
    server.script(Answer.sse(api.events("ok")))
    await api.adapter("m1", client=client, base_url=server.url).respond(ASKED)
    assert "authorization" not in server.requests[0].headers


@both
async def test_openai_and_azure_need_a_key(api: Api, client: httpx2.AsyncClient) -> None:
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        api.adapter("m1", client=client)
    with pytest.raises(ConfigError, match="AZURE_OPENAI_API_KEY"):
        api.adapter("m1", client=client, azure_endpoint="https://x.openai.azure.com")
    with pytest.raises(ConfigError, match="not both"):
        api.adapter(
            "m1", client=client, api_key="k", base_url="http://a", azure_endpoint="http://b"
        )


@both
@pytest.mark.parametrize("tail", ["", "/", "/openai/v1", "/openai/v1/"])
async def test_azure_by_its_v1_route(
    api: Api, tail: str, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    root = server.url.removesuffix("/v1")
    server.script(Answer.sse(api.events("ok")))
    model = api.adapter("mine", client=client, api_key="k", azure_endpoint=root + tail)
    await model.respond(ASKED)
    path = server.requests[0].path
    assert path in ("/openai/v1/responses", "/openai/v1/chat/completions")
    assert server.requests[0].json["model"] == "mine"


@both
async def test_the_client_stays_open_and_serves_the_next(
    api: Api, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(api.events("one")), Answer.sse(api.events("two")))
    async with api.model(server, client) as model:
        await model.respond(ASKED)
    assert not client.is_closed
    assert (await api.model(server, client).respond(ASKED)).text == "two"


LOGGED = """
import asyncio, logging, sys
from doorstep.boundary import BoundaryClient
from doorstep._values import Message
from doorstep.models.openai_responses import OpenAIResponses
from doorstep.models.openai_chat import OpenAIChat

async def main():
    async with BoundaryClient(trust_env=False) as client:
        for adapter in (OpenAIResponses, OpenAIChat):
            model = adapter("m1", client=client, api_key="sk-secret", base_url=sys.argv[1])
            await model.respond([Message("user", "Maya sleeps lightly")])
    logging.getLogger("openai._base_client").debug("Request options: Maya")
    logging.getLogger("openai._base_client").warning("a warning passes")

logging.basicConfig(level=logging.DEBUG)
asyncio.run(main())
"""


def test_debug_logging_prints_no_text_and_no_key(server: OpenAIServer) -> None:
    server.script(Answer.sse(responses_events("Maya")), Answer.sse(chat_events("Maya")))
    done = subprocess.run(
        [sys.executable, "-c", LOGGED, server.url],
        env={**os.environ, "OPENAI_LOG": "debug"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    written = done.stdout + done.stderr
    assert "a warning passes" in written
    assert "Maya" not in written and "sk-secret" not in written


# --- the Responses API alone -------------------------------------------------------------------


async def test_the_request(server: OpenAIServer, client: httpx2.AsyncClient) -> None:
    server.script(Answer.sse(responses_events("ok")))
    model = OpenAIResponses(client=client, api_key="k", base_url=server.url)
    await model.respond(ASKED, Options(schema=SCHEMA, schema_name="plan", max_tokens=50))
    assert (model.zone, model.name) == (Zone.CLOUD, "gpt-5.4")
    assert server.requests[0].path == "/v1/responses"
    assert server.requests[0].json == {
        "model": "gpt-5.4",
        "input": [{"role": m.role, "content": m.text} for m in ASKED],
        "store": False,
        "stream": True,
        "reasoning": {"effort": "medium"},
        "max_output_tokens": 50,
        "text": {
            "format": {"type": "json_schema", "name": "plan", "schema": SCHEMA, "strict": True}
        },
    }


async def test_a_call_sets_effort_and_none_leaves_it_out(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(responses_events("a")), Answer.sse(responses_events("b")))
    quiet = OpenAIResponses("m", client=client, base_url=server.url, effort=None)
    await quiet.respond(ASKED)
    await quiet.respond(ASKED, Options(effort="high", temperature=0.0))
    first, second = (request.json for request in server.requests)
    assert "reasoning" not in first and "temperature" not in first
    assert (second["reasoning"], second["temperature"]) == ({"effort": "high"}, 0.0)


async def test_a_seed_is_refused_before_anything_leaves(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    model = OpenAIResponses("m", client=client, base_url=server.url)
    with pytest.raises(BadInput, match="seed"):
        await model.respond(ASKED, Options(seed=1))
    assert server.requests == []


@pytest.mark.parametrize(
    ("reason", "finish"), [("max_output_tokens", "length"), ("content_filter", "filter")]
)
async def test_an_incomplete_answer_is_a_reply(
    reason: str, finish: str, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    response = response_object("incomplete", incomplete_details={"reason": reason})
    end = responses_event("response.incomplete", response=response)
    server.script(Answer.sse(responses_events('{"n": ', end=end)))
    reply = await RESPONSES.model(server, client).respond(ASKED)
    assert (reply.text, reply.finish) == ('{"n": ', finish)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("server_error", ModelError),
        ("rate_limit_exceeded", RateLimited),
        ("invalid_prompt", ModelRefused),
        (ECHO, ModelError),
        (None, ModelError),
    ],
)
async def test_a_failed_response_is_an_error(
    code: str | None, kind: type[ModelError], server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    response = response_object("failed", error={"code": code, "message": ECHO})
    end = responses_event("response.failed", response=response)
    server.script(Answer.sse(responses_events("Some", end=end)))
    assert type(await failure_of(RESPONSES.model(server, client))) is kind


async def test_an_error_event_with_a_nested_error(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    nested = {"type": "error", "error": {"code": "rate_limit_exceeded", "message": ECHO}}
    server.script(Answer.sse(event(nested, "error")))
    assert isinstance(await failure_of(RESPONSES.model(server, client)), RateLimited)


async def test_a_server_without_deltas(server: OpenAIServer, client: httpx2.AsyncClient) -> None:
    message = {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": WORDS, "annotations": []}],
    }
    end = responses_event("response.completed", response=response_object(output=[message]))
    server.script(Answer.sse(responses_events(end=end)))
    pieces = await pieces_of(RESPONSES.model(server, client))
    assert "".join(piece.text for piece in pieces) == WORDS
    assert pieces[-1].reply is not None and pieces[-1].reply.text == WORDS


async def test_logprobs(server: OpenAIServer, client: httpx2.AsyncClient) -> None:
    entry = {"token": "yes", "logprob": -0.1, "top_logprobs": [{"token": "no", "logprob": -2.5}]}
    delta = responses_event(
        "response.output_text.delta",
        item_id="msg_1",
        output_index=0,
        content_index=0,
        delta="yes",
        logprobs=[entry],
    )
    end = responses_event("response.completed", response=response_object())
    server.script(Answer.sse(delta + end))
    reply = await RESPONSES.model(server, client).respond(ASKED, Options(logprobs=2))
    sent = server.requests[0].json
    assert (sent["include"], sent["top_logprobs"]) == (["message.output_text.logprobs"], 2)
    assert [(t.token, t.logprob, t.rivals) for t in reply.logprobs] == [
        ("yes", -0.1, (("no", -2.5),))
    ]


async def test_unknown_events_are_passed_over(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    odd = responses_event("response.something.new", thing={"x": 1})
    server.script(Answer.sse(odd + responses_events("ok")))
    assert (await RESPONSES.model(server, client).respond(ASKED)).text == "ok"


async def test_no_import_of_the_sdk_before_a_call() -> None:
    code = (
        "import sys, doorstep.models.openai_responses, doorstep.models.openai_chat\n"
        "import doorstep.models.prices\n"
        "print('openai' in sys.modules or 'genai_prices' in sys.modules)"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


@both
async def test_a_cloud_model_takes_no_client_but_the_boundarys(api: Api) -> None:
    async with httpx2.AsyncClient(trust_env=False) as other:
        with pytest.raises(ZoneError, match=r"boundary\.client\(\)"):
            api.adapter("m1", client=other, api_key="k", base_url="http://127.0.0.1:9")


async def test_a_server_at_home_takes_a_client_of_its_own() -> None:
    async with httpx2.AsyncClient(trust_env=False) as own:
        model = OpenAIChat(
            "m1", client=own, base_url=NOBODY, zone=Zone.HOME, zone_reason="a server in this house"
        )
    assert model.zone is Zone.HOME
