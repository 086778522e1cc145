"""Routes, places and errors of the application, through a real server."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from doorstep.gateway.http import BadRequest
from doorstep.gateway.places import Places
from tests.gateway.upstream import Reply, Upstream, said
from tests.gateway.whole import gateway


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/v1/chat/completions", 405),
        ("PUT", "/v1/chat/completions", 405),
        ("OPTIONS", "/v1/chat/completions", 405),
        ("GET", "/v1/models", 200),
        ("GET", "/v1/models/home", 200),
        ("GET", "/v1/models/none", 404),
        ("GET", "/healthz", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/api/version", 200),
        ("GET", "/%2e%2e/healthz", 404),
        ("GET", "//healthz", 404),
    ],
)
async def test_what_is_where(tmp_path: Path, method: str, path: str, status: int) -> None:
    async with gateway(tmp_path) as here:
        reply = await here.client.request(method, here.url + path)
    assert reply.status_code == status
    if status >= 400:
        assert set(reply.json()["error"]) == {"message", "type", "param", "code"}


async def test_ollama_s_paths_give_ollama_s_errors(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        reply = await here.client.get(f"{here.url}/api/nothing")
    assert (reply.status_code, list(reply.json())) == (404, ["error"])


async def test_a_web_socket_is_not_spoken(tmp_path: Path) -> None:
    sent = b"GET / HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"
    async with gateway(tmp_path) as here:
        got = await here.raw(sent, seconds=0.5)
        assert (await here.client.get(f"{here.url}/healthz")).status_code == 200
    assert b" 101 " not in got


async def test_too_many_at_once_wait_and_more_are_told_to_come_back(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, at_once=2, waiting=1) as here:
        cloud.answers(Reply(body=said("x"), wait=0.5))
        tasks = [asyncio.create_task(here.chat()) for _ in range(5)]
        replies = await asyncio.gather(*tasks)
        again = await here.chat()
    statuses = sorted(reply.status_code for reply in replies)
    assert statuses == [200, 200, 200, 503, 503]
    busy = next(reply for reply in replies if reply.status_code == 503)
    assert (busy.json()["error"]["code"], busy.headers["retry-after"]) == ("busy", "2")
    assert again.status_code == 200


async def test_waiting_has_an_end_and_a_place_is_given_back() -> None:
    places = Places(1, 5, patience_s=0.05)
    async with places:
        with pytest.raises(BadRequest, match="already works on 1"):
            async with places:
                pass
        assert (places.taken, places.waiting) == (1, 0)
        waiting = asyncio.create_task(places.__aenter__())
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert (places.taken, places.waiting) == (1, 0)
    async with places:
        assert (places.taken, places.waiting) == (1, 0)


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, max_body=1000) as here:
        large = await here.chat("x" * 1000)
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
        claims = await here.raw(head + b"content-length: 99999999999\r\n\r\n{", seconds=1)
        chunk = b"%x\r\n%b\r\n" % (2000, b" " * 2000)
        chunks = await here.raw(head + b"transfer-encoding: chunked\r\n\r\n" + chunk, seconds=1)
    assert large.status_code == 413
    assert claims.startswith(b"HTTP/1.1 413")
    assert chunks.startswith(b"HTTP/1.1 413")
    assert cloud.got == []


async def test_a_bug_is_told_by_its_type_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> bytes:
        raise RuntimeError("the prompt of Maya")

    monkeypatch.setattr("doorstep.gateway.relay.outgoing", fails)
    with caplog.at_level(logging.DEBUG):
        async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
            reply = await here.chat("the prompt of Maya")
    assert reply.status_code == 500
    assert "RuntimeError" in reply.text and "Maya" not in reply.text
    assert "RuntimeError" in caplog.text and "Maya" not in caplog.text


@pytest.mark.parametrize("path", ["/chat/completions", "/v1/v1/chat/completions", "/v1/api/chat"])
async def test_a_wrong_base_url_is_told_what_one_looks_like(tmp_path: Path, path: str) -> None:
    async with gateway(tmp_path) as here:
        reply = await here.client.post(here.url + path, json={})
    assert reply.status_code == 404
    assert "A base URL ends in /v1" in reply.json()["error"]["message"]
