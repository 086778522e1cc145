"""Failures seen in other tools, each with a test of ours."""

from __future__ import annotations

import ast
import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

import doorstep
from doorstep._errors import Blocked, BoundaryError
from doorstep.boundary import Boundary, Clearance, Declared, Finding, Ledger, Policy, Rule, Term
from doorstep.boundary.detect.capitals import Capitals
from doorstep.boundary.detect.formats import Formats
from tests.boundary.cloud import SSE, Answer, Cloud, Got, chat_events, echo

Make = Callable[..., Boundary]
PEOPLE = (Term("Maya", "person"), Term("Al", "person"), Term("Zo", "person"))
MASK = Clearance(private=PEOPLE, mask=True)


async def chat(
    made: Boundary, cloud: Cloud, body: object, clearance: Clearance = MASK
) -> httpx2.Response:
    async with made.client() as client:
        with made.crossing(clearance):
            return await client.post(cloud.url + "/v1/chat/completions", json=body)


def said(*texts: str, role: str = "user") -> dict[str, object]:
    return {"model": "m", "messages": [{"role": role, "content": text} for text in texts]}


class Prose:
    """A detector whose model answers prose instead of findings."""

    def find(self, text: str) -> list[Finding]:
        return "Sure! I found no private data."  # type: ignore[return-value]


class Late:
    def find(self, text: str) -> list[Finding]:
        time.sleep(1)
        return []


@pytest.mark.parametrize("detector", [Prose(), Late()])
async def test_raw_text_is_not_sent_when_the_local_model_fails(
    cloud: Cloud, boundary: Make, detector: object
) -> None:
    made = boundary(detectors=(detector,), policy=Policy((cloud.url,), deadline_s=0.2))
    with pytest.raises(Blocked):
        await chat(made, cloud, said("Where is Maya?"))
    assert cloud.silent


async def test_short_values_and_system_messages_are_masked(cloud: Cloud, boundary: Make) -> None:
    await chat(boundary(), cloud, said("You help Al and Zo.", role="system"))
    text = json.loads(cloud.got[0].body)["messages"][0]["content"]
    assert " Al " not in text and "Zo" not in text and text.count("PERSON_") == 2


async def test_two_values_in_two_messages_have_two_placeholders(
    cloud: Cloud, boundary: Make
) -> None:
    cloud.answer = echo
    reply = await chat(
        boundary(detectors=(Formats(),)),
        cloud,
        said("I am maya@home.example", "and zo@home.example"),
    )
    assert "Seen: maya@home.example, zo@home.example" in reply.text
    assert b"home.example" not in cloud.got[0].body


async def test_requests_with_tools_are_masked(cloud: Cloud, boundary: Make) -> None:
    call = {
        "id": "c",
        "type": "function",
        "function": {"name": "wake", "arguments": '{"who": "Maya"}'},
    }
    tool = {
        "type": "function",
        "function": {
            "name": "wake",
            "description": "Wakes Maya or Al.",
            "parameters": {"type": "object", "properties": {"Maya": {"enum": ["Al"]}}},
        },
    }
    messages = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": '[{"name":"Maya"}]'},
    ]
    await chat(boundary(), cloud, {"model": "m", "messages": messages, "tools": [tool]})
    assert b"Maya" not in cloud.got[0].body and b'"Al"' not in cloud.got[0].body
    assert b"Wakes PERSON_" in cloud.got[0].body


async def test_content_in_the_shape_of_a_list_is_masked(cloud: Cloud, boundary: Make) -> None:
    parts = [{"type": "text", "text": "Is Maya up?"}, {"type": "text", "text": "And Al?"}]
    await chat(boundary(), cloud, {"model": "m", "messages": [{"role": "user", "content": parts}]})
    assert b"Maya" not in cloud.got[0].body and b" Al" not in cloud.got[0].body


