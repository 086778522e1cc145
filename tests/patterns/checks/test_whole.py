"""Answers that are cut off or go round in circles, and answers that only look so."""

from __future__ import annotations

import pytest

from doorstep.patterns.checks.whole import cut_off, repetition
from tests.patterns.checks.looks import look

PROSE = "The pump is old. It draws too much power. "

CUT = {
    "": 1.0,
    "  \n ": 1.0,
    "There are <<15+2": 0.9,
    "Here is the code:\n```python\nprint(1)": 0.9,
    "He has 3 apples, and": 0.85,
    "The total is 3 +": 0.85,
    "First, we take the": 0.85,
    "It costs 12,": 0.85,
    "The list is [1, 2": 0.7,
    '{"a": {"b": 1}': 0.7,
    "That is all (see the first note": 0.7,
    PROSE + "So it would be better to replace it soon": 0.5,
}
WHOLE = (
    "42",
    "Paris",
    "Yes",
    "The total is 12.",
    "#### 80",
    "Is it? Yes! It is…",
    "<<15+2=17>>17",
    "```\nprint(1)\n```",
    "a) first\nb) second",
    ":-( but it works.",
    "Buy:\n- milk\n- bread and butter",
    "1. wash it\n2. dry it and put it away",
    "| a | b |\n| 1 | 2 |",
    PROSE + "Total: 12",
    PROSE + "Best regards\nMaya",
    'She said "go on".',
    "It is 5 < 6.",
    "Use `f(` to call it.",
    "`[` opens a list.",
    "(all of it)",
    "It is hot (30°C)",
    "He said: « oui »",
)


@pytest.mark.parametrize("text", CUT)
def test_these_are_cut_off(text: str) -> None:
    assert cut_off(look(text)).doubt == CUT[text]


@pytest.mark.parametrize("text", WHOLE)
def test_these_are_whole(text: str) -> None:
    assert cut_off(look(text)).doubt == 0


def test_the_servers_word_counts() -> None:
    assert cut_off(look("All is said.", finish="length")).doubt == 0.95
    assert cut_off(look("All is said.", finish="cancelled")).doubt == 0.95


CIRCLES = {
    "The answer is four. " + "and again " * 20: 0.95,
    "yes " * 30: 0.95,
    "Go. " + "We add three and four to get seven. " * 5: 0.95,
    ("The first thing to do is to switch off the mains at once. " * 4)
    + "Then call somebody.": 0.75,
}
STRAIGHT = (
    "no, no, no, no",
    "ha ha ha ha",
    "Day 1: 30 minutes of rest\nDay 2: 40 minutes of rest\nDay 3: 50 minutes of rest",
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "He has 3 apples. She has 3 apples. They have 6 apples.",
    "Row, row, row your boat, gently down the stream.",
    "",
    "| - | - | - | - |\n| 1 | 2 | 3 | 4 |",
)


@pytest.mark.parametrize("text", CIRCLES)
def test_these_go_round_in_circles(text: str) -> None:
    assert repetition(look(text)).doubt == CIRCLES[text]


@pytest.mark.parametrize("text", STRAIGHT)
def test_these_do_not(text: str) -> None:
    assert repetition(look(text)).doubt == 0
