"""pydantic-ai, both ways, with its real agents and models, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from doorstep._errors import (
    AuthenticationFailed,
    BadInput,
    Blocked,
    ConfigError,
    ModelUnavailable,
    RateLimited,
    ReplyBroken,
    ZoneError,
)
from doorstep._values import Message, Options, Reply, Usage, Zone
from doorstep.boundary import BoundaryClient
from doorstep.models.openai_chat import OpenAIChat
from doorstep.models.pydantic_ai import FromPydanticAI, as_pydantic_ai, quiet, through
from doorstep.models.scripted import Scripted
from tests.models.door import through_a_door
from tests.models.openai_server import (
    ECHO,
    Answer,
    OpenAIServer,
    chat_events,
    responses_events,
)

pytest.importorskip("pydantic_ai", reason="needs the extra: pip install 'doorstep[pydantic-ai]'")

from opentelemetry import trace
from pydantic_ai import Agent, NativeOutput, PromptedOutput
from pydantic_ai.messages import BinaryContent
from pydantic_ai.models.function import FunctionModel
from pydantic_ai.models.instrumented import InstrumentationSettings, InstrumentedModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModelSettings
from pydantic_ai.providers.openai import OpenAIProvider

ASKED = [Message("system", "Be brief."), Message("user", f"Remember: {ECHO}.")]
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"n": {"type": "integer"}},
    "required": ["n"],
    "additionalProperties": False,
}
apis = pytest.mark.parametrize(
    ("api", "events"), [("responses", responses_events), ("chat", chat_events)]
)


class Plan(BaseModel):
    n: int


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture
async def client(server: OpenAIServer, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with through_a_door(server.url, tmp_path) as client:
        yield client


def cloud(
    server: OpenAIServer, client: httpx2.AsyncClient, api: Any = "responses"
) -> FromPydanticAI:
    inner = through(client, "m1", api_key="k", base_url=server.url, api=api)
    return FromPydanticAI(inner, zone=Zone.CLOUD, boundary=client, way="native")


# --- theirs as ours ----------------------------------------------------------------------------


@apis
async def test_their_model_as_ours(
    api: str, events: Any, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(events("Grüße at 20:00", thinking="Hm."), cut=7))
    pieces = [piece async for piece in cloud(server, client, api).stream(ASKED)]
    reply = pieces[-1].reply
    assert reply is not None
    assert "".join(piece.text for piece in pieces) == reply.text == "Grüße at 20:00"
    assert len(pieces) > 2
    assert (reply.usage, reply.finish) == (Usage(11, 7), "stop")


async def test_nothing_stays_upstream_whatever_its_settings_say(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(responses_events("ok")))
    inner = through(client, "m1", api_key="k", base_url=server.url)
    inner._settings = OpenAIResponsesModelSettings(
        openai_store=True, openai_previous_response_id="resp_0"
    )
    await FromPydanticAI(inner, zone=Zone.CLOUD, boundary=client).respond(ASKED)
    sent = server.requests[0].json
    assert sent["store"] is False
    assert sent.get("previous_response_id") is None and sent.get("conversation") is None
    assert not [name for name in server.requests[0].headers if name.startswith("x-stainless-lang")]


@apis
async def test_options(
    api: str, events: Any, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(events('{"n": 1}')))
    options = Options(max_tokens=9, schema=SCHEMA, schema_name="plan")
    assert (await cloud(server, client, api).respond(ASKED, options)).text == '{"n": 1}'
    sent = server.requests[0].json
    held = sent["text"]["format"] if api == "responses" else sent["response_format"]["json_schema"]
    assert (held["name"], held["schema"], held["strict"]) == ("plan", SCHEMA, True)
    assert 9 in (sent.get("max_output_tokens"), sent.get("max_completion_tokens"))


async def test_log_probabilities_are_refused(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    with pytest.raises(BadInput, match="log-prob"):
        await cloud(server, client).respond(ASKED, Options(logprobs=2))
    assert server.requests == []


@apis
async def test_a_refusal_is_a_reply(
    api: str, events: Any, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    server.script(Answer.sse(events(refusal="I cannot.")))
    reply = await cloud(server, client, api).respond(ASKED)
    assert (reply.text, reply.finish) == ("I cannot.", "refusal")


@apis
@pytest.mark.parametrize(("status", "kind"), [(401, AuthenticationFailed), (429, RateLimited)])
async def test_errors_are_ours_and_come_once(
    api: str,
    events: Any,
    status: int,
    kind: type[Exception],
    server: OpenAIServer,
    client: httpx2.AsyncClient,
) -> None:
    server.script(Answer.error(status, retry_after="1"), Answer.sse(events("ok")))
    with pytest.raises(kind) as caught:
        await cloud(server, client, api).respond(ASKED)
    assert ECHO not in str(caught.value) and caught.value.__context__ is None
    assert len(server.requests) == 1


@apis
@pytest.mark.parametrize("breaks", [True, False])
async def test_a_stream_that_breaks_off(
    api: str, events: Any, breaks: bool, server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    whole = events("One two three four five six.")
    server.script(Answer.sse(whole[: len(whole) // 2], breaks=breaks))
    with pytest.raises(ReplyBroken):
        await cloud(server, client, api).respond(ASKED)


async def test_cancelling_closes_the_connection(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    whole = chat_events("abcdefghij")
    server.script(Answer(pieces=[whole[:400], 30.0], content_type="text/event-stream"))
    task = asyncio.create_task(cloud(server, client, "chat").respond(ASKED))
    await asyncio.sleep(1.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.gone.wait, 3)


async def test_what_the_boundary_raises_comes_out_unchanged(server: OpenAIServer) -> None:
    blocked = Blocked("Two private values were about to leave.")

    class Door(httpx2.AsyncBaseTransport):
        asked = 0

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            self.asked += 1
            raise blocked

    door = Door()
    async with BoundaryClient(transport=door) as client:
        with pytest.raises(Blocked) as caught:
            await cloud(server, client).respond(ASKED)
    assert caught.value is blocked and door.asked == 1


async def test_a_cloud_model_must_use_the_boundarys_client(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    own = OpenAIChatModel("m1", provider=OpenAIProvider(base_url=server.url, api_key="k"))
    unseen = FunctionModel(lambda messages, info: None)  # type: ignore[arg-type, return-value]
    for inner, boundary in [(own, None), (own, client), (unseen, client)]:
        with pytest.raises(ZoneError, match="not the boundary's"):
            FromPydanticAI(inner, zone=Zone.CLOUD, boundary=boundary)
    async with httpx2.AsyncClient() as other:
        with pytest.raises(ZoneError):
            FromPydanticAI(
                through(other, "m1", base_url=server.url), zone=Zone.CLOUD, boundary=client
            )
    assert cloud(server, client).zone is Zone.CLOUD


async def test_a_home_model_needs_a_reason(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    inner = through(client, "m1", base_url=server.url)
    with pytest.raises(ZoneError, match="reason"):
        FromPydanticAI(inner, zone=Zone.HOME)
    with pytest.raises(ConfigError):
        FromPydanticAI(inner, zone=Zone.HOME, zone_reason="mine", boundary=client)
    home = FromPydanticAI(inner, zone=Zone.HOME, zone_reason="a server in this house")
    assert (home.zone, home.zone_reason) == (Zone.HOME, "a server in this house")


# --- ours as theirs ----------------------------------------------------------------------------


async def test_our_model_behind_an_agent(server: OpenAIServer, client: httpx2.AsyncClient) -> None:
    server.script(Answer.sse(chat_events("It is 20:00.")))
    ours = OpenAIChat("m1", client=client, base_url=server.url)
    agent = Agent(as_pydantic_ai(ours), system_prompt="Be brief.", instructions="Say the time.")
    result = await agent.run("When?", model_settings={"temperature": 0.0, "max_tokens": 5})
    assert result.output == "It is 20:00."
    assert (result.usage.input_tokens, result.usage.output_tokens) == (11, 7)
    sent = server.requests[0].json
    assert [(m["role"], m["content"]) for m in sent["messages"]] == [
        ("system", "Say the time."),
        ("system", "Be brief."),
        ("user", "When?"),
    ]
    assert (sent["temperature"], sent["max_tokens"]) == (0.0, 5)


async def test_it_streams(server: OpenAIServer, client: httpx2.AsyncClient) -> None:
    whole = chat_events("abcdefghijklmno")
    half = whole.index(b"\n\n", whole.index(b"abcde")) + 2
    server.script(
        Answer(pieces=[whole[:half], 0.4, whole[half:]], content_type="text/event-stream")
    )
    agent = Agent(as_pydantic_ai(OpenAIChat("m1", client=client, base_url=server.url)))
    async with agent.run_stream("Go") as run:
        texts = [text async for text in run.stream_text(delta=True, debounce_by=None)]
    assert "".join(texts) == "abcdefghijklmno" and len(texts) > 1
    assert (run.usage.input_tokens, run.usage.output_tokens) == (11, 7)


async def test_leaving_a_stream_closes_the_connection(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    whole = chat_events("abcdefghij")
    server.script(Answer(pieces=[whole[:500], 30.0], content_type="text/event-stream"))
    agent = Agent(as_pydantic_ai(OpenAIChat("m1", client=client, base_url=server.url)))
    task = asyncio.create_task(agent.run("Go"))
    await asyncio.sleep(1.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.gone.wait, 3)


async def test_history_goes_along() -> None:
    model = Scripted(["Hello.", "Still here."])
    agent = Agent(as_pydantic_ai(model))
    first = await agent.run("Hi")
    await agent.run("And now?", message_history=first.all_messages())
    assert model.calls[1].messages == (
        Message("user", "Hi"),
        Message("assistant", "Hello."),
        Message("user", "And now?"),
    )


@pytest.mark.parametrize("output", [Plan, PromptedOutput(Plan)])
async def test_prompted_output_with_a_retry(output: Any) -> None:
    model = Scripted(["no", '{"n": 3}'])
    agent: Agent[None, Any] = Agent(as_pydantic_ai(model), output_type=output)
    assert (await agent.run("How many?")).output == Plan(n=3)
    assert len(model.calls) == 2
    assert "integer" in model.calls[0].messages[0].text
    assert model.calls[0].options.schema is None


async def test_native_output_asks_for_the_schema() -> None:
    model = Scripted(['{"n": 3}', '{"n": 4}'], way="native", can_schema=True)
    for output in (Plan, NativeOutput(Plan)):
        agent: Agent[None, Any] = Agent(as_pydantic_ai(model), output_type=output)
        assert isinstance((await agent.run("How many?")).output, Plan)
    for call in model.calls:
        assert call.options.schema is not None
        assert call.options.schema["required"] == ["n"]


async def test_tools_are_refused() -> None:
    model = Scripted(["never"])
    agent = Agent(as_pydantic_ai(model))

    @agent.tool_plain
    def now() -> str:
        return "18:30"

    with pytest.raises(BadInput, match="calls no tools"):
        await agent.run("When?")
    assert model.calls == []


async def test_pictures_and_strange_settings_are_refused() -> None:
    model = Scripted(["never"])
    agent = Agent(as_pydantic_ai(model))
    with pytest.raises(BadInput, match="BinaryContent"):
        await agent.run(["Look", BinaryContent(b"x", media_type="image/png")])
    with pytest.raises(BadInput, match="top_p"):
        await agent.run("Hi", model_settings={"top_p": 0.5})
    assert model.calls == []


async def test_text_in_parts_is_text() -> None:
    model = Scripted(["ok"])
    await Agent(as_pydantic_ai(model)).run(["One", "two"])
    assert model.calls[0].messages == (Message("user", "One\ntwo"),)


@pytest.mark.parametrize(
    ("thinking", "effort"), [(False, "none"), (True, "medium"), ("max", "high")]
)
async def test_thinking_is_effort(thinking: Any, effort: str) -> None:
    model = Scripted(["ok"])
    await Agent(as_pydantic_ai(model)).run("Hi", model_settings={"thinking": thinking})
    assert model.calls[0].options.effort == effort


async def test_our_errors_come_out_of_an_agent_as_they_are() -> None:
    error = Blocked("Two private values were about to leave.")
    with pytest.raises(Blocked) as caught:
        await Agent(as_pydantic_ai(Scripted([error]))).run("Hi")
    assert caught.value is error


async def test_there_and_back() -> None:
    inner = as_pydantic_ai(Scripted([Reply("ok", "s", Usage(3, 1), thinking="Hm.")]))
    model = FromPydanticAI(inner, zone=Zone.HOME, zone_reason="a script in this process")
    reply = await model.respond(ASKED)
    assert (reply.text, reply.usage, reply.finish) == ("ok", Usage(3, 1), "stop")


# --- traces ------------------------------------------------------------------------------------


class Recorder(trace.TracerProvider):
    """A tracer provider of the OpenTelemetry API that keeps all that spans are told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def get_tracer(self, *args: Any, **kwargs: Any) -> trace.Tracer:
        return _Tracer(self.told)