async def test_overlapping_findings_do_not_garble_the_text(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = lambda got: Answer([got.body])
    text = "Write to https://maya@home.example/Maya or maya@home.example."
    reply = await chat(boundary(detectors=(Formats(), Capitals())), cloud, said(text))
    assert reply.json()["messages"][0]["content"] == text
    assert b"home" not in cloud.got[0].body and b"aya" not in cloud.got[0].body


async def test_no_placeholder_is_left_in_a_streamed_answer(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = lambda got: Answer(
        chat_events(json.loads(got.body)["messages"][0]["content"], 2), headers=SSE
    )
    reply = await chat(boundary(), cloud, said("Maya, Al and MAYA"))
    lines = [line[6:] for line in reply.text.splitlines() if line.startswith("data: {")]
    deltas = [json.loads(line)["choices"][0]["delta"] for line in lines]
    assert "".join(d.get("content", "") for d in deltas) == "Maya, Al and MAYA"


async def test_a_stream_is_not_one_chunk_at_the_end(cloud: Cloud, boundary: Make) -> None:
    cloud.answer = lambda _: Answer(chat_events("a b c d e f", 1), headers=SSE, pause=0.05)
    made = boundary()
    async with made.client() as client:
        with made.crossing(MASK):
            async with client.stream("POST", cloud.url + "/v1/x", json=said("Maya")) as reply:
                times = [time.monotonic() async for _ in reply.aiter_bytes()]
    assert len(times) >= 10 and times[-1] - times[0] > 0.3


async def test_placeholders_do_not_start_again_with_every_request(
    cloud: Cloud, boundary: Make, ledger: Ledger
) -> None:
    cloud.answer = echo
    await chat(boundary(), cloud, said("Maya"))
    written = json.loads(cloud.got[0].body)["messages"][0]["content"]
    await chat(boundary(), cloud, said("Al first, then Maya"))
    assert written in cloud.got[1].body.decode()


async def test_a_map_does_not_leak_between_requests(cloud: Cloud, boundary: Make) -> None:
    made = boundary()
    await chat(made, cloud, said("Maya"))
    maya = json.loads(cloud.got[0].body)["messages"][0]["content"]
    cloud.answer = lambda _: Answer([json.dumps({"text": maya}).encode()])
    reply = await chat(made, cloud, said("Al"))
    assert reply.json() == {"text": maya}  # what this request did not send does not come back


async def test_earlier_turns_are_masked_too(cloud: Cloud, boundary: Make) -> None:
    await chat(boundary(), cloud, said("I am Maya.", "Hello Maya!", "And now?"))
    assert b"Maya" not in cloud.got[0].body and cloud.got[0].body.count(b"PERSON_") == 2


async def test_the_ledger_lists_nothing_that_was_not_sent(
    cloud: Cloud, boundary: Make, ledger: Ledger
) -> None:
    with pytest.raises(BoundaryError):
        await chat(boundary(), cloud, said("Maya"), Clearance(private=PEOPLE))
    with pytest.raises(BoundaryError):
        await chat(boundary(dry_run=True), cloud, said("Maya"))
    assert cloud.silent and not ledger.list()
    port = cloud.port
    cloud.close()
    made = boundary()
    with pytest.raises(httpx2.ConnectError):
        await chat(made, cloud, said("Maya"))
    assert port == cloud.port and [entry.state for entry in ledger.list()] == ["not sent"]


async def test_no_switch_is_accepted_and_ignored(cloud: Cloud, boundary: Make) -> None:
    """Each setting of the policy and of the clearance changes what happens."""
    detectors = (Declared(PEOPLE),)
    for policy in (
        Policy(()),
        Policy((cloud.url,), on_private="block"),
        Policy((cloud.url,), max_body_bytes=20),
        Policy((cloud.url,), deadline_s=1e-9),
        Policy((cloud.url,), rules=(Rule(("person",), do="home"),)),
        Policy((cloud.url,), rules=(Rule(do="ask"),), ask_timeout_s=1e-9),
    ):
        with pytest.raises(BoundaryError):
            await chat(boundary(detectors=detectors, policy=policy), cloud, said("Maya"))
    with pytest.raises(Blocked):
        await chat(boundary(detectors=detectors), cloud, said("Maya"), Clearance(mask=False))
    assert cloud.silent
    await chat(boundary(detectors=detectors), cloud, said("Maya"))
    assert len(cloud.got) == 1


async def test_many_at_once_keep_their_own_values(cloud: Cloud, boundary: Make) -> None:
    def slow(got: Got) -> Answer:
        return Answer([echo(got).parts[0]], pause=0.01)

    cloud.answer = slow
    made = boundary()

    async def one(name: str) -> None:
        only = Clearance(private=(Term(name, "person"),), mask=True)
        assert f"Seen: {name}" in (await chat(made, cloud, said(name), only)).text

    await asyncio.gather(*(one(f"Name{chr(97 + n)}") for n in range(20)))


async def test_what_can_be_looked_at_by_nobody_does_not_slip_by(
    cloud: Cloud, boundary: Make
) -> None:
    """A gateway that masks text and passes a photograph of the same letter."""
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgoAAAANS"}}
    body = {"model": "m", "messages": [{"role": "user", "content": [image]}]}
    with pytest.raises(Blocked):
        await chat(boundary(), cloud, body)
    assert cloud.silent


def test_nothing_that_a_model_wrote_is_run() -> None:
    """Code written by the cloud, run with a bare exec on private data: we have none to run it."""
    source = Path(doorstep.__file__).parent
    for file in source.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            assert name not in ("exec", "eval", "compile"), f"{file.name}:{node.lineno}"  # type: ignore[attr-defined]
