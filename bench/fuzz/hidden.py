"""A masked reply: private values that the cloud brings up by itself never reach the reader.

In any pieces and chunks the same, and never a value, whole or in part of a stream.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import assume
from hypothesis import strategies as st

from bench.fuzz import replies, values
from bench.fuzz.leaks import Leak, check
from bench.fuzz.restore import cut, pieces_of, run
from doorstep.boundary import Term
from doorstep.boundary.mask import ReplyMask
from doorstep.boundary.restore import Restorer
from doorstep.boundary.terms import Matcher
from doorstep.boundary.vault import Vault

KEY = b"a key for tests, not for people."
_MARKS = re.compile(r"\[person\](?: \[person\])*")
_AROUND = ("and", "the meeting", "with the", "is", "at noon,", "a lamp.", "was", "(see", "below)")


@dataclass(frozen=True, slots=True)
class Case:
    """`own` is a value that the request held: it may come back. The `hidden` ones may not."""

    own: str
    hidden: Sequence[str]
    pieces: Sequence[str]
    protocol: str
    cuts: Sequence[int]
    vault: Vault


@st.composite
def cases(draw: st.DrawFn) -> Case:
    vault = Vault(KEY)
    own, *hidden = draw(
        st.lists(values.NAMES | values.WORDS, min_size=2, max_size=4, unique_by=lambda v: v[:3])
    )
    # Twice the own value, side by side, may spell a hidden one.
    assume(not any(value in f"{own} {own}" for value in hidden))
    placeholder = vault.placeholder("person", own)
    word = st.sampled_from((*_AROUND, *hidden, *hidden, placeholder))
    text = " ".join(draw(st.lists(word, min_size=1, max_size=12)))
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=8))
    bounds = draw(st.lists(st.integers(0, 3000), max_size=6))
    protocol = draw(st.sampled_from(list(replies.PROTOCOLS)))
    return Case(own, hidden, pieces_of(text, cuts), protocol, bounds, vault)


def holds(case: Case) -> str:
    terms = [Term(value, "person") for value in case.hidden]
    mask = ReplyMask([Matcher(terms)])
    restorer = Restorer.of(case.vault, mask=mask)
    protocol = replies.PROTOCOLS[case.protocol]
    body = protocol.stream(case.pieces)
    one = run([body], protocol.content_type, restorer)
    check(
        one == run(cut(body, case.cuts), protocol.content_type, restorer),
        "a masked reply that comes in other chunks is masked otherwise",
    )
    said = protocol.said(one)
    if any(value in said for value in case.hidden):
        raise Leak("a value that the cloud brought up is in the reply")
    whole = protocol.stream(["".join(case.pieces)])
    unbroken = protocol.said(run([whole], protocol.content_type, restorer))
    # What is held back has a limit; a name that lies across it gets a mark for each half.
    check(
        _MARKS.sub("*", said) == _MARKS.sub("*", unbroken),
        "a text that comes in other pieces is masked otherwise",
    )
    placeholder = case.vault.placeholder("person", case.own)
    check(
        said.count(case.own) == "".join(case.pieces).count(placeholder),
        "a value of the request's own is missing",
    )
    return "masked" if "[person]" in said else "nothing to mask"
