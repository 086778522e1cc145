"""Each key of [gateway] and of [[gateway.upstreams]] does something: with it, and with another."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from doorstep._errors import ConfigError
from doorstep.config import GatewaySettings, HomeSettings, UpstreamSettings, load
from tests.gateway.at_home import NAME as HOME_MODEL
from tests.gateway.process import served
from tests.gateway.test_auxiliary import TITLE
from tests.gateway.upstream import Reply, Upstream, events, said
from tests.gateway.whole import gateway
from tests.models.ollama_server import Chat, OllamaServer, answer

Effect = Callable[[Path], Awaitable[None]]
DEAD = "http://127.0.0.1:1/v1"
TOKEN = "token-of-this-test-0123"
TOOL = {"type": "function", "function": {"name": "phone_of", "parameters": {"type": "object"}}}


@contextmanager
def at_home() -> Iterator[HomeSettings]:
    completions = Chat([json.dumps(said("From home.")).encode()])
    with OllamaServer(overrides={"/v1/chat/completions": completions}) as daemon:
        daemon.says(answer("From home."))
        yield HomeSettings(model=HOME_MODEL, host=daemon.url)


async def status(folder: Path, **over: Any) -> tuple[int, str]:
    """Of one chat by a gateway whose home model is real and whose upstream is not there."""
    asked = over.pop("asked", {})
    with at_home() as home:
        async with gateway(folder, DEAD, home=home, **over) as here:
            reply = await here.chat(**asked)
    return reply.status_code, reply.headers.get("x-doorstep-verdict", "")


# --- [gateway] -----------------------------------------------------------------------------------


async def host(folder: Path) -> None:
    with served(folder, toml='[gateway]\nhost = "127.0.0.2"\n') as url:
        assert urlsplit(url).hostname == "127.0.0.2"
        assert httpx2.get(f"{url}/v1/models", trust_env=False).status_code == 200


async def port(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    with served(folder, toml=f"[gateway]\nport = {number}\n", port=None) as url:
        assert url == f"http://127.0.0.1:{number}"


async def workers(folder: Path) -> None:
    with served(folder, toml="[gateway]\nworkers = 2\n") as url:
        with httpx2.Client(trust_env=False) as client:
            assert client.get(f"{url}/healthz").status_code == 200
        assert processes(folder) == 3


def processes(folder: Path) -> int:
    """How many have the folder in their command."""
    return sum(str(folder).encode() in read(one) for one in Path("/proc").glob("[0-9]*/cmdline"))


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


async def names(folder: Path) -> None:
    head = b"GET /healthz HTTP/1.1\r\nhost: box.example\r\nconnection: close\r\n\r\n"
    async with gateway(folder) as here:
        assert b" 421 " in (await here.raw(head)).splitlines()[0]
    async with gateway(folder, names=("box.example",)) as here:
        assert b" 200 " in (await here.raw(head)).splitlines()[0]


async def token_file(folder: Path) -> None:
    file = folder / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    with served(folder, toml=f'[gateway]\ntoken_file = "{file}"\n') as url:
        given = {"authorization": f"Bearer {TOKEN}"}
        assert httpx2.get(f"{url}/v1/models", trust_env=False).status_code == 401
        assert httpx2.get(f"{url}/v1/models", headers=given, trust_env=False).status_code == 200


async def unknown(folder: Path) -> None:
    for rule, expected in (("refuse", 404), ("mask", 200)):
        async with Upstream() as cloud, gateway(folder, cloud.url, unknown=rule) as here:
            assert (await here.chat(model="gpt-x")).status_code == expected


async def tools(folder: Path) -> None:
    asked = {"model": "escalate-on-hard", "tools": [TOOL]}
    assert await status(folder, tools="home", asked=asked) == (200, "tools")
    assert (await status(folder, tools="refuse", asked=asked))[0] == 400


async def auxiliary(folder: Path) -> None:
    asked = {"text": TITLE}
    assert await status(folder, auxiliary="home", asked=asked) == (200, "auxiliary")
    assert await status(folder, auxiliary="same", asked=asked) == (200, "cloud-down")


async def cloud_down(folder: Path) -> None:
    assert await status(folder, cloud_down="home") == (200, "cloud-down")
    assert (await status(folder, cloud_down="fail"))[0] == 503


async def max_body(folder: Path) -> None:
    for most, expected in ((1000, 413), (4000, 200)):
        async with Upstream() as cloud, gateway(folder, cloud.url, max_body=most) as here:
            assert (await here.chat("word " * 400)).status_code == expected


async def places(folder: Path, **over: int) -> list[int]:
    """The statuses of three requests of half a second, sent together."""
    async with Upstream() as cloud, gateway(folder, cloud.url, **over) as here:
        cloud.answers(Reply(wait=0.5))
        replies = await asyncio.gather(*(here.chat() for _ in range(3)))
    return sorted(reply.status_code for reply in replies)


async def at_once(folder: Path) -> None:
    assert await places(folder, at_once=1, waiting=0) == [200, 503, 503]
    assert await places(folder, at_once=2, waiting=0) == [200, 200, 503]


async def waiting(folder: Path) -> None:
    assert await places(folder, at_once=1, waiting=1) == [200, 200, 503]
    assert await places(folder, at_once=1, waiting=2) == [200, 200, 200]


async def connect_s(folder: Path) -> None:
    """A socket whose queue is full answers no SYN."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        queue = [socket.socket() for _ in range(4)]
        for one in queue:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
        start = time.monotonic()
        async with gateway(folder, url, connect_s=0.2, cloud_down="fail") as here:
            assert (await here.chat()).status_code == 503
        assert 0.6 <= time.monotonic() - start < 5  # three tries
        for one in queue:
            one.close()


