"""Home's own server over a real socket: proved before each request, and given nothing with which
it would reach out by itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from doorstep import BadInput, ModelUnavailable, RateLimited, ReplyBroken, Zone, ZoneError
from doorstep.models import Ollama
from doorstep.models.embedded import Embedded
from doorstep.models.home_wire import InProcess, OllamaServer, Reply, server_of
from doorstep.models.scripted import Scripted
from doorstep.models.zone import ZoneProof
from tests.models import ollama_server as daemon_of
from tests.models.ollama_server import BREAK, Chat, Stored, answer, event, refusal
from tests.models.test_embedded import _fetched

CHAT = "/v1/chat/completions"
NAME = "gemma4:e4b"
SECRET = "Maya Okafor"
ASK: dict[str, Any] = {"messages": [{"role": "user", "content": SECRET}]}


def daemon(**given: Any) -> daemon_of.OllamaServer:
    said = Chat([b'{"choices": []}'], headers={"content-type": "application/json"})
    given.setdefault("overrides", {CHAT: said})
    return daemon_of.OllamaServer(given.pop("models", [Stored(NAME)]), **given)


async def read(reply: Reply) -> bytes:
    try:
        return b"".join([part async for part in reply])
    finally:
        await reply.close()


def asked(server: daemon_of.OllamaServer, path: str = CHAT) -> list[dict[str, Any]]:
    return [request.body for request in server.requests if request.path == path]


async def test_a_request_goes_out_under_the_proved_name() -> None:
    with daemon() as ollama:
        home = OllamaServer(NAME, ollama.url)
        assert await read(await home.send(CHAT, ASK | {"model": "gpt-5.4"})) == b'{"choices": []}'
        [body] = asked(ollama)
        assert body == ASK | {"model": f"{NAME}:local"}


async def test_an_old_daemon_is_asked_before_each_request() -> None:
    with daemon(status=None) as ollama:
        home = OllamaServer(NAME, ollama.url)
        await read(await home.send(CHAT, ASK))
        ollama.models[0] = Stored(NAME, remote_host="https://ollama.com")
        with pytest.raises(ZoneError):
            await home.send(CHAT, ASK)
        assert len(asked(ollama)) == 1


async def test_a_daemon_that_keeps_guard_is_asked_once() -> None:
    with daemon() as ollama:
        home = OllamaServer(NAME, ollama.url)
        for _ in range(3):
            await read(await home.send(CHAT, ASK))
        assert len(asked(ollama)) == 3
        assert sum(request.path == "/api/tags" for request in ollama.requests) == 1


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("gemma4:cloud", [Stored("gemma4:cloud")]),
        ("gpt-oss:20b-cloud", [Stored("gpt-oss:20b-cloud")]),
        ("copied", [Stored("copied", remote_host="https://ollama.com")]),
        ("copied", [Stored("copied", remote_model="gpt-oss")]),
    ],
)
async def test_what_is_not_home_is_sent_nothing(name: str, models: list[Stored]) -> None:
    with daemon(models=models) as ollama:
        with pytest.raises(ZoneError) as refused:
            await OllamaServer(name, ollama.url).send(CHAT, ASK)
        assert asked(ollama) == [] and SECRET not in str(refused.value)
        assert all(SECRET not in json.dumps(request.body) for request in ollama.requests)


async def test_a_proof_that_is_none_is_asked_for_anew() -> None:
    with daemon() as ollama:
        cloud = ZoneProof(Zone.CLOUD, "no", name="gemma4:cloud", guarded=True)
        home = OllamaServer(NAME, ollama.url, proof=cloud)
        await read(await home.send(CHAT, ASK))
        assert asked(ollama)[0]["model"] == f"{NAME}:local"


async def test_another_machine_is_not_home() -> None:
    with pytest.raises(ZoneError):
        await OllamaServer(NAME, "http://192.0.2.1:11434").send(CHAT, ASK)


def image(url: object) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": url}]}]}


@pytest.mark.parametrize(
    "body",
    [
        ASK | {"tools": [{"type": "web_search"}]},
        ASK | {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        ASK | {"tools": ["web_search"]},
        ASK | {"web_search_options": {}},
        image({"url": f"https://example.org/{SECRET}.png"}),
        image({"url": "HTTP://example.org/a.png"}),
        image(f"https://example.org/{SECRET}.png"),
        image({"url": "file:///etc/passwd"}),
        image({"url": 3}),
    ],
)
async def test_nothing_with_which_a_server_would_reach_out(body: dict[str, Any]) -> None:
    with daemon() as ollama:
        with pytest.raises(BadInput) as refused:
            await OllamaServer(NAME, ollama.url).send(CHAT, body)
        assert ollama.requests == [] and SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "body",
    [
        ASK | {"tools": [{"type": "function", "function": {"name": "web_search"}}]},
        image({"url": "data:image/png;base64,AAAA"}),
    ],
)
async def test_what_the_client_runs_itself_passes(body: dict[str, Any]) -> None:
    with daemon() as ollama:
        await read(await OllamaServer(NAME, ollama.url).send(CHAT, body))
        assert asked(ollama) == [body | {"model": f"{NAME}:local"}]


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/responses", "/api/pull", "/api/push", "/"])
async def test_other_paths_are_refused(path: str) -> None:
    with daemon() as ollama:
        with pytest.raises(BadInput):
            await OllamaServer(NAME, ollama.url).send(path, ASK)
        assert ollama.requests == []


async def test_native_lines_that_come_from_elsewhere_are_stopped() -> None:
    lines = [event(message={"content": "a"}), event(remote_host="https://x", message={})]
    with daemon() as ollama:
        ollama.says(Chat(lines), answer("Later."))
        home = OllamaServer(NAME, ollama.url)
        reply, heard = await home.send("/api/chat", ASK), []
        with pytest.raises(ZoneError):
            async for part in reply:
                heard.append(part)
        await reply.close()
        assert len(heard) == 1
        await read(await home.send("/api/chat", ASK))  # and it is proved anew
        assert sum(request.path == "/api/tags" for request in ollama.requests) == 2


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (refusal(400, f"no tools for {SECRET}"), BadInput),
        (refusal(404, "not found"), ModelUnavailable),
        (refusal(429, "later", retry_after="3"), RateLimited),
        (refusal(503, SECRET), ModelUnavailable),
    ],
)
async def test_errors_are_ours_and_quote_nothing(said: Chat, kind: type[Exception]) -> None:
    with daemon(overrides={CHAT: said}) as ollama:
        with pytest.raises(kind) as failed:
            await OllamaServer(NAME, ollama.url).send(CHAT, ASK)
        assert SECRET not in str(failed.value)


@pytest.mark.parametrize("status", [302, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    with daemon() as other:
        away = Chat([], status, {"location": other.url + CHAT})
        with daemon(overrides={CHAT: away}) as ollama, pytest.raises(ModelUnavailable):
            await OllamaServer(NAME, ollama.url).send(CHAT, ASK)
        assert other.requests == []


async def test_an_answer_that_breaks_off() -> None:
    with daemon(overrides={CHAT: Chat([b'{"cho', BREAK])}) as ollama:
        reply = await OllamaServer(NAME, ollama.url).send(CHAT, ASK)
        with pytest.raises(ReplyBroken):
            await read(reply)


async def test_nobody_there() -> None:
    with daemon() as ollama:
        url = ollama.url
    with pytest.raises(ModelUnavailable):
        await OllamaServer(NAME, url).send(CHAT, ASK)


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with daemon() as ollama:
        await read(await OllamaServer(NAME, ollama.url).send(CHAT, ASK))
        assert len(asked(ollama)) == 1


async def test_the_server_behind_a_model() -> None:
    with daemon() as ollama:
        async with await Ollama.connect(NAME, host=ollama.url) as model:
            home = server_of(model)
            assert isinstance(home, OllamaServer) and home.speaks_ollama
            await read(await home.send(CHAT, ASK))
        assert sum(request.path == "/api/tags" for request in ollama.requests) == 1
    assert server_of(Scripted(["x"])) is None


# --- in this process ---------------------------------------------------------------------------


@asynccontextmanager
async def in_process() -> AsyncIterator[InProcess]:
    pytest.importorskip("xllamacpp", reason="needs the extra [embedded]")
    try:
        path = _fetched()
    except OSError as error:
        pytest.skip(str(error))
    async with Embedded(path, name="small") as model:
        server = server_of(model)
        assert isinstance(server, InProcess)
        yield server


HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4}


async def test_a_model_in_this_process_answers_as_a_server_would() -> None:
    async with in_process() as home:
        whole = json.loads(await read(await home.send(CHAT, HELLO)))
        assert whole["model"] == "small" and whole["choices"][0]["message"]["content"]
        asked_for = HELLO | {"stream": True, "logprobs": True, "top_logprobs": 2}
        events = (await read(await home.send(CHAT, asked_for))).decode().strip().split("\n\n")
        assert events[-1] == "data: [DONE]"
        chunks = [json.loads(line.removeprefix("data: ")) for line in events[:-1]]
        assert any(choice.get("logprobs") for c in chunks for choice in c["choices"])
        assert {chunk["model"] for chunk in chunks} == {"small"}
        for more in ({"tools": [{"type": "function", "function": {"name": "x"}}]}, {"n": 2}):
            with pytest.raises(BadInput):
                await home.send(CHAT, HELLO | more)
        with pytest.raises(BadInput):
            await home.send(CHAT, image({"url": "data:image/png;base64,AAAA"}))
        with pytest.raises(BadInput):
            await home.send("/v1/embeddings", {"input": "x"})
