"""Placeholders come back exactly, however the reply is cut, and likeness is not enough."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.boundary.reply import restored
from doorstep.boundary.restore import Restorer, Running
from tests.boundary.cloud import chat_events, responses_events

PAIRS = (
    ("PERSON_7F3AQ2XK", "Maya"),
    ("PERSON_7F3AQ2XK_2K", 'maya\'s "x"\n'),
    ("DEVICE_0000000A", "dish\\washer"),
    ("PERSON_7F3AQ2XKZZ", "Zoë"),
)
R = Restorer(PAIRS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PERSON_7F3AQ2XK", "Maya"),
        ("person_7f3aq2xk!", "Maya!"),
        ("[PERSON_7F3AQ2XK]", "[Maya]"),
        ("<Person_7F3AQ2XK>", "<Maya>"),
        ("**PERSON_7F3AQ2XK**", "**Maya**"),
        ("`PERSON_7F3AQ2XK`", "`Maya`"),
        ("_PERSON_7F3AQ2XK_", "_Maya_"),
        ("PERSON\\_7F3AQ2XK", "Maya"),
        ("PERSON\\_7F3AQ2XK\\_2K", 'maya\'s "x"\n'),
        ("PERSON_7F3AQ2XK's and PERSON_7F3AQ2XKs", "Maya's and Mayas"),
        ("PERSON_7F3AQ2XKZZ", "Zoë"),
        ("PERSON_7F3AQ2XK_2K.", 'maya\'s "x"\n.'),
        # never by likeness
        ("PERSON_7F3AQ3XK", "PERSON_7F3AQ3XK"),
        ("PERSON_7F3AQ2X", "PERSON_7F3AQ2X"),
        ("PERSON_7F3AQ2XKZ", "PERSON_7F3AQ2XKZ"),
        ("XPERSON_7F3AQ2XK", "XPERSON_7F3AQ2XK"),
        ("PERSON_", "PERSON_"),
    ],
)
def test_forms_of_a_placeholder(text: str, expected: str) -> None:
    assert R.text(text) == expected
    running = Running(R)
    assert "".join([*map(running.feed, text), running.end()]) == expected


def test_values_in_json_in_a_string_are_escaped() -> None:
    tree = {"arguments": '{"who": "PERSON_7F3AQ2XK_2K"}', "DEVICE_0000000A": ["DEVICE_0000000A"]}
    back = R.tree(tree)
    assert isinstance(back, dict)
    assert json.loads(back["arguments"]) == {"who": 'maya\'s "x"\n'}
    assert back["dish\\washer"] == ["dish\\washer"]


pieces = st.lists(
    st.sampled_from(
        [
            *(p for p, _ in PAIRS),
            "person\\_7f3aq2xk",
            "PERSON_7",
            "P",
            "_",
            "s",
            " ",
            "\\",
            "DEVICE_",
            "[",
            "é",
            "upper",
            ".",
        ]
    ),
    max_size=12,
).map("".join)


def cut(text: str, cuts: list[int]) -> list[str]:
    places = sorted({c % (len(text) + 1) for c in cuts} | {0, len(text)})
    return [text[a:b] for a, b in pairwise(places)]


@settings(max_examples=400, deadline=None)
@given(pieces, st.lists(st.integers(0, 500), max_size=30))
def test_any_cutting_gives_the_same(text: str, cuts: list[int]) -> None:
    text = "x" + text  # a first sign of { or [ says that it is JSON
    running = Running(R)
    out = [running.feed(piece) for piece in cut(text, cuts)]
    assert "".join([*out, running.end()]) == R.text(text)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("abcxyz ,.\n12345"), max_size=60))
def test_nothing_is_held_back_that_cannot_become_a_placeholder(text: str) -> None:
    running = Running(R)
    out = "".join(running.feed(char) for char in text)
    assert out == text


async def _parts(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def _restored(data: bytes, size: int, kind: str = "text/event-stream") -> bytes:
    return b"".join([part async for part in restored(_parts(data, size), kind, R)])


def _deltas(stream: bytes) -> str:
    out = ""
    for line in stream.decode().splitlines():
        if line.startswith("data: {"):
            event = json.loads(line[6:])
            if event.get("type") == "response.output_text.delta":
                out += event["delta"]
            for choice in event.get("choices", ()):
                out += choice["delta"].get("content", "")
    return out


TEXT = (
    "For PERSON_7F3AQ2XK and **person\\_7f3aq2xk**: PERSON_7F3AQ2XK_2K uses DEVICE_0000000A, "
    "PERSON_7F3AQ2XK"
)
PLAIN = R.text(TEXT)


@pytest.mark.parametrize("events", [responses_events, chat_events])
@pytest.mark.parametrize("per_event", [1, 3, 7, 200])
@pytest.mark.parametrize("per_read", [1, 11, 100_000])
async def test_events(events: object, per_event: int, per_read: int) -> None:
    data = b"".join(events(TEXT, per_event))  # type: ignore[operator]
    out = await _restored(data, per_read)
    assert _deltas(out) == PLAIN
    assert b"7F3AQ2XK" not in out.upper()
    assert out.count(b"[DONE]") == data.count(b"[DONE]")


async def test_events_without_placeholders_are_untouched() -> None:
    for events in (responses_events, chat_events):
        data = b": hello\r\n\r\n" + b"".join(events("Run it later, upstairs.", 4))
        quiet = data.replace(b"upstairs.", b"later.")
        assert await _restored(quiet, 5) == quiet


async def test_arguments_of_two_tools_at_once() -> None:
    whole = ['{"who":"PERSON_7F3AQ2XK_2K"}', '{"what":"DEVICE_0000000A","n":1}']
    events = []
    for i in range(40):
        calls = [
            {"index": n, "function": {"arguments": text[i : i + 1]}}
            for n, text in enumerate(whole)
            if i < len(text)
        ]
        events.append({"choices": [{"index": 0, "delta": {"tool_calls": calls}}]})
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    data = b"".join(f"data: {json.dumps(e)}\n\n".encode() for e in events)
    got = ["", ""]
    for line in (await _restored(data, 64)).decode().split("\n\n"):
        if line:
            for call in json.loads(line[6:])["choices"][0]["delta"].get("tool_calls", ()):
                got[call["index"]] += call["function"]["arguments"]
    assert json.loads(got[0]) == {"who": 'maya\'s "x"\n'}
    assert json.loads(got[1]) == {"what": "dish\\washer", "n": 1}


async def test_lines_of_json_and_plain_text() -> None:
    lines = b'{"a":"PERSON_7F3AQ2XK"}\n{"delta":"PERSON_7F"}\n{"delta":"3AQ2XK"}\n{"done":true}\n'
    out = (await _restored(lines, 9, "application/x-ndjson")).decode()
    events = [json.loads(line) for line in out.splitlines() if line]
    assert events[0] == {"a": "Maya"} and events[-1] == {"done": True}
    assert "".join(e.get("delta", "") for e in events) == "Maya"
    assert await _restored(b"hi PERSON_7F3AQ2XK\n", 3, "text/plain") == b"hi Maya\n"


async def test_a_stream_that_stops_in_the_middle_loses_nothing() -> None:
    data = b'data: {"choices":[{"index":0,"delta":{"content":"by PERSON_7F3A"}}]}\n\n'
    assert _deltas(await _restored(data, 10)) == "by PERSON_7F3A"
    assert (await _restored(b"data: PERSON_7F3AQ2XK", 4)) == b"data: Maya"
