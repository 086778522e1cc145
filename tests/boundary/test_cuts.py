"""A streamed reply says the same however it is cut: into reads, into events, in every protocol."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.boundary.reply import Restoring
from doorstep.boundary.restore import Restorer
from tests.boundary.wires import SSE, WIRES, Wire

ODD = 'Zoë "Z"\\ O\'Neil\n\t\u2028😀'
PAIRS = {
    "PERSON_7F3AQ2XK": "Maya",
    "PERSON_7F3AQ2XK_2K": ODD,
    "DEVICE_0000000A": "dish\\washer",
}
R = Restorer(PAIRS.items())
# (what the model says, what a person must read)
TEXTS = [
    (
        'Dear PERSON_7F3AQ2XK, "person\\_7f3aq2xk" & **PERSON_7F3AQ2XK_2K** — 😀é\u2028\n'
        "DEVICE_0000000As: people phoned PERSON_7F3AQ2X; \\d PERSON_7F3AQ2XK",
        f'Dear Maya, "Maya" & **{ODD}** — 😀é\u2028\n'
        "dish\\washers: people phoned PERSON_7F3AQ2X; \\d Maya",
    ),
    ("DEVICE_0000000A", "dish\\washer"),
    ("Device 0000000A\tpersonal PERSON_7F3AQ2XK_2K", f"dish\\washer\tpersonal {ODD}"),
]
INSIDE = json.dumps({"PERSON_7F3AQ2XK": ["é😀 PERSON_7F3AQ2XK_2K"]})
INSIDE_READ = {"Maya": [f"é😀 {ODD}"]}
ARGUMENTS = (
    {"who": "person_7f3aq2xk", "n": [1.5, None, "😀 DEVICE_0000000A."], "sub": INSIDE},
    {"who": "Maya", "n": [1.5, None, "😀 dish\\washer."], "sub": INSIDE_READ},
)


def said(wire: Wire, number: int) -> str:
    """What the model says in text `number`."""
    if not wire.arguments:
        return TEXTS[number % len(TEXTS)][0]
    return json.dumps(ARGUMENTS[0], ensure_ascii=number % 2 == 0)


def check(wire: Wire, reply: bytes) -> None:
    """The client hears every text with the values in it."""
    heard = wire.heard(reply)
    assert len(heard) == wire.texts
    for number, text in enumerate(heard.values()):
        if wire.arguments:
            read = json.loads(text)
            assert {**read, "sub": json.loads(read["sub"])} == ARGUMENTS[1]
        else:
            assert text == TEXTS[number % len(TEXTS)][1]


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def restored(parts: Sequence[bytes], kind: str, *, general: bool = False) -> bytes:
    restoring = Restoring(kind, R)
    if general:  # no event is read by the shape of another
        restoring._events._learns = 0
    return b"".join([*map(restoring.feed, parts), restoring.end()])


def written(wire: Wire, size: int, **style: bool) -> bytes:
    return wire.write([pieces(said(wire, n), size) for n in range(wire.texts)], **style)


names = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
styles = pytest.mark.parametrize(
    "style", [{}, {"crlf": True, "escape": True, "spaces": False}], ids=["LF", "CRLF"]
)


@names
@styles
def test_a_reply_cut_at_every_byte(wire: Wire, style: dict[str, bool]) -> None:
    body = written(wire, 41, **style)
    whole = restored([body], wire.content_type)
    check(wire, whole)
    for at in range(1, len(body)):
        assert restored([body[:at], body[at:]], wire.content_type) == whole, at


@names
@styles
def test_a_reply_that_comes_byte_by_byte(wire: Wire, style: dict[str, bool]) -> None:
    for size in (1, 4, 300):
        body = written(wire, size, **style)
        out = restored([body[i : i + 1] for i in range(len(body))], wire.content_type)
        check(wire, out)
        assert out == restored([body], wire.content_type)


@names
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_reply_in_any_pieces_and_reads(wire: Wire, data: st.DataObject) -> None:
    texts = []
    for number in range(wire.texts):
        text = said(wire, number)
        cuts = sorted({0, len(text), *data.draw(st.sets(st.integers(1, len(text) - 1)))})
        texts.append([text[a:b] for a, b in pairwise(cuts)])
    flags = st.booleans()
    style = {name: data.draw(flags) for name in ("crlf", "escape", "spaces")}
    body = wire.write(texts, **style)
    bounds = sorted({0, len(body), *data.draw(st.sets(st.integers(1, len(body) - 1)))})
    parts = [body[a:b] for a, b in pairwise(bounds)]
    out = restored(parts, wire.content_type)
    check(wire, out)
    # The same events, value by value, as without any shapes.
    general = restored([body], wire.content_type, general=True)
    assert wire.read(out) == wire.read(general)


@names
def test_what_holds_no_placeholder_passes_byte_by_byte(wire: Wire) -> None:
    quiet = "ask us\n😀\u2028 twice, now. "
    text = json.dumps({"a": quiet}) if wire.arguments else quiet
    body = wire.write([pieces(text, 3)] * wire.texts, crlf=True)
    assert restored([body[i : i + 50] for i in range(0, len(body), 50)], wire.content_type) == body


def test_a_placeholder_over_five_events_is_let_go_with_the_last() -> None:
    wire = WIRES[0]
    events = wire.write([["to P", "ERSON", "_7F3", "AQ2XK", ", again"]]).split(b"\n\n")
    restoring = Restoring(wire.content_type, R)
    parts = [restoring.feed(event + b"\n\n") for event in events[:-1]]
    heard = [wire.heard(part).get(0, "") for part in parts if b'"content"' in part]
    assert heard == ["", "to ", "", "", "", "Maya, again"]


def test_halves_of_a_character_in_two_events_stay_halves() -> None:
    event = 'data: {"choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'
    pieces = ("a", " b", " PERSON_7F3AQ2XK, \\ud83d", "\\ude00 c", " \\ude00 DEVICE_0000000A. ")
    body = "".join(event % piece for piece in pieces).encode()
    out = restored([body], WIRES[0].content_type)
    assert b"Maya, \\ud83d" in out and b'"\\ude00 c"' in out  # as they came: none is lost
    assert WIRES[0].read(out) == WIRES[0].read(restored([body], SSE, general=True))


def test_one_large_event_in_small_reads_costs_no_more_than_its_length() -> None:
    """Held parts are joined once: 4 MB in reads of 1 KB would be 8 GB of copies otherwise."""
    import time

    restoring = Restoring("text/event-stream", R)
    started = time.process_time()
    for _ in range(16_000):
        assert restoring.feed(b"data: x" * 146) == b""
    assert restoring.feed(b"\n\n").startswith(b"data: x")
    assert time.process_time() - started < 3
