# ruff: noqa: E501
"""Streams of the four wire formats: several texts at once, interruptions, ends, and masking."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Finding
from doorstep.boundary.forms import Match
from doorstep.boundary.mask import ReplyMask
from doorstep.boundary.reply import Events, whole
from doorstep.boundary.restore import Restorer, Running
from doorstep.boundary.terms import Matcher
from doorstep.boundary.vault import Vault
from tests.boundary.conftest import KEY

R = Restorer([("PERSON_7F3AQ2XK", "Maya"), ("PERSON_7F3AQ2XK_2K", 'M"A\\Y\nA')])
NAME = "PERSON_7F3AQ2XK"


def sse(*events: object) -> list[bytes]:
    return [b"data: " + json.dumps(event).encode() for event in events]


def passed(blocks: list[bytes], restorer: Restorer = R, end: bytes = b"\n\n") -> list[object]:
    """The events that come out, parsed, in order."""
    events = Events(restorer)
    out = b"".join(events.feed(block, end) for block in blocks) + events.flush()
    lines = [line.removeprefix("data: ") for line in out.decode().split("\n") if line]
    return [json.loads(line) if line.startswith("{") else line for line in lines]


def delta(index: int, piece: str, finish: str | None = None) -> dict[str, object]:
    return {"choices": [{"index": index, "delta": {"content": piece}, "finish_reason": finish}]}


def said(events: list[object], index: int) -> str:
    return "".join(
        choice["delta"].get("content", "")
        for event in events
        if isinstance(event, dict)
        for choice in event.get("choices", ())
        if choice["index"] == index
    )


def test_several_choices_at_once() -> None:
    text = f"By {NAME}, for {NAME}_2K."
    blocks: list[bytes] = []
    for piece in text:
        blocks += sse(delta(0, piece), delta(1, piece.upper()), {"choices": [], "usage": None})
        blocks += sse({"choices": [{"index": 1, "delta": {"role": "assistant"}}]})
    blocks += sse({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    events = passed(blocks)
    assert said(events, 0) == 'By Maya, for M"A\\Y\nA.'
    assert said(events, 1) == 'BY Maya, FOR M"A\\Y\nA.'


def test_two_choices_in_one_event_at_changing_places() -> None:
    one, two = ({"index": i, "delta": {"content": "PERSON_7F"}} for i in (0, 1))
    rest, other = ({"index": i, "delta": {"content": "3AQ2XK"}} for i in (0, 1))
    events = passed(sse({"choices": [one, two]}, {"choices": [other, rest]}))
    assert said(events, 0) == said(events, 1) == "Maya"


@pytest.mark.parametrize(
    "between",
    [
        b": keep-alive",
        b"event: ping",
        b"id: 7\nretry: 100",
        b'event: ping\ndata: {"type": "ping"}',
        b'data: {"choices": [], "prompt_filter_results": []}',
        b'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": null}]}',
        b'data: {"type": "response.in_progress", "response": {"status": "in_progress"}}',
    ],
)
def test_what_comes_between_two_pieces_does_not_tear_them(between: bytes) -> None:
    events = Events(R)
    out = events.feed(sse(delta(0, "PERSON_7F"))[0], b"\n\n")
    out += events.feed(between, b"\n\n")
    assert between in out
    out += events.feed(sse(delta(0, "3AQ2XK."))[0], b"\n\n") + events.flush()
    assert b"Maya." in out


@pytest.mark.parametrize(
    ("piece", "last"),
    [
        (delta(0, "PERSON_7F"), {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
        (delta(0, NAME), {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}),
        (
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": NAME}},
            {"type": "content_block_stop", "index": 0},
        ),
        (
            {"type": "response.output_text.delta", "item_id": "a", "output_index": 0, "delta": NAME},
            {"type": "response.output_text.done", "item_id": "a", "output_index": 0, "text": NAME},
        ),
        ({"message": {"role": "assistant", "content": NAME}}, {"message": {"content": ""}, "done": True}),
        ({"response": "a PERSON_7F"}, {"response": "", "done": True}),
        (delta(0, NAME), {"error": {"message": "overloaded"}}),
    ],
)  # fmt: skip
def test_what_is_held_is_sent_before_the_end_or_in_it(piece: object, last: object) -> None:
    events = Events(R)
    first = events.feed(sse(piece)[0], b"\n\n")
    assert b"PERSON" not in first and events.waiting
    rest = events.feed(sse(last)[0], b"\n\n")
    assert not events.waiting and events.flush() == b""
    wanted = b"Maya" if NAME in json.dumps(piece) else b"PERSON_7F"
    assert wanted in rest
    assert json.dumps(last)[-20:-2] in rest.decode() or b'"done":true' in rest or b"text" in rest


def test_a_piece_that_ends_its_own_text() -> None:
    events = passed(sse(delta(0, "by PERSON_7F"), delta(0, "3AQ2XK", "stop")))
    assert said(events, 0) == "by Maya" and len(events) == 2


def test_the_first_piece_of_a_tool_call_is_not_said_twice() -> None:
    call = {
        "index": 0,
        "id": "call_1",
        "type": "function",
        "function": {"name": "f", "arguments": ""},
    }
    first = {**call, "function": {"name": "f", "arguments": '{"who":"PERSON_7F'}}
    stop = {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}
    events = passed(sse({"choices": [{"index": 0, "delta": {"role": "assistant", "tool_calls": [first]}}]}, stop))  # fmt: skip
    text = json.dumps(events)
    assert text.count("call_1") == 1 and text.count('"name": "f"') == 1
    assert '{\\"who\\":\\"' in text and "PERSON_7F" in text


def test_whole_texts_at_the_end_agree_with_what_was_streamed() -> None:
    place = {"item_id": "m", "output_index": 0, "content_index": 0}
    text = f'[1] {NAME} and {NAME}_2K say "no".'
    blocks = sse(
        *({"type": "response.output_text.delta", **place, "delta": c} for c in text),
        {"type": "response.output_text.done", **place, "text": text},
        {"type": "response.completed", "response": {"output": [{"content": [{"text": text}]}]}},
    )
    events = passed(blocks)
    heard = "".join(e["delta"] for e in events if isinstance(e, dict) and "delta" in e)
    done, completed = events[-2:]
    assert isinstance(done, dict) and isinstance(completed, dict)
    assert heard == done["text"] == completed["response"]["output"][0]["content"][0]["text"]
    assert heard == '[1] Maya and M"A\\Y\nA say "no".'


def test_arguments_in_json_in_json_are_escaped_as_deep_as_they_stand() -> None:
    inside = json.dumps({"q": f"{NAME}_2K"})
    text = json.dumps({"a": [f"{NAME}_2K\n{NAME}"], "b": inside})
    wanted = {"a": ['M"A\\Y\nA\nMaya'], "b": json.dumps({"q": 'M"A\\Y\nA'})}
    for size in (1, 2, 5, 1000):
        running = Running(R)
        parts = [running.feed(text[i : i + size]) for i in range(0, len(text), size)]
        assert json.loads("".join([*parts, running.end()])) == wanted
    assert json.loads(whole(json.dumps({"x": text}).encode(), R))["x"] == "".join([*parts, ""])


def test_numbers_in_streamed_arguments_lose_their_quotation_marks() -> None:
    vault = Vault(KEY)
    number = vault.placeholder("phone", "4915511234", json_number=True)
    text = json.dumps({"n": number, "l": [number, f"{number}."], number: 1, "in": json.dumps({"n": number})})  # fmt: skip
    wanted = '{"n": 4915511234, "l": [4915511234, "4915511234."], "4915511234": 1, "in": "{\\"n\\": 4915511234}"}'  # fmt: skip
    for size in (1, 2, 3, 7, 1000):
        running = Running(Restorer.of(vault))
        parts = [running.feed(text[i : i + size]) for i in range(0, len(text), size)]
        assert "".join([*parts, running.end()]) == wanted, size


def test_tool_calls_of_ollama_come_whole() -> None:
    line = {"message": {"content": "", "tool_calls": [{"function": {"name": "f", "arguments": {"who": NAME, NAME: [f"{NAME}_2K"]}}}]}}  # fmt: skip
    events = passed([json.dumps(line).encode()], end=b"\n")
    assert isinstance(events[0], dict)
    call = events[0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert call == {"who": "Maya", "Maya": ['M"A\\Y\nA']}


def test_escapes_of_the_server_s_json_do_not_hide_a_placeholder() -> None:
    block = (
        b'data: {"choices":[{"index":0,"delta":{"content":"\\u0050ERSON\\u005f7F3AQ2XK\\u200b."}}]}'
    )
    assert said(passed([block]), 0) == "Maya\u200b."
    block = b'data: {"type":"x","text":"PERSON\\uff3f7F3AQ2XK"}'
    assert passed([block]) == [{"type": "x", "text": "Maya"}]


def test_half_a_character_does_not_break_a_stream() -> None:
    blocks = [b'data: {"choices":[{"index":0,"delta":{"content":"PERSON_7F3AQ2XK \\ud83d"}}]}']
    blocks += [b'data: {"choices":[{"index":0,"delta":{"content":"\\ude42"}}]}']
    events = Events(R)
    out = b"".join(events.feed(block, b"\n\n") for block in blocks) + events.flush()
    assert b"Maya \\ud83d" in out and b"\\ude42" in out
    assert whole(b'{"a":"\\ud83d PERSON_7F3AQ2XK"}', R) == b'{"a":"\\ud83d Maya"}'


def test_a_quotation_s_source_under_delta_is_whole() -> None:
    event = {"choices": [{"index": 0, "delta": {"annotations": [{"title": f"By {NAME}"}]}}]}
    assert "By Maya" in json.dumps(passed(sse(event))) and len(passed(sse(event))) == 1


def test_several_older_completions() -> None:
    blocks = [sse({"choices": [{"index": i, "text": c}]})[0] for c in f"{NAME}." for i in (0, 1)]
    out = passed(blocks)
    for index in (0, 1):
        heard = [e["choices"][0] for e in out if isinstance(e, dict)]
        assert "".join(c["text"] for c in heard if c["index"] == index) == "Maya."


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"9" * 5000, b"0.1e-5"])
def test_odd_numbers_do_not_break_a_reply(number: bytes) -> None:
    events = Events(R)
    out = events.feed(b'data: {"n": ' + number + b', "a": "PERSON_7F3AQ2XK"}', b"\n\n")
    assert b"Maya" in out + events.flush()
    assert b"Maya" in whole(b'{"n": ' + number + b', "a": "PERSON_7F3AQ2XK"}', R)


def test_the_signature_of_a_thought_is_left_alone() -> None:
    event = {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "UEVS"}}  # fmt: skip
    assert passed(sse(event)) == [event]


class Finds:
    """Finds telephone numbers, by one rule."""

    def find(self, text: str) -> list[Finding]:
        return [Finding(m.start(), m.end(), "phone") for m in re.finditer(r"\+\d[\d ]{6,}\d", text)]


def masking(*pairs: tuple[str, str]) -> Restorer:
    terms = (Term("Tobias Ostrow", "person"), Term("blue den", "declared"))
    return Restorer(pairs, mask=ReplyMask((Matcher(terms),), (Finds(),)))


MASKED = [
    ("Ask Tobias Ostrow, or ostrow's.", "Ask [person], or [person]'s."),
    ("Call +49 30 901 820 now.", "Call [phone] now."),
    (f"{NAME} has +49 30 901 820.", "Maya has [phone]."),
    ("In the blue den. Yes.", "In the [declared]. Yes."),
    ("Nothing here.", "Nothing here."),
]


def pieces(text: str, size: int) -> Iterator[str]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


@pytest.mark.parametrize(("text", "wanted"), MASKED)
def test_what_the_cloud_brings_up_is_masked(text: str, wanted: str) -> None:
    restorer = masking((NAME, "Maya"))
    assert restorer.text(text) == wanted
    body = json.dumps({"a": [text], "b": json.dumps({"c": text})}).encode()
    assert json.loads(whole(body, restorer)) == {"a": [wanted], "b": json.dumps({"c": wanted})}
    for size in (1, 2, 3, 7, 1000):
        running = Running(restorer)
        out = "".join([*map(running.feed, pieces(text, size)), running.end()])
        assert out == wanted, size


def test_what_is_put_back_is_not_masked() -> None:
    restorer = masking((NAME, "Tobias Ostrow"))
    assert restorer.text(f"{NAME} or Tobias Ostrow") == "Tobias Ostrow or [person]"
    running = Running(restorer)
    out = "".join([*map(running.feed, f"{NAME} or Tobias Ostrow"), running.end()])
    assert out == "Tobias Ostrow or [person]"


def test_masking_alone_makes_a_restorer_that_looks() -> None:
    assert masking() and not Restorer(())
    assert ReplyMask(()).spans("anything", [Match(0, 3, "k")]) == []


def test_masking_lets_words_go() -> None:
    running = Running(masking())
    assert running.feed("yes it is so and then ") == "yes it "
    assert running.feed("we go ") == "is so "
    assert running.end() == "and then we go "