async def begin_s(folder: Path) -> None:
    async with Upstream() as cloud, gateway(folder, cloud.url, begin_s=0.3) as here:
        cloud.answers(Reply(wait=5))
        start = time.monotonic()
        reply = await here.chat()
    assert (reply.status_code, reply.json()["error"]["code"]) == (504, "timeout")
    assert time.monotonic() - start < 3


async def cut(folder: Path, pause: float, **over: float) -> float:
    """Seconds until a stream with these pauses was cut off."""
    async with Upstream() as cloud, gateway(folder, cloud.url, **over) as here:
        cloud.answers(Reply(parts=events(*"abcdefghijklmnopqrst"), pause=pause))
        start = time.monotonic()
        reply = await here.chat(stream=True)
        took = time.monotonic() - start
    assert '"error"' in reply.text and "[DONE]" not in reply.text
    return took


async def between_s(folder: Path) -> None:
    assert await cut(folder, 4.0, between_s=0.4, begin_s=0.4) < 3


async def whole_s(folder: Path) -> None:
    assert 0.4 < await cut(folder, 0.2, whole_s=0.6) < 3


async def upstreams(folder: Path) -> None:
    async with Upstream() as cloud, gateway(folder, cloud.url) as here:
        assert (await here.chat()).status_code == 200
    async with gateway(folder) as here:
        assert (await here.chat()).json()["error"]["code"] == "no_upstream"


# --- [[gateway.upstreams]] -----------------------------------------------------------------------


async def url(folder: Path) -> None:
    async with Upstream() as cloud:
        other = UpstreamSettings(url=cloud.url.removesuffix("/v1") + "/other")
        async with gateway(folder, other) as here:
            await here.chat()
    assert cloud.got[0].head.startswith("POST /other/chat/completions ")


async def name(folder: Path) -> None:
    async with Upstream() as cloud:
        cloud.answers(Reply(status=401))
        async with gateway(folder, UpstreamSettings(url=cloud.url, name="vendor")) as here:
            assert "The upstream vendor " in (await here.chat()).text


async def sent_key(folder: Path, **given: str) -> str | None:
    async with Upstream() as cloud:
        one = UpstreamSettings(url=cloud.url, **given)
        async with gateway(folder, one, environ={"VENDOR_KEY": "sk-of-the-variable"}) as here:
            await here.chat()
    return cloud.got[0].headers.get("authorization")


async def key_env(folder: Path) -> None:
    assert await sent_key(folder) is None
    assert await sent_key(folder, key_env="VENDOR_KEY") == "Bearer sk-of-the-variable"


async def key_file(folder: Path) -> None:
    file = folder / "key"
    file.write_text("sk-of-the-file\n")
    file.chmod(0o600)
    assert await sent_key(folder, key_file=str(file)) == "Bearer sk-of-the-file"


async def weight(folder: Path) -> None:
    async with Upstream() as one, Upstream() as other:
        given = [UpstreamSettings(url=one.url, weight=0), UpstreamSettings(url=other.url)]
        async with gateway(folder, *given) as here:
            for _ in range(8):
                await here.chat()
    assert (len(one.got), len(other.got)) == (0, 8)


async def models(folder: Path) -> None:
    async with Upstream() as one, Upstream() as other:
        one.answers(Reply(body=said("one")))
        given = [
            UpstreamSettings(url=one.url, models=("gpt-*", "o9")),
            UpstreamSettings(url=other.url, models=("claude-?",)),
        ]
        async with gateway(folder, *given) as here:
            for model in ("gpt-x", "o9", "claude-3"):
                assert (await here.chat(model=f"mask/{model}")).status_code == 200
            assert (await here.chat(model="mask/claude-33")).status_code == 404
    assert (len(one.got), len(other.got)) == (2, 1)


GATEWAY: tuple[Effect, ...] = (
    *(host, port, workers, names, token_file, unknown, tools, auxiliary, cloud_down, max_body),
    *(at_once, waiting, connect_s, begin_s, between_s, whole_s, upstreams),
)
UPSTREAM: tuple[Effect, ...] = (url, name, key_env, key_file, weight, models)


@pytest.mark.parametrize("effect", [*GATEWAY, *UPSTREAM], ids=lambda effect: effect.__name__)
async def test_it_has_an_effect(tmp_path: Path, effect: Effect) -> None:
    await effect(tmp_path)


def test_no_key_is_left_out() -> None:
    assert {one.__name__ for one in GATEWAY} == set(GatewaySettings.model_fields)
    assert {one.__name__ for one in UPSTREAM} == set(UpstreamSettings.model_fields)


def test_a_wait_that_would_be_cut_short_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "doorstep.toml"
    file.write_text("[gateway]\nbegin_s = 300\n")
    with pytest.raises(ConfigError, match="begin_s is longer than between_s"):
        load(file, environ={})
