"""Home's own Ollama behind `/api/chat`: as it was asked, and in the place of the cloud."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import ollama as client
import pytest

from doorstep._errors import ModelUnavailable
from doorstep._values import Reply, Usage
from doorstep.gateway import ollama
from doorstep.gateway.core import Core, Rules
from doorstep.models.scripted import Scripted
from tests.gateway.at_home import NAME, SERVED, ChatHome, at_home
from tests.gateway.ollama_kit import (
    ASK,
    MODEL,
    PATTERN,
    PNG,
    TOOL,
    AtHome,
    echo,
    said,
    served,
)
from tests.gateway.running import KeepsHome, house, running
from tests.models.ollama_server import BREAK, Chat, answer, event, refusal
from tests.models.openai_server import Answer, OpenAIServer, chat_events


class CloudDown:
    """A `Relay` that reaches nobody."""

    async def send(self, *_: object) -> Any:
        raise ModelUnavailable("No upstream answers.")


@asynccontextmanager
async def without_cloud(
    folder: Path, relay: Any, **settings: Any
) -> AsyncIterator[tuple[str, Core]]:
    async with house(folder, **settings) as h:
        core = replace(h.core, relay=relay)
        async with running(ollama.routes(core)) as url:
            yield url, core


# --- home's own Ollama --------------------------------------------------------


async def test_home_is_asked_as_it_was_asked(tmp_path: Path) -> None:
    with at_home() as (daemon, server):
        daemon.says(answer("Yes, Maya.", thinking="Hmm"))
        async with served(tmp_path, server=server) as (url, h):
            asked = {"keep_alive": "300s", "options": {"num_ctx": 8192, "top_k": 3}, "think": True}
            parts = [
                part
                async for part in await client.AsyncClient(url).chat(
                    "home:latest", ASK, stream=True, tools=[TOOL], **asked
                )
            ]
            assert "".join(part.message.content or "" for part in parts) == "Yes, Maya."
            assert parts[0].message.thinking == "Hmm" and parts[-1].prompt_eval_count == 11
            (body,) = daemon.chats()
            assert body.items() >= (asked | {"model": SERVED, "messages": ASK}).items()
            assert body["tools"][0]["function"]["name"] == "phone_of"
            assert not h.cloud.sent


async def test_homes_lines_bear_the_name_that_was_asked_for(tmp_path: Path) -> None:
    line = event(model=NAME, message={"role": "assistant", "content": "Hi"}, done=True)
    with at_home() as (daemon, server):
        daemon.says(Chat([line[:9], line[9:]]))
        async with served(tmp_path, server=server) as (url, _), httpx2.AsyncClient() as http:
            for stream, kind in ((True, "application/x-ndjson"), (False, "application/json")):
                body = {"model": "home", "messages": ASK, "stream": stream}
                got = await http.post(url + "/api/chat", json=body)
                assert got.headers["content-type"] == kind
                assert json.loads(got.content)["model"] == "home"


async def test_an_answer_from_a_remote_host_is_cut_off(tmp_path: Path) -> None:
    """A daemon at home may hand a request on to a cloud: then its words are not home's."""
    remote = event(model=NAME, remote_host="https://x.example", message={"content": "Hi"})
    with at_home() as (daemon, server):
        daemon.says(Chat([remote]))
        async with served(tmp_path, server=server) as (url, _):
            with pytest.raises(client.ResponseError, match="remote host") as caught:
                await client.AsyncClient(url).chat("home", ASK)
            assert caught.value.status_code == 503


async def test_homes_refusals_are_said_as_ollama_does(tmp_path: Path) -> None:
    with at_home() as (daemon, server):
        for given, status in ((refusal(400, "no tools"), 400), (refusal(503, "busy"), 503)):
            daemon.says(given, given)
            async with served(tmp_path, server=server) as (url, _):
                with pytest.raises(client.ResponseError) as caught:
                    await client.AsyncClient(url).chat("home", ASK, tools=[TOOL])
                assert caught.value.status_code == status
            daemon._chats.clear()


