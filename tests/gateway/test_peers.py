"""Failures seen in other tools, each with a test at the gateway's interfaces.

The same list is tested at the library in `tests/peers`; here it is what a client of an unchanged
program sees.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from doorstep import Ledger
from doorstep.config import BoundarySettings
from tests.gateway.upstream import Got, Reply, Upstream, events, said
from tests.gateway.whole import Whole, gateway

PEOPLE = BoundarySettings(private=("Maya", "Al", "Zo"))
PLACEHOLDER = re.compile(r"[A-Z]+_[0-9A-Z]{8}(?:_[0-9A-Z]+)?\b")
CHAT, RESPONSES, OLLAMA = "/v1/chat/completions", "/v1/responses", "/api/chat"
SURFACES = pytest.mark.parametrize("path", [CHAT, RESPONSES, OLLAMA])


def last(got: Got) -> str:
    """The last text of a request as the upstream has it."""
    body = got.json
    return body["messages"][-1]["content"] if "messages" in body else body["input"][-1]["content"]


def echo(got: Got) -> Reply:
    """Says the last text back, in pieces of three letters where a stream is asked for."""
    text = last(got)
    pieces = [text[i : i + 3] for i in range(0, len(text), 3)]
    if "messages" in got.json:
        return Reply(parts=events(*pieces, "")) if got.json["stream"] else Reply(body=said(text))
    made = [{"type": "response.output_text.delta", "item_id": "a", "delta": p} for p in pieces]
    end: list[dict[str, Any]] = [{"type": "response.completed", "response": {"output": []}}]
    return Reply(parts=[f"data: {json.dumps(e)}\n\n".encode() for e in made + end])


async def ask(here: Whole, path: str, *turns: tuple[str, str], **over: Any) -> str:
    """The text of a streamed answer to these turns, as a client puts it together."""
    messages = [{"role": role, "content": text} for role, text in turns]
    words = {"input": messages} if path == RESPONSES else {"messages": messages}
    body = {"model": "mask/m", "stream": True} | words | over
    reply = await here.client.post(f"{here.url}{path}", json=body)
    assert reply.status_code == 200, reply.text
    return "".join(_texts(path, reply.text.splitlines()))


def _texts(path: str, lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        data = line.removeprefix("data: ")
        if not data.startswith("{"):
            continue
        value = json.loads(data)
        if path == OLLAMA:
            yield value["message"]["content"]
        elif path == RESPONSES:
            yield value.get("delta", "")
        else:
            yield from (choice["delta"].get("content", "") for choice in value["choices"])


@SURFACES
async def test_no_placeholder_is_left_in_a_stream_and_two_people_stay_two(
    tmp_path: Path, path: str
) -> None:
    text = "Maya, Al and MAYA's; then Zo (maya)."
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, boundary=PEOPLE) as here:
        cloud.answer = echo if path != OLLAMA else _ended
        shown = await ask(here, path, ("user", text))
    assert shown == text
    assert len(set(PLACEHOLDER.findall(last(cloud.got[0])))) >= 3


def _ended(got: Got) -> Reply:
    """With the end that Chat Completions has, which Ollama's interface asks for."""
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    *parts, done = echo(got).parts
    return Reply(parts=[*parts, f"data: {json.dumps(end)}\n\n".encode(), done])


@SURFACES
async def test_earlier_turns_system_words_and_short_values_are_masked(
    tmp_path: Path, path: str
) -> None:
    turns = (
        ("system", "You help Al and Zo."),
        ("user", "I am Maya."),
        ("assistant", "Hello Maya."),
        ("user", "And Zo?"),
    )
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, boundary=PEOPLE) as here:
        cloud.answer = echo if path != OLLAMA else _ended
        assert await ask(here, path, *turns) == "And Zo?"
    body = cloud.got[0].body
    assert not re.search(rb"\b(Al|Zo|Maya)\b", body)
    assert body.count(b"_") >= 5


async def test_list_content_tools_and_results_are_masked(tmp_path: Path) -> None:
    function = {
        "name": "wake",
        "description": "Wakes Maya or Al.",
        "parameters": {"type": "object", "properties": {"Maya": {"enum": ["Al", "Zo"]}}},
    }
    call = {"id": "c", "type": "function", "function": {"name": "wake", "arguments": "{}"}}
    call["function"] = {"name": "wake", "arguments": '{"who": "Maya"}'}
    parts = [{"type": "text", "text": "Is Maya up?"}, {"type": "text", "text": "And Al?"}]
    messages = [
        {"role": "user", "content": parts},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": '[{"name":"Maya"},{"name":"Zo"}]'},
    ]
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, boundary=PEOPLE) as here:
        reply = await here.chat(
            messages=messages, tools=[{"type": "function", "function": function}]
        )
    assert reply.status_code == 200
    assert not re.search(rb"\b(Al|Zo|Maya)\b", cloud.got[0].body)
    assert b"Wakes " in cloud.got[0].body and b"Is " in cloud.got[0].body


