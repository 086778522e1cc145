"""The door over aiohttp: real servers, real bytes, and the same promises as the first door."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from doorstep._errors import (
    Blocked,
    BoundaryError,
    DestinationRefused,
    KeepHome,
    LedgerError,
    ModelTimeout,
    ModelUnavailable,
    ReplyBroken,
)
from doorstep.boundary import Boundary, Clearance, Declared, Held, Ledger, Policy, Rule, Term
from doorstep.boundary.stream_door import Limits, StreamDoor
from doorstep.boundary.stream_reply import StreamReply
from tests.boundary.cloud import SSE, Answer, Cloud, Got, chat_events, echo

Make = Callable[..., Boundary]
MAYA = Term("Maya Quixmere", "person")
WHO = Declared((MAYA,))
KIND = (("Content-Type", "application/json"), ("Authorization", "Bearer sk-a-long-secret"))


def said(text: str) -> bytes:
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": text}]}).encode()


async def whole(reply: StreamReply) -> bytes:
    return b"".join([part async for part in reply])


async def sent(door: StreamDoor, cloud: Cloud, body: bytes, **more: str) -> bytes:
    return await whole(await door.send(cloud.url + "/v1/chat/completions", KIND, body, **more))


async def test_a_whole_call(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    cloud.answer = echo
    made = boundary(detectors=(WHO,))
    async with made.stream_door() as door:
        with made.crossing(Clearance(mask=True, run="r1")) as passage:
            reply = await door.send(
                cloud.url + "/v1/chat/completions", KIND, said("I, " + MAYA.value)
            )
        text = (await whole(reply)).decode()
        await reply.close()
    (got,) = cloud.got
    assert "Seen: Maya Quixmere" in text and b"Maya" not in got.body
    (entry,) = ledger.list()
    assert entry.body == got.body == passage.crossings[0].body.encode()
    assert (entry.run, entry.verdict, entry.found) == ("r1", "mask", {"person": 1})
    assert (entry.state, entry.status) == ("answered", 200)
    assert entry.sha256 == hashlib.sha256(got.body).hexdigest()
    assert (reply.status, reply.crossing, reply.verdict) == (200, 1, "mask")
    assert (reply.found, reply.sent) == ({"person": 1}, len(got.body))
    assert "content-length" not in reply.headers and "transfer-encoding" not in reply.headers
    assert ledger.verify().ok


@pytest.mark.parametrize("size", [1, 5, 60])
async def test_a_stream(cloud: Cloud, boundary: Make, size: int) -> None:
    def answer(got: Got) -> Answer:
        return Answer(
            chat_events(json.loads(got.body)["messages"][0]["content"], size), headers=SSE
        )

    cloud.answer = answer
    async with boundary(detectors=(WHO,)).stream_door() as door:
        text = (await sent(door, cloud, said("It is Maya Quixmere, für Öl"))).decode()
    events = [json.loads(line[6:]) for line in text.split("\n\n") if line.startswith("data: {")]
    spoken = "".join(e["choices"][0]["delta"].get("content", "") for e in events)
    assert spoken == "It is Maya Quixmere, für Öl" and b"Maya" not in cloud.got[0].body


async def test_what_nothing_was_sealed_in_is_passed_on_untouched(
    cloud: Cloud, boundary: Make
) -> None:
    parts = [b"data: {x\n\n", b"\xff\xfe", b"PERSON_ABCDEFGH"]
    cloud.answer = lambda _: Answer(parts, headers=SSE, pause=0.02)
    async with boundary(detectors=(WHO,)).stream_door() as door:
        reply = await door.send(cloud.url + "/v1/chat/completions", KIND, said("plain"))
        assert [part async for part in reply] == parts
    assert reply.headers["content-type"] == "text/event-stream"


async def test_a_stream_stays_a_stream(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = lambda _: Answer(chat_events("one two three four", 4), headers=SSE, pause=0.1)
    async with boundary(detectors=(WHO,)).stream_door() as door:
        loop = asyncio.get_running_loop()
        reply = await door.send(cloud.url, KIND, said("Maya Quixmere"))
        times = [loop.time() async for _ in reply]
    assert times[-1] - times[0] > 0.3, times


# what is on the wire


async def raw(handle: Callable[[bytes], bytes]) -> tuple[asyncio.Server, str, list[bytes]]:
    """A server that keeps each request's bytes as they came and answers with bytes."""
    came: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                found = [x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length")]
                size = int(found[0].split(b":")[1]) if found else 0
                came.append(head + await reader.readexactly(size))
                answer = handle(came[-1])
                writer.write(answer)
                if not answer:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", came


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\n{}"


async def test_exactly_the_allowed_headers_are_on_the_wire(
    boundary: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server, url, came = await raw(lambda _: OK)
    url = url.replace("127.0.0.1", "localhost")  # cookies are not for addresses
    made = boundary(detectors=(WHO,), policy=Policy((url,)))
    body = said("x")
    more = (("X-Stainless-OS", "Linux"), ("Referer", "home"), ("Cookie", "c=d"), ("Accept", "*/*"))
    async with server, made.stream_door() as door:
        for _ in range(2):  # the second would send the cookie
            await whole(await door.send(url + "/v1/a%2Fb/./c?x=%C3%A4&y=+", (*KIND, *more), body))
        await whole(await door.send(url, (), b"", method="GET"))
    host = url.removeprefix("http://")
    lines = came[0].partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert lines[0] == "POST /v1/a%2Fb/./c?x=%C3%A4&y=+ HTTP/1.1"
    assert sorted(line.lower() for line in lines[1:]) == sorted(
        (
            f"host: {host}",
            "user-agent: doorstep",
            "accept-encoding: identity",
            "authorization: bearer sk-a-long-secret",
            "content-type: application/json",
            "accept: */*",
            f"content-length: {len(json.dumps(json.loads(body), separators=(',', ':')))}",
        )
    )
    assert came[1] == came[0]
    assert came[2].decode() == (
        f"GET / HTTP/1.1\r\nhost: {host}\r\nuser-agent: doorstep\r\n"
        "accept-encoding: identity\r\n\r\n"
    )


@pytest.mark.parametrize("status", [b"302 Found", b"307 Temporary Redirect"])
async def test_redirects_are_not_followed(boundary: Make, status: bytes) -> None:
    other = Cloud()
    place = f"location: {other.url}/x\r\ncontent-length: 0\r\n\r\n".encode()
    server, url, _ = await raw(lambda _: b"HTTP/1.1 " + status + b"\r\n" + place)
    made = boundary(detectors=(WHO,), policy=Policy((url, other.url)))
    async with server, made.stream_door() as door:
        reply = await door.send(url, KIND, said("x"))
        await reply.close()
    assert reply.status in (302, 307) and other.silent
    other.close()


async def test_a_request_is_never_sent_again_by_itself(boundary: Make, ledger: Ledger) -> None:
    """aiohttp would repeat a GET on a kept connection that breaks off."""
    answers = [OK, b""]
    server, url, came = await raw(lambda _: answers.pop(0) if answers else OK)
    made = boundary(detectors=(WHO,), policy=Policy((url,)))
    async with server, made.stream_door() as door:
        await whole(await door.send(url, (), b"", method="GET"))
        with pytest.raises(ReplyBroken):
            await door.send(url, (), b"", method="GET")
    assert len(came) == 2
    assert [entry.state for entry in ledger.list()] == ["answered", "broke off"]


async def test_urls(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    made = boundary(detectors=(WHO,))
    port = cloud.port
    async with made.stream_door() as door:
        for url in (
            "https://api.example/v1",
            f"http://localhost:{port}/v1",
            f"http://127.0.0.1:{port + 1}/v1",
        ):
            with pytest.raises(DestinationRefused):
                await door.send(url, KIND, said("x"))
        for url in (
            f"http://127.0.0.1:{port}@evil.example/",
            f"http://me:pw@127.0.0.1:{port}/",
            f"http://127.0.0.1:{port}/a b",
            f"http://127.0.0.1:{port}/ä",
            f"http://127.0.0.1:{port}\\@evil.example/",
            f"http://127.0.0.1:{port}/x\r\nX-Evil: 1",
            "nonsense",
        ):
            with pytest.raises(BoundaryError):
                await door.send(url, KIND, said("x"))
        for headers in ((("accept", "a\r\nX-Evil: 1"),), (("accept", "é"),)):
            with pytest.raises(Blocked):
                await door.send(cloud.url, headers, said("x"))
        with pytest.raises(Blocked):
            await door.send(cloud.url, KIND, said("x"), method="BREW")
        with pytest.raises(Blocked):
            await door.send(cloud.url, (("content-encoding", "gzip"),), said("x"))
    assert cloud.silent and not ledger.list()


# refusals


async def test_refusals_come_out_as_themselves(
    cloud: Cloud, boundary: Make, ledger: Ledger
) -> None:
    home = Policy((cloud.url,), rules=(Rule(("person",), do="home"),))
    ask = Policy((cloud.url,), rules=(Rule(("person",), do="ask"),))
    small = Policy((cloud.url,), max_body_bytes=20)
    rows: tuple[tuple[dict[str, object], type[BoundaryError]], ...] = (
        ({"policy": home}, KeepHome),
        ({"policy": Policy((cloud.url,), on_private="block")}, Blocked),
        ({"policy": ask, "approve": lambda _: False}, Blocked),
        ({"policy": ask}, Blocked),
        ({"policy": small}, Blocked),
        ({"dry_run": True}, Held),
        ({"policy": Policy()}, DestinationRefused),
    )
    for settings, kind in rows:
        made = boundary(**{"detectors": (WHO,), **settings})
        async with made.stream_door() as door:
            with pytest.raises(kind) as caught, made.crossing(Clearance(mask=True)) as passage:
                await sent(door, cloud, said("Maya Quixmere"))
        assert "Maya" not in str(caught.value) and passage.refused is caught.value
        assert not passage.crossings and (passage.held is not None) is (kind is Held)
    assert cloud.silent and not ledger.list()
    made = boundary(detectors=(WHO,), policy=ask, approve=lambda _: True)
    async with made.stream_door() as door:
        await sent(door, cloud, said("Maya Quixmere"))
    assert ledger.show(1).approved and b"Maya" not in cloud.got[0].body


async def test_scopes(cloud: Cloud, boundary: Make) -> None:
    async with boundary(detectors=(WHO,)).stream_door() as door:
        for scope in ("a", "a", "b"):
            await sent(door, cloud, said("Maya Quixmere"), scope=scope)
    a, again, b = (got.body for got in cloud.got)
    assert a == again != b


# the ledger


def _explode(*_: object, **__: object) -> object:
    raise RuntimeError("about Maya")


@pytest.mark.parametrize(
    "where",
    [
        "doorstep.boundary.check.Checker.check",
        "doorstep.boundary.stream_door.outgoing_headers",
        "doorstep.boundary.line.Line.written",
        "doorstep.boundary.line.append",
        "doorstep.boundary.line.crossing_row",
        "doorstep.boundary.chain._hash_of_new",
        "doorstep.boundary.durable.Durable.check",
        "doorstep.boundary.durable.Durable.mark",
    ],
)
async def test_a_fault_in_any_step(
    cloud: Cloud, boundary: Make, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with boundary(detectors=(WHO,)).stream_door() as door:
        monkeypatch.setattr(where, _explode)
        with pytest.raises(BoundaryError) as caught:
            await sent(door, cloud, said("Maya Quixmere"))
        await asyncio.sleep(0.05)
        assert not cloud.got and "Maya" not in str(caught.value)
        monkeypatch.undo()
        await sent(door, cloud, said("Maya Quixmere"))
    assert len(cloud.got) == 1


async def test_nothing_of_a_reply_before_the_crossing_is_durable(
    cloud: Cloud, boundary: Make, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk takes its time; the request has left, and its reply waits."""
    free, real = threading.Event(), os.fsync

    def slow(descriptor: int) -> None:
        free.wait(20)
        real(descriptor)

    async with boundary(detectors=(WHO,)).stream_door() as door:
        monkeypatch.setattr("doorstep.boundary.durable.os.fsync", slow)
        task = asyncio.create_task(door.send(cloud.url, KIND, said("x")))
        await _until(lambda: len(cloud.got) == 1)
        await asyncio.sleep(0.1)
        assert not task.done() and len(ledger.list()) == 1
        free.set()
        assert await whole(await task) == b"{}"


async def test_a_disk_that_fails_lets_no_reply_through_and_no_further_request_out(
    cloud: Cloud, boundary: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    async with boundary(detectors=(WHO,)).stream_door() as door:
        with monkeypatch.context() as patch:
            patch.setattr("doorstep.boundary.durable.os.fsync", broken)
            with pytest.raises(LedgerError, match=r"disk has failed|Input/output error"):
                await sent(door, cloud, said("x"))
        before = len(cloud.got)
        for _ in range(3):  # a later fsync that works proves nothing
            with pytest.raises(LedgerError):
                await sent(door, cloud, said("x"))
            await asyncio.sleep(0.02)
        assert len(cloud.got) == before


async def test_a_head_that_cannot_be_written(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    head = ledger.path.with_name(ledger.path.name + ".head")
    made = boundary(detectors=(WHO,))
    head.unlink()
    head.mkdir()
    with pytest.raises(LedgerError):
        made.stream_door()
    head.rmdir()
    async with made.stream_door() as door:
        await sent(door, cloud, said("x"))
        head.unlink()
        head.mkdir()
        await _until_async(lambda: _fails(door, cloud))  # the head may be a moment old
        before = len(cloud.got)
        with pytest.raises(LedgerError):
            await sent(door, cloud, said("x"))
        assert len(cloud.got) == before
        head.rmdir()
        await _until_async(lambda: _works(door, cloud))
    assert ledger.verify().ok


async def _fails(door: StreamDoor, cloud: Cloud) -> bool:
    return not await _works(door, cloud)


async def _works(door: StreamDoor, cloud: Cloud) -> bool:
    try:
        await sent(door, cloud, said("x"))
    except LedgerError:
        return False
    return True


async def test_a_closed_ledger(cloud: Cloud, boundary: Make, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "other.db")
    async with boundary(detectors=(WHO,), ledger=ledger).stream_door() as door:
        ledger.close()
        with pytest.raises(LedgerError, match="closed"):
            await sent(door, cloud, said("x"))
    assert not cloud.got


async def test_the_ledger_equals_the_traffic_in_order(
    cloud: Cloud, boundary: Make, ledger: Ledger
) -> None:
    cloud.answer = echo
    async with boundary(detectors=(WHO,)).stream_door(Limits(connections=40)) as door:

        async def one(n: int) -> None:
            name = MAYA.value if n % 2 else "nobody"
            text = (await sent(door, cloud, said(f"{n}: {name}" + "y" * (n * 37 % 3000)))).decode()
            assert ("Seen: Maya Quixmere" in text) is bool(n % 2)

        for start in (0, 200):  # the second time over connections that are there
            await asyncio.gather(*(one(n) for n in range(start, start + 200)))
    entries = ledger.list()
    assert [entry.body for entry in entries] == [got.body for got in cloud.got]
    assert len(entries) == 400 and {entry.state for entry in entries} == {"answered"}
    assert cloud.connections <= 40
    assert ledger.verify().ok and ledger.verify().rows == 800


# what became of it


async def test_nobody_there(boundary: Make, ledger: Ledger) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with boundary(detectors=(WHO,), policy=Policy((url,))).stream_door() as door:
        with pytest.raises(ModelUnavailable) as caught:
            await door.send(url, KIND, said("x"))
    assert caught.value.__cause__ is None and not ledger.list()


async def test_a_reply_that_breaks_off(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    cloud.answer = lambda _: Answer([b'{"a":', b'"b'], broken=True, pause=0.05)
    async with boundary(detectors=(WHO,)).stream_door() as door:
        with pytest.raises(ReplyBroken):
            await sent(door, cloud, said("Maya Quixmere"))
    entry = ledger.show(1)
    assert (entry.state, entry.status, entry.reply_bytes) == ("broke off", 200, 7)


@pytest.mark.parametrize("text", ["plain", "It is Maya Quixmere, yes"])
async def test_what_came_before_a_reply_broke_off_is_handed_on(
    cloud: Cloud, boundary: Make, ledger: Ledger, text: str
) -> None:
    """Also to a reader who is slower than the connection."""
    sizes = []

    def answer(got: Got) -> Answer:
        spoken = json.loads(got.body)["messages"][0]["content"]
        parts = [*chat_events(spoken, 400)[:2], b'data: {"half']
        sizes.append(len(b"".join(parts)))
        return Answer(parts, headers=SSE, broken=True, pause=0.02)

    cloud.answer = answer
    came = b""
    async with boundary(detectors=(WHO,)).stream_door() as door:
        reply = await door.send(cloud.url, KIND, said(text))
        await asyncio.sleep(0.2)
        with pytest.raises(ReplyBroken):
            async for part in reply:
                came += part
    assert came.count(b"\n\n") == 2 and text.encode() in came
    assert came.endswith(b"half") is (text == "plain")  # what is restored comes in whole events
    entry = ledger.show(1)
    assert (entry.state, entry.reply_bytes) == ("broke off", sizes[0])


async def test_a_server_that_says_nothing(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    cloud.answer = lambda _: Answer([b"{", b"}"], pause=3)
    made = boundary(detectors=(WHO,))
    async with made.stream_door(Limits(silent_s=0.2)) as door:
        with pytest.raises(ModelTimeout):
            await sent(door, cloud, said("x"))
    assert ledger.show(1).state == "broke off"


async def test_a_compressed_reply_is_not_passed_on_with_placeholders(
    cloud: Cloud, boundary: Make
) -> None:
    cloud.answer = lambda _: Answer([b"x"], headers={"content-encoding": "gzip"})
    async with boundary(detectors=(WHO,)).stream_door() as door:
        with pytest.raises(ReplyBroken):
            await sent(door, cloud, said("Maya Quixmere"))
        assert await sent(door, cloud, said("plain")) == b"x"


Leaving = Callable[[StreamDoor, str], Awaitable[None]]


async def _cancelled_before_the_reply(door: StreamDoor, url: str) -> None:
    task = asyncio.create_task(door.send(url, KIND, said("wait")))
    await asyncio.sleep(0.2)
    task.cancel("gone")
    with pytest.raises(asyncio.CancelledError, match="gone"):
        await task


async def _cancelled_while_reading(door: StreamDoor, url: str) -> None:
    task = asyncio.create_task(whole(await door.send(url, KIND, said("go"))))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def _closed_unread(door: StreamDoor, url: str) -> None:
    await (await door.send(url, KIND, said("go"))).close()


@pytest.mark.parametrize(
    "leave", [_cancelled_before_the_reply, _cancelled_while_reading, _closed_unread]
)
async def test_a_client_that_goes_away_closes_the_connection_at_once(
    boundary: Make, ledger: Ledger, leave: Leaving
) -> None:
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"go" in await reader.read(9999) and head:
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n")
        await reader.read()  # until the other side closes
        gone.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    made = boundary(detectors=(WHO,), policy=Policy((url,)))
    async with server, made.stream_door() as door:
        await leave(door, url)
        await asyncio.wait_for(gone.wait(), 2)
        assert [entry.state for entry in ledger.list()] == ["broke off"]


# what is loaded


def test_aiohttp_is_loaded_only_with_the_door() -> None:
    code = "import sys, doorstep, doorstep.boundary; print('aiohttp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


async def _until(holds: Callable[[], bool]) -> None:
    async def check() -> bool:
        return holds()

    await _until_async(check)


async def _until_async(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