async def test_a_search_that_home_would_run_itself_is_refused(tmp_path: Path) -> None:
    """A daemon at home asks its vendor for a search on the web."""
    with at_home() as (daemon, server):
        async with served(tmp_path, server=server) as (url, _), httpx2.AsyncClient() as http:
            body = {"model": "home", "messages": ASK, "tools": [{"type": "web_search"}]}
            got = await http.post(url + "/api/chat", json=body)
            assert got.status_code == 400 and "web search" in got.json()["error"]
            assert not daemon.chats()


async def test_home_breaking_off_is_said_in_a_line(tmp_path: Path) -> None:
    first = event(model=NAME, message={"content": "Hi"}, done=False)
    with at_home() as (daemon, server):
        daemon.says(Chat([first, BREAK]))
        async with served(tmp_path, server=server) as (url, _), httpx2.AsyncClient() as http:
            got = await http.post(url + "/api/chat", json={"model": "home", "messages": ASK})
            assert got.status_code == 200
            assert "error" in json.loads(got.content.splitlines()[-1])


async def test_so_is_home_ending_too_early(tmp_path: Path) -> None:
    first = event(model=NAME, message={"content": "Hi"}, done=False)
    with at_home() as (daemon, server):
        daemon.says(Chat([first]))
        async with served(tmp_path, server=server) as (url, _), httpx2.AsyncClient() as http:
            got = await http.post(url + "/api/chat", json={"model": "home", "messages": ASK})
            assert "error" in json.loads(got.content.splitlines()[-1])


async def test_a_client_that_goes_away_ends_homes_work(tmp_path: Path) -> None:
    lines: list[object] = [event(message={"content": "Hi"}, done=False)]
    for _ in range(100):
        lines += [0.05, event(message={"content": "."}, done=False)]
    with at_home() as (daemon, server):
        daemon.says(Chat(lines))
        async with served(tmp_path, server=server) as (url, _), httpx2.AsyncClient() as http:
            body = {"model": "home", "messages": ASK}
            async with http.stream("POST", url + "/api/chat", json=body) as got:
                await anext(got.aiter_bytes())
            assert await asyncio.to_thread(daemon.disconnected.wait, 5)


async def test_a_home_that_speaks_chat_completions_takes_tools(tmp_path: Path) -> None:
    """The model in this process: what the library does not carry is put in its words."""
    with OpenAIServer() as server:
        server.script(Answer.sse(chat_events("From home.")))
        async with (
            served(tmp_path, server=ChatHome(server.url)) as (url, h),
            httpx2.AsyncClient() as http,
        ):
            body = {"model": "home", "messages": ASK, "tools": [TOOL], "keep_alive": "5m"}
            got = await http.post(url + "/api/chat", json=body)
            assert said(got) == "From home." and got.headers["x-doorstep-verdict"] == "home"
            (sent,) = server.requests
            assert sent.path == "/v1/chat/completions"
            assert sent.json.keys() == {"model", "messages", "tools", "stream", "stream_options"}
            assert (sent.json["model"], sent.json["messages"]) == ("a-model-at-home", ASK)
            assert not h.cloud.sent


async def test_loading_home_loads_it(tmp_path: Path) -> None:
    done = event(model=NAME, response="", done=True, done_reason="load")
    with at_home(overrides={"/api/generate": Chat([done])}) as (daemon, server):
        async with served(tmp_path, server=server) as (url, _):
            loaded = await client.AsyncClient(url).generate("home", "", keep_alive="10m")
            assert loaded.done_reason == "load"
            assert daemon.requests[-1].body["keep_alive"] == "10m"


async def test_embeddings_are_made_at_home_only(tmp_path: Path) -> None:
    vectors = json.dumps({"model": NAME, "embeddings": [[0.5, 1.0]], "total_duration": 5}).encode()
    one = json.dumps({"embedding": [0.25]}).encode()
    overrides = {"/api/embed": Chat([vectors]), "/api/embeddings": Chat([one])}
    with at_home(overrides=overrides) as (daemon, server):
        async with served(tmp_path, server=server) as (url, h):
            asker = client.AsyncClient(url)
            got = await asker.embed("home", ["Maya Okafor"])
            assert (got.model, got.embeddings) == ("home", [[0.5, 1.0]])
            assert daemon.requests[-1].body["model"] == SERVED
            assert (await asker.embeddings("home", "Maya")).embedding == [0.25]
            for name in (MODEL, PATTERN):
                with pytest.raises(client.ResponseError, match="at home only"):
                    await asker.embed(name, ["Maya Okafor"])
            assert not h.cloud.sent


