"""What is sealed comes back byte for byte; bench/round_trip.py does the same 10,000 times."""

from __future__ import annotations

import json

import pytest

from bench.round_trip import BODIES, TERMS, Weaver, come_back, sealed, streams
from doorstep.boundary.reply import restored, whole
from doorstep.boundary.restore import Restorer
from doorstep.boundary.tree import dump, parse
from doorstep.boundary.vault import Style


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
@pytest.mark.parametrize("name", BODIES)
def test_conversations_come_back_byte_for_byte(name: str, style: Style) -> None:
    values = 0
    for seed in range(40):
        how, size = come_back(BODIES[name](Weaver(seed)), style)
        assert how == "same", seed
        values += size
    assert values > 40 * 5


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
def test_streams_come_back_in_pieces_of_any_size(style: Style) -> None:
    total, right = streams(6, style, (1, 2, 3, 7, 1000), seed=5000)
    assert total == right == 6 * 5 * 7


@pytest.mark.parametrize("name", BODIES)
def test_nothing_private_is_in_what_was_sealed(name: str) -> None:
    for seed in range(10):
        out, _ = sealed(BODIES[name](Weaver(seed)), "placeholder")
        text = out.decode().casefold()
        for word in (
            "quixmere",
            "ostrow",
            "müller",
            "49 30 90182000",
            "0532 0130",
            "9f8a7b",
            "王小明",
        ):
            assert word not in text, seed
    assert len(TERMS) > 10


def test_the_spelling_of_json_in_a_string_is_the_conversation_s() -> None:
    for ascii in (True, False):
        value = {"name": "Zoë Müller", "é": 1}
        other = json.dumps(["Zoë Müller"], ensure_ascii=ascii)
        body = {"arguments": json.dumps(value, ensure_ascii=ascii), "other": other}
        out, vault = sealed(body, "placeholder")
        assert whole(out, Restorer.of(vault)) == dump(body)


def test_numbers_come_back_as_numbers() -> None:
    body = {
        "x": 4916338217,
        "s": "4916338217",
        "in": '{"x":4916338217,"4916338217":[4916338217.0]}',
    }
    out, vault = sealed(body, "placeholder")
    assert b"4916338217" not in out
    assert whole(out, Restorer.of(vault)) == dump(body)
    sent = parse(out)
    assert isinstance(sent, dict) and sent["x"] != sent["s"]


async def test_every_cut_of_a_stream_of_bytes() -> None:
    from bench.round_trip import events, heard

    told = "So: Maya Quixmere, MAYA QUIXMERE's, call +49 30 90182000."
    out, vault = sealed({"a": told}, "placeholder")
    body = parse(out)
    assert isinstance(body, dict)
    for name in BODIES:
        data = b"".join(events(name, body["a"], 9))
        kind = "application/x-ndjson" if name == "ollama" else "text/event-stream"
        for cut in range(0, len(data), 3):

            async def parts(cut: int = cut, data: bytes = data):  # type: ignore[no-untyped-def]
                yield data[:cut]
                yield data[cut:]

            back = b"".join([part async for part in restored(parts(), kind, Restorer.of(vault))])
            assert heard(name, back) == told
