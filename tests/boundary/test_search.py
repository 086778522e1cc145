"""The gate's search of all stretches at once, against each stretch by itself (`slow_gate.py`)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.fuzz.bodies import any_body
from doorstep._errors import Blocked
from doorstep.boundary import Clearance, Declared, Term
from doorstep.boundary.decode import TooManyReadings
from doorstep.boundary.detect.declared import Expression
from doorstep.boundary.gate import Gate, Outgoing
from doorstep.boundary.looked import Body, Chains
from doorstep.boundary.search import Between
from doorstep.boundary.terms import Cased, Matcher
from doorstep.boundary.tree import dump
from tests.boundary.slow_gate import SlowGate

TERMS = (
    Term("Maya Zordvak", "person"),
    Term("Al", "person"),
    Term("dishwasher", "device"),
    Term("+49 30 1234567", "phone"),
    Term("Jürgen", "person"),
    Term("2030", "code"),
    Cased("Brown", "person"),
    Term("may@zord.example", "email"),
)
OURS = ("PERSON_7F3AQ2XK", "PERSON_7F3AQ2XK_2AB", "CODE_01234567", "EMAIL_ZZZZZZZZ")
SURROGATES = ("Berta", "Berta Klein", "PERSON_7F3AQ2XK")
CODINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.swapcase,
    lambda text: "-".join(text),
    lambda text: " ".join(text),
    lambda text: quote(text, safe=""),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.b32encode(text.encode()).decode(),
    lambda text: text.encode().hex(),
    lambda text: text.encode().hex(" "),
    lambda text: json.dumps(text),
    lambda text: json.dumps({"a": [text, "b"]}),
    lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    lambda text: base64.b64encode(quote(text).encode()).decode(),
)


@st.composite
def forms(draw: st.DrawFn) -> str:
    """A value, disguised or not, whole or cut off."""
    text = draw(st.sampled_from(CODINGS))(draw(st.sampled_from(TERMS)).value)
    start, end = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    return text[start if start < 4 else 0 : len(text) - (end if end < 4 else 0)]


_WORDS = (
    *"and|the lamp|client|brown bread|may|a|zord|wash|dish|30|12:30|=|%|. |, |İ|Σ|ß|é|al".split(
        "|"
    ),
    *("\\", "\n", "\ud83d"),
)
_BETWEEN = st.sampled_from((" ", "", "\n", " ", "_", "-", ", ", "\n\n\n", "="))
_PIECE = st.one_of(forms(), st.sampled_from(_WORDS), st.sampled_from((*OURS, *SURROGATES)))
TEXTS = st.lists(st.tuples(_PIECE, _BETWEEN), max_size=7).map(
    lambda parts: "".join(text + after for text, after in parts)
)
BODIES = st.one_of(
    any_body(TEXTS),
    st.lists(TEXTS, max_size=3).map(lambda all_of: {"messages": [{"content": t} for t in all_of]}),
)
SPELT = (
    dump,
    lambda value: json.dumps(value).encode(),
    lambda value: json.dumps(value, indent=1, ensure_ascii=False).encode("utf-8", "replace"),
    lambda value: b'{"a":1,"a":' + dump(value) + b"}",
    lambda value: dump(value)[:-1] + b"x",
)
RULE = Declared(
    patterns=(Expression(r"[A-Z]{2}[0-9]{2,4}", "plate"), Expression("lamp.{0,3}", "thing"))
)
CLEARANCES = (
    Clearance(),
    Clearance(public=("and", "Al", "the lamp")),
    Clearance(
        shapes=(re.compile(r"and 30[^x]*"),), public_json=({"type": "object", "properties": {}},)
    ),
)


def _request(body: bytes) -> Outgoing:
    return Outgoing("POST", "https://a.example", "/v1/chat/completions", (), body)


def _said(find: Callable[[], object]) -> object:
    try:
        return find()
    except (TooManyReadings, UnicodeDecodeError) as error:
        return type(error)
    except Blocked as error:
        return error.kinds


@given(
    BODIES,
    st.sampled_from(SPELT),
    st.sampled_from(((), OURS, SURROGATES)),
    st.sampled_from(CLEARANCES),
)
@settings(max_examples=1000, deadline=None)
def test_the_gate_finds_what_each_stretch_by_itself_holds(
    value: object, spelt: Callable[[object], bytes], ours: tuple[str, ...], clearance: Clearance
) -> None:
    request = _request(spelt(value))
    matchers, rules = (Matcher(TERMS[:4]), Matcher(TERMS[4:], words=False)), (RULE,)
    slow = _said(lambda: tuple(sorted(SlowGate(clearance, matchers, ours, rules).found(request))))
    gate = Gate(clearance, matchers, ours, rules=rules, opaque="allow")
    assert _said(lambda: gate.check(request) or ()) == slow


@given(TEXTS, st.sampled_from((OURS, SURROGATES, OURS[:1], ("A_B", "A_B_C"))))
@settings(max_examples=500, deadline=None)
def test_the_stretches_between_placeholders(text: str, ours: tuple[str, ...]) -> None:
    assert Between(ours)(text) == SlowGate(Clearance(), (), ours).without(text)


@pytest.mark.parametrize(
    "text",
    [
        "xPERSON_7F3AQ2XKy and PERSON_7F3AQ2XK_2AB_",
        "PERSON_7F3AQ2XKPERSON_7F3AQ2XK",
        "PERSON_7F3AQ2XK_2AC Maya PERSON_7F3AQ2XK_2AB",
        "THE_API_KEY_OF CODE_01234567",
        "PERSON_7F3AQ2X",
        " PERSON_7F3AQ2XK ",
        "",
    ],
)
def test_placeholders_within_other_capitals(text: str) -> None:
    assert Between(OURS)(text) == SlowGate(Clearance(), (), OURS).without(text)


_ENDS = st.text(st.sampled_from("4dF7 :,;-=%&\\\nxg"), max_size=24)


@given(st.lists(_ENDS, max_size=5))
@example(["x 4d  61", "79 x"])
@example(["x4d;", "61:79"])
@settings(max_examples=500, deadline=None)
def test_what_ends_one_leaf_and_begins_the_next(texts: list[str]) -> None:
    body = dump({"metadata": dict(zip("abcde", texts, strict=False)), "input": texts})
    slow = SlowGate(Clearance(), ())
    found, raw = slow.leaves(body)
    chains = Chains(Body.of(body, Clearance()), Clearance())
    assert [*filter(None, chains.texts())] == [*filter(None, slow.texts(found, raw))]
    assert list(chains.joined()) == [slow.joined(found)]


def test_a_code_that_is_split_within_json_in_a_string() -> None:
    gate = Gate(Clearance(), (Matcher((Term("Quixmere", "person"),)),))
    for halves in (("KF2WS6DNM", "VZGK==="), ("UXVpeG", "1lcmU="), ("51 75 69 7", "8 6d 65 72 65")):
        inside = json.dumps([{"type": "text", "text": half} for half in halves])
        for body in ({"input": inside}, {inside: 1}, {"input": json.dumps({"a": inside})}):
            with pytest.raises(Blocked):
                gate.check(_request(dump(body)))
    gate.check(_request(dump({"input": json.dumps([{"text": "KF2WS6DNM"}, {"text": "other"}])})))


def test_a_value_does_not_go_on_behind_a_placeholder() -> None:
    gate = Gate(Clearance(), (Matcher(TERMS),), OURS)
    gate.check(_request(dump({"input": "may PERSON_7F3AQ2XK a zordv CODE_01234567 ak"})))
    with pytest.raises(Blocked):
        gate.check(_request(dump({"input": "x CODE_01234567 Maya Zordvak PERSON_7F3AQ2XK"})))
