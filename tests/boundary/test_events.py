"""Events that look like one before are read without parsing, and never otherwise than by it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep._errors import ReplyBroken
from doorstep.boundary import events, reply
from doorstep.boundary.events_shape import shape_of, spliced
from doorstep.boundary.reply import Restoring, whole
from doorstep.boundary.restore import Restorer

R = Restorer([("PERSON_7F3AQ2XK", 'Maya "M"\n'), ("DATE_0000000A", "2026-11-23")])
SSE = "text/event-stream"
PATH = ("choices", 0, "delta", "content")


def chat(piece: str, finish: str | None = None, **more: object) -> str:
    choice = {"index": 0, "delta": {"content": piece}, "finish_reason": finish}
    return json.dumps({"id": "c", "created": 17, "choices": [choice], **more})


def heard(out: bytes) -> str:
    found = [json.loads(line[6:]) for line in out.decode().splitlines() if "choices" in line]
    return "".join(choice["delta"]["content"] for each in found for choice in each["choices"])


def test_a_like_event_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    restoring = Restoring(SSE, R)
    for piece in ("Dear ", "reader, "):
        restoring.feed(f"data: {chat(piece)}\n\n".encode())
    monkeypatch.setattr(events, "data_of", None)
    out = b""
    for piece in ('\\ "I" am ', "PERSON_7F3", "AQ2XK ", "é\n"):
        out += restoring.feed(f"data: {chat(piece, created=18)}\n\n".encode())
    assert heard(out) == '\\ "I" am Maya "M"\n é\n'
    with pytest.raises(TypeError):
        restoring.feed(f"data: {chat('', 'stop')}\n\n".encode())


@pytest.mark.parametrize(
    "other",
    [
        chat("x").replace("c", "d", 1),
        chat("x", finish="stop"),
        chat("x", system_fingerprint="f"),
        chat("x").replace('"index": 0', '"index": 1'),
        chat("x").replace("17", "017"),
        chat("x").replace("17", '"17"'),
        chat("x").replace("17", "17.5"),
        chat("x").replace("17", "-17"),
        chat("x").replace('"x"', '"x", "content": "y"'),
        chat("x").replace('"x"', '"x\ny"'),
        chat("x").replace('"x"', '"x\\q"'),
        chat("x").replace('"x"', '"\\ud8"'),
        chat("x").replace('"x"', '"x'),
        chat("x").replace('"x"', "null"),
        chat("x") + "}",
        chat("x")[:-1],
        "",
    ],
)
def test_an_event_that_differs_in_anything_else_has_another_shape(other: str) -> None:
    shape = shape_of(chat("a"), PATH, R)
    assert shape is not None
    assert shape.read(chat("x")) == ("x", chat("x").index('"x"') + 1, chat("x").index('"x"') + 2)
    assert shape.read(other) is None


def test_a_stamp_in_which_something_would_be_restored_is_not_passed_over() -> None:
    line = '{"created_at":"%s","message":{"role":"assistant","content":"x"},"done":false}'
    shape = shape_of(line % "2026-11-23T19:00:01.5Z", ("message", "content"), R)
    assert shape is not None
    assert shape.read(line % "2026-11-24T09:10:00Z") is not None
    assert shape.read(line % "PERSON7F3AQ2XK") is None
    assert shape.read(line % "2026 11") is None


def test_no_shape_of_what_is_restored_beside_the_text() -> None:
    assert shape_of(chat("a", model="PERSON_7F3AQ2XK"), PATH, R) is None
    assert shape_of(chat("a", model="PERSON\\_7F3AQ2XK"), PATH, R) is None


def test_the_right_one_of_several_strings_of_that_name() -> None:
    text = json.dumps({"content": "a", "choices": [{"delta": {"content": "a"}}]})
    shape = shape_of(text, PATH, R)
    assert shape is not None and shape.read(text) == ("a", len(text) - 6, len(text) - 5)


@settings(max_examples=300, deadline=None)
@given(st.text(), st.text(), st.booleans(), st.booleans())
def test_a_shape_reads_and_writes_what_parsing_does(
    first: str, second: str, escape: bool, crlf: bool
) -> None:
    head = "event: x\r\ndata: " if crlf else "data: "
    made = []
    for piece in (first, second):
        choices = [{"index": 0, "delta": {"content": piece}}]
        value = {"choices": choices, "sequence_number": len(piece)}
        made.append(head + json.dumps(value, ensure_ascii=escape))
    shape = shape_of(made[0], PATH, R)
    assert shape is not None
    read = shape.read(made[1])
    assert read is not None and read[0] == second
    new = spliced(made[1], *read[1:], first + '"\ud83d')
    value["choices"] = [{"index": 0, "delta": {"content": first + '"\ud83d'}}]
    assert json.loads(new.decode().removeprefix(head)) == value


def test_a_text_that_goes_on_after_its_end_loses_nothing() -> None:
    made = [chat("a "), chat("b "), chat("c PERSON_7F")]
    made += ['{"choices":[{"index":0,"finish_reason":"stop","delta":{}}]}']
    made += [chat("d "), chat("e PERSON_7F3"), chat("AQ2")]
    restoring = Restoring(SSE, R)
    out = b"".join(restoring.feed(f"data: {each}\n\n".encode()) for each in made)
    out = (out + restoring.end()).replace(b'"delta":{}', b'"delta":{"content":""}')
    assert heard(out) == "a b c PERSON_7Fd e PERSON_7F3AQ2"


def test_events_that_all_look_otherwise_are_tried_a_few_times_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []
    monkeypatch.setattr(events, "shape_of", lambda *args: tried.append(args))
    restoring = Restoring(SSE, R)
    for number in range(200):
        restoring.feed(f"data: {chat('a', number=number)}\n\n".encode())
    assert 0 < len(tried) < 100


def test_empty_events_stay() -> None:
    body = f"\n\n\n\n: x\n\n\n\ndata: {chat('a')}\n\n\n\n\n\n".encode()
    restoring = Restoring(SSE, R)
    assert restoring.feed(body) + restoring.end() == body


@pytest.mark.parametrize("kind", [SSE, "application/x-ndjson", "application/json"])
def test_what_is_too_large_to_hold_breaks_off(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply, "_LARGEST", 1000)
    restoring = Restoring(kind, R)
    assert restoring.feed(b"x" * 990) == b""
    with pytest.raises(ReplyBroken, match="1000 bytes") as broken:
        restoring.feed(b"private!" * 2)
    assert "private" not in str(broken.value)
    restoring = Restoring(SSE, R)
    for _ in range(100):
        assert restoring.feed(b"data: " + b"x" * 90 + b"\n\n")


def test_a_whole_reply_without_placeholders_keeps_its_bytes() -> None:
    for body in (
        b'{ "a" : 1.0, "b" : "\\u00e9 \\/ x", "c" : 1e5 }',
        b'{"a": 1, "a": 2}',
        b"\xff PERSON_7F3AQ2XK",
        b"",
    ):
        assert whole(body, R) == body
    # What only an escape hides is found.
    assert json.loads(whole(b'{"a":"\\u0050ERSON_7F3AQ2XK"}', R)) == {"a": 'Maya "M"\n'}
    assert json.loads(whole(b'{"a":"(\\/PERSON_7F3AQ2XK"}', R)) == {"a": '(/Maya "M"\n'}
