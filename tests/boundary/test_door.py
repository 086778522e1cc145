"""The whole way: a real client, a real server, and what got through."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import openai
import pytest

from doorstep._errors import Blocked, BoundaryError, DestinationRefused, LedgerError, ReplyBroken
from doorstep.boundary import (
    Boundary,
    Clearance,
    Declared,
    Finding,
    Held,
    Ledger,
    Policy,
    Term,
)
from doorstep.boundary.check import within
from doorstep.boundary.gate import Outgoing
from tests.boundary.cloud import SSE, Answer, Cloud, Got, chat_events, echo, responses_events

Make = Callable[..., Boundary]
MAYA = Term("Maya", "person")
MASK = Clearance(private=(MAYA, Term("dishwasher", "device")), public=("m",), mask=True, run="r1")
BODY = {"model": "m", "input": "Run it now?"}


def sdk(boundary: Boundary, cloud: Cloud) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        api_key="sk-a-long-secret",
        base_url=cloud.url + "/v1",
        organization="org-home",
        http_client=boundary.client(),
        max_retries=0,
    )


async def post(
    boundary: Boundary, url: str, body: object = BODY, **more: object
) -> httpx2.Response:
    async with boundary.client() as client:
        return await client.post(url + "/v1/responses", json=body, **more)  # type: ignore[arg-type]


async def test_a_whole_call(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    cloud.answer = echo
    made = boundary()
    with made.crossing(MASK) as passage:
        reply = await sdk(made, cloud).responses.create(
            model="m", input="Maya's dishwasher, and maya?", store=False
        )
    assert reply.output_text == "Seen: Maya, dishwasher, maya"
    (got,) = cloud.got
    assert b"aya" not in got.body and b"dish" not in got.body
    (entry,) = ledger.list()
    assert entry.body == got.body == passage.crossings[0].body.encode()
    assert entry.sha256 == hashlib.sha256(got.body).hexdigest() == passage.crossings[0].sha256
    assert (entry.run, entry.verdict, entry.found) == ("r1", "mask", {"person": 2, "device": 1})
    assert (entry.state, entry.status, entry.url) == ("answered", 200, cloud.url + "/v1/responses")
    assert ledger.verify().ok


@pytest.mark.parametrize("size", [1, 5, 60])
async def test_a_streamed_call(cloud: Cloud, boundary: Make, ledger: Ledger, size: int) -> None:
    def answer(got: Got) -> Answer:
        text = json.loads(got.body)["input"]
        return Answer(responses_events(f"You said: {text}", size), headers=SSE)

    cloud.answer = answer
    made = boundary()
    with made.crossing(MASK) as passage:
        stream = await sdk(made, cloud).responses.create(
            model="m", input="Maya and MAYA, now", store=False, stream=True
        )
        events = [event async for event in stream]
    text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert text == "You said: Maya and MAYA, now"
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == text
    assert len(passage.crossings) == 1 and ledger.show(1).state == "answered"
    assert ledger.show(1).body == cloud.got[0].body


async def test_a_streamed_chat(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = lambda got: Answer(
        chat_events(json.loads(got.body)["messages"][0]["content"], 3), headers=SSE
    )
    made = boundary()
    with made.crossing(MASK):
        stream = await sdk(made, cloud).chat.completions.create(
            model="m", messages=[{"role": "user", "content": "for Maya"}], stream=True
        )
        text = "".join([c.choices[0].delta.content or "" async for c in stream])
    assert text == "for Maya" and b"Maya" not in cloud.got[0].body


async def test_a_stream_stays_a_stream(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = lambda _: Answer(
        responses_events("one two three four", 4), headers=SSE, pause=0.1
    )
    made = boundary()
    with made.crossing(MASK):
        start = time.monotonic()
        stream = await sdk(made, cloud).responses.create(model="m", input="Maya", stream=True)
        times = [time.monotonic() - start async for _ in stream]
    assert times[0] < times[-1] / 3, times


async def test_a_reader_that_has_seen_the_last_event(
    cloud: Cloud, boundary: Make, ledger: Ledger
) -> None:
    """The stream is left before the end of the body comes, a moment later."""
    cloud.answer = lambda _: Answer(responses_events("now", 9), headers=SSE, pause=0.05)
    made = boundary()
    with made.crossing(MASK):
        stream = await sdk(made, cloud).responses.create(model="m", input="Maya", stream=True)
        async for event in stream:
            if event.type == "response.completed":
                break
        await stream.close()
    entry = ledger.show(1)
    assert (entry.state, entry.status) == ("answered", 200)


async def test_headers_that_tell_are_dropped(cloud: Cloud, boundary: Make) -> None:
    made = boundary()
    with made.crossing(MASK):
        await post(
            made,
            cloud.url,
            BODY,
            headers={
                "X-Stainless-OS": "Linux",
                "X-OpenWebUI-User-Name": "Maya",
                "Referer": "home",
                "Authorization": "Bearer k",
                "OpenAI-Organization": "org",
            },
        )
    assert set(cloud.got[0].headers) == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "authorization",
        "content-type",
        "content-length",
    }
    assert cloud.got[0].headers["user-agent"] == "doorstep"


async def test_the_key_is_not_in_the_ledger(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    made = boundary()
    with made.crossing(MASK):
        await post(made, cloud.url, headers={"Authorization": "Bearer sk-a-long-secret"})
    assert cloud.got[0].headers["authorization"] == "Bearer sk-a-long-secret"
    files = list(ledger.path.parent.iterdir())
    assert len(files) >= 2 and not any(b"sk-a-long" in f.read_bytes() for f in files)


async def test_what_cannot_be_masked_is_blocked(
    cloud: Cloud, boundary: Make, ledger: Ledger
) -> None:
    made = boundary()
    for text in ("TWF5YQ==", "M%2561ya", "4d617961"):
        with made.crossing(MASK), pytest.raises(Blocked):
            await post(made, cloud.url, {"input": text})
    assert cloud.silent and not ledger.list()


async def test_a_refusal_comes_out_as_itself(cloud: Cloud, boundary: Make) -> None:
    made = boundary()
    with pytest.raises(Blocked) as caught, made.crossing(Clearance(private=(MAYA,))):
        await sdk(made, cloud).responses.create(model="m", input="Maya?")
    assert "Maya" not in str(caught.value) and caught.value.__cause__ is None
    assert cloud.silent


async def test_other_errors_stay_what_they_are(cloud: Cloud, boundary: Make) -> None:
    made = boundary()
    cloud.answer = lambda _: Answer([b'{"error":{"message":"no"}}'], status="401 Unauthorized")
    with pytest.raises(openai.AuthenticationError), made.crossing(MASK) as passage:
        await sdk(made, cloud).responses.create(model="m", input="now?")
    assert len(passage.crossings) == 1


# destinations


async def test_destinations(cloud: Cloud, boundary: Make) -> None:
    for policy in (
        Policy(),
        Policy(("https://api.example",)),
        Policy((cloud.url.replace("http:", "https:"),)),
        Policy((f"http://127.0.0.1:{cloud.port + 1}",)),
        Policy((cloud.url.replace("127.0.0.1", "localhost"),)),
    ):
        made = boundary(policy=policy)
        with made.crossing(MASK), pytest.raises(DestinationRefused):
            await post(made, cloud.url)
    made = boundary()
    for url in (
        f"http://127.0.0.1:{cloud.port}@evil.example",
        f"http://me:pw@127.0.0.1:{cloud.port}",
    ):
        with made.crossing(MASK), pytest.raises(BoundaryError):
            await post(made, url)
    assert cloud.silent


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
async def test_a_redirect_to_another_origin(cloud: Cloud, boundary: Make, status: str) -> None:
    other = Cloud()
    cloud.answer = lambda _: Answer(
        [b""], status=status, headers={"location": other.url + "/v1/responses"}
    )
    made = boundary()
    with made.crossing(MASK):
        assert (await post(made, cloud.url)).is_redirect
        with pytest.raises(DestinationRefused):
            await post(made, cloud.url, follow_redirects=True)
    assert other.silent
    other.close()


async def test_proxies_of_the_environment_do_not_bypass(
    cloud: Cloud, boundary: Make, monkeypatch: pytest.MonkeyPatch, ledger: Ledger
) -> None:
    proxy = Cloud()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with httpx2.AsyncClient() as plain:  # the proxy would take it
        await plain.post("http://x.example/", content=b"1")
    assert proxy.got and proxy.got[0].body == b"1"
    made, before = boundary(), len(proxy.got)
    with made.crossing(MASK):
        await post(made, cloud.url)
    assert len(proxy.got) == before and len(cloud.got) == 1 == len(ledger.list())
    proxy.close()


async def test_extensions_do_not_change_what_leaves(cloud: Cloud, boundary: Make) -> None:
    made = boundary()
    with made.crossing(MASK):
        await post(made, cloud.url, extensions={"target": b"/Maya", "sni_hostname": "maya.example"})
    assert cloud.got[0].line == "POST /v1/responses HTTP/1.1"


# nothing known, nothing excused


async def test_nothing_known_means_nothing_leaves(cloud: Cloud, boundary: Make) -> None:
    made = boundary()
    with pytest.raises(Blocked, match="Nothing has been declared"):
        await post(made, cloud.url)
    with made.crossing(Clearance()), pytest.raises(Blocked):
        await post(made, cloud.url)
    assert cloud.silent
    with made.crossing(Clearance(public=("m", "Run it now?"))):
        await post(made, cloud.url)
    assert len(cloud.got) == 1


async def test_without_a_crossing_declared_terms_hold(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = echo
    made = boundary(detectors=(Declared((MAYA,)),))
    reply = await post(made, cloud.url, {"input": "Maya!"})
    assert "Seen: Maya" in reply.text and b"Maya" not in cloud.got[0].body
    strict = boundary(
        detectors=(Declared((MAYA,)),), policy=Policy((cloud.url,), on_private="block")
    )
    with pytest.raises(Blocked):
        await post(strict, cloud.url, {"input": "Maya!"})
    with strict.crossing(MASK), pytest.raises(Blocked):
        await post(strict, cloud.url, {"input": "Maya!"})
    assert len(cloud.got) == 1


async def test_a_dry_run_shows_exactly_what_would_leave(
    cloud: Cloud, boundary: Make, ledger: Ledger
) -> None:
    dry = boundary(dry_run=True)
    with pytest.raises(Held), dry.crossing(MASK) as passage:
        await sdk(dry, cloud).responses.create(model="m", input="Maya?", store=False)
    assert cloud.silent and not ledger.list() and passage.held is not None
    wet = boundary()
    with wet.crossing(MASK):
        await post(wet, cloud.url, {"model": "m", "input": "Maya?", "store": False})
    assert json.loads(passage.held.body) == json.loads(cloud.got[0].body)
    assert passage.held.id == 0 and passage.held.destination == cloud.url + "/v1/responses"


# faults


class Raises:
    def find(self, text: str) -> list[Finding]:
        raise RuntimeError("about Maya")


class Hangs:
    def find(self, text: str) -> list[Finding]:
        time.sleep(3)
        return []


class Nonsense:
    def find(self, text: str) -> list[Finding]:
        return None  # type: ignore[return-value]


class Outside:
    def find(self, text: str) -> list[Finding]:
        return [Finding(0, len(text) + 1, "person")]


class TooFew:
    def find_all(self, texts: list[str]) -> list[list[Finding]]:
        return []

    def find(self, text: str) -> list[Finding]:
        return []


class Killed:
    """A detector in a process of its own, which is killed in the middle of its work."""

    def find(self, text: str) -> list[Finding]:
        code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        return [Finding(*span) for span in json.loads(done.stdout)]


class Exits:
    def find(self, text: str) -> list[Finding]:
        raise SystemExit("about Maya")


class FailsAtTheGate:
    at_gate = True

    def __init__(self) -> None:
        self.calls = 0

    def find(self, text: str) -> list[Finding]:
        self.calls += 1
        if self.calls > 1:  # the first was the seal's
            raise RuntimeError("about Maya")
        return []


def _explode(*_: object, **__: object) -> object:
    raise RuntimeError("about Maya")


BROKEN = [
    "doorstep.boundary.seal.Sealer.seal",
    "doorstep.boundary.vault.Vault.placeholder",
    "doorstep.boundary.gate.Gate.check",
    "doorstep.boundary.search.readings",
    "doorstep.boundary.search.coded_parts",
    "doorstep.boundary.looked.read",
    "doorstep.boundary.gate.Gate.rule_hits",
    "doorstep.boundary.finder.Finder.find",
    "doorstep.boundary.memory.Memory.add",
    "doorstep.boundary.policy.Policy.verdict",
    "doorstep.boundary.bodies.opaque",
    "doorstep.boundary.terms.Matcher.find",
    "doorstep.boundary.normal._spell",
    "doorstep.boundary.policy.Policy.check_destination",
    "doorstep.boundary.check.Checker.check",
    "doorstep.boundary.ledger.Ledger.record",
    "doorstep.boundary.chain._hash_of_new",
    "doorstep.boundary.door.outgoing_headers",
]


@pytest.mark.parametrize("where", BROKEN)
async def test_a_fault_in_any_step(
    cloud: Cloud, boundary: Make, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    made = boundary()
    with made.crossing(MASK):
        monkeypatch.setattr(where, _explode)
        with pytest.raises(BoundaryError) as caught:
            await post(made, cloud.url, {"model": "m", "input": "Máya's dishwasher%20"})
    await asyncio.sleep(0.05)
    assert cloud.silent
    assert "Maya" not in str(caught.value)


@pytest.mark.parametrize(
    "detector",
    [Raises(), Hangs(), Nonsense(), Outside(), TooFew(), Killed(), Exits(), FailsAtTheGate()],
    ids=lambda detector: type(detector).__name__,
)
async def test_a_detector_that_fails(cloud: Cloud, boundary: Make, detector: object) -> None:
    made = boundary(detectors=(detector,), policy=Policy((cloud.url,), deadline_s=0.3))
    start = time.monotonic()
    with made.crossing(MASK), pytest.raises(Blocked) as caught:
        await post(made, cloud.url)
    assert time.monotonic() - start < 2 and cloud.silent
    assert "Maya" not in str(caught.value)


async def test_a_shape_that_takes_forever(cloud: Cloud, boundary: Make) -> None:
    # The regular expression holds the interpreter's lock; it must be short enough to end.
    made = boundary(policy=Policy((cloud.url,), deadline_s=0.2))
    slow = Clearance(private=(MAYA,), shapes=(re.compile(r"(a+)+b"),))
    with made.crossing(slow), pytest.raises(Blocked, match="took longer"):
        await post(made, cloud.url, {"input": "a" * 24})
    assert cloud.silent


async def test_a_full_disk(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    """No file of this process may grow: what SQLite and the head need cannot be written."""
    made = boundary()
    with made.crossing(MASK):
        await post(made, cloud.url)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
        try:
            with pytest.raises(LedgerError, match="cannot record"):
                await post(made, cloud.url, {"model": "m", "input": "x" * 300_000})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert len(cloud.got) == 1
        await post(made, cloud.url)
    assert ledger.verify().ok and [len(e.body) for e in ledger.list()] == [35, 35]


async def test_a_locked_or_lost_ledger(cloud: Cloud, boundary: Make, tmp_path: Path) -> None:
    import sqlite3

    short = Ledger(tmp_path / "short.db", busy_s=0.1)
    made = boundary(ledger=short)
    other = sqlite3.connect(short.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with made.crossing(MASK), pytest.raises(LedgerError):
        await post(made, cloud.url)
    other.close()
    short.close()
    with made.crossing(MASK), pytest.raises(LedgerError):
        await post(made, cloud.url)
    assert cloud.silent


async def test_bodies_that_cannot_be_checked(cloud: Cloud, boundary: Make) -> None:
    made = boundary(policy=Policy((cloud.url,), max_body_bytes=1000))
    async with made.client() as client:
        for content, headers in (
            (b"x" * 1001, {}),
            (b"\xff\xfe\x00", {}),
            (b"{}", {"content-encoding": "gzip"}),
            (b"[" * 900, {}),
        ):
            with made.crossing(MASK):
                try:
                    await client.post(cloud.url, content=content, headers=headers)
                except BoundaryError:
                    continue
                assert content == b"[" * 900  # harmless, and not JSON
    assert len(cloud.got) <= 1


KILLED = """
import asyncio, os, signal, sys
import httpx2
from doorstep.boundary import Boundary, Clearance, Ledger, Policy, Term

