"""The Ollama adapter against a real server on loopback."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from doorstep._errors import (
    AuthenticationFailed,
    BadInput,
    ConfigError,
    DoorstepError,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RateLimited,
    ReplyBroken,
    ZoneError,
)
from doorstep._values import Message, Options, TokenLogprob, Usage, Zone
from doorstep.models.ollama import Ollama, ollama_host
from tests.models.ollama_server import (
    BREAK,
    Chat,
    OllamaServer,
    Stored,
    answer,
    event,
    events,
    refusal,
)

SECRET = "Zebediah sleeps at 21:47"
ASKED = (Message("system", "Be short."), Message("user", SECRET))


@pytest.fixture
def daemon() -> Iterator[OllamaServer]:
    with OllamaServer() as server:
        yield server


@pytest.fixture
async def model(daemon: OllamaServer) -> AsyncIterator[Ollama]:
    async with await Ollama.connect("gemma4:e4b", host=daemon.url) as connected:
        yield connected


# --- addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (None, "http://127.0.0.1:11434"),
        ("", "http://127.0.0.1:11434"),
        ("  ", "http://127.0.0.1:11434"),
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("http://0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("[::]:11434", "http://[::1]:11434"),
        ("::", "http://[::1]:11434"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("[::1]:9", "http://[::1]:9"),
        (":8080", "http://127.0.0.1:8080"),
        ("nas", "http://nas:11434"),
        ("nas:8080", "http://nas:8080"),
        ("NAS.local", "http://nas.local:11434"),
        ("http://nas", "http://nas"),
        ("https://nas", "https://nas"),
        ("https://nas:8443/ollama/", "https://nas:8443/ollama"),
        (' "nas:8080" ', "http://nas:8080"),
        ("http://nas:11434/", "http://nas:11434"),
    ],
)
def test_spellings_of_a_host(given: str | None, meant: str) -> None:
    assert ollama_host(given) == meant


@pytest.mark.parametrize(
    "given",
    [
        "nas:port",
        "nas:99999",
        "ftp://nas",
        "http://user:pw@nas",
        "http://127.0.0.1\\@example.com",
        "http://nas?x=1",
        "http://nas#x",
        "http://a b",
        "[::1",
        "[nas]x",
    ],
)
def test_hosts_that_cannot_be_used(given: str) -> None:
    with pytest.raises(ConfigError, match="OLLAMA_HOST"):
        ollama_host(given)


# --- zone --------------------------------------------------------------------------------------


async def test_nothing_is_sent_before_it_is_proved(daemon: OllamaServer) -> None:
    daemon.says(answer("no"))
    async with Ollama(host=daemon.url) as model:
        assert (model.zone, model.zone_reason) == (Zone.CLOUD, "not proved yet")
        with pytest.raises(ZoneError, match="prove"):
            await model.respond(ASKED)
    assert daemon.requests == []


async def test_connect_proves(daemon: OllamaServer, model: Ollama) -> None:
    daemon.says(answer("yes"))
    assert model.zone is Zone.HOME
    await model.respond(ASKED)
    # Under this name the daemon itself refuses a model that has become remote.
    assert daemon.chats()[0]["model"] == "gemma4:e4b:local"


async def test_a_copied_cloud_model_is_refused() -> None:
    with OllamaServer([Stored("harmless:7b", remote_host="https://ollama.com")]) as daemon:
        with pytest.raises(ZoneError, match=r"remote host.*ollama pull"):
            await Ollama.connect("harmless:7b", host=daemon.url)
        async with Ollama("harmless:7b", host=daemon.url) as model:
            await model.prove()
            with pytest.raises(ZoneError):
                await model.respond(ASKED)
    assert daemon.chats() == []


async def test_an_old_daemon_is_asked_before_every_request() -> None:
    with OllamaServer(status=None) as daemon:
        daemon.says(answer("yes"))
        async with await Ollama.connect("gemma4:e4b", host=daemon.url) as model:
            await model.respond(ASKED)
            daemon.models = [Stored("gemma4:e4b", remote_host="https://ollama.com")]
            with pytest.raises(ZoneError):
                await model.respond(ASKED)
            assert model.zone is Zone.CLOUD
    assert len(daemon.chats()) == 1


async def test_a_failed_second_proof_takes_the_first_away(daemon: OllamaServer) -> None:
    async with await Ollama.connect("gemma4:e4b", host=daemon.url) as model:
        daemon.models = []
        with pytest.raises(ModelUnavailable):
            await model.prove()
        with pytest.raises(ZoneError):
            await model.respond(ASKED)


@pytest.mark.parametrize("name", ["remote_host", "remote_model"])
async def test_a_remote_answer_is_stopped_at_once(
    daemon: OllamaServer, model: Ollama, name: str
) -> None:
    first = event(message={"content": "Hel"}, done=False, **{name: "https://ollama.com"})
    daemon.says(Chat([first, events("lo")]))
    said = ""
    with pytest.raises(ZoneError, match="remote host"):
        async for piece in model.stream(ASKED):
            said += piece.text
    assert said == ""
    assert model.zone is Zone.CLOUD
    with pytest.raises(ZoneError):
        await model.respond(ASKED)
    assert len(daemon.chats()) == 1


async def test_proxy_variables_are_ignored(
    daemon: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OllamaServer() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        daemon.says(answer("direct"))
        async with await Ollama.connect("gemma4:e4b", host=daemon.url) as model:
            reply = await model.respond(ASKED)
        # The trap works: a client that reads the environment does walk into it.
        with httpx2.Client() as careless:
            careless.get(daemon.url + "/api/tags")
    assert reply.text == "direct"
    assert [r.path for r in proxy.requests] == [daemon.url + "/api/tags"]


def test_a_client_that_reads_the_environment_is_refused() -> None:
    with pytest.raises(ConfigError, match="trust_env=False"):
        Ollama(client=httpx2.AsyncClient())


async def test_a_redirect_is_not_followed(daemon: OllamaServer) -> None:
    with OllamaServer() as elsewhere:
        elsewhere.says(answer("gotcha"))
        daemon.says(Chat([], 307, {"location": elsewhere.url + "/api/chat"}))
        client = httpx2.AsyncClient(trust_env=False, follow_redirects=True)
        async with client, await Ollama.connect(host=daemon.url, client=client) as model:
            with pytest.raises(ModelError, match="307"):
                await model.respond(ASKED)
    assert elsewhere.requests == []


# --- what is sent ------------------------------------------------------------------------------


async def test_the_request(daemon: OllamaServer) -> None:
    daemon.says(answer("ok"))
    schema: dict[str, object] = {"type": "object", "properties": {"a": {"type": "integer"}}}
    options = Options(
        effort="high", temperature=0.5, max_tokens=9, seed=4, schema=schema, logprobs=3
    )
    async with await Ollama.connect(
        "gemma4:e4b", host=daemon.url, num_ctx=4096, keep_alive="10m"
    ) as model:
        await model.respond(ASKED, options)
    assert daemon.chats()[0] == {
        "model": "gemma4:e4b:local",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": SECRET},
        ],
        "stream": True,
        "truncate": False,
        "shift": False,
        "options": {"num_ctx": 4096, "temperature": 0.5, "num_predict": 9, "seed": 4},
        "keep_alive": "10m",
        "format": schema,
        "logprobs": True,
        "top_logprobs": 3,
        "think": "high",
    }


async def test_the_request_by_default(daemon: OllamaServer, model: Ollama) -> None:
    daemon.says(answer("ok"))
    await model.respond(ASKED)
    sent = daemon.chats()[0]
    assert sent["options"] == {"num_ctx": 32768, "temperature": 0.0}
    assert not sent.keys() & {"think", "format", "logprobs", "keep_alive"}


async def test_no_messages(model: Ollama) -> None:
    with pytest.raises(BadInput):
        await model.respond(())


def think_of(daemon: OllamaServer) -> list[Any]:
    return [body.get("think", "unset") for body in daemon.chats()]


async def test_thinking_levels_that_are_only_a_switch(daemon: OllamaServer, model: Ollama) -> None:
    def chat(body: dict[str, Any]) -> Chat:
        if isinstance(body.get("think"), str):
            return refusal(400, 'think value "high" is not supported for this model')
        return answer("ok")

    daemon.says(chat)
    for effort in ("high", "medium", "none"):
        assert (await model.respond(ASKED, Options(effort=effort))).text == "ok"
    assert think_of(daemon) == ["high", True, True, False]


async def test_a_model_that_cannot_think(daemon: OllamaServer, model: Ollama) -> None:
    def chat(body: dict[str, Any]) -> Chat:
        if "think" in body:
            return refusal(400, '"gemma4:e4b" does not support thinking')
        return answer("ok")

    daemon.says(chat)
    assert (await model.respond(ASKED, Options(effort="low"))).text == "ok"
    assert (await model.respond(ASKED, Options(effort="low"))).text == "ok"
    assert think_of(daemon) == ["low", True, "unset", "unset"]


async def test_many_at_once_learn_it_together(daemon: OllamaServer, model: Ollama) -> None:
    def chat(body: dict[str, Any]) -> Chat:
        if isinstance(body.get("think"), str):
            return refusal(400, "think value is not supported")
        return answer("ok")

    daemon.says(chat)
    asked = (model.respond(ASKED, Options(effort="high")) for _ in range(4))
    assert [reply.text for reply in await asyncio.gather(*asked)] == ["ok"] * 4
    await model.respond(ASKED, Options(effort="high"))
    assert think_of(daemon)[-1] is True


# --- what comes back ---------------------------------------------------------------------------

ODD = 'É\u2028 \u0085 \U0001f9fa\r\n"}{\\ fertig'


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
async def test_bytes_cut_anywhere(daemon: OllamaServer, model: Ollama, size: int) -> None:
    stream = events(ODD, thinking="Hm\u2028m", piece=2)
    chunks = [stream[i : i + size] for i in range(0, len(stream), size)]
    daemon.says(Chat(chunks))
    pieces = [piece async for piece in model.stream(ASKED)]
    *before, last = pieces
    assert all(piece.reply is None for piece in before)
    assert last.reply is not None
    assert "".join(piece.text for piece in pieces) == last.reply.text == ODD
    assert last.reply.thinking == "Hm\u2028m"
    assert last.reply.usage == Usage(11, 7)
    assert (last.reply.finish, last.reply.model) == ("stop", "gemma4:e4b")


async def test_pieces_come_as_they_are_written(daemon: OllamaServer, model: Ollama) -> None:
    lines = events("abcdef", piece=3).splitlines(keepends=True)
    daemon.says(Chat([*lines[:2], 0.6, *lines[2:]]))
    times = []
    async for _ in model.stream(ASKED):
        times.append(time.monotonic())
    assert times[1] - times[0] > 0.4


async def test_a_last_line_without_its_end(daemon: OllamaServer, model: Ollama) -> None:
    daemon.says(Chat([events("all").rstrip(b"\n")]))
    assert (await model.respond(ASKED)).text == "all"


async def test_the_token_limit(daemon: OllamaServer, model: Ollama) -> None:
    daemon.says(answer("cut of", done_reason="length"))
    assert (await model.respond(ASKED)).finish == "length"


async def test_nothing_said(daemon: OllamaServer, model: Ollama) -> None:
    daemon.says(answer("", thinking="much thought"))
    reply = await model.respond(ASKED)
    assert (reply.text, reply.thinking, reply.finish) == ("", "much thought", "stop")


async def test_log_probabilities(daemon: OllamaServer, model: Ollama) -> None:
    entry = {
        "token": "B",
        "logprob": -0.1,
        "top_logprobs": [{"token": "A", "logprob": -2.5}, {"token": 7}, "odd"],
    }
    daemon.says(answer("B", logprobs=[entry, {"token": "no number"}]))
    reply = await model.respond(ASKED, Options(logprobs=2))
    assert reply.logprobs == (TokenLogprob("B", -0.1, (("A", -2.5),)),)


async def test_log_probabilities_of_thoughts_are_left_out(
    daemon: OllamaServer, model: Ollama
) -> None:
    entry = {"token": "A", "logprob": -0.1}
    thought = event(message={"thinking": "A or B"}, logprobs=[entry])
    daemon.says(Chat([thought, events("B")]))
    assert (await model.respond(ASKED, Options(logprobs=2))).logprobs == ()


# --- what goes wrong ---------------------------------------------------------------------------

GOOD = events("Half an answer").splitlines(keepends=True)


@pytest.mark.parametrize(
    ("chat", "kind", "says"),
    [
        (Chat([*GOOD[:2], BREAK]), ReplyBroken, "broke off"),
        (Chat([*GOOD[:2], GOOD[2][:9], BREAK]), ReplyBroken, "broke off"),
        (Chat(GOOD[:2]), ReplyBroken, "broke off"),
        (Chat([]), ReplyBroken, "broke off"),
        (Chat([*GOOD[:2], event(error=SECRET)]), ReplyBroken, "failed in the middle"),
        (Chat([*GOOD[:2], b'{"message": {"content": "' + SECRET.encode()]), ReplyBroken, "JSON"),
        (Chat([b"<html>" + SECRET.encode()]), ReplyBroken, "not a JSON object"),
        (Chat([b'["' + SECRET.encode() + b'"]\n']), ReplyBroken, "not a JSON object"),
        (Chat([b"\xff\xfe\n"]), ReplyBroken, "not a JSON object"),
        (Chat([event(message=SECRET)]), ReplyBroken, "cannot be read"),
        (refusal(404, f"model '{SECRET}' not found"), ModelUnavailable, "ollama pull gemma4:e4b"),
        (refusal(401, SECRET), AuthenticationFailed, "401"),
        (refusal(403, SECRET), AuthenticationFailed, "403"),
        (refusal(400, SECRET), ModelError, "did not accept"),
        (refusal(400, "exceeds the available context size"), ModelError, "num_ctx"),
        (refusal(500, SECRET), ModelError, "500"),
        (refusal(503, SECRET), ModelUnavailable, "not there just now"),
        (refusal(429, SECRET, retry_after="7"), RateLimited, "in 7 s"),
    ],
)
async def test_failures(
    daemon: OllamaServer, model: Ollama, chat: Chat, kind: type[DoorstepError], says: str
) -> None:
    daemon.says(chat)
    with pytest.raises(kind, match=says) as caught:
        await model.respond(ASKED)
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    for error in chain(caught.value):
        assert SECRET not in str(error) + repr(error)
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == 7


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """What a traceback would print."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


