r"""Known values in escapes are masked where they stand, not only refused, and come back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.boundary import Boundary, Term, open_boundary
from doorstep.boundary.escapes import unescaped
from tests.boundary.cloud import PLACEHOLDER, Answer, Cloud
from tests.boundary.conftest import KEY

NAMES = [Term("Maya", "person"), Term("Jürgen Müller", "person")]
TABLE = {
    # as it is written: as it leaves
    r'print("a\nMaya")': r'print("a\n…")',
    r'print("a\nmaya\n")': r'print("a\n…\n")',
    r"x\tmaya\rmaya": r"x\t…\r…",
    r'{"n": "J\u00fcrgen M\u00fcller"} and more': '{"n": "…"} and more',
    r"'J\xfcrgen M\xfcller'": "'…'",
    r"J\u{fc}rgen M\u{fc}ller": "…",
    r'"{\"a\": \"J\\u00fcrgen M\\u00fcller\"}" x': r'"{\"a\": \"…\"}" x',
    r'{"a":"\u004d\u0061ya"': '{"a":"…"',
    "q=J%C3%BCrgen%20M%C3%BCller;r=1": "q=…;r=1",
    "q=J%FCrgen+M%FCller;r=1": "q=…;r=1",
    "q=%4d%61ya": "q=…",
    "J&uuml;rgen M&#252;ller, J&#xFC;rgen&nbsp;M&amp;uuml;ller": "…, …",
    "&quot;Maya&quot; &amp;Maya; &lt;Maya&gt;": "&quot;…&quot; &amp;…; &lt;…&gt;",
    r"C:\Maya\new": r"C:\…\new",
    r"\u0022Maya\u0022": "\\…\\u0022",
    "100% of Mayas & co": "100% of … & co",
    # near misses
    r"a\nMayan and \u0022Mayan": r"a\nMayan and \u0022Mayan",
    r"\d+\w* %d %s &c; 5% off, &nbsp;": r"\d+\w* %d %s &c; 5% off, &nbsp;",
    "%4dayan": "%4dayan",
}


@pytest.fixture
def made(cloud: Cloud, tmp_path: Path) -> Boundary:
    cloud.answer = lambda got: Answer([got.body])
    return open_boundary(cloud.url, private=NAMES, ledger=tmp_path / "l.db", key=KEY)


@pytest.mark.parametrize("text", TABLE)
def test_values_in_escapes(cloud: Cloud, made: Boundary, text: str) -> None:
    bodies: list[dict[str, object]] = [
        {"input": text},
        {"arguments": json.dumps({"a": text})},
        {"input": [json.dumps(text)[1:]]},  # a piece of JSON, which is no JSON
    ]
    for body in bodies:
        reply = made.sync_client().post(cloud.url, json=body)
        assert reply.json() == body
    sent = json.loads(cloud.got[0].body)["input"]
    assert PLACEHOLDER.sub("…", sent) == TABLE[text]
    assert ("…" in TABLE[text]) is (json.loads(cloud.got[2].body) != bodies[2])


def test_what_a_detector_found_is_found_in_escapes(cloud: Cloud, made: Boundary) -> None:
    body = {"input": ["ana.ö@home.example", r'["ana.\u00f6\u0040home.example", 1', "x"]}
    reply = made.sync_client().post(cloud.url, json=body)
    assert reply.json() == body
    assert [PLACEHOLDER.sub("…", t) for t in json.loads(cloud.got[0].body)["input"]][1:] == [
        '["…", 1',
        "x",
    ]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"a\u00e9b", "aeb"),
        (r"\ud83d\ude00x", "x"),
        ("%F0%9F%98%80x%C3", "xA"),
        ("&Maya; &AMP; &nosuch;", "Mayanosuch"),
        (r"\\\u0041", "A"),
    ],
)
def test_what_is_undone(text: str, plain: str) -> None:
    seen = unescaped(text)
    assert plain.lower() in {view.text for view in seen}


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aZ9é\\u0n{}%C3BF&;#xamp \n\ud83d", max_size=40))
def test_places_are_places_of_the_text(text: str) -> None:
    for view in unescaped(text):
        places = [*view.view.origin, view.view.end]
        assert places == sorted(places) and places[-1] <= len(text)
        assert all(0 <= place <= len(text) for place in places)


def test_without_escapes_there_is_nothing_to_do() -> None:
    assert unescaped("Maya, 5 + 5 = 10; what's up?") == []
