"""The question before propagation never says no where propagation finds something."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.propagate import Propagation
from doorstep.boundary.detect.recurs import can_recur

PROPAGATION = Propagation()
VALUES = (
    ("person", "Maya Okafor"),
    ("person", "Jürgen Groß"),
    ("identifier", "KX-4471"),
    ("identifier", "libraries"),
    ("identifier", "Boxy"),
    ("phone", "+49 170 1234567"),
    ("email", "maya.okafor@home.example"),
    ("address", "12 Baker Street, Ystad"),
    ("organisation", "Hera Analytics Ltd"),
    ("name", "Ōta"),
    ("code", "36244/06"),
)
FORMS = (
    "maya", "OKAFOR's", "M. Okafor", "Juergen", "gross", "GROSS", "kx4471", "k x 4 4 7 1",
    "library", "boxies", "Boxys", "0170 1234567", "okafor", "Baker", "YSTAD", "Hera", "ota", "Ota",
    "3624406",
    "Oka-for", "Ma\u200bya", "Мaya", "jurgen", "Ju\u0308rgen", "’", "—", "and", "1994", "日本",
    "s", "y",
)  # fmt: skip


def _found(text: str, kind: str, value: str) -> list[Finding]:
    start = text.index(value)
    return [Finding(start, start + len(value), kind)]


def _can(text: str, found: list[Finding]) -> bool:
    return can_recur(
        text, found, PROPAGATION.terms(Term(text[f.start : f.end], f.kind) for f in found)
    )


@settings(max_examples=400, deadline=None)
@given(
    value=st.sampled_from(VALUES),
    before=st.lists(st.sampled_from(FORMS), max_size=4),
    after=st.lists(st.sampled_from(FORMS), max_size=4),
    gap=st.sampled_from([" ", "", ", ", "-"]),
)
def test_never_no_where_there_is_more(
    value: tuple[str, str], before: list[str], after: list[str], gap: str
) -> None:
    text = gap.join([*before, value[1], *after])
    found = _found(text, *value)
    if PROPAGATION.spread([text], [found]) != [found]:
        assert _can(text, found)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("the case of 1994 (no. 36244/06) was struck out", "36244/06", "case"),
        ("Jürgen’s number — KX-4471 — is on the lid", "KX-4471", "identifier"),
        ("call +49 170 1234567 after six", "+49 170 1234567", "phone"),
    ],
)
def test_mostly_no(text: str, value: str, kind: str) -> None:
    assert not _can(text, _found(text, kind, value))


def test_where_it_does_not_show_the_answer_is_yes() -> None:
    text = "Ōta and 大田"
    assert _can(text, _found(text, "name", "Ōta"))