async def test_what_the_http_client_says_is_not_repeated() -> None:
    def broken(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/api/chat":
            raise httpx2.ReadError(SECRET)
        return httpx2.Response(200, json={"models": [{"name": "gemma4:e4b"}]})

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(broken), trust_env=False)
    async with client, await Ollama.connect(client=client) as model:
        with pytest.raises(ReplyBroken) as caught:
            await model.respond(ASKED)
    assert all(SECRET not in str(error) for error in chain(caught.value))


async def test_silence(daemon: OllamaServer) -> None:
    for chunks in ([5.0, *GOOD], [*GOOD[:2], 5.0, *GOOD[2:]]):
        daemon.says(Chat(chunks))
        daemon._chats = daemon._chats[-1:]
        async with await Ollama.connect(host=daemon.url, timeout=0.2) as model:
            with pytest.raises(ModelTimeout, match="in time"):
                await model.respond(ASKED)


async def test_nobody_listens() -> None:
    with OllamaServer() as daemon:
        daemon.says(answer("yes"))
        model = await Ollama.connect(host=daemon.url)
    async with model:
        with pytest.raises(ModelUnavailable, match="ollama serve"):
            await model.respond(ASKED)


ENDLESS = Chat([*GOOD[:3], *itertools.chain(*([GOOD[2], 0.02] for _ in range(500)))])


async def test_cancelling_closes_the_connection(daemon: OllamaServer, model: Ollama) -> None:
    daemon.says(ENDLESS)
    task = asyncio.create_task(model.respond(ASKED))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(daemon.disconnected.wait, 3)


async def test_closing_the_stream_closes_the_connection(
    daemon: OllamaServer, model: Ollama
) -> None:
    daemon.says(ENDLESS)
    stream = model.stream(ASKED)
    await anext(stream)
    assert not daemon.disconnected.is_set()
    await stream.aclose()  # type: ignore[attr-defined]
    assert await asyncio.to_thread(daemon.disconnected.wait, 3)


def test_one_model_in_two_event_loops(daemon: OllamaServer) -> None:
    daemon.says(answer("yes"))
    model = asyncio.run(Ollama.connect(host=daemon.url))
    texts = [asyncio.run(model.respond(ASKED)).text for _ in range(2)]
    asyncio.run(model.aclose())
    assert texts == ["yes", "yes"]