class Killer(httpx2.AsyncBaseTransport):
    async def handle_async_request(self, request):
        os.kill(os.getpid(), signal.SIGKILL)

async def main(path, url):
    made = Boundary(ledger=Ledger(path), policy=Policy((url,)), key=b"k" * 32)
    with made.crossing(Clearance(private=(Term("Maya"),), mask=True)):
        await made.client(inner=Killer()).post(url, json={"input": "Maya"})

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_between_commit_and_send(cloud: Cloud, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    done = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(path), cloud.url)
    assert await done.wait() == -signal.SIGKILL
    with Ledger(path, create=False) as ledger:
        assert ledger.verify().ok and ledger.show(1).state == "open"
        ledger.record(Outgoing("POST", "http://x", "/", (), b"next"))
        assert ledger.verify().ok
    assert cloud.silent


async def test_a_header_that_cannot_be_spelled(
    cloud: Cloud, boundary: Make, ledger: Ledger
) -> None:
    made = boundary()
    with made.crossing(MASK), pytest.raises(Blocked):
        await post(made, cloud.url, headers={"accept": "é".encode()})
    assert cloud.silent and not ledger.list()


async def test_late_is_late_even_if_the_timer_was_kept_from_going_off() -> None:
    def holds_the_lock() -> int:
        re.match(r"(a+)+b", "a" * 22)
        return 1

    with pytest.raises(Blocked):
        await within(0.01, holds_the_lock)
    assert await within(1.0, lambda: 1) == 1


