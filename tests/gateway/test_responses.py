"""/v1/responses with the real `openai` client against a running server: text, events, tools."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from doorstep import Message, Options, Reply, Usage
from doorstep.gateway import responses
from doorstep.gateway.core import Core, Rules
from doorstep.gateway.responses_asked import CARRIED, HARMLESS
from doorstep.models.scripted import Scripted
from tests.gateway.running import KeepsHome, house, openai_at, running
from tests.gateway.running import post as post_to
from tests.gateway.test_chat import MAYA, SOLVE, Down, Said, Slow
from tests.models.openai_server import Answer, chat_events, response_object, responses_events

ASK = f"When does {MAYA} fly?"
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
TOOL = {"type": "function", "name": "look", "parameters": {"type": "object"}, "strict": False}


served = partial(openai_at, responses)


async def post(url: str, **body: Any) -> httpx2.Response:
    return await post_to(f"{url}/v1/responses", **body)


def events_of(text: str) -> list[dict[str, Any]]:
    """Each event, its name equal to its type, valid by the client's own types."""
    out = []
    for block in text.strip().split("\n\n"):
        if block.startswith(":"):
            continue
        name, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        EVENT.validate_python(event)
        out.append(event)
    assert [event["sequence_number"] for event in out] == list(range(len(out)))
    return out


# --- patterns and home -------------------------------------------------------------------------


async def test_a_pattern_answers_and_the_cloud_sees_no_name(tmp_path: Path) -> None:
    async with served(tmp_path) as (h, client, _):
        h.cloud.says("At seven.")
        said = await client.responses.with_raw_response.create(model=SOLVE, input=ASK, store=True)
        done = said.parse()
        assert done.output_text == "At seven." and done.status == "completed"
        assert done.model == SOLVE and done.usage is not None and done.usage.total_tokens == 18
        assert json.loads(said.http_response.text)["store"] is False
        assert said.headers["x-doorstep-pattern"] == SOLVE
        [sent] = h.cloud.sent
        assert MAYA not in sent and "Okafor" not in sent
        Response.model_validate_json(said.http_response.text)


async def test_the_events_in_their_order(tmp_path: Path) -> None:
    async with served(tmp_path) as (h, client, url):
        h.cloud.says("Hello at seven.", "Hello at seven.")
        raw = await post(url, model=SOLVE, input=ASK, stream=True)
        events = events_of(raw.text)
        kinds = [event["type"].removeprefix("response.") for event in events]
        deltas = kinds.count("output_text.delta")
        assert deltas > 1
        assert kinds == [
            "created",
            "in_progress",
            "output_item.added",
            "content_part.added",
            *["output_text.delta"] * deltas,
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "completed",
        ]
        last = events[-1]["response"]
        assert last["output"] == [events[-2]["item"]] and last["store"] is False
        assert last["id"] == events[0]["response"]["id"]
        async with client.responses.stream(model=SOLVE, input=ASK) as stream:
            final = await stream.get_final_response()
        assert final.output_text == "Hello at seven."


