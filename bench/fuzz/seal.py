"""The seal, with the gate behind it: what must be so of any request that leaves.

A request is refused with an error of the boundary, or: it holds no declared value, in any spelling
that the seal promises; its placeholders are new to it; restoring it gives the request back; and
sealing it again changes nothing (surrogates aside, which may themselves look private).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache

from hypothesis import strategies as st

from bench.fuzz import bodies, values
from bench.fuzz.disguise import GAPS, SPELLINGS
from bench.fuzz.leaks import Broken, Leak, check
from doorstep._errors import BadInput, BoundaryError
from doorstep.boundary import Clearance, Policy, Term
from doorstep.boundary.bodies import KEYS, WORDS
from doorstep.boundary.check import Checked, Checker
from doorstep.boundary.detect.formats import Formats
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.lookout import Lookouts
from doorstep.boundary.reply import whole
from doorstep.boundary.restore import Restorer
from doorstep.boundary.terms import Matcher
from doorstep.boundary.vault import Style, Vault

KEY = b"a key for tests, not for people."
_PROTOCOL = KEYS.union(*WORDS.values())
_LETTERS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=8, max_size=8)
_PARTS = re.compile(r"[^\W\d_]{3,}")  # of a value of several words, each counts
# Gaps that the seal itself closes; the gate refuses what is coded.
_GAPS = ("hyphens", "underscores", "dots", "spaces", "line ends", "hyphens for spaces", "no spaces")


@dataclass(frozen=True, slots=True)
class Case:
    """`solid`: every spelling of the values is promised, not only the literal one. `rules`: the
    formats are looked for, too. `style` is the vault's."""

    body: bytes
    terms: Sequence[Term]
    solid: bool
    rules: bool
    style: Style = "placeholder"


@st.composite
def cases(draw: st.DrawFn) -> Case:
    solid = draw(st.booleans())
    terms = draw(values.terms(values.SOLID if solid else values.ANY))
    terms = [t for t in terms if t.value.casefold() not in _PROTOCOL] or [Term("Quidvak", "person")]
    body = draw(bodies.any_body(_texts(terms)))
    style: Style = draw(st.sampled_from(("placeholder", "placeholder", "surrogate")))
    return Case(_bytes(draw, body), terms, solid, draw(st.booleans()), style)


def _texts(terms: Sequence[Term]) -> st.SearchStrategy[str]:
    """Texts of values in some form, harmless words, and what looks like a placeholder."""
    value = st.sampled_from([term.value for term in terms])
    spelling = st.sampled_from(list(SPELLINGS.values()))
    gap = st.sampled_from([GAPS[name] for name in _GAPS])
    taken = st.sampled_from([Vault(KEY).placeholder(t.kind, t.value) for t in terms])
    other = st.builds(lambda t, x: f"{t.kind.upper()}_{x}", st.sampled_from(list(terms)), _LETTERS)
    form = st.one_of(
        value,
        st.builds(lambda v, change: change(v), value, spelling),
        st.builds(lambda v, change, more: more(change(v)), value, spelling, gap),
    )
    piece = st.one_of(values.FILLER, form, taken, other)
    return st.lists(piece, max_size=4).map(" ".join)


def _bytes(draw: st.DrawFn, body: object) -> bytes:
    match draw(st.integers(0, 9)):
        case 0:
            return json.dumps(body).encode()
        case 1:
            return json.dumps(body, indent=2, ensure_ascii=False).encode("utf-8", "replace")
        case 2:
            return draw(st.binary(max_size=20)) + bodies.spelt(body, 0).encode("utf-8", "replace")
    return bodies.spelt(body, 0).encode("utf-8", "replace")


def holds(case: Case) -> str:
    """What became of the case ("refused", "passed"); Leak or Broken if something is not so."""
    checked = _checked(case)
    if checked is None:
        return "refused"
    body = checked.request.body
    _nothing_private(case, body)
    _new_placeholders(case, checked)
    _comes_back(case, checked)
    if case.solid and case.style == "placeholder":
        _settled(case, body)
    return "passed"