# what the ledger says about what happened


async def test_nobody_there(boundary: Make, ledger: Ledger) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    made = boundary(policy=Policy((url,)))
    with pytest.raises(httpx2.ConnectError), made.crossing(MASK) as passage:
        await post(made, url)
    assert ledger.show(1).state == "not sent" and not passage.crossings


async def test_a_reply_that_breaks_off(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    cloud.answer = lambda _: Answer([b'{"a":', b'"b'], broken=True)
    made = boundary()
    with pytest.raises(httpx2.HTTPError), made.crossing(MASK) as passage:
        await post(made, cloud.url)
    entry = ledger.show(1)
    assert (entry.state, entry.status) == ("broke off", 200) and len(passage.crossings) == 1


async def test_a_reader_that_goes_away(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    cloud.answer = lambda _: Answer([b"x" * 10] * 50, pause=0.1)
    made = boundary()
    with made.crossing(MASK):
        task = asyncio.create_task(post(made, cloud.url))
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert ledger.show(1).state == "broke off" and ledger.show(1).reply_bytes >= 10
    assert ledger.verify().ok


async def test_a_result_that_cannot_be_written_is_an_error(
    cloud: Cloud, boundary: Make, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = boundary()

    def broken(*_: object, **__: object) -> None:
        raise LedgerError("The ledger cannot record.")

    monkeypatch.setattr(ledger, "result", broken)
    with pytest.raises(LedgerError), made.crossing(MASK) as passage:
        await post(made, cloud.url)
    assert len(passage.crossings) == 1 and ledger.show(1).state == "open"


async def test_a_compressed_reply_is_not_passed_on_with_placeholders(
    cloud: Cloud, boundary: Make, ledger: Ledger
) -> None:
    cloud.answer = lambda _: Answer([b"x"], headers={"content-encoding": "gzip"})
    made = boundary()
    with made.crossing(MASK), pytest.raises(ReplyBroken):
        await post(made, cloud.url, {"input": "Maya"})
    assert ledger.show(1).state == "answered"


@pytest.mark.parametrize("mask", [True, False])
async def test_the_ledger_equals_the_traffic(
    cloud: Cloud, boundary: Make, ledger: Ledger, mask: bool
) -> None:
    cloud.answer = echo
    made = boundary()
    async with made.client() as client:

        async def one(n: int) -> None:
            name = "Maya" if mask else "load"
            clearance = Clearance(private=(MAYA,), mask=mask, run=str(n))
            with made.crossing(clearance) as passage:
                body = {"model": "m", "input": f"{n}: {name}" + "y" * (n * 37 % 3000)}
                await client.post(cloud.url + "/v1/responses", json=body)
            assert len(passage.crossings) == 1

        await asyncio.gather(*(one(n) for n in range(200)))
    entries = ledger.list()
    assert [entry.body for entry in entries] == [got.body for got in cloud.got]
    assert len(entries) == 200 and len({entry.run for entry in entries}) == 200
    assert {entry.state for entry in entries} == {"answered"}
    assert ledger.verify().ok and ledger.verify().rows == 400


async def test_passages_do_not_mix(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = echo
    made = boundary()
    async with made.client() as client:

        async def one(name: str) -> None:
            with made.crossing(Clearance(private=(Term(name, "person"),), mask=True)) as passage:
                await asyncio.sleep(0)
                reply = await client.post(cloud.url, json={"input": f"for {name}"})
                assert f"Seen: {name}" in reply.text and len(passage.crossings) == 1

        await asyncio.gather(*(one(n) for n in ("Maya", "Mark", "Zoe", "Tobias") * 5))