async def test_what_a_client_says_arrives_as_it_was_said(tmp_path: Path) -> None:
    home = Scripted(["{}"], can_schema=True)
    schema = {"type": "object", "properties": {}}
    async with served(tmp_path, home) as (_, client, _url):
        await client.responses.create(
            model="home",
            instructions="Be brief.",
            input=[
                {"role": "developer", "content": "In French."},
                {
                    "type": "message",
                    "id": "msg_1",
                    "role": "assistant",
                    "status": "completed",
                    "content": [{"type": "output_text", "text": "Oui?", "annotations": []}],
                },
                {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"},
                {"role": "user", "content": [{"type": "input_text", "text": "Quand?"}]},
            ],
            max_output_tokens=9,
            temperature=0.1,
            reasoning={"effort": "high"},
            include=["reasoning.encrypted_content"],
            text={"format": {"type": "json_schema", "name": "when", "schema": schema}},
        )
        [call] = home.calls
        assert call.messages == (
            Message("system", "Be brief."),
            Message("system", "In French."),
            Message("assistant", "Oui?"),
            Message("user", "Quand?"),
        )
        assert call.options == Options(
            effort="high", temperature=0.1, max_tokens=9, schema=schema, schema_name="when"
        )


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_that_was_cut_is_incomplete(tmp_path: Path, stream: bool) -> None:
    home = Scripted([Reply("So far", "m", Usage(1, 2), finish="length")])
    async with served(tmp_path, home) as (_, _client, url):
        said = await post(url, model="home", input="Hi", stream=stream)
        if stream:
            last = events_of(said.text)[-1]
            assert last["type"] == "response.incomplete"
            body = last["response"]
        else:
            body = said.json()
        assert body["status"] == "incomplete"
        assert body["incomplete_details"] == {"reason": "max_output_tokens"}


async def test_an_error_in_the_middle_is_an_event(tmp_path: Path) -> None:
    async with served(tmp_path, Slow(0.01, fails=True, first="So ")) as (_, _client, url):
        said = await post(url, model="home", input="Hi", stream=True)
        last = events_of(said.text)[-1]
        assert last["type"] == "response.failed" and last["response"]["status"] == "failed"
        assert last["response"]["error"]["code"] == "server_error"


@pytest.mark.parametrize("stream", [False, True])
async def test_the_account_where_it_is_asked_for(tmp_path: Path, stream: bool) -> None:
    async with served(tmp_path) as (h, _, url):
        h.cloud.says("Hello.")
        said = await post(url, model=SOLVE, input=ASK, stream=stream, doorstep=True)
        body = events_of(said.text)[-1]["response"] if stream else said.json()
        [entry] = h.ledger.list()
        assert body["doorstep"]["crossings"][0]["sha256"] == entry.sha256
        assert MAYA not in json.dumps(body["doorstep"]) and "doorstep" not in h.cloud.sent[0]


# --- masks -------------------------------------------------------------------------------------


def masked(body: dict[str, Any]) -> str:
    """What stands in the place of the name."""
    return str(body["input"]).removeprefix("When does ").removesuffix(" fly?")


async def test_a_mask_streams_events_and_stores_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as (h, client, _):
        h.cloud.server.answer_with(
            lambda r: Answer.sse(responses_events(f"{masked(r.json)} at 7."))
        )
        deltas = []
        async for event in await client.responses.create(
            model="mask/gpt-5.4", input=ASK, stream=True, store=True
        ):
            if event.type == "response.output_text.delta":
                deltas.append(event.delta)
        assert "".join(deltas) == f"{MAYA} at 7."
        [request] = h.cloud.server.requests
        assert request.json["store"] is False and request.path == "/v1/responses"
        assert MAYA not in h.cloud.sent[0]


@pytest.mark.parametrize("stream", [False, True])
async def test_the_account_of_a_mask(tmp_path: Path, stream: bool) -> None:
    async with served(tmp_path) as (h, _, url):
        whole = json.dumps(response_object()).encode()
        h.cloud.server.script(
            Answer.sse(responses_events("Hi")) if stream else Answer(pieces=[whole])
        )
        said = await post(url, model="mask/gpt-5.4", input=ASK, stream=stream, doorstep=True)
        last = said.text.strip().split("\n\n")[-1].split("data: ")[-1]
        body = json.loads(last)["response"] if stream else said.json()
        [entry] = h.ledger.list()
        assert body["doorstep"]["crossings"] == [{"id": entry.id}]


async def test_reasoning_and_calls_pass_a_mask(tmp_path: Path) -> None:
    items = [
        {"role": "user", "content": [{"type": "input_text", "text": ASK}]},
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"},
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": '{"who": "x"}'},
        {"type": "function_call_output", "call_id": "c1", "output": f"{MAYA}: seven"},
    ]
    async with served(tmp_path) as (h, _, url):
        h.cloud.server.script(Answer(pieces=[json.dumps(response_object()).encode()]))
        said = await post(url, model="mask/gpt-5.4", input=items, tools=[TOOL])
        assert said.status_code == 200
        sent = h.cloud.server.requests[0].json
        assert [item.get("type") for item in sent["input"]] == [i.get("type") for i in items]
        assert sent["input"][1] == items[1] and sent["tools"] == [TOOL]
        assert MAYA not in h.cloud.sent[0]


@pytest.mark.parametrize("relay", [KeepsHome(), Down()], ids=["kept-home", "cloud-down"])
@pytest.mark.parametrize("stream", [False, True])
async def test_home_answers_for_the_cloud(tmp_path: Path, relay: Any, stream: bool) -> None:
    home = Scripted(["From home."])
    home.stand_in = ""
    async with house(tmp_path, home) as h:
        core = Core(h.core.names, relay, None, h.core.rules)
        async with running(responses.routes(core)) as url:
            said = await post(url, model="mask/gpt-5.4", input=ASK, stream=stream)
            assert said.status_code == 200 and "home" in said.text
            verdict = "kept-home" if isinstance(relay, KeepsHome) else "cloud-down"
            assert said.headers["x-doorstep-verdict"] == verdict


# --- refusals ----------------------------------------------------------------------------------

STATE: list[tuple[dict[str, Any], str]] = [
    ({"previous_response_id": "resp_1"}, "previous_response_id"),
    ({"conversation": "conv_1"}, "conversation"),
    ({"conversation": {"id": "conv_1"}}, "conversation"),
    ({"background": True}, "background"),
    ({"input": [{"type": "item_reference", "id": "rs_1"}]}, "input[0]"),
]


@pytest.mark.parametrize("model", ["home", SOLVE, "mask/gpt-5.4"])
@pytest.mark.parametrize(("more", "param"), STATE)
async def test_state_at_a_vendor_is_refused(
    tmp_path: Path, model: str, more: dict[str, Any], param: str
) -> None:
    async with served(tmp_path) as (h, _, url):
        said = await post(url, **{"model": model, "input": ASK} | more)
        assert said.status_code == 400
        error = said.json()["error"]
        assert error["param"] == param and error["code"] == "stateless"
        assert MAYA not in said.text and h.cloud.sent == []


IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"tools": [TOOL]}, "tools"),
    ({"input": [{"role": "user", "content": [IMAGE]}]}, "input[0].content"),
    ({"input": [{"type": "function_call", "call_id": "1", "name": "x"}]}, "input"),
    ({"input": [{"type": "web_search_call", "id": "1"}]}, "input"),
    ({"top_p": 0.5}, "top_p"),
    ({"truncation": "auto"}, "truncation"),
    ({"some_new_thing": 1}, "some_new_thing"),
    ({"text": {"verbosity": "low"}}, "text.verbosity"),
    ({"text": {"format": {"type": "json_object"}}}, "response_format"),
    ({"text": {"format": {"type": "poem"}}}, "text.format.type"),
    ({"input": []}, "input"),
    ({"input": 3}, "input"),
    ({"input": ["x"]}, "input[0]"),
    ({"instructions": ["x"]}, "instructions"),
    ({"max_output_tokens": 0}, "max_output_tokens"),
    ({"reasoning": {"effort": "wild"}}, "reasoning.effort"),
]


