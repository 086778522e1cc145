"""Upstreams that misbehave: the client gets a clear end, and the gateway keeps its memory."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import time
from pathlib import Path

import httpx2
import pytest

from doorstep import Ledger
from tests.gateway.raw_upstream import Raw, answer, repeated
from tests.gateway.upstream import Reply, Upstream, events, said
from tests.gateway.whole import NAME, gateway

QUICK = {"begin_s": 2, "between_s": 2, "whole_s": 3}
JSON = b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\n"
SSE = b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n\r\n"
GOOD = json.dumps(said("Hi")).encode()
PACKED = gzip.compress(GOOD)

# What it sends, and the statuses that a client may see for it.
ODD: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "garbage": (b"\x00\x01 no HTTP \r\n\r\n", (502,)),
    "nothing": (b"", (502,)),
    "half a head": (JSON, (502,)),
    "less than it said": (JSON + b"content-length: 900\r\n\r\n" + GOOD, (502,)),
    "two lengths": (JSON + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{} ", (502,)),
    "a length that is none": (JSON + b"content-length: -2\r\n\r\n{}", (502,)),
    "a chunk that is none": (JSON + CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n", (502,)),
    "half a chunk": (JSON + CHUNKED + b"ff\r\n{", (502,)),
    "compressed": (answer(PACKED, b"content-encoding: gzip"), (502,)),
    "compressed twice": (answer(PACKED, b"content-encoding: br, gzip"), (502,)),
    "another protocol": (
        b"HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\nhello",
        (502,),
    ),
    "a status that is none": (answer(GOOD, status=b"999"), (502,)),
    "letters outside Latin-1 in a type": (answer(GOOD, kind="a/b; x=\u4e00".encode()), (200, 502)),
    "letters outside Latin-1": (answer(GOOD, b"x-request-id: \xe4\xb8\x80\xff"), (200,)),
    "a hint before the reply": (b"HTTP/1.1 103 X\r\nlink: </x>\r\n\r\n" + answer(GOOD), (200,)),
    "a cookie": (answer(GOOD, b"set-cookie: who=you", b"x-secret: a"), (200,)),
    "a redirect": (answer(b"", b"location: http://127.0.0.1:9/v1", status=b"307"), (307, 502)),
    "JSON that is none": (answer(b'{"a": nul'), (200, 502)),
    "no UTF-8": (answer(b'{"a": "\xff\xfe"}'), (200, 502)),
    "a wait for ever": (answer(b"", b"retry-after: 1e999", status=b"429"), (429,)),
    "a wait that is none": (answer(b"", b"retry-after: nan", status=b"429"), (429,)),
}


@pytest.mark.parametrize("text", ["Hi", f"I am {NAME}"])
@pytest.mark.parametrize("name", ODD)
async def test_an_odd_reply_has_a_clear_end(tmp_path: Path, name: str, text: str) -> None:
    sent, statuses = ODD[name]
    async with Raw(sent) as cloud, gateway(tmp_path, cloud.url, **QUICK) as here:
        reply = await here.chat(text)
        again = await here.client.get(f"{here.url}/healthz")
    assert reply.status_code in statuses, reply.text
    assert again.status_code == 200
    assert not {"set-cookie", "location", "x-secret", "upgrade"} & set(reply.headers)
    if reply.status_code == 502:
        assert reply.json()["error"]["code"] == "model_failed"
    with Ledger(here.ledger) as ledger:
        assert [entry.body for entry in ledger.list()] == cloud.bodies
        assert "open" not in {entry.state for entry in ledger.list()}


@pytest.mark.parametrize("name", ["garbage", "nothing", "half a head"])
async def test_what_left_before_a_reply_broke_off_is_named(tmp_path: Path, name: str) -> None:
    """Each try left the house, so an answer after tries that failed names them, too."""
    tries = 0

    async def talk(raw: Raw, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        await raw.write(writer, ODD[name][0] if tries == 1 else answer(GOOD))
        await writer.drain()

    async with Raw(talk) as cloud, gateway(tmp_path, cloud.url, **QUICK) as here:
        reply = await here.chat()
    assert reply.status_code == 200
    assert reply.headers["x-doorstep-crossings"] == "1,2"
    assert len(cloud.bodies) == 2


MUCH = 1 << 20
BIG = b"%x\r\n%b\r\n" % (MUCH, b" " * MUCH)
TYPED = BIG.replace(b" ", b"a")
FOREVER: dict[str, tuple[bytes, bytes, float]] = {  # a head, a part, seconds after each
    "a body": (JSON + CHUNKED, BIG, 0),
    "an error's body": (JSON.replace(b"200", b"400") + CHUNKED, BIG, 0),
    "a line": (SSE + CHUNKED, TYPED, 0),
    "a head": (JSON, b"x: " + b"y" * 1000 + b"\r\n", 0),
    "hints": (b"", b"HTTP/1.1 102 X\r\n\r\n", 0.001),
    "drops": (JSON + b"content-length: 9999\r\n\r\n", b" ", 0.2),
}


CHAT, RESPONSES, OLLAMA = "/v1/chat/completions", "/v1/responses", "/api/chat"


@pytest.mark.parametrize("text", ["Hi", f"I am {NAME}"])
@pytest.mark.parametrize(
    ("name", "path"),
    [*((name, CHAT) for name in FOREVER), ("a body", RESPONSES), ("a line", OLLAMA)],
)
async def test_what_never_ends_is_ended(tmp_path: Path, name: str, text: str, path: str) -> None:
    """And not more of it is taken than may be held; a line that nothing is looked for in is not
    held."""
    words = {"input": text} if path == "/v1/responses" else {"messages": [_user(text)]}
    body = {"model": "mask/m", "stream": name == "a line"} | words
    talk = repeated(*FOREVER[name])
    async with Raw(talk) as cloud, gateway(tmp_path, cloud.url, **QUICK) as here:
        start = time.monotonic()
        async with here.client.stream("POST", f"{here.url}{path}", json=body) as reply:
            last = b""
            async for part in reply.aiter_bytes():
                last = part
        took = time.monotonic() - start
    assert took < 12
    assert reply.status_code in (502, 504) or b'"error"' in last[-400:]
    if reply.status_code != 200:
        assert cloud.sent < 100 * MUCH


def _user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


@pytest.mark.parametrize("kind", ["Text/Event-Stream", "text/event-stream;charset=UTF-8"])
@pytest.mark.parametrize("text", ["Hi", f"I am {NAME}"])
async def test_a_stream_is_one_however_its_type_is_written(
    tmp_path: Path, kind: str, text: str
) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        parts = events("a ", "b ", "c ")
        cloud.answers(Reply(headers={"content-type": kind}, parts=parts, pause=0.1))
        body = {"model": "mask/m", "messages": [_user(text)], "stream": True}
        times = []
        url = f"{here.url}/v1/chat/completions"
        async with here.client.stream("POST", url, json=body) as reply:
            async for _ in reply.aiter_bytes():
                times.append(time.monotonic())
    assert times[-1] - times[0] > 0.15


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses", "/api/chat"])
@pytest.mark.parametrize("text", ["Hi", f"I am {NAME}"])
async def test_a_stream_that_is_cut_does_not_look_whole(
    tmp_path: Path, path: str, text: str
) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        cloud.answers(Reply(parts=events("Half of ")[:-1], cut=True, pause=0.05))
        words = {"input": text} if path == "/v1/responses" else {"messages": [_user(text)]}
        body = {"model": "mask/m", "stream": True} | words
        try:
            reply = await here.client.post(f"{here.url}{path}", json=body)
            shown = reply.text
        except httpx2.RemoteProtocolError:
            shown = '"error"'
    assert '"error"' in shown
    assert "[DONE]" not in shown and '"done":true' not in shown


async def test_a_placeholder_of_another_scope_is_not_resolved(tmp_path: Path) -> None:
    """An upstream that saw both conversations cannot read one's values out of the other."""
    async with Upstream() as cloud, gateway(tmp_path, cloud.url) as here:
        url = f"{here.url}/v1/chat/completions"
        mine, other = {"x-doorstep-scope": "mine"}, {"x-doorstep-scope": "other"}
        body = {"model": "mask/m", "messages": [_user(f"I am {NAME}")]}
        await here.client.post(url, json=body, headers=other)
        (forged,) = re.findall(r"[A-Z]+_[0-9A-Z]{8}\b", cloud.got[0].body.decode())
        cloud.answers(Reply(body=said(f"Is it {forged}?")))
        body["messages"] = [_user(f"Who else? {NAME} asks.")]
        reply = await here.client.post(url, json=body, headers=mine)
        plain = await here.chat("Who is it?")
        asked = await here.chat(f"Who is {forged}?")
    for one in (reply, plain, asked):
        assert forged in one.text and NAME not in one.text