class _Tracer(trace.Tracer):
    def __init__(self, told: list[Any]) -> None:
        self.told = told

    def start_span(self, name: str, *args: Any, **kwargs: Any) -> trace.Span:
        self.told.append((name, args, kwargs))
        return _Span(self.told)

    def start_as_current_span(self, name: str, *args: Any, **kwargs: Any) -> Any:
        for key in ("record_exception", "set_status_on_exception", "end_on_exit"):
            kwargs.pop(key, None)
        return trace.use_span(self.start_span(name, *args, **kwargs))


class _Span(trace.Span):
    def __init__(self, told: list[Any]) -> None:
        self.told = told

    def _tell(self, *args: Any, **kwargs: Any) -> None:
        self.told.append((args, kwargs))

    end = set_attribute = set_attributes = add_event = update_name = _tell
    set_status = record_exception = _tell

    def is_recording(self) -> bool:
        return True

    def get_span_context(self) -> trace.SpanContext:
        return trace.SpanContext(1, 1, False)


async def test_the_recorder_hears_content_where_it_is_on() -> None:
    recorder = Recorder()
    loud = InstrumentationSettings(tracer_provider=recorder)
    model = FunctionModel(stream_function=_say_ok)
    agent = Agent(model)
    agent.instrument = loud
    async with agent.run_stream(ECHO) as run:
        await run.get_output()
    assert ECHO in str(recorder.told)