@pytest.mark.parametrize(("more", "param"), REFUSED)
async def test_what_a_pattern_cannot_carry_is_refused_by_name(
    tmp_path: Path, more: dict[str, Any], param: str
) -> None:
    async with served(tmp_path) as (h, client, _):
        with pytest.raises(openai.BadRequestError) as refused:
            await client.responses.create(model=SOLVE, input=ASK, extra_body=more)
        assert refused.value.param == param
        assert MAYA not in str(refused.value) and h.cloud.sent == []


VALUES: dict[str, Any] = {
    "background": False,
    "top_p": 1,
    "top_logprobs": 0,
    "truncation": "disabled",
}


@pytest.mark.parametrize("name", sorted(HARMLESS))
async def test_what_changes_nothing_is_tolerated(tmp_path: Path, name: str) -> None:
    async with served(tmp_path, Scripted(["Hi"])) as (_, _client, url):
        said = await post(url, **{"model": "home", "input": "Hi", name: VALUES.get(name, {})})
        assert said.status_code == 200, said.text
        Response.model_validate_json(said.text)


def test_no_field_is_both_carried_and_harmless() -> None:
    assert not CARRIED & set(HARMLESS)


# --- home's own server -------------------------------------------------------------------------


class HomeSays:
    """Home's own server: plays chat answers, keeps what it was sent."""

    name = "gemma4:e4b"
    speaks_ollama = True

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.seen: list[tuple[str, dict[str, Any]]] = []
        self._messages = list(messages)

    async def send(self, path: str, body: dict[str, Any]) -> Any:
        self.seen.append((path, body))
        choice = {"index": 0, "message": self._messages.pop(0), "finish_reason": "stop"}
        usage = {"prompt_tokens": 3, "completion_tokens": 4}
        return Said({"choices": [choice], "usage": usage})


CALL = {
    "role": "assistant",
    "content": "",
    "tool_calls": [
        {
            "id": "call_1",
            "type": "function",
            "function": {"name": "look", "arguments": '{"at": "calendar"}'},
        }
    ],
}


