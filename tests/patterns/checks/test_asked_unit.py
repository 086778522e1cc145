"""Is the answer in the unit that was asked for?"""

from __future__ import annotations

import pytest

from doorstep.patterns.checks.asked_unit import asked_unit
from tests.patterns.checks.looks import look

MINUTES = "He sleeps 8 hours. How many minutes does he sleep?"
SAME = (
    (MINUTES, "He sleeps 8 * 60 = 480 minutes."),
    (MINUTES, "8 hours are 480 minutes.\n#### 480"),
    (MINUTES, "480 minutes, that is 8 hours.\n#### 480"),
    (MINUTES, "480 min"),
    ("It costs 50 cents. How much did she raise in dollars?", "50 cents each, so she raised $40."),
    ("How tall is he in feet?", "72 inches, that is 6 feet."),
    ("What is the total time in hours?", "120 minutes make 2 hours."),
)
OTHER = (
    (MINUTES, "He sleeps 8 hours."),
    (MINUTES, "That makes 2 days.\n#### 2"),
    ("How many dollars does she have?", "She has 250 cents."),
    ("What is the total distance in miles?", "He walks 12 kilometers."),
    ("A film is 90 minutes. How long is it in hours?", "It is 90 minutes long."),
)
UNSCORED = (
    (MINUTES, "480"),
    (MINUTES, "He sleeps 480.\n#### 480"),
    (MINUTES, "He buys 3 apples."),
    ("How many apples are left?", "3 apples are left after 2 hours."),
    ("How many minutes? And how many apples?", "3 hours"),
    ("Was it in hours?", ""),
    ("", "8 hours"),
)


@pytest.mark.parametrize(("question", "answer"), SAME)
def test_the_unit_that_was_asked_for(question: str, answer: str) -> None:
    assert asked_unit(look(answer, question)).doubt == 0.1


@pytest.mark.parametrize(("question", "answer"), OTHER)
def test_another_unit(question: str, answer: str) -> None:
    sign = asked_unit(look(answer, question))
    assert sign.doubt == 0.6 and sign.features == {"unit_other": 1.0}


@pytest.mark.parametrize(("question", "answer"), UNSCORED)
def test_no_unit_to_compare(question: str, answer: str) -> None:
    assert asked_unit(look(answer, question)).doubt is None
