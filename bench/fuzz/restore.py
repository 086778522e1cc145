"""Restoring: any chunking is the whole, nobody gets another's value, nothing makes it fall over."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import strategies as st

from bench.fuzz import replies, values
from bench.fuzz.leaks import Leak, check
from doorstep._errors import ReplyBroken
from doorstep.boundary.reply import restored
from doorstep.boundary.restore import Restorer
from doorstep.boundary.vault import Style, Vault

KEY = b"a key for tests, not for people."
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHAPE = re.compile(r"[A-Z]+_[0-9A-Z]{8,}(_[0-9A-Z]+)?")
# Letters that Crockford's base 32 reads as the same: no other may stand for another.
_SAME = {"0": "0Oo", "1": "1IiLl"}
# Harmless: none of these can complete a placeholder, or stand within one.
_AROUND = (
    "and",
    "Dear ",
    ", ",
    " is ",
    "\n",
    "é",
    "\U0001f600",
    ". ",
    '"',
    "(",
    ")",
    "{",
    "}",
    "\\",
)


@dataclass(frozen=True, slots=True)
class Case:
    """`pieces` are what the model says, one after the other; `expected` is what a person must
    read, None where the text is JSON or garbage, in which the bytes only must not differ."""

    vault: Vault
    pieces: Sequence[str]
    expected: str | None
    protocol: str
    cuts: Sequence[int]
    garbage: bytes = b""


@st.composite
def cases(draw: st.DrawFn) -> Case:
    style: Style = draw(st.sampled_from(("placeholder", "placeholder", "surrogate")))
    vault = Vault(KEY, scope=draw(st.sampled_from(("", "home"))), style=style)
    known = draw(st.lists(values.ANY, min_size=1, max_size=3, unique_by=str.casefold))
    kind = draw(st.sampled_from(values.KINDS))
    pairs = [(vault.placeholder(kind, value), value) for value in known]
    text, read = _text(draw, pairs)
    expected: str | None = read
    form = draw(st.integers(0, 3))
    garbage = draw(st.binary(max_size=40)) if form == 0 else b""
    if form == 1:
        text, expected = json.dumps({"a": [text], "b": text}), None
    cuts = draw(st.lists(st.integers(0, max(1, len(text))), max_size=6))
    protocol = draw(st.sampled_from(list(replies.PROTOCOLS)))
    bounds = draw(st.lists(st.integers(0, 3000), max_size=8))
    if expected is not None and expected.lstrip()[:1] in ("{", "[", '"'):
        expected = None
    return Case(vault, pieces_of(text, cuts), expected, protocol, sorted(bounds), garbage)


def _text(draw: st.DrawFn, pairs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """A text, and the same with the values in it."""
    sent, read = "", ""
    for _ in range(draw(st.integers(0, 5))):
        match draw(st.integers(0, 3)):
            case 0:
                piece = draw(st.sampled_from(_AROUND))
                sent, read = sent + piece, read + piece
            case 1 | 2:
                placeholder, value = draw(st.sampled_from(pairs))
                sent, read = f"{sent} {placeholder}; ", f"{read} {value}; "
            case 3 if all(_looks_so(placeholder) for placeholder, _ in pairs):
                wrong = _one_off(draw, draw(st.sampled_from(pairs))[0], pairs)
                sent, read = f"{sent} {wrong}; ", f"{read} {wrong}; "
    return sent, read


def _looks_so(text: str) -> bool:
    """Whether it is a placeholder, no surrogate: one sign off a surrogate may be anything."""
    return _SHAPE.fullmatch(text) is not None


def _one_off(draw: st.DrawFn, placeholder: str, pairs: Sequence[tuple[str, str]]) -> str:
    """A placeholder with one sign of its code changed, missing, or more: nobody's."""
    kind, _, code = placeholder.partition("_")
    at = draw(st.integers(0, len(code) - 1).filter(lambda i: code[i] != "_"))
    new = draw(st.sampled_from([s for s in _SIGNS if s not in _SAME.get(code[at], code[at])]))
    wrong = draw(
        st.sampled_from((
            code[:at] + new + code[at + 1 :],
            code[:at] + code[at + 1 :],
            code[:at] + new + code[at:],
            code + new,
            new + code,
        ))
    )  # fmt: skip
    made = f"{kind}_{wrong}"
    return made if all(_plain(made) != _plain(known) for known, _ in pairs) else "nobody"


def _plain(text: str) -> str:
    return text.replace("_", "").upper().replace("O", "0").replace("I", "1").replace("L", "1")


def pieces_of(text: str, cuts: Sequence[int]) -> list[str]:
    bounds = [0, *sorted(cuts), len(text)]
    return [text[a:b] for a, b in pairwise(bounds) if b > a]


def holds(case: Case) -> str:
    protocol = replies.PROTOCOLS[case.protocol]
    body = protocol.stream(case.pieces)
    if case.garbage:
        return _garbage(case, body, protocol.content_type)
    restorer = Restorer.of(case.vault)
    one = run([body], protocol.content_type, restorer)
    parted = run(cut(body, case.cuts), protocol.content_type, restorer)
    check(one == parted, "a reply that comes in other chunks is restored otherwise")
    text = "".join(case.pieces)
    unbroken = protocol.said(run([protocol.stream([text])], protocol.content_type, restorer))
    said = protocol.said(one)
    check(said == unbroken, "a text that comes in other pieces is restored otherwise")
    if case.expected is not None and said != case.expected:
        raise Leak("a placeholder became another value, or none")
    return "restored" if said != text else "nothing to restore"


def _garbage(case: Case, body: bytes, content_type: str) -> str:
    """No bytes make the restorer raise anything but ReplyBroken."""
    at = (case.cuts or (0,))[0] % (len(body) + 1)
    broken = body[:at] + case.garbage + body[at:]
    try:
        one = run([broken], content_type, Restorer.of(case.vault))
        parted = run(cut(broken, case.cuts), content_type, Restorer.of(case.vault))
    except ReplyBroken:
        return "broken"
    check(one == parted, "garbage that comes in other chunks is restored otherwise")
    return "garbage"


def cut(body: bytes, bounds: Sequence[int]) -> list[bytes]:
    places = [0, *sorted(b % (len(body) + 1) for b in bounds), len(body)]
    return [body[a:b] for a, b in pairwise(places)]


def run(parts: Sequence[bytes], content_type: str, restorer: Restorer) -> bytes:
    async def stream() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    async def collect() -> bytes:
        return b"".join([part async for part in restored(stream(), content_type, restorer)])

    coroutine = collect()
    try:
        coroutine.send(None)  # nothing in it waits, so that it needs no loop
    except StopIteration as end:
        return bytes(end.value)
    finally:
        coroutine.close()
    raise RuntimeError("the reply waited for something")
