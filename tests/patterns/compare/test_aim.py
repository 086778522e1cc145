"""Out of a sentence with several amounts or moments, that which the question asks for."""

from __future__ import annotations

import pytest

from doorstep.patterns.compare import Kind, compare
from doorstep.patterns.compare.aim import aimed

FRIDGE = "The fridge is set to 4 °C and the freezer to -18 °C."
TRAIN = "It departs Berlin at 8:32 and arrives in Munich at 12:36."
INVOICE = "The invoice dated 14 January 2025 is due on 13 February 2025."

AIMED = [
    # kind, answer, question, what is meant, what is named too
    ("number", "Only two of the five sensors respond.", "How many sensors respond?", "2", "5"),
    ("number", "It fell by 3 degrees, to 18 °C.", "What is the temperature?", "18 °C", "3 °C"),
    ("number", FRIDGE, "What is the fridge set to?", "4 °C", "-18 °C"),
    ("number", "None of the 8 lights are on.", "How many lights are on?", "0", "8"),
    ("money", "Tom paid $15, Ann paid $20.", "How much did Ann pay?", "$20", "$15"),
    ("money", "It was $45, now it's $30.", "What's the price now?", "$30", "$45"),
    ("moment", TRAIN, "When does it arrive in Munich?", "12:36", "8:32"),
    ("moment", TRAIN, "When does it depart?", "8:32", "12:36"),
    ("moment", INVOICE, "When is the invoice due?", "2025-02-13", "2025-01-14"),
    ("moment", "Moved from 2 pm to 4 pm.", "When is the meeting?", "16:00", "14:00"),
    (
        "duration",
        "Bake for 25 minutes, then cool for 10.",
        "How long do I bake it?",
        "25 min",
        "10",
    ),
]


@pytest.mark.parametrize(("kind", "answer", "question", "meant", "named"), AIMED)
def test_what_is_asked_for_is_found(
    kind: Kind, answer: str, question: str, meant: str, named: str
) -> None:
    assert compare(answer, meant, question=question, kind=kind).verdict == "agree"
    assert compare(answer, named, question=question, kind=kind).verdict != "agree"


SAME = [
    ("number", "one in four", "25%"),
    ("number", "The ratio is 3:2", "3 to 2"),
    ("number", "forty-two point five", "42.5"),
    ("number", "no more than 5", "at most 5"),
    ("number", "1 cup", "240 ml"),
    ("money", "$3,000 a month", "$36,000 per year"),
    ("moment", "9:00 AM EST", "14:00 UTC"),
    ("moment", "2-4 pm", "14:00 to 16:00"),
    ("moment", "at half five in the afternoon", "17:30"),
    ("moment", "the last Friday of May", "last Friday in May"),
    ("moment", "the 21st century", "21st-century"),
]
NOT_SAME = [
    ("number", "one in four", "one in five"),
    ("number", "3:2", "2:3"),
    ("number", "forty-two point five", "forty-two point six"),
    ("number", "at least 5", "at most 5"),
    ("number", "1 cup", "200 ml"),
    ("number", "Room 12B", "Room 12A"),
    ("money", "€15 per hour", "€15 per day"),
    ("moment", "9:00 AM EST", "9:00 AM PST"),
    ("moment", "2-4 pm", "3-4 pm"),
    ("moment", "before 5 pm", "after 5 pm"),
    ("moment", "the last Friday of May", "the first Friday of May"),
    ("moment", "tomorrow", "today"),
    ("moment", "spring 1945", "autumn 1945"),
    ("number", "a normal 37 °C", "about 38.6 °C"),
]


@pytest.mark.parametrize(("kind", "a", "b"), SAME)
def test_the_same_in_other_words(kind: Kind, a: str, b: str) -> None:
    assert compare(a, b, kind=kind).verdict == compare(b, a, kind=kind).verdict == "agree"


@pytest.mark.parametrize(("kind", "a", "b"), NOT_SAME)
def test_near_misses_do_not_agree(kind: Kind, a: str, b: str) -> None:
    assert "agree" not in (compare(a, b, kind=kind).verdict, compare(b, a, kind=kind).verdict)


def test_a_bare_amount_that_the_sentence_only_may_have_meant_is_not_judged() -> None:
    sentence = "There were 24 in the first and 31 in the second."
    found = [compare(sentence, n, question="How many?", kind="number") for n in ("24", "31")]
    assert {each.verdict for each in found} <= {"incomparable"}


def test_where_the_question_says_nothing_all_candidates_stay() -> None:
    assert aimed("", "at 7:00 or at 8:00", [(3, 7), (14, 18)]) == [0, 1]
    assert aimed("When does it end?", "starts at 7:00, ends at 8:00", [(10, 14), (24, 28)]) == [1]
