"""Who answers `/api/chat`: the patterns and home's own Ollama; and what is said of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import ollama as client
import pytest

from doorstep._errors import ModelUnavailable
from doorstep._values import Piece, Reply
from doorstep.gateway.core import Rules
from tests.gateway.at_home import NAME, SERVED, at_home
from tests.gateway.ollama_kit import (
    ASK,
    MODEL,
    PATTERN,
    PNG,
    TOOL,
    AtHome,
    completion,
    echo,
    said,
    served,
    unseen,
)
from tests.models.ollama_server import Chat, answer, event
from tests.models.openai_server import Answer, Request, chat_chunk, chat_events

# --- patterns --------------------------------------------------------


async def test_a_pattern_is_a_model(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(echo)
        parts = [p async for p in await client.AsyncClient(url).chat(PATTERN, ASK, stream=True)]
        text = "".join(part.message.content or "" for part in parts)
        assert text == "Yes, Maya Okafor and Zanzibar Lane 12."
        assert len(parts) > 3 and (parts[-1].done_reason, parts[-1].eval_count) == ("stop", 7)
        unseen(h)


async def test_a_patterns_whole_answer(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):
        h.cloud.server.answer_with(echo)
        options = {"temperature": 0.5, "num_predict": 9, "num_ctx": 8192, "seed": 4}
        said = await asyncio.to_thread(
            client.Client(url).generate,
            PATTERN,
            "Is Maya Okafor in?",
            system="Brief.",
            options=options,
        )
        assert said.response == "Yes, Maya Okafor." and said.done_reason == "stop"
        sent = h.cloud.server.requests[0].json
        assert (sent["temperature"], sent["max_tokens"], sent["seed"]) == (0.5, 9, 4)
        unseen(h)


async def test_a_schema_reaches_the_model_that_can_hold_it(tmp_path: Path) -> None:
    home = AtHome(['{"a": 1}'], name="h", can_schema=True)
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    async with served(tmp_path, home=home) as (url, _):
        await client.AsyncClient(url).chat("home", ASK, format=schema, think="high")
        assert home.calls[0].options.schema == schema
        assert home.calls[0].options.effort == "high"


@pytest.mark.parametrize(("think", "shown"), [(True, "Hm."), ("low", "Hm."), (None, None)])
async def test_what_a_model_reasoned_is_shown_where_it_is_wanted(
    tmp_path: Path, think: Any, shown: str | None
) -> None:
    home = AtHome([Reply("Yes.", "h", thinking="Hm.")])
    async with served(tmp_path, home=home) as (url, _):
        got = await client.AsyncClient(url).chat("home", ASK, think=think)
        assert (got.message.content, got.message.thinking) == ("Yes.", shown)


LEFT = [
    ({"tools": [TOOL]}, "tools"),
    ({"messages": [*ASK, {"role": "tool", "content": "x"}]}, "tools"),
    ({"messages": [{"role": "user", "content": "x", "images": [PNG]}]}, "images"),
    ({"options": {"top_k": 3}}, "options.top_k"),
    ({"format": "json"}, "format"),
    ({"logprobs": True}, "logprobs"),
]


@pytest.mark.parametrize(("more", "field"), LEFT)
@pytest.mark.parametrize("name", [PATTERN, "home"])
async def test_what_cannot_be_carried_is_refused_by_name(
    tmp_path: Path, name: str, more: dict[str, Any], field: str
) -> None:
    home = AtHome(["x"])
    async with served(tmp_path, home=home) as (url, h), httpx2.AsyncClient() as http:
        got = await http.post(url + "/api/chat", json={"model": name, "messages": ASK} | more)
        assert got.status_code == 400 and f"`{field}`" in got.json()["error"]
        assert not h.cloud.sent and not home.calls


@pytest.mark.parametrize(("more", "_"), LEFT)
@pytest.mark.parametrize("name", ["home", "home:latest"])
async def test_home_takes_it_where_it_has_a_server(
    tmp_path: Path, name: str, more: dict[str, Any], _: str
) -> None:
    with at_home() as (daemon, server):
        daemon.says(answer("From home."))
        async with served(tmp_path, server=server) as (url, h), httpx2.AsyncClient() as http:
            body = {"model": name, "messages": ASK, "stream": True} | more
            got = await http.post(url + "/api/chat", json=body)
            assert said(got) == "From home."
            assert got.headers["x-doorstep-verdict"] == "home"
            assert daemon.chats() == [body | {"model": SERVED}]
            assert not h.cloud.sent


@pytest.mark.parametrize(("more", "field"), LEFT)
async def test_a_pattern_leaves_tools_and_images_to_home(
    tmp_path: Path, more: dict[str, Any], field: str
) -> None:
    """Where the rules say so; what else it does not carry is refused all the same."""
    rules = Rules(tools="home", images="home")
    with at_home() as (daemon, server):
        daemon.says(answer("From home."))
        async with (
            served(tmp_path, server=server, rules=rules) as (url, h),
            httpx2.AsyncClient() as http,
        ):
            body = {"model": PATTERN, "messages": ASK, "stream": True} | more
            got = await http.post(url + "/api/chat", json=body)
            if field in ("tools", "images"):
                assert said(got) == "From home." and daemon.chats()
                assert got.headers["x-doorstep-verdict"] == "tools"
            else:
                assert got.status_code == 400 and f"`{field}`" in got.json()["error"]
                assert not daemon.chats()
            assert not h.cloud.sent


async def test_unless_a_pattern_shall_refuse_it(tmp_path: Path) -> None:
    with at_home() as (daemon, server):
        rules = Rules(tools="refuse", images="refuse")
        async with served(tmp_path, server=server, rules=rules) as (url, _):
            for more in ({"tools": [TOOL]}, {"messages": [{**ASK[0], "images": [PNG]}]}):
                with pytest.raises(client.ResponseError, match=r"The pattern .* takes no"):
                    await client.AsyncClient(url).chat(PATTERN, **{"messages": ASK, **more})
            assert not daemon.chats()


async def test_a_pattern_that_fails_before_it_speaks_has_a_status(tmp_path: Path) -> None:
    async with served(tmp_path, home=AtHome([ModelUnavailable("Nobody is in.")])) as (url, _):
        with pytest.raises(client.ResponseError, match="Nobody is in") as caught:
            await client.AsyncClient(url).chat("home", ASK)
        assert caught.value.status_code == 503


async def test_a_client_that_goes_away_ends_the_patterns_work(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        pieces = [chat_chunk({"content": "Hel"}), 20.0]
        h.cloud.server.script(Answer(pieces=pieces, content_type="text/event-stream"))
        body = {"model": PATTERN, "messages": ASK}
        async with http.stream("POST", url + "/api/chat", json=body) as got:
            await anext(got.aiter_bytes())
        assert await asyncio.to_thread(h.cloud.server.gone.wait, 5)


class Endless(AtHome):
    """Never says that its answer is whole."""

    async def stream(self, messages: Any, options: Any = None) -> AsyncIterator[Piece]:
        yield Piece("Hi")


async def test_an_answer_without_an_end_is_no_answer(tmp_path: Path) -> None:
    async with served(tmp_path, home=Endless([])) as (url, _), httpx2.AsyncClient() as http:
        body = {"model": "home", "messages": ASK}
        streamed = await http.post(url + "/api/chat", json=body)
        assert "error" in json.loads(streamed.content.splitlines()[-1])
        got = await http.post(url + "/api/chat", json=body | {"stream": False})
        assert got.status_code == 502 and "error" in got.json()


# --- what happened -------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["field", "header"])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", [MODEL, PATTERN, "home"])
async def test_the_last_line_says_what_happened_where_that_is_asked_for(
    tmp_path: Path, name: str, stream: bool, ask: str
) -> None:
    with at_home() as (daemon, server):
        daemon.says(Chat([event(model=NAME, message={"content": "Hi"}, done=True)]))
        async with served(tmp_path, server=server) as (url, h), httpx2.AsyncClient() as http:
            h.cloud.server.answer_with(echo if stream or name == PATTERN else whole)
            body = {"model": name, "messages": ASK, "stream": stream}
            body |= {"doorstep": True} if ask == "field" else {}
            head = {"x-doorstep": "details"} if ask == "header" else {}
            got = await http.post(url + "/api/chat", json=body, headers=head)
            *rest, last = [json.loads(line) for line in got.content.splitlines()]
            assert not any("doorstep" in line for line in rest)
            account, ids = last["doorstep"], [entry.id for entry in h.ledger.list()]
            assert [one["id"] for one in account["crossings"]] == ids
            assert bool(ids) is (name != "home")
            assert account["pattern"] == (PATTERN if name == PATTERN else None)
            assert "Maya" not in json.dumps(account) and "doorstep" not in str(h.cloud.sent)


async def test_a_whole_answer_of_a_pattern_says_it_in_its_head(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        h.cloud.server.answer_with(echo)
        body = {"model": PATTERN, "messages": ASK, "stream": False}
        got = await http.post(url + "/api/chat", json=body)
        assert got.headers["x-doorstep-pattern"] == PATTERN
        assert got.headers["x-doorstep-crossings"] == str(h.ledger.list()[0].id)
        assert "doorstep" not in got.json()


async def test_a_pattern_that_thinks_long_says_that_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty line now and then, so that nobody in between gives up."""
    monkeypatch.setattr("doorstep.gateway.sse.with_pauses.__defaults__", (0.05,))
    async with served(tmp_path) as (url, h), httpx2.AsyncClient() as http:
        late = Answer(pieces=[0.4, chat_events("Late.")], content_type="text/event-stream")
        h.cloud.server.script(late)
        got = await http.post(url + "/api/chat", json={"model": PATTERN, "messages": ASK})
        contents = [json.loads(line)["message"]["content"] for line in got.content.splitlines()]
        assert contents[:3] == ["", "", ""] and "".join(contents) == "Late."


def whole(request: Request) -> Answer:
    return completion({"role": "assistant", "content": "Yes."})
