"""A word is found in whatever form it crossed, and where it was not looked for, that is said."""

from __future__ import annotations

import base64
import json
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from doorstep._errors import BadInput
from doorstep.boundary import Ledger
from doorstep.boundary.durable import connect
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.ledger_find import Looked
from tests.boundary.ledgers import day, old, outgoing

NAME = "Jürgen Özdemir"


def _found(ledger: Ledger, text: str) -> list[Looked]:
    return [one for one in ledger.find(text) if one.places]


def _raw(ledger: Ledger, body: bytes) -> None:
    ledger.record(Outgoing("POST", "https://api.example", "/v1/responses", (), body))


@pytest.mark.parametrize(
    "written",
    [
        NAME,
        NAME.upper(),
        "Jurgen Ozdemir",
        "Juergen Oezdemir",
        "J\u0075\u0308rgen O\u0308zdemir",  # NFD
        "Ｊürgen Özdemir",
        "Jürgen\u200b Öz\u00addemir",
        "Jürgen-Özdemir",
        "JürgenÖzdemir",
        "J ü r g e n  Ö z d e m i r",
        quote(NAME),
        quote(quote(NAME)),
        "J&uuml;rgen &#214;zdemir",
        base64.b64encode(NAME.encode()).decode(),
        base64.b64encode(f"to {NAME}, today".encode()).decode(),
        base64.b32encode(NAME.encode()).decode(),
        NAME.encode().hex(),
        base64.b64encode(quote(NAME).encode()).decode(),
        json.dumps({"who": NAME}),
    ],
)
def test_forms(ledger: Ledger, written: str) -> None:
    ledger.record(outgoing("nobody at all"))
    ledger.record(outgoing(f"This is for {written}, see there."))
    (hit,) = _found(ledger, NAME)
    assert hit.id == 2 and [place.where for place in hit.places] == ["body"]


def test_escaped_by_json_and_split_over_leaves(ledger: Ledger) -> None:
    _raw(ledger, json.dumps({"input": NAME}).encode())  # \u00fc
    _raw(ledger, json.dumps({"input": ["Jürgen Özd", "emir"]}, ensure_ascii=False).encode())
    _raw(ledger, json.dumps({NAME: 1}, ensure_ascii=False).encode())
    _raw(ledger, f"no JSON, {NAME}".encode())
    coded = base64.b64encode(f"to {NAME}".encode()).decode()
    _raw(ledger, json.dumps({"input": [coded[:9], coded[9:]]}).encode())
    assert [hit.id for hit in _found(ledger, NAME)] == [5, 4, 3, 2, 1]


def test_where_it_stands_and_what_is_around_it(ledger: Ledger) -> None:
    target = f"/v1/x?who={quote(NAME)}"
    headers = (("user-agent", "doorstep"), ("x-for", NAME))
    ledger.record(Outgoing("POST", "https://api.example", target, headers, b'{"input":"x"}'))
    ledger.record(outgoing(f"before {NAME} after"))
    second, first = _found(ledger, NAME.lower())
    assert [place.where for place in first.places] == ["address", "header x-for"]
    assert [place.said for place in first.places] == ["", NAME]
    (place,) = second.places
    assert place.before.endswith("before ") and place.after.startswith(" after")
    assert place.said == NAME


def test_words_are_words_and_long_ones_are_found_inside_others(ledger: Ledger) -> None:
    ledger.record(outgoing("scarce carpets in 12345"))
    ledger.record(outgoing("cars"))
    assert [hit.id for hit in _found(ledger, "car")] == [2, 1]  # as it stands: also within words
    ledger.record(outgoing("s-c-a-r-c-e"))
    assert [hit.id for hit in _found(ledger, "scarce")] == [3, 1]
    ledger.record(outgoing("s%63arce"))
    ledger.record(outgoing("%63ar"))
    assert [hit.id for hit in _found(ledger, "car")] == [5, 3, 2, 1]
    assert not _found(ledger, "Jürgen") and not _found(ledger, "the")


def test_what_the_protocol_says_is_found_too(ledger: Ledger) -> None:
    _raw(ledger, b'{"messages":[{"role":"system","content":"x"}]}')
    assert len(_found(ledger, '"role":"system"')) == len(_found(ledger, "content")) == 1


def test_dropped_bodies_are_said_not_to_be_searched(tmp_path: Path) -> None:
    with Ledger(old(tmp_path / "l.db", [f"Heron {n}" for n in range(6)])) as ledger:
        ledger.drop_bodies(day(4))
        looked = list(ledger.find("heron"))
        assert [one.id for one in looked if one.places] == [6, 5, 4]
        assert [one.id for one in looked if one.searched == "no body"] == [3, 2, 1]
        assert [one.id for one in ledger.find("api.example") if one.places] == [6, 5, 4, 3, 2, 1]


def test_what_has_too_many_readings_is_said_to_be_searched_in_part(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.record(outgoing(base64.b64encode(quote(quote("Ö?Ä")).encode()).decode()))
    ledger.record(outgoing("plain"))
    assert [one.searched for one in ledger.find("nowhere")] == ["all", "all"]
    monkeypatch.setattr("doorstep.boundary.decode._MAX_READINGS", 2)
    assert [one.searched for one in ledger.find("nowhere")] == ["all", "in part"]


def test_bytes_that_somebody_damaged_do_not_end_the_search(ledger: Ledger) -> None:
    for text in ("heron", "heron", "plain"):
        ledger.record(outgoing(text))
    with closing(connect(ledger.path, 5)) as db:
        db.execute("UPDATE rows SET body=? WHERE crossing=2", (b"\xff\xfe heron",))
        db.execute("UPDATE rows SET body=? WHERE crossing=3", (b"\xff\xfe",))
    looked = list(ledger.find("heron"))
    assert [bool(one.places) for one in looked] == [False, True, True]
    assert [one.searched for one in looked] == ["in part", "all", "all"]


def test_a_secret_is_not_there_to_be_found(ledger: Ledger) -> None:
    ledger.record(outgoing("x", authorization="Bearer sk-very-secret"))
    assert not _found(ledger, "sk-very-secret") and _found(ledger, "<secret>")


@pytest.mark.parametrize("text", ["", "  ", "!?", "x" * 201])
def test_what_cannot_be_looked_for(ledger: Ledger, text: str) -> None:
    with pytest.raises(BadInput):
        ledger.find(text)


def test_it_begins_where_it_is_told_and_can_be_stopped(ledger: Ledger) -> None:
    for n in range(10):
        ledger.record(outgoing(f"Heron {n}"))
    looking = ledger.find("heron", before=8)
    assert [next(looking).id for _ in range(3)] == [7, 6, 5]
    looking.close()  # type: ignore[attr-defined]
    assert ledger.drop_bodies(datetime.now(UTC)) == 10  # it holds nothing up


def test_memory_stays_as_it_is(tmp_path: Path) -> None:
    with Ledger(old(tmp_path / "l.db", ["plain words " * 800] * 900, days=0.001)) as ledger:
        tracemalloc.start()
        try:
            count = sum(1 for _ in zip(ledger.find("Quixmere"), range(300), strict=False))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.reset_peak()
            written = sum(map(len, ledger.export()))
            peak = max(peak, tracemalloc.get_traced_memory()[1])
            assert ledger.verify().ok
        finally:
            tracemalloc.stop()
    assert count == 300 and written > 8_600_000
    assert peak < 4_500_000, peak  # a hundred rows of 10 kB at a time, not nine hundred
