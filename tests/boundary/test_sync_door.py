"""The door for programs that do not await: the same guarantees, streams, and an end."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import openai
import pytest

from doorstep._errors import Blocked, BoundaryError
from doorstep.boundary import Boundary, Clearance, Held, Ledger, Policy, Term
from tests.boundary.cloud import SSE, Answer, Cloud, Got, chat_events, echo, responses_events

Make = Callable[..., Boundary]
MASK = Clearance(private=(Term("Maya", "person"),), mask=True, run="r1")


def sdk(made: Boundary, cloud: Cloud) -> openai.OpenAI:
    return openai.OpenAI(
        api_key="k", base_url=cloud.url + "/v1", http_client=made.sync_client(), max_retries=0
    )


def test_a_whole_call(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    cloud.answer = echo
    made = boundary()
    with made.crossing(MASK) as passage:
        reply = sdk(made, cloud).responses.create(model="m", input="Maya and maya?", store=False)
    assert reply.output_text == "Seen: Maya, maya" and b"aya" not in cloud.got[0].body
    (entry,) = ledger.list()
    assert entry.body == cloud.got[0].body == passage.crossings[0].body.encode()
    assert (entry.run, entry.state, entry.status) == ("r1", "answered", 200)


def test_a_stream_stays_a_stream(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    def answer(got: Got) -> Answer:
        text = "You said: " + json.loads(got.body)["input"]
        return Answer(responses_events(text, 4), headers=SSE, pause=0.05)

    cloud.answer = answer
    made = boundary()
    with made.crossing(MASK):
        start = time.monotonic()
        stream = sdk(made, cloud).responses.create(model="m", input="for Maya now", stream=True)
        events = [(event, time.monotonic() - start) for event in stream]
    text = "".join(e.delta for e, _ in events if e.type == "response.output_text.delta")
    assert text == "You said: for Maya now" and b"Maya" not in cloud.got[0].body
    assert events[-1][1] - events[0][1] > 0.3
    assert ledger.show(1).state == "answered"


def test_a_reader_that_goes_away(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    cloud.answer = lambda _: Answer(chat_events("a b c d e f g h", 1), headers=SSE, pause=0.2)
    made = boundary()
    with (
        made.crossing(MASK),
        made.sync_client() as client,
        client.stream("POST", cloud.url, json={"input": "Maya"}) as reply,
    ):
        next(reply.iter_bytes())
    assert ledger.show(1).state == "broke off"


def test_refusals_come_out_as_themselves(cloud: Cloud, boundary: Make) -> None:
    made = boundary()
    strict = Clearance(private=MASK.private)
    with pytest.raises(Blocked), made.crossing(strict):
        sdk(made, cloud).responses.create(model="m", input="Maya?")
    dry = boundary(dry_run=True)
    with pytest.raises(Held), dry.crossing(MASK) as passage:
        sdk(dry, cloud).responses.create(model="m", input="Maya?")
    assert passage.held is not None and "Maya" not in passage.held.body and cloud.silent


def test_a_detector_that_hangs(cloud: Cloud, boundary: Make) -> None:
    class Hangs:
        def find(self, text: str) -> list[object]:
            time.sleep(2)
            return []

    made = boundary(detectors=(Hangs(),), policy=Policy((cloud.url,), deadline_s=0.2))
    with made.sync_client() as client, pytest.raises(BoundaryError):
        client.post(cloud.url, json={"input": "x"})
    assert cloud.silent


def test_passages_of_threads_do_not_mix(cloud: Cloud, boundary: Make, ledger: Ledger) -> None:
    cloud.answer = echo
    made, replies = boundary(), {}
    with made.sync_client() as client:

        def one(name: str) -> None:
            with made.crossing(Clearance(private=(Term(name, "person"),), mask=True)):
                replies[name] = client.post(cloud.url, json={"input": f"for {name}"}).text

        threads = [threading.Thread(target=one, args=(f"Name{c}",)) for c in "abcdefgh"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert len(replies) == 8 and all(f"Seen: {name}" in text for name, text in replies.items())
    assert [entry.body for entry in ledger.list()] == [got.body for got in cloud.got]


def test_closing_ends_the_thread(cloud: Cloud, boundary: Make) -> None:
    before = threading.active_count()
    client = boundary().sync_client()
    client.close()  # never used: nothing to end
    with boundary().crossing(MASK), boundary().sync_client() as client, pytest.raises(Blocked):
        client.post(cloud.url, json={"input": "x"})  # another boundary's crossing does not hold
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.02)
    assert threading.active_count() <= before
    with pytest.raises(RuntimeError):
        client.post(cloud.url, json={})


def test_a_plain_sync_client_is_no_boundary_client(boundary: Make) -> None:
    from doorstep.boundary import SyncBoundaryClient

    assert isinstance(boundary().sync_client(), SyncBoundaryClient)
    assert not isinstance(httpx2.Client(), SyncBoundaryClient)


UNCLOSED = """
import sys
from doorstep.boundary import Boundary, Clearance, Ledger, Policy, Term
made = Boundary(ledger=Ledger(sys.argv[1]), policy=Policy((sys.argv[2],)), key=b"k" * 32)
client = made.sync_client()
with made.crossing(Clearance(private=(Term("Maya"),), mask=True)):
    print(client.post(sys.argv[2], json={"input": "Maya"}).status_code)
"""


def test_a_client_that_is_never_closed_does_not_keep_the_program_alive(
    cloud: Cloud, tmp_path: Path
) -> None:
    args = [sys.executable, "-c", UNCLOSED, str(tmp_path / "l.db"), cloud.url]
    done = subprocess.run(args, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "200", "")
