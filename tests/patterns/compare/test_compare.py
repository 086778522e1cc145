"""What a comparison says: its kind, what differs, and when it says that it cannot tell."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from doorstep import BadInput
from doorstep.patterns.compare import Kind, Rules, compare, extract

WHAT = [
    # kind, left, right, question, what differs
    ("number", "5 km", "6 km", "", ("amount",)),
    ("number", "5 km", "5 kg", "", ("unit",)),
    ("number", "5", "-5", "", ("sign",)),
    ("money", "$5", "€5", "", ("currency",)),
    ("money", "$5", "$6", "", ("amount",)),
    ("moment", "3 March 2026", "3 May 2026", "", ("month",)),
    ("moment", "Tuesday 14:00", "Tuesday 15:00", "", ("time",)),
    ("moment", "2026-03-03", "2027-03-04", "", ("year", "day")),
    ("duration", "1 h", "2 h", "", ("amount",)),
    ("choice", "A", "B", "", ("option",)),
    ("yes/no", "yes", "no", "", ("answer",)),
    ("list", "a, b, c", "a, c, b", "", ("order",)),
    ("list", "a, b", "a, c", "", ("1 missing on the right", "1 missing on the left")),
    ("set", "a, b, c", "c, a", "", ("1 missing on the right",)),
    ("json", '{"a": {"b": [1, 2]}}', '{"a": {"b": [1, 3]}}', "", ("a.b[1]",)),
    ("json", '{"ok": true}', '{"ok": 1}', "", ("ok",)),
    ("json", '{"a": null}', '{"a": 0}', "", ("a",)),
    ("json", '{"a": 1}', '{"b": 1}', "", ("a (missing)", "b (missing)")),
    ("json", '{"a": [1]}', '{"a": [1, 2]}', "", ("a (length)",)),
]


@pytest.mark.parametrize(("kind", "a", "b", "question", "what"), WHAT)
def test_what_differs_is_named(kind: Kind, a: str, b: str, question: str, what: object) -> None:
    found = compare(a, b, question=question, kind=kind)
    assert (found.verdict, found.what) == ("differ", what)


INCOMPARABLE = [
    # nothing to read, or it depends on the reading
    ("number", "many", "5", ""),
    ("number", "", "5", ""),
    ("number", "1.234 km", "1234 km", ""),
    ("number", "60%", "60", ""),
    ("number", "between 3 and 5", "4", ""),
    ("number", "90", "1.5 hours", ""),
    ("moment", "03/04/2026", "3 April 2026", ""),
    ("moment", "7 o'clock", "19:00", ""),
    ("moment", "Tuesday", "14:00", ""),
    ("moment", "tomorrow", "2026-03-04", ""),
    ("moment", "31 February 2026", "3 March 2026", ""),
    ("duration", "1 month", "30 days", ""),
    ("choice", "A", "now", ""),
    ("choice", "A or B", "A", "Which? A) now B) later"),
    ("yes/no", "It depends.", "yes", ""),
    ("yes/no", "Yes and no.", "yes", ""),
    ("yes/no", "I cannot tell.", "no", ""),
    ("json", '{"a": 1', '{"a": 1}', ""),
    ("code", "def f(): return 1", "def f(): return 2 - 1", ""),
    ("text", "the cat sat", "a feline was seated", ""),
]


@pytest.mark.parametrize(("kind", "a", "b", "question"), INCOMPARABLE)
def test_what_cannot_be_scored_is_incomparable(kind: Kind, a: str, b: str, question: str) -> None:
    found = compare(a, b, question=question, kind=kind)
    assert (found.verdict, found.what) == ("incomparable", ())


TOLERANT = [
    ("number", "100", "104", Rules(relative=Fraction(5, 100)), "agree"),
    ("number", "100", "106", Rules(relative=Fraction(5, 100)), "differ"),
    ("number", "100 g", "0.102 kg", Rules(absolute=Fraction(2)), "agree"),
    ("number", "100 g", "0.103 kg", Rules(absolute=Fraction(2)), "differ"),
    ("money", "$10.00", "$10.05", Rules(absolute=Fraction(5, 100)), "agree"),
    ("json", '{"a": 1.0}', '{"a": 1.01}', Rules(relative=Fraction(1, 100)), "agree"),
    ("json", '{"a": [2, 1]}', '{"a": [1, 2]}', Rules(ordered=False), "agree"),
    ("list", "a, b", "b, a", Rules(ordered=False), "agree"),
    ("set", "a, b", "b, a", Rules(ordered=True), "differ"),
    ("moment", "03/04/2026", "3 April 2026", Rules(day_first=True), "agree"),
    ("moment", "03/04/2026", "3 April 2026", Rules(day_first=False), "differ"),
    ("moment", "in 3 days", "6 March 2026", Rules(today=date(2026, 3, 3)), "agree"),
    ("moment", "in two weeks", "6 March 2026", Rules(today=date(2026, 3, 3)), "differ"),
]


@pytest.mark.parametrize(("kind", "a", "b", "rules", "verdict"), TOLERANT)
def test_the_rules_say_how_close_is_equal(
    kind: Kind, a: str, b: str, rules: Rules, verdict: str
) -> None:
    assert compare(a, b, kind=kind, rules=rules).verdict == verdict


GUESSED = [
    ("12", "about 12", "", "number"),
    ("$12", "12", "", "money"),
    ("2 h", "120", "How long does it take in minutes?", "duration"),
    ("14:00", "2 pm", "", "moment"),
    ("B", "(b)", "", "choice"),
    ("Paris", "London", "Which? A) Paris B) London", "choice"),
    ("Yes.", "No, never.", "", "yes/no"),
    ("It does.", "It doesn't.", "Does it rain?", "yes/no"),
    ("a, b, c", "c, b", "", "set"),
    ("1. a\n2. b", "a, b", "", "list"),
    ('{"a": 1}', "```json\n{}\n```", "", "json"),
    ("```\ndef f(): pass\n```", "def f(): return", "", "code"),
    ("Water the plants before you go.", "Remember to water the plants.", "", "text"),
    ("In 1990 he moved to Rome.", "He had 3 sisters.", "", "text"),
]


@pytest.mark.parametrize(("a", "b", "question", "kind"), GUESSED)
def test_the_kind_is_guessed(a: str, b: str, question: str, kind: str) -> None:
    assert compare(a, b, question=question).kind == kind


EXTRACTED = [
    ("She sold 48 clips in April and 24 in May, so 48 + 24 = 72 in all.", "How many clips?", 72),
    ("5 * 4 = <<5*4=20>>20 apples.\n#### 20\n", "How many apples?", 20),
    ("The result is \\boxed{\\frac{1}{2}}.", "", Fraction(1, 2)),
    ("So he pays $1,250 for the 5 chairs.", "How much does he pay for the 5 chairs?", 1250),
    ("Therefore, in two days, each train covers 230 miles.", "How many miles in two days?", 230),
    ("There are twelve left.", "How many are left?", 12),
    ("None are left.", "How many are left?", 0),
    ("It is 7.\n\nLet me know if you need anything else, 24/7!", "How many?", 7),
    ("Altogether 15 + 25 = <<15+2", "How many?", None),
    ("We can set up the equation:\n", "How many?", None),
    ("#### They cannot share them.", "How many does each get?", None),
    ("", "How many?", None),
]


@pytest.mark.parametrize(("text", "question", "number"), EXTRACTED)
def test_the_final_answer_is_taken_out_of_prose(text: str, question: str, number: object) -> None:
    value = extract(text, question=question, kind="number")
    assert (value.number if value else None) == number


def test_a_kind_that_there_is_not_is_refused() -> None:
    with pytest.raises(BadInput, match="no kind of answer"):
        compare("1", "1", kind="colour")  # type: ignore[arg-type]


def test_no_answer_shows_in_the_representation() -> None:
    found = compare("$51,377", "$51,378", question="What does Maya earn?")
    assert found.verdict == "differ"
    assert "5137" not in repr(found) and "51,37" not in repr(found) and "Maya" not in repr(found)


def test_the_ends_of_the_calendar_are_no_error() -> None:
    first = ("0001-01-01T00:00+05:00", "0001-01-01T00:00Z")
    last = ("9999-12-31T23:00-05:00", "9999-12-31T23:00Z")
    assert [compare(a, b, kind="moment").verdict for a, b in (first, last)] == ["differ"] * 2


@pytest.mark.parametrize("text", ["(" * 5000, "1," * 2000, "a " * 20000, "[" * 5000, "-" * 9999])
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    for kind in ("number", "moment", "duration", "choice", "yes/no", "set", "json", "text"):
        compare(text, text + " ", kind=kind)
    compare(text, text + " ")
