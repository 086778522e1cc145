"""Requests that no client library sends: what a proxy and we could read in two ways, or hold us."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.gateway.upstream import Reply, Upstream
from tests.gateway.whole import gateway

BODY = b'{"model":"mask/m","messages":[]}'
POST = b"POST /v1/chat/completions HTTP/1.1\r\n"
HOST = b"host: localhost\r\n"
LENGTH = b"content-length: %d\r\n" % len(BODY)
CHUNKS = b"%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)
CHUNKED = b"transfer-encoding: chunked\r\n\r\n" + CHUNKS
PLAIN = HOST + LENGTH + b"\r\n" + BODY

TWOFOLD = {
    "another host in the target": POST.replace(b" /", b" http://evil.example/") + PLAIN,
    "another scheme in the target": POST.replace(b" /", b" https://localhost/") + PLAIN,
    "an older version in chunks": POST.replace(b"1.1", b"1.0") + HOST + CHUNKED + b"\r\n",
    "a version that this is not": POST.replace(b"1.1", b"2.0") + PLAIN,
    "a host behind the body": POST + CHUNKED + HOST + b"\r\n",
    "line ends of one sign": (POST + HOST + LENGTH + b"\r\n").replace(b"\r\n", b"\n") + BODY,
    "chunks with line ends of one sign": POST + HOST + CHUNKED.replace(b"\r\n", b"\n") + b"\n",
    "a chunk's extension left open": POST
    + HOST
    + CHUNKED.replace(b"\r\n{", b';a="b\r\n{')
    + b"\r\n",
    "another coding": POST + HOST + b"transfer-encoding: xchunked\r\n" + LENGTH + b"\r\n" + BODY,
    "a blank before the colon": POST
    + HOST
    + LENGTH
    + b"transfer-encoding : chunked\r\n\r\n"
    + BODY,
    "an upgrade": POST + b"connection: upgrade\r\nupgrade: h2c\r\n" + PLAIN,
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no host": POST + LENGTH + b"\r\n" + BODY,
    "an empty host": POST + b"host:\r\n" + LENGTH + b"\r\n" + BODY,
    "a host of the same machine": POST + PLAIN.replace(b"localhost", b"rebound.localhost"),
    "a host with a user": POST + PLAIN.replace(b"localhost", b"localhost@evil.example"),
}


@pytest.mark.parametrize("name", TWOFOLD)
async def test_what_can_be_read_in_two_ways_is_refused(tmp_path: Path, name: str) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        got = await here.raw(TWOFOLD[name], seconds=0.5)
        assert (await here.client.get(f"{here.url}/healthz")).status_code == 200
    assert got[:10] in (b"HTTP/1.1 4", b"HTTP/1.1 5", b"")
    assert got.count(b"HTTP/1.1 ") <= 1
    assert cloud.got == []


async def test_what_stands_behind_a_body_is_no_header(tmp_path: Path) -> None:
    """RFC 9110, 6.5.1: a proxy that looks at the head only must not be got around."""
    rest = b"authorization: Bearer %b\r\n" % (b"t" * 16)
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, token="t" * 16) as here:
        refused = await here.raw(POST + HOST + CHUNKED + rest + b"\r\n", seconds=0.5)
        passed = await here.raw(POST + HOST + rest + CHUNKED + b"x: y\r\n\r\n", seconds=0.5)
        scope = b"x-doorstep-scope: not a scope\r\n\r\n"
        ignored = await here.raw(POST + HOST + rest + CHUNKED + scope, seconds=0.5)
    assert refused.startswith(b"HTTP/1.1 401")
    assert passed.startswith(b"HTTP/1.1 200")
    assert ignored.startswith(b"HTTP/1.1 200")
    assert len(cloud.got) == 2


async def test_requests_in_a_row_are_answered_in_their_order(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        get = b"GET /v1/models/mask/m%d HTTP/1.1\r\nhost: localhost\r\n\r\n"
        got = await here.raw(b"".join(get % n for n in range(20)) + POST + PLAIN, seconds=1)
    places = [got.index(b'"mask/m%d"' % n) for n in range(20)]
    assert places == sorted(places)
    assert got.count(b"HTTP/1.1 200") == 21 and len(cloud.got) == 1


@pytest.mark.parametrize("path", [b"/nothing", b"/v1/chat/completions", b"/healthz", b"/metrics"])
async def test_a_body_that_nobody_wants_is_not_waited_for(
    tmp_path: Path, path: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it is answered; else anybody holds a connection for as long as he likes."""
    monkeypatch.setattr("doorstep.gateway.serving.HEAD_S", 1.0)
    head = b"POST %b HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000000\r\n\r\n"
    async with gateway(tmp_path, token="t" * 16) as here:
        parts = urlsplit(here.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(head % path)
        assert (await reader.readuntil(b"\r\n")).split()[1] in (b"401", b"404", b"405")
        ended, start = False, time.monotonic()
        while not ended and time.monotonic() < start + 8:
            try:
                writer.write(b"a" * 100)
                await writer.drain()
                await asyncio.sleep(0.1)
            except ConnectionError:
                ended = True
        writer.close()
    assert ended


@pytest.mark.parametrize("origin", [b"null", b"http://evil.example", b"file://", b""])
async def test_a_page_gets_at_no_route(tmp_path: Path, origin: bytes) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        for path in ROUTES:
            for method in (b"GET", b"POST", b"HEAD", b"OPTIONS", b"DELETE"):
                head = b"%b %b HTTP/1.1\r\nhost: localhost\r\norigin: %b\r\n" % (
                    method,
                    path,
                    origin,
                )
                sent = head + b"connection: close\r\n" + LENGTH + b"\r\n" + BODY
                got = await here.raw(sent, seconds=1)
                assert got.startswith(b"HTTP/1.1 403"), (method, path, got[:60])
                assert b"access-control" not in got.lower()
    assert cloud.got == []


ROUTES = (
    b"/ /healthz /metrics /openapi.json /v1/models /v1/models/home /v1/chat/completions "
    b"/v1/responses /v1/embeddings /api/version /api/tags /api/ps /api/show /api/chat "
    b"/api/generate /api/embed /api/embeddings /api/pull /api/push /api/create /api/copy "
    b"/api/delete /nothing *"
).split()


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"authorization: Bearer wrong\r\n",
        b"api-key: t\r\n",
        b"authorization: Basic dDp0\r\n",
        b"cookie: token=tttt\r\n",
    ],
)
async def test_no_route_but_health_answers_without_the_token(tmp_path: Path, given: bytes) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, token="t" * 16) as here:
        for path in ROUTES:
            for method in (b"GET", b"POST", b"HEAD", b"OPTIONS", b"DELETE"):
                head = b"%b %b?token=tttttttttttttttt HTTP/1.1\r\nhost: localhost\r\n" % (
                    method,
                    path,
                )
                sent = head + given + b"connection: close\r\n" + LENGTH + b"\r\n" + BODY
                got = await here.raw(sent, seconds=1)
                status = got[9:12]
                assert status == b"401" or path == b"/healthz", (method, path, got[:60])
                assert b"t" * 16 not in got
    assert cloud.got == []


async def test_a_client_that_never_reads_loses_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorstep.gateway.serving.STALLED_S", 1.0)
    body = BODY[:-1] + b',"stream":true}'
    head = POST + HOST + b"content-length: %d\r\n\r\n" % len(body)
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, at_once=1, waiting=0) as here:
        cloud.answers(Reply(parts=[b'data: {"a":"%b"}\n\n' % (b"x" * 60_000)] * 2000))
        parts = urlsplit(here.url)
        _, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1000)
        writer.write(head + body)
        async with asyncio.timeout(15):
            await cloud.left.wait()
        sent = cloud.sent
        cloud.answers(Reply())
        reply = await here.chat()
        writer.close()
    assert sent < 60_000_000  # of 120
    assert reply.status_code == 200


async def test_many_idle_connections_are_let_go_and_harm_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorstep.gateway.serving.HEAD_S", 1.0)
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, at_most=5000) as here:
        parts = urlsplit(here.url)
        idle = [await asyncio.open_connection(parts.hostname, parts.port) for _ in range(400)]
        assert (await here.chat()).status_code == 200
        async with asyncio.timeout(5):
            assert {await reader.read(1) for reader, _ in idle} == {b""}
        for _, writer in idle:
            writer.close()