def _settled(case: Case, body: bytes) -> None:
    """Values of a letter or two may stand in a placeholder by chance, and rules take one for a
    code: it is sealed once more then, and comes back as well."""
    again = sealed(replace(case, body=body, rules=False))
    check(again is not None, "a sealed body is refused when it is sealed again")
    check(again == body, "sealing a sealed body changes it")


def sealed(case: Case) -> bytes | None:
    """The body as it leaves, None if it does not."""
    checked = _checked(case)
    return checked.request.body if checked else None


def _checked(case: Case) -> Checked | None:
    """The request as it may leave, None if it is refused."""
    terms = tuple(case.terms)
    headers = (("host", "x"), ("content-type", "application/json"))
    request = Outgoing("POST", "https://cloud.example", "/v1/responses", headers, case.body)
    checker = Checker(
        Policy(("https://cloud.example",)),
        KEY,
        _lookouts(case.rules),
        vault=lambda scope: Vault(KEY, scope=scope, style=case.style),
    )
    try:
        return checker.check(request, Clearance(private=terms, mask=True), Matcher(terms))
    except (BoundaryError, BadInput) as error:
        for term in terms:
            check(len(term.value) < 4 or term.value not in str(error), "a value is in an error")
        return None


@cache
def _lookouts(rules: bool) -> Lookouts:
    """With the formats or without; nothing is remembered from case to case."""
    return Lookouts((Formats(),) if rules else (), propagate=True)


def _nothing_private(case: Case, body: bytes) -> None:
    texts = list(dict.fromkeys(strings(body)))
    for term in case.terms:
        for name, form in _promised(case, term.value):
            pattern = _standing(form)
            if any(pattern.search(text) for text in texts):
                raise Leak(f"{term.kind} leaves: {name}")


def _promised(case: Case, value: str) -> Iterator[tuple[str, str]]:
    yield "as it is", value
    if case.solid:
        for name, change in SPELLINGS.items():
            yield name, change(value)
            for gap in _GAPS:
                yield f"{name}, {gap}", GAPS[gap](change(value))
            for part in _PARTS.findall(value):
                yield f"{name}, a part", change(part)


@cache
def _standing(form: str) -> re.Pattern[str]:
    """The form between blanks or the ends of the text."""
    return re.compile(rf"(?<!\S){re.escape(form)}(?!\S)")


def strings(body: bytes) -> Iterator[str]:
    """Every string and key of a body that is JSON, those of JSON in strings, too; else all of it.

    Strings that the wire format knows (its keys, "user", "text") are left out.
    """
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        yield body.decode("utf-8", "replace")
        return
    yield from _strings(tree)


def _strings(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        if value not in _PROTOCOL:
            yield value
        if depth < 6 and value.lstrip()[:1] in ("{", "[", '"'):
            with suppress(ValueError, RecursionError):
                yield from _strings(json.loads(value), depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, depth)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _PROTOCOL:
                yield key
            yield from _strings(item, depth)


def _new_placeholders(case: Case, checked: Checked) -> None:
    before = "\n".join(strings(case.body)).upper()
    for placeholder, _ in checked.vault:
        check(placeholder not in before, "a placeholder stood in the request already")


def _comes_back(case: Case, checked: Checked) -> None:
    got = whole(checked.request.body, Restorer.of(checked.vault))
    if not _same(_tree(got), _tree(case.body)):
        raise Broken("restoring what was sealed does not give it back")


def _tree(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


def _same(one: object, two: object) -> bool:
    """Equal, but for the spelling of JSON in strings: where all signs beyond ASCII were part of
    values, nobody can know later whether they were escaped."""
    if isinstance(one, dict) and isinstance(two, dict):
        return list(one) == list(two) and all(_same(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_same, one, two))
    if isinstance(one, str) and isinstance(two, str) and one != two:
        inside = _tree(one.encode("utf-8", "replace")), _tree(two.encode("utf-8", "replace"))
        return not any(isinstance(x, bytes) for x in inside) and _same(*inside)
    return type(one) is type(two) and one == two