@SURFACES
async def test_a_stream_is_not_one_piece_at_the_end(tmp_path: Path, path: str) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, boundary=PEOPLE) as here:

        def slow(got: Got) -> Reply:
            reply = echo(got) if path != OLLAMA else _ended(got)
            reply.pause = 0.05
            return reply

        cloud.answer = slow
        words = [{"role": "user", "content": "Maya has long hair and a hat."}]
        body = {"model": "mask/m", "stream": True, "messages": words, "input": words}
        del body["messages" if path == RESPONSES else "input"]
        times = []
        async with here.client.stream("POST", f"{here.url}{path}", json=body) as reply:
            async for _ in reply.aiter_bytes():
                times.append(time.monotonic())
    assert len(times) >= 8 and times[-1] - times[0] > 0.3


async def test_numbers_do_not_start_again_and_old_placeholders_resolve(tmp_path: Path) -> None:
    """An agent writes a placeholder's value into a file and asks about it a day later."""
    async with Upstream() as cloud:
        cloud.answer = echo
        for text in ("Maya", "Al first, then Maya", "Zo and Maya"):
            async with gateway(tmp_path, cloud.url, boundary=PEOPLE) as here:  # a new start each
                assert await ask(here, CHAT, ("user", text)) == text
    first, *others = (PLACEHOLDER.findall(got.body.decode()) for got in cloud.got)
    assert all(first[0] in other for other in others)
    assert len({name for names in (first, *others) for name in names}) == 3


async def test_no_map_is_shared_between_requests_or_scopes(tmp_path: Path) -> None:
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, boundary=PEOPLE) as here:
        url = f"{here.url}{CHAT}"
        for scope in ("one", "two"):
            await here.client.post(
                url,
                json={"model": "mask/m", "messages": [{"role": "user", "content": "Maya"}]},
                headers={"x-doorstep-scope": scope},
            )
        (one,), (two,) = (PLACEHOLDER.findall(got.body.decode()) for got in cloud.got)
        assert one != two
        cloud.answers(Reply(body=said(f"{one} and {two}")))
        for scope, known in (("one", one), ("two", two), ("three", "")):
            asked = {"model": "mask/m", "messages": [{"role": "user", "content": "Al asks: who?"}]}
            reply = await here.client.post(url, json=asked, headers={"x-doorstep-scope": scope})
            # Not even its own, where this request did not say the name.
            assert reply.json()["choices"][0]["message"]["content"] == f"{one} and {two}", known


async def test_overlapping_values_do_not_garble_the_text(tmp_path: Path) -> None:
    text = "Write to https://maya@home.example/Maya or maya@home.example, not al@home.example."
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, boundary=PEOPLE) as here:
        cloud.answer = echo
        assert await ask(here, CHAT, ("user", text)) == text
    assert b"home.example" not in cloud.got[0].body


async def test_a_switch_that_is_set_is_read(tmp_path: Path) -> None:
    """`mask` on or off is decided by the policy alone: nothing in a request turns it off."""
    block = BoundarySettings(private=("Maya",), rules=({"do": "block"},))  # type: ignore[arg-type]
    home = BoundarySettings(private=("Maya",), rules=({"do": "home"},))  # type: ignore[arg-type]
    switches = {"mask": False, "privacy": "off", "doorstep": False, "stream": False}
    for folder, settings in (("a", block), ("b", home), ("c", PEOPLE)):
        (tmp_path / folder).mkdir()
        at = tmp_path / folder
        async with Upstream() as cloud, gateway(at, cloud.url, boundary=settings) as here:
            here.client.headers["x-doorstep"] = "off"
            reply = await here.chat("I am Maya.", **switches)
        assert b"Maya" not in b"".join(got.body for got in cloud.got)
        assert (reply.status_code, len(cloud.got)) == ((200, 1) if folder == "c" else (403, 0))


async def test_the_log_is_the_traffic(tmp_path: Path) -> None:
    """Also of what was tried again, refused, or answered with an error."""
    async with Upstream() as cloud, gateway(tmp_path, cloud.url, boundary=PEOPLE) as here:
        cloud.answers(Reply(status=503), Reply(status=400), Reply(body=said("Hi")))
        for text in ("Maya", "Al", "Zo"):
            await here.chat(text)
        await here.chat(
            "x",
            messages=[
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "image_url",
                            "image_url": {"url": "data:image/png;base64," + "iVBORw0KGgo" * 20},
                        }
                    ],
                }
            ],
        )
        await here.chat(model="no/such")
    with Ledger(here.ledger) as ledger:
        assert [entry.body for entry in ledger.list()] == [got.body for got in cloud.got]
        assert [entry.status for entry in ledger.list()] == [503, 400, 200, 200]
        assert ledger.verify().ok
