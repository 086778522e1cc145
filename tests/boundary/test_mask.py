"""What is hidden in a reply, and how far the text of a stream is held back for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from doorstep.boundary.detect import Finding
from doorstep.boundary.forms import Match
from doorstep.boundary.mask import ReplyMask
from doorstep.boundary.restore import Restorer, Running


@dataclass(frozen=True)
class Says:
    """Finds what patterns match: (pattern, kind)."""

    rules: tuple[tuple[str, str], ...]

    def find(self, text: str) -> list[Finding]:
        return [
            Finding(m.start(), m.end(), kind)
            for pattern, kind in self.rules
            for m in re.finditer(pattern, text, re.S)
        ]


def mask(*rules: tuple[str, str]) -> ReplyMask:
    return ReplyMask((), (Says(rules),))


HITS = {
    "the longer of two that begin together": ((("ab", "x"), ("abcd", "y")), [(0, 4, "[y]")]),
    "the first of two that overlap": ((("abcd", "x"), ("cdef", "y")), [(0, 6, "[x]")]),
    "one in another": ((("abcdef", "x"), ("cd", "y")), [(0, 6, "[x]")]),
    "two that touch": ((("cde", "y"), ("ab", "x")), [(0, 2, "[x]"), (2, 5, "[y]")]),
}


@pytest.mark.parametrize("case", HITS)
def test_hits_that_meet(case: str) -> None:
    rules, wanted = HITS[case]
    assert mask(*rules).spans("abcdefgh", ()) == wanted


@pytest.mark.parametrize("pattern", ["PERSON_1", "PERSON_1 and more", "see .*", r"\w+_\w+"])
def test_what_is_put_back_is_neither_hidden_nor_part_of_what_is(pattern: str) -> None:
    text = "see PERSON_1 and more"
    kept = [Match(4, 12, "k")]
    assert mask((pattern, "x")).spans(text, ()) != []
    assert mask((pattern, "x")).spans(text, kept) == []


HELD = {
    "four plain words": ("zero one two three four five", "one two three four five"),
    "names before them": (
        "so says Aa Bb Cc Dd Ee two three four five",
        "Aa Bb Cc Dd Ee two three four five",
    ),
    "eight of them at most": (
        "A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 two three four five",
        "A1 A2 A3 A4 A5 A6 A7 A8 A9 two three four five",
    ),
    "an address": ("go me@home one two three four five", "me@home one two three four five"),
    "a bracket": ("go ( one two three four five", "( one two three four five"),
    "a slash": ("go a/b one two three four five", "a/b one two three four five"),
    "a long word": ("x" * 500, "x" * 200),
}


@pytest.mark.parametrize("case", HELD)
def test_how_much_is_held_back(case: str) -> None:
    text, held = HELD[case]
    assert text[mask().until(text, 0, len(text)) :] == held


def test_what_has_gone_is_not_held_back() -> None:
    assert mask().until("Aa Bb Cc dd", 3, 11) == 3
    assert mask().until("Aa Bb Cc dd", 3, 8) == 3  # up to the given end only


@pytest.mark.parametrize("size", [1, 7, 400])
def test_detectors_see_what_came_before(size: int) -> None:
    rule = (r"(?<=account is the following, as said: )\d{4}", "account")
    text = "Your account is the following, as said: 4711 and no other one than this one is it."
    text = "word " * 30 + text
    running = Running(Restorer((), mask=mask(rule)))
    parts = [running.feed(text[i : i + size]) for i in range(0, len(text), size)]
    out = "".join([*parts, running.end()])
    assert out == text.replace("4711", "[account]")