async def _say_ok(messages: Any, info: Any) -> AsyncIterator[str]:
    yield "ok"


async def test_calls_that_we_make_leave_no_trace(
    server: OpenAIServer, client: httpx2.AsyncClient
) -> None:
    recorder = Recorder()
    loud = InstrumentationSettings(tracer_provider=recorder)
    server.script(Answer.sse(responses_events("ok")))
    inner = through(client, "m1", api_key="k", base_url=server.url)
    Agent.instrument_all(loud)
    try:
        wrapped = InstrumentedModel(inner, loud)
        await FromPydanticAI(wrapped, zone=Zone.CLOUD, boundary=client).respond(ASKED)
    finally:
        Agent.instrument_all(False)
    assert recorder.told == []


async def test_an_agent_with_quiet_traces_holds_no_content() -> None:
    recorder = Recorder()
    settings = quiet()
    settings.tracer = recorder.get_tracer()
    agent = Agent(as_pydantic_ai(Scripted([ECHO])))
    agent.instrument = settings
    assert (await agent.run(f"Remember: {ECHO}.")).output == ECHO
    assert recorder.told
    assert ECHO not in str(recorder.told)


async def test_an_agent_whose_traces_would_hold_content_is_refused() -> None:
    model = Scripted(["never"])
    loud = InstrumentationSettings(tracer_provider=Recorder())
    agent = Agent(as_pydantic_ai(model))
    agent.instrument = loud
    with pytest.raises(ConfigError, match="traces"):
        await agent.run("Hi")
    assert model.calls == []


def test_without_the_extra() -> None:
    code = (
        "from importlib.machinery import PathFinder\n"
        "find = PathFinder.find_spec\n"
        "def without(name, *rest):\n"
        "    return None if name == 'pydantic_ai' else find(name, *rest)\n"
        "PathFinder.find_spec = without\n"
        "from doorstep.models.pydantic_ai import as_pydantic_ai\n"
        "from doorstep.models.scripted import Scripted\n"
        "try:\n    as_pydantic_ai(Scripted([]))\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.startswith(ModelUnavailable.__name__)
    assert "pip install 'doorstep[pydantic-ai]'" in done.stdout
