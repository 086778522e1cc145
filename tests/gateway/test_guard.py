"""Who may ask: names, web pages, types, tokens; and heads that can be read in two ways."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from doorstep.gateway.guard import checks, is_local
from doorstep.gateway.http import BadRequest, Event, Request
from tests.gateway.upstream import Upstream
from tests.gateway.whole import gateway

TOKEN = "t0ken-of-this-test-0123456789"
HEADERS = [(b"host", b"127.0.0.1:8080"), (b"content-type", b"application/json")]


async def nothing() -> Event:
    raise AssertionError("the body is not looked at")


def asked(*headers: tuple[bytes, bytes], method: str = "POST", path: str = "/v1/x") -> Request:
    names = {name for name, _ in headers}
    usual = [pair for pair in HEADERS if pair[0] not in names]
    return Request({"method": method, "path": path, "headers": [*usual, *headers]}, nothing)


def refused(
    request: Request, *, host: str = "127.0.0.1", names: tuple[str, ...] = (), token: str = ""
) -> int:
    """The status with which it is refused, 0 where it passes."""
    try:
        for check in checks(host, names, token):
            check(request)
    except BadRequest as error:
        return error.status
    return 0


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (b"127.0.0.1:8080", 0),
        (b"localhost", 0),
        (b"LocalHost:1", 0),
        (b"localhost.:8080", 0),
        (b"[::1]:8080", 0),
        (b"our.name:8080", 0),
        (b"", 421),
        (b"evil.example", 421),
        (b"127.0.0.1.evil.example", 421),
        (b"localhost.evil.example:8080", 421),
        (b"evil.example#localhost", 421),
        (b"evil.example@localhost", 421),
        (b"localhost, evil.example", 421),
        (b"localhost:80:80", 421),
        (b"192.168.1.9:8080", 421),
        (b"0x7f.1", 421),
        (b"[::2]", 421),
    ],
)
def test_host_must_be_a_name_of_ours(host: bytes, status: int) -> None:
    assert refused(asked((b"host", host)), names=("our.name",)) == status


def test_no_host_at_all_is_refused() -> None:
    assert refused(Request({"method": "GET", "path": "/", "headers": []}, nothing)) == 421


@pytest.mark.parametrize(
    ("host", "status"), [(b"192.168.1.9:8080", 0), (b"[fe80::1]", 0), (b"nas.local", 421)]
)
def test_where_others_can_reach_us_an_address_in_digits_is_ours(host: bytes, status: int) -> None:
    token = (b"authorization", f"Bearer {TOKEN}".encode())
    assert refused(asked((b"host", host), token), host="0.0.0.0", token=TOKEN) == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"origin", b"http://127.0.0.1:8080")], 0),
        ([(b"sec-fetch-site", b"none")], 0),
        ([(b"sec-fetch-site", b"same-origin"), (b"origin", b"http://127.0.0.1:8080")], 0),
        ([(b"origin", b"http://127.0.0.1:9090")], 403),
        ([(b"origin", b"https://evil.example")], 403),
        ([(b"origin", b"null")], 403),
        ([(b"origin", b"")], 403),
        ([(b"origin", b"http://127.0.0.1:8080.evil.example")], 403),
        ([(b"sec-fetch-site", b"cross-site")], 403),
        ([(b"sec-fetch-site", b"same-site")], 403),
        ([(b"sec-fetch-site", b"cross-site"), (b"origin", b"http://127.0.0.1:8080")], 403),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_another_site_may_not_ask(
    headers: list[tuple[bytes, bytes]], status: int, method: str
) -> None:
    assert refused(asked(*headers, method=method)) == status


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (b"application/json", 0),
        (b"application/json; charset=utf-8", 0),
        (b"Application/JSON", 0),
        (b"text/plain", 415),
        (b"application/x-www-form-urlencoded", 415),
        (b"multipart/form-data; boundary=application/json", 415),
        (b"application/jsonx", 415),
        (b"", 415),
    ],
)
def test_a_body_is_json(kind: bytes, status: int) -> None:
    assert refused(asked((b"content-type", kind))) == status


def test_no_content_type_is_taken_for_json() -> None:
    bare = {"method": "POST", "path": "/", "headers": [(b"host", b"localhost")]}
    assert refused(Request(bare, nothing)) == 0


@pytest.mark.parametrize(
    ("coding", "status"),
    [(b"identity", 0), (b"gzip", 415), (b"br", 415), (b"identity, gzip", 415), (b"", 415)],
)
def test_a_compressed_body_is_refused(coding: bytes, status: int) -> None:
    assert refused(asked((b"content-encoding", coding))) == status


@pytest.mark.parametrize(
    "name", [b"host", b"content-type", b"authorization", b"origin", b"content-length"]
)
def test_a_header_that_decides_something_stands_once(name: bytes) -> None:
    value = dict(HEADERS).get(name, b"1")
    assert refused(asked((name, value), (name, value))) == 400


def test_two_lengths_of_a_body_are_refused() -> None:
    assert refused(asked((b"transfer-encoding", b"chunked"), (b"content-length", b"3"))) == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"authorization", f"Bearer {TOKEN}".encode())], 0),
        ([(b"authorization", f"bearer  {TOKEN} ".encode())], 0),
        ([(b"api-key", TOKEN.encode())], 0),
        ([], 401),
        ([(b"authorization", b"Bearer ")], 401),
        ([(b"authorization", f"Bearer {TOKEN[:-1]}".encode())], 401),
        ([(b"authorization", f"Bearer {TOKEN}x".encode())], 401),
        ([(b"authorization", f"Basic {TOKEN}".encode())], 401),
        ([(b"authorization", TOKEN.encode())], 401),
        ([(b"authorization", b"Bearer \xff\xfe")], 401),
        ([(b"api-key", b"none")], 401),
    ],
)
@pytest.mark.parametrize("path", ["/v1/x", "/metrics", "/"])
def test_the_token_is_asked_for_where_one_is_set(
    headers: list[tuple[bytes, bytes]], status: int, path: str
) -> None:
    assert refused(asked(*headers, path=path), token=TOKEN) == status


def test_without_a_token_any_key_of_a_client_is_ignored_and_health_needs_none() -> None:
    assert refused(asked((b"authorization", b"Bearer whatever"))) == 0
    assert refused(asked(path="/healthz", method="GET"), token=TOKEN) == 0


@pytest.mark.parametrize(
    ("host", "local"),
    [
        *(("127.0.0.1", 1), ("127.9.9.9", 1), ("::1", 1), ("[::1]", 1), ("localhost", 1)),
        *(("0.0.0.0", 0), ("::", 0), ("192.168.1.2", 0), ("nas.local", 0), ("", 0)),
    ],
)
def test_what_only_this_machine_can_reach(host: str, local: int) -> None:
    assert is_local(host) == bool(local)


BODY = b'{"model":"mask/m","messages":[]}'
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"content-length: 5\r\ncontent-length: 32\r\n\r\n" + BODY,
        HEAD + b"content-length: 32\r\ncontent-length: 32\r\n\r\n" + BODY,
        HEAD + b"content-length: 32, 32\r\n\r\n" + BODY,
        HEAD + b"content-length: 32\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\ncontent-length: 32\r\n\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        HEAD + b"content-length: +32\r\n\r\n" + BODY,
        HEAD + b"content-length : 32\r\n\r\n" + BODY,
        HEAD + b" folded: x\r\ncontent-length: 32\r\n\r\n" + BODY,
        HEAD + b"x: a\nb: c\r\ncontent-length: 32\r\n\r\n" + BODY,
        HEAD + b"x: \x00\r\ncontent-length: 32\r\n\r\n" + BODY,
        HEAD + b"host: evil.example\r\ncontent-length: 32\r\n\r\n" + BODY,
        HEAD + b"transfer-encoding: chunked\r\n\r\n-1\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 32\r\n\r\n" + BODY,
    ],
)
async def test_a_head_that_can_be_read_in_two_ways_is_refused_and_nothing_leaves(
    tmp_path: Path, sent: bytes
) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        got = await here.raw(sent, seconds=0.5)
    assert got[:10] in (b"HTTP/1.1 4", b"HTTP/1.1 5", b"")
    assert b"HTTP/1.1 200" not in got
    assert cloud.got == []


async def test_a_plain_head_of_the_same_kind_passes(tmp_path: Path) -> None:
    """So that the table above does not pass because everything is refused."""
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        got = await here.raw(HEAD + b"content-length: 32\r\nconnection: close\r\n\r\n" + BODY)
        chunked = b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n20\r\n%b\r\n0\r\n\r\n"
        again = await here.raw(HEAD + chunked % BODY)
    assert got.startswith(b"HTTP/1.1 200")
    assert again.startswith(b"HTTP/1.1 200")
    assert len(cloud.got) == 2


async def test_a_head_that_is_too_large_ends_the_connection(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        many = b"".join(b"x-%d: %b\r\n" % (n, b"y" * 500) for n in range(100))
        got = await here.raw(HEAD + many + b"\r\n", seconds=2)
        long = await here.raw(b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", seconds=2)
        still = await here.chat()
    assert got.startswith(b"HTTP/1.1 431") and got.count(b"HTTP/1.1") == 1
    assert long.startswith(b"HTTP/1.1 431")
    assert still.status_code == 200


async def test_a_head_that_comes_too_slowly_ends_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorstep.gateway.serving.HEAD_S", 0.3)
    busy = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\nGET /"
    async with gateway(tmp_path) as here:
        for sent in (b"POST / HT", b"", busy):
            start = time.monotonic()
            got = await here.raw(sent, seconds=10)
            assert time.monotonic() - start < 5
            assert got.count(b"HTTP/1.1 200") == (sent is busy)


async def test_no_answer_ever_has_a_cors_header(tmp_path: Path) -> None:
    ours = {"origin": "http://127.0.0.1"}
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        replies = [
            await here.client.options(f"{here.url}/v1/chat/completions", headers=ours),
            await here.client.get(f"{here.url}/healthz", headers={"origin": "http://evil.example"}),
            await here.chat(),
        ]
    assert not [name for r in replies for name in r.headers if name.startswith("access-control")]
    assert not [reply for reply in replies if "server" in reply.headers]


async def test_nothing_of_the_client_s_head_goes_upstream(tmp_path: Path) -> None:
    """Only what the boundary allows, and no key where the upstream has none of ours."""
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        here.client.headers.update(
            {
                "authorization": "Bearer the-client-s-own",
                "api-key": "the-client-s-own",
                "x-openwebui-user-name": "Maya",
                "cookie": "a=b",
                "user-agent": "Tool of Maya",
                "x-forwarded-for": "10.1.2.3",
                "anthropic-beta": "x-2025-01-01",
                "x-doorstep-scope": "maya",
            }
        )
        reply = await here.chat()
    assert reply.status_code == 200
    assert "client" not in cloud.got[0].head and "aya" not in cloud.got[0].head
    allowed = {"host", "user-agent", "accept-encoding", "content-type", "content-length"}
    assert set(cloud.got[0].headers) - {"accept"} == allowed