async def test_a_turn_with_a_tool_at_home(tmp_path: Path) -> None:
    server = HomeSays(CALL, {"role": "assistant", "content": f"{MAYA} at seven."})
    async with served(tmp_path, server=server) as (h, client, _):
        first = await client.responses.create(model="home", input=ASK, tools=[TOOL])
        [call] = first.output
        assert (call.type, call.name, call.call_id) == ("function_call", "look", "call_1")
        assert first.usage is not None and first.usage.total_tokens == 7
        result = {"type": "function_call_output", "call_id": "call_1", "output": "seven"}
        turn = [{"role": "user", "content": ASK}, call.model_dump(), result]
        second = await client.responses.create(
            model="home", input=turn, tools=[TOOL], instructions="Be brief.", top_p=0.9
        )
        assert second.output_text == f"{MAYA} at seven."
        (path, asked), (_, again) = server.seen
        assert path == "/v1/chat/completions" and asked["model"] == "gemma4:e4b"
        assert asked["tools"][0]["function"]["name"] == "look"
        assert [m["role"] for m in again["messages"]] == ["system", "user", "assistant", "tool"]
        assert again["messages"][2]["tool_calls"][0]["id"] == "call_1" and again["top_p"] == 0.9
        assert again["messages"][3] == {
            "role": "tool",
            "tool_call_id": "call_1",
            "content": "seven",
        }
        assert h.cloud.sent == []


async def test_a_tool_call_at_home_as_events(tmp_path: Path) -> None:
    message = {"role": "assistant", "content": "Let me look."} | {"tool_calls": CALL["tool_calls"]}
    async with served(tmp_path, server=HomeSays(message, message)) as (_, client, url):
        raw = await post(url, model="home", input=ASK, tools=[TOOL], stream=True, doorstep=True)
        events = events_of(raw.text)
        kinds = [event["type"].removeprefix("response.") for event in events]
        assert kinds == [
            "created",
            "in_progress",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "output_item.added",
            "function_call_arguments.delta",
            "function_call_arguments.done",
            "output_item.done",
            "completed",
        ]
        assert events[-1]["response"]["doorstep"]["verdict"] == "home"
        async with client.responses.stream(model="home", input=ASK, tools=[TOOL]) as stream:
            final = await stream.get_final_response()
        assert [item.type for item in final.output] == ["message", "function_call"]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tools": [{"type": "web_search"}]}, "tools[0]"),
        ({"input": [{"type": "web_search_call", "id": "1"}]}, "input[0]"),
        ({"input": [{"role": "user", "content": [{"type": "input_file"}]}]}, "input[0].content"),
        ({"tools": [TOOL], "tool_choice": "maybe"}, "tool_choice"),
    ],
)
async def test_what_home_cannot_do_is_refused(
    tmp_path: Path, more: dict[str, Any], param: str
) -> None:
    server = HomeSays()
    async with served(tmp_path, server=server) as (_, _client, url):
        said = await post(url, **{"model": "home", "input": ASK} | more)
        assert said.status_code == 400 and said.json()["error"]["param"] == param
        assert server.seen == []


async def test_an_image_goes_to_home_as_it_is(tmp_path: Path) -> None:
    server = HomeSays({"role": "assistant", "content": "A cat."})
    rules = Rules(images="home")
    async with served(tmp_path, server=server, rules=rules) as (h, _, url):
        text = {"type": "input_text", "text": "What is it?"}
        items = [{"role": "user", "content": [text, IMAGE]}]
        said = await post(url, model=SOLVE, input=items)
        assert said.status_code == 200 and said.headers["x-doorstep-verdict"] == "tools"
        [(_, sent)] = server.seen
        assert sent["messages"][0]["content"] == [
            {"type": "text", "text": "What is it?"},
            {"type": "image_url", "image_url": {"url": IMAGE["image_url"]}},
        ]
        assert h.cloud.sent == []


async def test_a_client_that_leaves_cancels_the_far_end(tmp_path: Path) -> None:
    async with served(tmp_path) as (h, client, _):
        events = chat_events("Hello and more")
        cut = events.index(b"\n\n", 200) + 2
        h.cloud.server.script(
            Answer(pieces=[events[:cut], 20.0, events[cut:]], content_type="text/event-stream")
        )
        stream = await client.responses.create(model=SOLVE, input=ASK, stream=True)
        async for event in stream:
            if event.type == "response.output_text.delta":
                break
        await stream.close()
        assert await asyncio.to_thread(h.cloud.server.gone.wait, 5)