async def test_without_a_server_at_home_there_are_no_embeddings(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, h):
        with pytest.raises(client.ResponseError, match="no server that makes") as caught:
            await client.AsyncClient(url).embed("home", "Maya Okafor")
        assert caught.value.status_code == 501 and not h.cloud.sent


# --- home instead of the cloud --------------------------------------------------------


@pytest.mark.parametrize(
    ("relay", "verdict"), [(KeepsHome(), "kept-home"), (CloudDown(), "cloud-down")]
)
async def test_home_answers_for_the_cloud_and_says_so(
    tmp_path: Path, relay: Any, verdict: str
) -> None:
    image = [{"role": "user", "content": "Who is this?", "images": [PNG]}]
    with at_home() as (daemon, server):
        daemon.says(answer("From home."))
        async with (
            without_cloud(tmp_path, relay, server=server) as (url, _),
            httpx2.AsyncClient() as http,
        ):
            body = {"model": MODEL, "messages": image}
            got = await http.post(url + "/api/chat", json=body)
            assert said(got) == "From home."
            assert got.headers["x-doorstep-verdict"] == verdict
            assert daemon.chats()[0]["messages"] == image


@pytest.mark.parametrize(("prompt", "verdict"), [("title", "auxiliary"), ("chat", "masked")])
async def test_prompts_of_a_front_end_go_home_by_the_rule(
    tmp_path: Path, prompt: str, verdict: str
) -> None:
    task = "### Task:\nGenerate a concise title\n### Output:\nJSON\n### Chat History:\n"
    task += "<chat_history>\nUSER: Maya Okafor\n</chat_history>"
    text = task if prompt == "title" else "Give a concise title for Maya Okafor."
    with at_home() as (daemon, server):
        daemon.says(answer("From home."))
        async with (
            served(tmp_path, server=server, rules=Rules(auxiliary="home")) as (url, h),
            httpx2.AsyncClient() as http,
        ):
            h.cloud.server.answer_with(echo)
            body = {"model": MODEL, "messages": [{"role": "user", "content": text}]}
            got = await http.post(url + "/api/chat", json=body)
            assert got.headers["x-doorstep-verdict"] == verdict
            assert bool(h.cloud.sent) is (prompt == "chat") is not bool(daemon.chats())


async def test_a_home_without_a_server_answers_what_it_can(tmp_path: Path) -> None:
    home = AtHome([Reply("Here.", "h", Usage(3, 2))])
    async with without_cloud(tmp_path, KeepsHome(), home=home) as (url, _):
        asker = client.AsyncClient(url)
        got = await asker.chat(MODEL, ASK)
        assert (got.message.content, got.prompt_eval_count, got.eval_count) == ("Here.", 3, 2)
        with pytest.raises(client.ResponseError, match="stays at home") as caught:
            await asker.chat(MODEL, ASK, tools=[TOOL])
        assert caught.value.status_code == 403 and len(home.calls) == 1


async def test_a_stand_in_never_answers_for_the_cloud(tmp_path: Path) -> None:
    home = Scripted(["I am nobody."])
    async with without_cloud(tmp_path, CloudDown(), home=home) as (url, _):
        with pytest.raises(client.ResponseError, match="No upstream answers") as caught:
            await client.AsyncClient(url).chat(MODEL, ASK)
        assert caught.value.status_code == 503 and not home.calls


async def test_nor_does_home_where_the_rule_says_no(tmp_path: Path) -> None:
    with at_home() as (daemon, server):
        settings = {"server": server, "rules": Rules(cloud_down="fail")}
        async with without_cloud(tmp_path, CloudDown(), **settings) as (url, _):
            with pytest.raises(client.ResponseError, match="No upstream answers"):
                await client.AsyncClient(url).chat(MODEL, ASK)
            assert not daemon.chats()
