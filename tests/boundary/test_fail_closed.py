"""Whatever fails, in whatever layer: zero bytes out, an error that says so, and nothing in it.

Every row is run against a real server on loopback that keeps whatever comes. Two control rows
show that the same request leaves when nothing fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.request import urlopen

import httpx2
import pytest

from doorstep._errors import BoundaryError, ConfigError, DoorstepError
from doorstep.boundary import (
    Boundary,
    Clearance,
    Declared,
    Finding,
    Ledger,
    Policy,
    Preview,
    Rule,
    Term,
)
from doorstep.boundary.detect.asked import AskedModel
from doorstep.boundary.detect.classifier import Classifier
from tests.boundary.cloud import Cloud
from tests.boundary.conftest import KEY

Make = Callable[..., Boundary]
SECRET = "Quixmere Zordvak"
WHO = Declared((Term(SECRET, "person"),))
BODY = {"model": "m", "messages": [{"role": "user", "content": f"Where is {SECRET}? Call 030 1."}]}
BRIEF = 0.3  # seconds that a step may take in these tests


async def refused(cloud: Cloud, made: Boundary) -> BoundaryError:
    """The error of a request that must not leave."""
    async with made.client(timeout=20) as client:
        with pytest.raises(BoundaryError) as caught, made.crossing(Clearance(mask=True)):
            await client.post(cloud.url + "/v1/chat/completions", json=BODY)
    assert cloud.silent
    assert not [entry for entry in made.ledger.list() if entry.state != "not sent"]
    shown: BaseException | None = caught.value
    while shown is not None:  # nor in what led to it
        assert "Quixmere" not in f"{shown!s} {shown!r}"
        shown = shown.__cause__ or shown.__context__
    return caught.value


async def leaves(cloud: Cloud, made: Boundary) -> None:
    async with made.client() as client:
        with made.crossing(Clearance(mask=True)):
            await client.post(cloud.url + "/v1/chat/completions", json=BODY)
    assert len(cloud.got) == 1 and b"Quixmere" not in cloud.got[0].body


# detectors


class Fails:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def find(self, text: str) -> list[Finding]:
        raise self.error


class Gives:
    """Nonsense instead of findings."""

    def __init__(self, what: object) -> None:
        self.what = what

    def find(self, text: str) -> list[Finding]:
        return self.what  # type: ignore[return-value]


class GivesAll(Gives):
    """Nonsense from a detector that looks at all texts at once."""

    def find_all(self, texts: object) -> object:
        return self.what


class Sleeps:
    def find(self, text: str) -> list[Finding]:
        time.sleep(1.5)
        return []


class Spins:
    """Holds the interpreter's lock: a regular expression that backtracks without end."""

    def find(self, text: str) -> list[Finding]:
        re.match(r"(a|aa)+$", "a" * 34 + "b")
        return []


class AtTheGate:
    """Finds nothing in the seal; fails when the gate shows it what is about to leave."""

    at_gate = True

    def find(self, text: str) -> list[Finding]:
        if SECRET not in text:
            raise RuntimeError(SECRET)
        return []


