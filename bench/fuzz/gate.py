"""The gate: a private value in any composed form, anywhere in a request, is refused.

A form is a spelling, then perhaps a gap between the letters, then up to three encodings, put into
a body, a key, the URL or a header, or split over two strings that follow each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from hypothesis import assume
from hypothesis import strategies as st

from bench.fuzz import values
from bench.fuzz.disguise import ENCODINGS, GAPS, LATIN_ONLY, OF_SENTENCES, SPELLINGS
from bench.fuzz.leaks import Leak
from doorstep._errors import BoundaryError
from doorstep.boundary import Clearance, Term
from doorstep.boundary.decode import TooManyReadings
from doorstep.boundary.gate import Gate, Outgoing
from doorstep.boundary.terms import Matcher

_PLAIN = st.sampled_from(
    ("", "please ask", "the lamp at 22:30 and", "({[", 'he said "', "a=1&b=2&c", "x, y;", "see: ")
)


@dataclass(frozen=True, slots=True)
class Case:
    term: Term
    form: str
    path: Sequence[str]
    request: Outgoing


@st.composite
def cases(draw: st.DrawFn) -> Case:
    term = Term(draw(values.SOLID), draw(st.sampled_from(values.KINDS)))
    where, request = draw(st.sampled_from(list(PLACES.items())))
    form, path = _form(draw, term.value, 2 if where in CODED else 3)
    return Case(term, form, (*path, where), request(draw, form))


def _form(draw: st.DrawFn, value: str, layers: int) -> tuple[str, list[str]]:
    name, change = draw(st.sampled_from(list(SPELLINGS.items())))
    form, path = change(value), [name]
    if draw(st.booleans()):
        name, change = draw(st.sampled_from(list(GAPS.items())))
        # Short numbers are not looked for across gaps, and a longer word hides a short value.
        assume(sum(map(str.isalnum, form)) >= 8)
        form, path = change(form), [*path, name]
    for _ in range(draw(st.sampled_from((0, 1, 1, 1, 2, 2, 3)[: layers * 2 + 1]))):
        name, change = _encoding(draw, form)
        form, path = change(_among_words(draw, form)), [*path, name]
    return form, path


def _encoding(draw: st.DrawFn, form: str) -> tuple[str, Callable[[str], str]]:
    choices = dict(ENCODINGS)
    if all(ord(sign) < 256 for sign in form):
        choices |= LATIN_ONLY
    if len(form) >= 20:
        choices |= OF_SENTENCES
    return draw(st.sampled_from(list(choices.items())))


def _among_words(draw: st.DrawFn, form: str) -> str:
    before, after = draw(_PLAIN), draw(_PLAIN)
    return f"{before} {form} {after}".strip(" ") if draw(st.booleans()) else form


def _body(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _made(
    body: object, target: str = "/v1/responses", headers: tuple[tuple[str, str], ...] = ()
) -> Outgoing:
    fixed = (("host", "cloud.example"), ("content-type", "application/json"))
    return Outgoing("POST", "https://cloud.example", target, (*fixed, *headers), _body(body))


def _cut(draw: st.DrawFn, form: str) -> tuple[str, str]:
    """Two halves: of something coded, none is a single sign."""
    assume(3 < len(form) < 4000)  # the gate joins no longer ones
    at = draw(st.integers(2, len(form) - 2))
    return form[:at], form[at:]


def _said(*texts: str) -> dict[str, object]:
    return {"model": "m", "messages": [{"role": "user", "content": text} for text in texts]}


def _two_messages(draw: st.DrawFn, form: str) -> Outgoing:
    return _made(_said(*_cut(draw, form)))


def _two_items(draw: st.DrawFn, form: str) -> Outgoing:
    return _made({"model": "m", "input": "x", "x_list": ["first", *_cut(draw, form), "last"]})


def _two_keys(draw: st.DrawFn, form: str) -> Outgoing:
    first, second = _cut(draw, form)
    assume(first != second)
    return _made({"model": "m", "metadata": {first: 1, second: 2}})


def _key_and_value(draw: st.DrawFn, form: str) -> Outgoing:
    first, second = _cut(draw, form)
    return _made({"model": "m", "metadata": {first: second}})


def _escaped_body(draw: st.DrawFn, form: str) -> Outgoing:
    made = _made(_said(_among_words(draw, form)))
    return replace(made, body=json.dumps(json.loads(made.body), indent=1).encode())


def _method(draw: st.DrawFn, form: str) -> Outgoing:
    made = _made({})
    return replace(made, method=quote(form, safe="", errors="replace"))


PLACES: dict[str, Callable[[st.DrawFn, str], Outgoing]] = {
    "message": lambda draw, form: _made(_said(_among_words(draw, form))),
    "system": lambda draw, form: _made({"model": "m", "instructions": form, "input": "x"}),
    "unknown key": lambda draw, form: _made({"model": "m", "x_more": {"deep": [form]}}),
    "key": lambda draw, form: _made({"model": "m", "metadata": {form: "x"}}),
    "JSON in a string": lambda draw, form: _made(_said(json.dumps({"a": [form]}))),
    "escaped body": _escaped_body,
    "method": _method,
    "path": lambda draw, form: _made({}, f"/v1/files/{quote(form, safe='', errors='replace')}"),
    "query": lambda draw, form: _made({}, f"/v1/x?a=1&q={quote(form, errors='replace')}"),
    "header": lambda draw, form: _made({}, headers=(("accept", quote(form, errors="replace")),)),
    "two messages": _two_messages,
    "two items": _two_items,
    "two keys": _two_keys,
    "key and value": _key_and_value,
}
"""Where a form can stand."""
CODED = ("JSON in a string", "escaped body", "method", "path", "query", "header")
"""Places that are an encoding themselves: of the three layers, two are left."""


def holds(case: Case) -> str:
    clearance = Clearance(private=(case.term,))
    gate = Gate(clearance, [Matcher(clearance.private)])
    try:
        gate.check(case.request)
    except (BoundaryError, TooManyReadings):
        return "refused"
    raise Leak("passes the gate: " + " + ".join(case.path))
