"""A cloud model behind a mask, asked by Ollama's interface: its own client, and byte for byte."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import httpx2
import ollama as client
import pytest

from doorstep.models.scripted import Scripted
from tests.boundary.cloud import PLACEHOLDER
from tests.gateway.ollama_kit import ASK, MODEL, PNG, TOOL, completion, echo, served, unseen
from tests.models.openai_server import Answer, Request, chat_chunk, chat_events, event

# --- Ollama's own client --------------------------------------------------------


async def test_a_stream_is_restored_as_it_comes(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(echo)
        parts = [part async for part in await client.AsyncClient(url).chat(MODEL, ASK, stream=True)]
        text = "".join(part.message.content or "" for part in parts)
        assert text == "Yes, Maya Okafor and Zanzibar Lane 12."
        assert len(parts) > 3 and [part.done for part in parts].count(True) == 1
        last = parts[-1]
        assert (last.done_reason, last.prompt_eval_count, last.eval_count) == ("stop", 11, 7)
        assert last.total_duration and last.eval_duration
        assert last.total_duration >= last.eval_duration > 1000  # nanoseconds
        unseen(h)


async def test_the_sync_client_gets_a_whole_answer(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):

        def whole(request: Request) -> Answer:
            assert request.json["stream"] is False and "stream_options" not in request.json
            names = list(dict.fromkeys(PLACEHOLDER.findall(request.body.decode())))
            return completion({"role": "assistant", "content": f"It is {names[0]}."})

        h.cloud.server.answer_with(whole)
        said = await asyncio.to_thread(client.Client(url).chat, MODEL, ASK)
        assert said.message.content == "It is Maya Okafor." and said.done
        assert said.model == MODEL and said.eval_count == 7
        unseen(h)


async def test_the_duration_holds_the_time_that_the_cloud_took(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):

        def slowly(request: Request) -> Answer:
            time.sleep(0.3)
            return completion({"role": "assistant", "content": "Yes."})

        h.cloud.server.answer_with(slowly)
        said = await client.AsyncClient(url).chat(MODEL, ASK)
    assert said.total_duration and said.total_duration > 300_000_000


async def test_tools_go_out_as_texts_and_come_back_as_objects(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(calls_the_first)
        parts = [
            part
            async for part in await client.AsyncClient(url).chat(
                MODEL, ASK, tools=[TOOL], stream=True
            )
        ]
        calls = [call for part in parts for call in part.message.tool_calls or ()]
        assert len(calls) == 1 and parts[-1].done_reason == "stop"
        assert calls[0].function.name == "phone_of"
        assert calls[0].function.arguments == {"who": "Maya Okafor", "n": 2}
        assert h.cloud.server.requests[0].json["tools"][0]["function"]["name"] == "phone_of"
        unseen(h)


async def test_a_tools_result_finds_its_call(tmp_path: Path) -> None:
    """Home Assistant sends neither the call's id nor the tool's name with a result."""
    called = {"function": {"name": "phone_of", "arguments": {"who": "Maya Okafor"}}}
    other = {"function": {"name": "room_of", "arguments": {"who": "Tobias Lindqvist"}}}
    messages = [
        *ASK,
        {"role": "assistant", "content": "", "tool_calls": [called, other]},
        {"role": "tool", "tool_name": "room_of", "content": "Zanzibar Lane 12"},
        {"role": "tool", "content": "0171 Maya Okafor"},
    ]
    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(echo)
        await client.AsyncClient(url).chat(MODEL, messages, stream=False)
        sent = h.cloud.server.requests[0].json["messages"]
        first, second = sent[1]["tool_calls"]
        assert [sent[2]["tool_call_id"], sent[3]["tool_call_id"]] == [second["id"], first["id"]]
        assert first["id"] != second["id"] and first["type"] == "function"
        who = json.loads(first["function"]["arguments"])["who"]
        assert PLACEHOLDER.fullmatch(who) and who in sent[3]["content"]
        unseen(h)


async def test_generate_is_a_chat_of_one_prompt(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(echo)
        parts = [
            part
            async for part in await client.AsyncClient(url).generate(
                MODEL, "Where is Tobias Lindqvist?", system="Be brief, Maya Okafor.", stream=True
            )
        ]
        text = "".join(part.response or "" for part in parts)
        assert "Tobias Lindqvist" in text and "Maya Okafor" in text
        roles = [m["role"] for m in h.cloud.server.requests[0].json["messages"]]
        assert roles == ["system", "user"]
        unseen(h)


async def test_options_have_their_counterparts(tmp_path: Path) -> None:
    options = {"temperature": 0.2, "num_predict": 5, "num_ctx": 8192, "seed": 3, "top_k": 40}
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(echo)
        asker = client.AsyncClient(url)
        await asker.chat(MODEL, ASK, options=options, format=schema, think="low", keep_alive="5m")
        await asker.chat(MODEL, ASK, options={"num_predict": -1}, format="json", think=False)
        first, second = (request.json for request in h.cloud.server.requests)
        wanted = {"temperature": 0.2, "max_completion_tokens": 5, "seed": 3, "top_k": 40}
        assert first.items() >= (wanted | {"reasoning_effort": "low", "model": "gpt-5.4"}).items()
        assert first["response_format"]["json_schema"]["schema"] == schema
        assert second["response_format"] == {"type": "json_object"}
        left = {"num_ctx", "num_predict", "keep_alive", "think", "format", "options"}
        assert not left & (first.keys() | second.keys())
        assert "max_completion_tokens" not in second and "reasoning_effort" not in second


async def test_fields_that_ollama_does_not_have_go_on(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        h.cloud.server.answer_with(echo)
        body = {"model": MODEL, "messages": ASK, "user": "Maya Okafor", "doorstep": True}
        await http.post(url + "/api/chat", json=body)
        sent = h.cloud.server.requests[0].json
        assert PLACEHOLDER.fullmatch(sent["user"]) and "doorstep" not in sent
        unseen(h)


# --- byte for byte --------------------------------------------------------


async def test_the_lines_are_ollamas(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        h.cloud.says("Hello there")
        got = await http.post(url + "/api/chat", json={"model": MODEL, "messages": ASK})
        assert got.status_code == 200
        assert got.headers["content-type"] == "application/x-ndjson"
        assert got.headers["x-doorstep-crossings"] == str(h.ledger.list()[0].id)
        assert got.content.endswith(b"}\n")
        lines = [json.loads(line) for line in got.content.splitlines()]
        for line in lines:
            assert line["model"] == MODEL and line["message"]["role"] == "assistant"
            assert line["created_at"].endswith("Z") and "T" in line["created_at"]
            assert "tool_calls" not in line["message"] and "thinking" not in line["message"]
        assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
        assert all(isinstance(lines[-1][f"{what}_duration"], int) for what in DURATIONS)


DURATIONS = ("total", "load", "prompt_eval", "eval")


@pytest.mark.parametrize("name", [MODEL, MODEL + ":latest"])
async def test_the_tag_that_clients_add_is_none(tmp_path: Path, name: str) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        h.cloud.says("Hello")
        got = await http.post(url + "/api/chat", json={"model": name, "messages": ASK})
        assert json.loads(got.content.splitlines()[0])["model"] == name
        assert h.cloud.server.requests[0].json["model"] == "gpt-5.4"


async def test_thinking_is_shown_unless_it_is_not_wanted(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        for think, shown in ((None, "Hmm, Maya"), (True, "Hmm, Maya"), (False, "")):
            h.cloud.server.script(Answer.sse(chat_events("Yes.", thinking="Hmm, Maya")))
            body = {"model": MODEL, "messages": ASK, "think": think}
            got = await http.post(url + "/api/chat", json=body)
            lines = [json.loads(line)["message"] for line in got.content.splitlines()]
            assert "".join(line.get("thinking", "") for line in lines) == shown
            assert "".join(line["content"] for line in lines) == "Yes."


async def test_an_answer_cut_off_by_its_length_says_so(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        h.cloud.server.script(Answer.sse(chat_events("Ye", finish="length", usage=False)))
        got = await http.post(url + "/api/chat", json={"model": MODEL, "messages": ASK})
        last = json.loads(got.content.splitlines()[-1])
        assert last["done_reason"] == "length" and "eval_count" not in last


@pytest.mark.parametrize("kind", ["chat", "generate"])
async def test_what_breaks_off_is_said_in_a_line(tmp_path: Path, kind: str) -> None:
    words = {"messages": ASK} if kind == "chat" else {"prompt": "Hello"}
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        h.cloud.server.script(
            Answer.sse(chat_events("Hello there", finish=None, done=False), breaks=True)
        )
        got = await http.post(f"{url}/api/{kind}", json={"model": MODEL} | words)
        assert got.status_code == 200
        lines = [json.loads(line) for line in got.content.splitlines()]
        assert set(lines[-1]) == {"error"} and lines[0]["done"] is False
        assert not any(line.get("done") for line in lines)


async def test_an_error_in_the_middle_is_a_line_with_the_upstreams_words(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        broken = chat_chunk({"content": "Hel"}) + event({"error": {"message": "overloaded"}})
        h.cloud.server.script(Answer.sse(broken), Answer.sse(event({"error": {"message": "no"}})))
        got = await http.post(url + "/api/chat", json={"model": MODEL, "messages": ASK})
        assert got.status_code == 200
        assert json.loads(got.content.splitlines()[-1]) == {"error": "overloaded"}
        got = await http.post(url + "/api/chat", json={"model": MODEL, "messages": ASK})
        assert (got.status_code, got.json()) == (502, {"error": "no"})


async def test_an_upstreams_refusal_keeps_its_status(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):
        h.cloud.server.script(Answer.error(400, "bad"), Answer.error(404, "none"))
        for status in (400, 404):
            with pytest.raises(client.ResponseError) as caught:
                await client.AsyncClient(url).chat(MODEL, ASK)
            assert caught.value.status_code == status
            assert caught.value.error.startswith("bad request")


async def test_a_client_that_goes_away_ends_the_upstreams_work(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        slow = [chat_chunk({"content": "Hel"}), 20.0]
        h.cloud.server.script(Answer(pieces=slow, content_type="text/event-stream"))
        body = {"model": MODEL, "messages": ASK}
        async with http.stream("POST", url + "/api/chat", json=body) as got:
            await anext(got.aiter_bytes())
        assert await asyncio.to_thread(h.cloud.server.gone.wait, 5)


# --- what a mask cannot do --------------------------------------------------------

REFUSED = [
    ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0]"),
    ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
    ({"messages": [{"role": "user", "content": ["x"]}]}, "messages[0].content"),
    ({"messages": [{"role": "user", "images": "x"}]}, "messages[0].images"),
    ({"messages": [{"role": "assistant", "tool_calls": [{}]}]}, "messages[0].tool_calls"),
    ({"messages": ASK, "options": []}, "options"),
    ({"messages": ASK, "options": {"num_predict": "5"}}, "num_predict"),
    ({"messages": ASK, "stream": "yes"}, "stream"),
    ({"messages": ASK, "format": "xml"}, "format"),
    ({"messages": ASK, "think": "a lot"}, "think"),
    ({"messages": ASK, "logprobs": True}, "logprobs"),
]


@pytest.mark.parametrize(("body", "param"), REFUSED)
async def test_what_is_wrong_is_named_and_nothing_leaves(
    tmp_path: Path, body: dict[str, Any], param: str
) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        got = await http.post(url + "/api/chat", json={"model": MODEL} | body)
        assert got.status_code == 400
        assert got.json()["error"].startswith(f"`{param}` ")
        assert not h.cloud.sent


@pytest.mark.parametrize("field", ["suffix", "template", "raw", "context"])
async def test_generates_own_fields_have_no_counterpart(tmp_path: Path, field: str) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        body = {"model": MODEL, "prompt": "x", field: [1] if field == "context" else "x"}
        got = await http.post(url + "/api/generate", json=body)
        assert got.status_code == 400 and f"`{field}`" in got.json()["error"]
        assert not h.cloud.sent


async def test_an_image_never_goes_through_a_mask(tmp_path: Path) -> None:
    """Nobody can look at what it shows: the boundary says so, and zero bytes leave."""
    message = {"role": "user", "content": "What is this?", "images": [PNG]}
    async with served(tmp_path, home=Scripted([])) as (url, h):
        with pytest.raises(client.ResponseError) as caught:
            await client.AsyncClient(url).chat(MODEL, [message])
        assert caught.value.status_code == 403 and "image" in caught.value.error
        assert not h.cloud.sent and not h.ledger.list()


# --- loading --------------------------------------------------------


async def test_loading_and_unloading_need_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):
        asker = client.AsyncClient(url)
        assert (await asker.generate(MODEL, "")).done_reason == "load"
        assert (await asker.generate(MODEL, keep_alive=0)).done_reason == "unload"
        assert (await asker.chat(MODEL, [], keep_alive=-1)).done_reason == "load"
        assert not h.cloud.sent


def calls_the_first(request: Request) -> Answer:
    """A call with the first placeholder, its arguments in pieces of three characters."""
    who = PLACEHOLDER.findall(request.body.decode())[0]
    text = json.dumps({"who": who, "n": 2})
    head = {"index": 0, "id": "call_9", "type": "function"}
    chunks = [{**head, "function": {"name": "phone_of", "arguments": ""}}]
    chunks += [
        {"index": 0, "function": {"arguments": text[i : i + 3]}} for i in range(0, len(text), 3)
    ]
    sent = b"".join(chat_chunk({"tool_calls": [chunk]}) for chunk in chunks)
    return Answer.sse(sent + chat_chunk({}, "tool_calls") + event("[DONE]"))