class Child:
    """A detector that works in another process, which is killed."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        assert self._ours.recv() == "ready"
        assert self._process.pid
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.join(10)

    def find(self, text: str) -> list[Finding]:
        self._ours.send(text)
        found: list[Finding] = self._ours.recv()
        return found


def _serve(pipe: Connection) -> None:
    pipe.send("ready")
    while True:
        pipe.recv()
        pipe.send([])


def _stops_in_the_middle() -> Iterator[Finding]:
    yield Finding(0, 1, "person")
    raise ValueError(SECRET)


FAILURES = [
    Fails(ValueError(SECRET)),
    Fails(MemoryError(SECRET)),
    Fails(RecursionError(SECRET)),
    Fails(SystemExit(SECRET)),
    Fails(KeyboardInterrupt(SECRET)),
    Fails(asyncio.CancelledError(SECRET)),
    Fails(TimeoutError(SECRET)),
    Fails(StopIteration(SECRET)),
    Fails(GeneratorExit(SECRET)),
    Sleeps(),
    Spins(),
    AtTheGate(),
    Gives(None),
    Gives("I found no private data."),
    Gives(7),
    Gives([None]),
    Gives([(0, 3, "person")]),
    Gives([Finding(0, 10_000, "person")]),
    Gives([Finding(-5, 3, "person")]),
    Gives([Finding(5, 3, "person")]),
    Gives([Finding(2, 2, "person")]),
    Gives([Finding("0", "3", "person")]),  # type: ignore[arg-type]
    Gives([Finding(0, 3, None)]),  # type: ignore[arg-type]
    Gives(_stops_in_the_middle()),
    GivesAll([]),
    GivesAll([[]] * 99),
    GivesAll(None),
]


def _name(detector: object) -> str:
    what = getattr(detector, "error", getattr(detector, "what", ""))
    return f"{type(detector).__name__} {type(what).__name__} {str(what)[:24] if what else ''}"


@pytest.mark.parametrize("detector", FAILURES, ids=_name)
async def test_a_detector_that_fails(cloud: Cloud, boundary: Make, detector: object) -> None:
    policy = Policy((cloud.url,), deadline_s=BRIEF)
    await refused(cloud, boundary(detectors=(WHO, detector), policy=policy))


async def test_a_detector_whose_process_was_killed(cloud: Cloud, boundary: Make) -> None:
    await refused(cloud, boundary(detectors=(WHO, Child())))


async def test_a_detector_that_finds_nothing_lets_the_rest_do_its_work(
    cloud: Cloud, boundary: Make
) -> None:
    await leaves(cloud, boundary(detectors=(WHO, Gives([]), GivesAll([[]]))))


async def test_a_detector_that_failed_once_is_asked_again(cloud: Cloud, boundary: Make) -> None:
    """A failure is not remembered as "nothing found"."""
    detector = Fails(ValueError(SECRET))
    made = boundary(detectors=(WHO, detector))
    await refused(cloud, made)
    await refused(cloud, made)


class BadRules:
    """Finds nothing, but what else is asked of a detector fails."""

    def __init__(self, **more: object) -> None:
        self.__dict__ |= more

    def find(self, text: str) -> list[Finding]:
        return [Finding(0, len(text), "person")]


def _raises(*_: object) -> bool:
    raise RuntimeError(SECRET)


class _Fields:
    def matches(self, path: object) -> str:
        raise RuntimeError(SECRET)


@pytest.mark.parametrize("more", [{"allows": _raises}, {"fields": _Fields()}, {"fields": 7}])
async def test_allow_lists_and_fields_that_fail(
    cloud: Cloud, boundary: Make, more: dict[str, object]
) -> None:
    await refused(cloud, boundary(detectors=(WHO, BadRules(**more))))


# the home model


class Home:
    """A home model behind real HTTP. `act` says what it does with a request."""

    def __init__(self, act: Callable[[BaseHTTPRequestHandler], None]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                act(self)

            def log_message(self, *_: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def ask(self, text: str) -> str:
        url = f"http://127.0.0.1:{self.server.server_port}/"
        with urlopen(url, data=b"x", timeout=5) as reply:
            return str(reply.read().decode())

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _says(text: str, length: int | None = None) -> Callable[[BaseHTTPRequestHandler], None]:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(length or len(text)))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return act


def _slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1)
    _says("[]")(handler)


ANSWERS = {
    "prose": _says("Sure! There is nothing private in it."),
    "half of JSON": _says('[{"text": "Quixmere", "ki'),
    "no list": _says('{"text": "Quixmere", "kind": "person"}'),
    "other entries": _says('[{"name": "Quixmere"}]'),
    "null": _says("null"),
    "nothing": _says(""),
    "cut off": _says("[]", length=400),
    "too late": _slow,
    "an error": lambda handler: handler.send_error(500),
    "no answer": lambda handler: handler.connection.close(),
}


@pytest.mark.parametrize("answer", ANSWERS)
async def test_a_home_model_that_fails(cloud: Cloud, boundary: Make, answer: str) -> None:
    home = Home(ANSWERS[answer])
    try:
        asked = AskedModel(home.ask, timeout_s=BRIEF)
        await refused(cloud, boundary(detectors=(WHO, asked)))
    finally:
        home.close()


async def test_a_home_model_that_is_gone(cloud: Cloud, boundary: Make) -> None:
    home = Home(_says("[]"))
    home.close()
    await refused(cloud, boundary(detectors=(WHO, AskedModel(home.ask, timeout_s=BRIEF))))


async def test_a_home_model_that_answers_lets_the_request_leave(
    cloud: Cloud, boundary: Make
) -> None:
    home = Home(_says("[]"))
    try:
        await leaves(cloud, boundary(detectors=(WHO, AskedModel(home.ask, timeout_s=5))))
    finally:
        home.close()


# the name model


@pytest.mark.skipif(not Classifier.available(), reason="needs doorstep[names] and its weights")
@pytest.mark.parametrize("error", [RuntimeError(SECRET), MemoryError(), KeyboardInterrupt()])
async def test_a_name_model_that_fails(cloud: Cloud, boundary: Make, error: BaseException) -> None:
    class Broken(Classifier):
        def _run(self, batch: object) -> object:  # type: ignore[override]
            raise error

    await refused(cloud, boundary(detectors=(WHO, Broken())))


@pytest.mark.skipif(not Classifier.available(), reason="needs doorstep[names] and its weights")
@pytest.mark.parametrize("name", ["names.onnx", "vocabulary.txt.gz", "names.json"])
def test_a_name_model_whose_weights_are_damaged(tmp_path: Path, name: str) -> None:
    from doorstep.boundary.detect import classifier

    for file in classifier._FOLDER.iterdir():
        data = bytearray(file.read_bytes())
        if file.name == name:
            data[len(data) // 2] ^= 1
        (tmp_path / file.name).write_bytes(data)
    with pytest.raises(ConfigError):
        Classifier(folder=tmp_path)


# propagation, vault, store, ledger, approval


@pytest.mark.parametrize(
    "propagate",
    [_raises, lambda _: time.sleep(1.5), lambda _: None, lambda _: ["Quixmere"], lambda _: [None]],
)
async def test_a_propagation_that_fails(
    cloud: Cloud, boundary: Make, propagate: Callable[..., object]
) -> None:
    detector = Gives([Finding(0, 1, "person")])
    policy = Policy((cloud.url,), deadline_s=BRIEF)
    await refused(cloud, boundary(detectors=(WHO, detector), propagate=propagate, policy=policy))


async def test_a_store_that_is_gone(cloud: Cloud, boundary: Make, tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="needs doorstep[vault]")
    from doorstep.boundary.store import Store

    store = Store(tmp_path / "vault.db", KEY)
    made = boundary(detectors=(WHO,), store=store)
    store.close()
    await refused(cloud, made)


async def test_a_store_that_was_tampered_with(cloud: Cloud, boundary: Make, tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="needs doorstep[vault]")
    from doorstep.boundary.store import Store
    from doorstep.boundary.vault import Vault

    with Store(tmp_path / "vault.db", KEY) as store:
        Vault(KEY, store=store).placeholder("person", SECRET, of=SECRET)
        with sqlite3.connect(tmp_path / "vault.db") as db:
            changed = db.execute("UPDATE entry SET sealed = zeroblob(length(sealed))").rowcount
        assert changed == 1
        made = boundary(detectors=(WHO,), store=store)
        try:
            await leaves(cloud, made)  # a new placeholder for it, or nothing at all
        except DoorstepError:
            assert cloud.silent


async def test_a_ledger_that_is_closed(cloud: Cloud, ledger: Ledger, boundary: Make) -> None:
    made = boundary(detectors=(WHO,))
    async with made.client() as client:
        ledger.close()
        with pytest.raises(BoundaryError), made.crossing(Clearance(mask=True)):
            await client.post(cloud.url, json=BODY)
    assert cloud.silent


async def test_a_ledger_whose_table_is_gone(cloud: Cloud, ledger: Ledger, boundary: Make) -> None:
    made = boundary(detectors=(WHO,))
    with sqlite3.connect(ledger.path) as db:
        db.execute("DROP TABLE rows")
    async with made.client() as client:
        with pytest.raises(BoundaryError), made.crossing(Clearance(mask=True)):
            await client.post(cloud.url, json=BODY)
    assert cloud.silent


async def _never(_: Preview) -> bool:
    await asyncio.sleep(60)
    return True


async def _fails(_: Preview) -> bool:
    raise KeyError(SECRET)


@pytest.mark.parametrize(
    "approve",
    [None, _never, _fails, _raises, lambda _: 1, lambda _: "yes", lambda _: None, lambda: True],
)
async def test_a_person_who_does_not_say_yes(
    cloud: Cloud, boundary: Make, approve: Callable[..., object] | None
) -> None:
    policy = Policy((cloud.url,), rules=(Rule(do="ask"),), ask_timeout_s=BRIEF)
    await refused(cloud, boundary(detectors=(WHO,), policy=policy, approve=approve))


# the sync door, and a request that fails by itself


def test_the_sync_door_fails_closed_too(cloud: Cloud, boundary: Make) -> None:
    made = boundary(detectors=(WHO, Sleeps()), policy=Policy((cloud.url,), deadline_s=BRIEF))
    with (
        made.sync_client() as client,
        pytest.raises(BoundaryError),
        made.crossing(Clearance(mask=True)),
    ):
        client.post(cloud.url, json=BODY)
    assert cloud.silent


async def test_a_body_that_breaks_off_while_it_is_read(cloud: Cloud, boundary: Make) -> None:
    async def parts() -> object:
        yield b'{"model":"m",'
        raise OSError(SECRET)

    made = boundary(detectors=(WHO,))
    async with made.client() as client:
        with pytest.raises(BoundaryError), made.crossing(Clearance(mask=True)):
            await client.post(cloud.url, content=parts())  # type: ignore[arg-type]
    assert cloud.silent


async def test_a_caller_that_gives_up_while_it_is_checked(cloud: Cloud, boundary: Make) -> None:
    made = boundary(detectors=(WHO, Sleeps()))
    async with made.client() as client:
        request = httpx2.Request("POST", cloud.url, json=BODY)
        task = asyncio.ensure_future(client.send(request))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await asyncio.sleep(1.6)  # the detector has ended, too
    assert cloud.silent and not made.ledger.list()


ODD_BODIES = {
    "not UTF-8": b'\xff\xfe{"a":"%s"}',
    "UTF-16": '{"a":"%s"}'.encode("utf-16"),
    "half a character": b'{"a":"\\ud800 %s"}',
    "a byte order mark": b'\xef\xbb\xbf{"a":"%s"}',
    "deep": b"[" * 900 + b'"%s"' + b"]" * 900,
    "too deep": b"[" * 100_000 + b'"%s"' + b"]" * 100_000,
    "deep in strings": b'{"a":' * 300 + b'"%s"' + b"}" * 300,
    "a number of 5,000 digits": b'{"a":' + b"7" * 5000 + b',"b":"%s"}',
    "a number beyond all": b'{"a":1e999,"b":"%s"}',
    "not a number": b'{"a":NaN,"b":"%s"}',
    "a key twice": b'{"a":"%s","a":"x"}',
    "half of JSON": b'{"a":"%s',
    "two values": b'{"a":"x"}{"a":"%s"}',
    "a comment": b'{"a":"x" /* %s */}',
    "a zero byte": b'{"a":"%s\x00"}',
    "a form": b"a=1&b=%s",
    "nothing but it": b"%s",
    "long": b'{"a":"' + b"x %s " * 3000 + b'"}',
}


@pytest.mark.parametrize("name", ODD_BODIES)
async def test_an_odd_body_is_refused_or_sealed(cloud: Cloud, boundary: Make, name: str) -> None:
    """Never an error of another kind, never the value."""
    who = SECRET.encode("utf-16-le") if name == "UTF-16" else SECRET.encode()
    spot = "%s".encode("utf-16-le") if name == "UTF-16" else b"%s"
    body = ODD_BODIES[name].replace(spot, who)
    assert body.count(who) >= 1
    made = boundary(detectors=(WHO,))
    async with made.client() as client:
        with made.crossing(Clearance(mask=True)), contextlib.suppress(BoundaryError):
            await client.post(cloud.url, content=body)
    assert all(b"Quixmere" not in got.body.replace(b"\0", b"") for got in cloud.got)
    assert [entry.body for entry in made.ledger.list()] == [got.body for got in cloud.got]
