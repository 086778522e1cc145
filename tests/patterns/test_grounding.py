"""What a rewrite lost, made up, or gave away: tables, each row with its near miss beside it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from doorstep.boundary import Term
from doorstep.patterns.rewriting.facts import Facts
from doorstep.patterns.rewriting.grounding import Grounding, grounding
from doorstep.patterns.rewriting.leaks import leaks, tell_tale
from doorstep.patterns.rewriting.naming import Naming

FACTS = Facts()

# source, other, what is lost, what is invented
ROWS = [
    # numbers and units
    ("It takes 90 minutes.", "It takes 1.5 hours.", "", ""),
    ("It takes 90 minutes.", "It takes 1.4 hours.", "1 number", "1 number"),
    ("It takes 90 minutes.", "It takes 90 seconds.", "1 number", "1 number"),
    ("It takes 90 minutes.", "It takes 90.", "1 number", ""),
    ("It takes 90.", "It takes 90 minutes.", "", "1 number"),
    ("We are 3 people.", "They are three people.", "", ""),
    ("We are 3 people.", "They are four people.", "1 number", "1 number"),
    ("We are twenty-five.", "They are 25.", "", ""),
    ("A loan of 1,250.50 EUR.", "A loan of €1250.50.", "", ""),
    ("A loan of 1,250 EUR.", "A loan of 1.25 EUR.", "1 number", "1 number"),
    ("A loan of 1.250 EUR.", "A loan of 1250 euros.", "", ""),
    ("A loan of $4k.", "A loan of 4,000 dollars.", "", ""),
    ("A loan of $4k.", "A loan of 4,000 euros.", "1 number", "1 number"),
    ("Half an hour each.", "30 min each.", "", ""),
    ("A change of -5 °C.", "A change of 5 °C.", "1 number", "1 number"),
    ("3-5 days.", "Between 3 and 5 days.", "", ""),
    ("No one came, one of many.", "Nobody came, one of many.", "1 limit", ""),
    ("Use the 4x4 grid of v2.", "Use the grid.", "", ""),
    ("1. Wash\n2. Dry", "Wash, then dry.", "", ""),
    # dates and times
    ("It is due on 12 March 2026.", "It is due on 2026-03-12.", "", ""),
    ("It is due on 12 March 2026.", "It is due on 2026-03-13.", "1 date", "1 date"),
    ("It is due on March 12.", "It is due on 12 March 2026.", "", ""),
    ("It is due on 12 March 2025.", "It is due on 12 March 2026.", "1 date", "1 date"),
    ("It is due on 03/04/2026.", "It is due on 3 April 2026.", "", ""),
    ("It may be 5 or more.", "Perhaps at least 5.", "", ""),
    ("We meet on Tuesday.", "A meeting on Thursday.", "1 date", "1 date"),
    ("We meet tomorrow.", "They meet.", "1 date", ""),
    ("We meet at 6.30 pm.", "They meet at 18:30.", "", ""),
    ("We meet at 6.30 pm.", "They meet at 06:30.", "1 time", "1 time"),
    ("We meet at 6:30.", "They meet at 18:30.", "", ""),
    ("We meet at noon.", "They meet at 12:00.", "", ""),
    ("We meet at half past six.", "They meet at 6.30 pm.", "", ""),
    ("We meet at a quarter to 7 pm.", "They meet at 18:45.", "", ""),
    ("We meet at a quarter to 7 pm.", "They meet at 06:45.", "1 time", "1 time"),
    ("It lasts a fortnight.", "It lasts two weeks.", "", ""),
    ("Smoking is forbidden.", "No smoking.", "", ""),
    ("We meet at noon.", "They meet at midnight.", "1 time", "1 time"),
    ("Room 18.30 euros.", "A room for 18.30 euros.", "", ""),
    # names and quotes
    ("Ask Maya Okafor.", "Ask Maya.", "", ""),
    ("Ask Maya.", "Ask Maya Lindqvist.", "", "1 name"),
    ("Ask Maya.", "Ask her.", "1 name", ""),
    ("I met Rose.", "Somebody was met.", "1 name", ""),
    ("Roses are red.", "Flowers are red.", "", ""),
    ("We go on Monday in May.", "They go on Monday in spring.", "", ""),
    ("Write it in English.", "Write it in Danish.", "", ""),
    ("She said “never say so”.", "She forbade it.", "1 quote, 1 limit", ""),
    ("She said “you may go”.", 'The words were "You may go".', "", ""),
    ('The word "no" is short.', "The word no is short.", "", ""),
    # limits
    ("Do not call.", "Call.", "1 limit", ""),
    ("Call.", "Do not call.", "", "1 limit"),
    ("Don't call.", "Never call.", "", ""),
    ("Do not call, do not write.", "Do not call, write.", "1 limit", ""),
    ("Over 5 kg, over 6 kg.", "Over 6 kg, over 5 kg.", "", ""),
    ("Over 5 kg, over 6 kg.", "Over 5 kg, over 5 kg.", "1 number, 1 limit", "1 limit"),
    ("Over 5 kg, over 5.", "Over 5 kg.", "1 limit", ""),
    ("Before 12 March.", "Before 12 March 2026.", "", ""),
    ("Before 12 March 2026.", "Before March 2026.", "", ""),
    ("It is noted.", "It is known.", "", ""),
    ("At least 3 days.", "3 days or more.", "", ""),
    ("At least 3 days.", "At most 3 days.", "1 limit", "1 limit"),
    ("At least 3 days and 5 hours.", "3 days and at least 5 hours.", "1 limit", "1 limit"),
    ("Before 18:00.", "No later than 6 pm.", "", ""),
    ("Before 18:00.", "After 18:00.", "1 limit", "1 limit"),
    ("Paid by Friday.", "Paid before Friday.", "", ""),
    ("Paid by a friend.", "A friend paid.", "", ""),
    ("Under 5 kg.", "Less than 5 kg.", "", ""),
    ("Under the bed.", "Below the bed.", "", ""),
    ("Only fish, no meat.", "Fish.", "2 limit", ""),
    ("Open unless it rains.", "Open except when it rains.", "", ""),
]


def says(found: Grounding) -> tuple[str, str]:
    lines = dict(line.split(": ", 1) for line in found.lines())
    return lines.get("lost", ""), lines.get("invented", "")


@pytest.mark.parametrize(("source", "other", "lost", "invented"), ROWS)
def test_lost_and_invented(source: str, other: str, lost: str, invented: str) -> None:
    assert says(grounding(FACTS, source, other)) == (lost, invented)


def test_a_text_grounds_itself_whatever_is_in_it() -> None:
    text = "\n".join(source for source, *_ in ROWS)
    assert grounding(FACTS, text, text)


def test_what_is_allowed_is_not_invented() -> None:
    found = grounding(FACTS, "How long?", "It takes 40 minutes.", allowed="40 min will do")
    assert not found.invented


def test_what_is_shown_holds_no_word_of_the_text() -> None:
    found = grounding(FACTS, "Ask Zyka at 18:30 about 4711 kg.", "Ask.")
    shown = f"{found.lines()} {found!r}"
    assert found.lines() == ("lost: 1 number, 1 time, 1 name",)
    assert not [word for word in ("Zyka", "18:30", "4711") if word in shown]


ORIGINAL = (
    "My sister Maya Okafor, born 12 March 1987, owes 4,250 euros to Heron Dental since 18:30 "
    "yesterday. Her account is DK5000400440116243 and her address okafor@home.example. She has "
    "kartagener syndrome and told me “never tell the landlord about it”. The grumpy landlord of "
    "the third floor wants to raise her rent because she has painted all of the walls blue."
)
NAMES = Naming((("Maya Okafor", "person A"), ("Heron Dental", "company B")))

# a rewrite, what home's model calls needed, the kinds of leaks
LEAKY = [
    ("Person A owes money to company B. What now?", [], []),
    ("Maya owes money to company B.", [], ["mapped"]),
    ("M a y a owes money to company B.", [], ["mapped"]),
    ("Somebody called Okafors owes money.", [], ["mapped"]),
    ("Person A owes money to a dental clinic.", [], ["mapped"]),
    ("Person A, TWF5YSBPa2Fmb3I=, owes money.", [], ["mapped"]),
    ("Person A, 4d617961204f6b61666f72, owes money.", [], ["mapped"]),
    ("Person A, T3R0byBMYXJzZW4=, owes money.", [], []),
    ("Person A owes 4,250 euros.", [], ["number"]),
    ("Person A owes 4.250 EUR.", [], ["number"]),
    ("Person A owes 4,250 euros.", ["4,250 euros"], []),
    ("Person A owes 4,250 euros.", ["4,251 euros"], ["number"]),
    ("Person A owes 4,000 euros.", [], []),
    ("Person A was born on 1987-03-12.", [], ["date"]),
    ("Person A was born on 1987-03-12.", ["1987-03-12"], []),
    ("It was at 6.30 pm.", [], ["time"]),
    ("It was at 6.31 pm.", [], []),
    ("Person A has a kartagener syndrome.", [], ["word"]),
    ("Person A has a kartagener syndrome.", ["kartagener"], ["word"]),
    ("Person A has an illness.", [], []),
    ("Her account is DK5000400440116243.", ["DK5000400440116243"], ["name", "code"]),
    ("Her account is dk5000400440116243.", [], ["name", "code"]),
    ("She said never tell the landlord about it.", [], ["quote"]),
    ("She said not to tell the owner of the house.", [], []),
    (
        "The grumpy landlord of the third floor wants to raise her rent because she has painted.",
        [],
        ["passage"],
    ),
    ("The landlord wants a higher rent because the walls are blue now.", [], []),
    ("Mail okafor@home.example.", [], ["mapped", "code"]),
]


@pytest.mark.parametrize(("problem", "needed", "kinds"), LEAKY)
def test_what_a_rewrite_gives_away(problem: str, needed: list[str], kinds: list[str]) -> None:
    found = leaks(FACTS, ORIGINAL, problem, NAMES, needed)
    assert list(dict.fromkeys(leak.kind for leak in found)) == kinds
    assert "Okafor" not in repr(found)


@pytest.mark.parametrize(
    ("original", "problem", "kinds"),
    [
        ("I met Rose.", "I met rose.", []),
        ("I met Rose.", "Somebody met Rose.", ["name"]),
        ("I met Zyka.", "I met zyka.", ["name"]),
        ("i met zyka.", "I met Zyka.", ["word"]),
        ("Write it in English.", "Answer in English.", []),
        ("A part-time co-worker didn't follow up.", "A part-time co-worker didn't.", []),
        ("Ask Okafor-Lindqvist.", "Ask okafor.", ["name"]),
        ("ask okafor-lindqvist.", "Ask Lindqvist.", ["word"]),
        ("Call 4915112345678 now.", "Dial 4915112345678.", ["number"]),
    ],
)
def test_names_and_words_are_told_apart(original: str, problem: str, kinds: list[str]) -> None:
    needed = ["zyka", "rose", "4915112345678"]
    found = leaks(FACTS, original, problem, Naming(), needed)
    assert [leak.kind for leak in found] == kinds


@pytest.mark.parametrize(
    ("original", "name", "kinds"),
    [
        ("my friend Otto", "friend A", []),
        ("my friend Otto", "otto A", ["mapped"]),
        ("my friend Otto", "Okafor A", ["name"]),
        ("Rose Brown", "brown A", ["mapped"]),
    ],
)
def test_an_abstract_name_gives_nothing_away(original: str, name: str, kinds: list[str]) -> None:
    text = f"{ORIGINAL} With {original}."
    found = leaks(FACTS, text, f"Where is {name}?", Naming(((original, name),)))
    assert [leak.kind for leak in found] == kinds


def test_the_gate_is_told_of_the_words_that_tell() -> None:
    private = [Term("my friend Otto's dog", "person"), Term("4,250 euros"), Term("DK50 at 5")]
    assert [(t.value, t.kind) for t in tell_tale(private, FACTS)] == [
        ("Otto's", "person"),
        ("DK50", "declared"),
    ]


def test_a_long_text_is_looked_at_in_time() -> None:
    start = time.process_time()
    text = ORIGINAL * 100
    assert leaks(FACTS, text, "Person A owes 4,250 euros.", NAMES)
    assert not grounding(FACTS, text, ORIGINAL).invented
    assert time.process_time() - start < 10, "40,000 characters take well under a second"


@pytest.mark.parametrize("piece", ["not ", "under 3 kg. ", "a1", "Ab ", "1,234", '"a b" ', "- "])
def test_no_text_takes_quadratic_time(piece: str) -> None:
    start = time.process_time()
    text = piece * (40_000 // len(piece))
    leaks(FACTS, text, text[:10_000], NAMES)
    assert not grounding(FACTS, text, text).lost
    assert time.process_time() - start < 10, "each takes well under a second"


def test_what_a_detector_found_does_not_stand_needed_or_not() -> None:
    private = (Term("12 March 1987", "birth_date"),)
    problem = "Somebody is of 12 March 1987."
    found = leaks(FACTS, ORIGINAL, problem, NAMES, ["12 March 1987"], private)
    assert [leak.kind for leak in found] == ["birth_date"]


def test_a_rare_word_of_the_dictionary_may_stand_and_one_of_none_may_not() -> None:
    assert "euros" not in FACTS.common
    assert not leaks(FACTS, "My euros.", "Some euros.", Naming())
    assert leaks(FACTS, "He zykas me.", "He zykas me.", Naming(), ["zykas"])


# the cloud's words, what comes back
BACK = [
    ("Person A pays.", "Maya Okafor pays."),
    ("PERSON A's bill, person_A, person-A", "Maya Okafor's bill, Maya Okafor, Maya Okafor"),
    ("Give the person a letter.", "Give the person a letter."),
    ("A salesperson A", "A salesperson A"),
    ("Person AB and person AC", "Tobias and person AC"),
    ("Due date C is near.", "12 March is near."),
    ("persons A and B", "persons A and B"),
]


@pytest.mark.parametrize(("said", "back"), BACK)
def test_names_are_put_back_by_their_letters_never_by_likeness(said: str, back: str) -> None:
    pairs = (("Maya Okafor", "person A"), ("Tobias", "person AB"), ("12 March", "due date C"))
    assert Naming(pairs).put_back(said) == back


def test_names_that_cannot_be_told_apart_are_said() -> None:
    two = Naming((("Maya", "person A"), ("Tobias", "Person A"), ("Otto", "person B")))
    assert two.ambiguous() == ("Person A",)
    assert Naming((("Maya", "friend"),)).ambiguous() == ("friend",)
    assert two.strangers("Person A met person C.") == ("person C",)
    assert two.unsaid("maya and otto") == ("Person A",)
    assert [term.value for term in two.terms("MAYA came")] == ["Maya"]
    assert Naming((("the", "thing A"),)).terms("the end") == ()


@pytest.mark.parametrize("more", [(), ("--first",)])
def test_the_bench_prints_what_it_says(more: tuple[str, ...]) -> None:
    bench = Path(__file__).parents[2] / "bench/sanitize.py"
    command = [sys.executable, str(bench), "--rewrites", "12", "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = json.loads(done.stdout)
    assert found["lost"]["n"] == 8 and found["clean"] == 4
    assert found["lost"]["seen"] == sum(seen for seen, _ in found["lost"]["by_kind"].values())
    assert found["wordings"] == ("first" if more else "second")
