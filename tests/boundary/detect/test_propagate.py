"""Propagation: a value once found is private everywhere, with its parts; near misses stay."""

from __future__ import annotations

import time

import pytest

from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.declared import Declared
from doorstep.boundary.detect.propagate import Propagation
from doorstep.boundary.terms import Cased, Matcher


def masked(found: list[tuple[str, str]], text: str) -> str:
    """`text` with every letter of what is private as a block."""
    terms = Propagation().terms(Term(value, kind) for value, kind in found)
    letters = list(text)
    for hit in Matcher(terms, words=False).find(text):
        for place in range(hit.start, hit.end):
            letters[place] = "█" if letters[place].isalnum() else letters[place]
    return "".join(letters)


JANE = ("Jane Hartwell", "person")


DOCTOR = ("Dr. Tom Brown", "person")
ACME = ("Acme Rocket Works GmbH", "organisation")
ADDRESS = ("12 Elm Street, Oakmere 12345", "address")


@pytest.mark.parametrize(
    ("found", "text", "expected"),
    [
        # people
        (JANE, "jane, HARTWELL's, the Hartwells", "████, ████████'s, the █████████"),
        (JANE, "J. Hartwell; Hartwell, J.", "█. ████████; ████████, █."),
        (JANE, "JH; J.H. said", "██; █.█. said"),
        (JANE, "jhartwell@x or jane_hartwell", "█████████@x or ████_████████"),
        (JANE, "Janet, heart well; jh is a unit", "Janet, heart well; jh is a unit"),
        (DOCTOR, "Mr Brown eats brown bread", "Mr █████ eats brown bread"),
        (DOCTOR, "the Dr.; TB is an illness", "the Dr.; TB is an illness"),
        (("May", "person"), "May sings; you may sing", "███ sings; you may sing"),
        (("May Castle", "person"), "May built a castle, maybe", "███ built a castle, maybe"),
        (("maya", "person"), "Maya, MAYA, mayas; maybe", "████, ████, █████; maybe"),
        (("Ludwig van der Berg", "person"), "Berg took the van", "████ took the van"),
        (("Anna-Lena Öz", "person"), "Anna and LENA", "████ and ████"),
        (("Li Wu", "person"), "Li and Wu, li wu", "Li and Wu, ██ ██"),
        (("Alan Live", "person"), "it is alive; Alan Live", "it is alive; ████ ████"),
        (("Ian Tate", "person"), "it is IT", "it is IT"),
        (("Lou Ames", "person"), "in LA", "in LA"),
        (("Ludwig Von Berg", "person"), "Berg, von", "████, von"),
        # organisations
        (ACME, "ACME: acme rocket works", "████: ████ ██████ █████"),
        (ACME, "the rocket works; ARW", "the rocket works; ███"),
        (("Apple", "organisation"), "Apple sells no apple", "█████ sells no apple"),
        (("Apple Inc.", "organisation"), "Apple sells no apple", "█████ sells no apple"),
        (("Vantelo Ltd", "organisation"), "vantelo, Ltd", "███████, ███"),
        (("Bank of Lakeshire", "organisation"), "a bank in Lakeshire", "a bank in █████████"),
        (("Central Artificial Rain", "organisation"), "CAR and car", "CAR and car"),
        # places and addresses
        (("Oakmere, Velland", "place"), "in velland or Oakmere", "in ███████ or ███████"),
        (ADDRESS, "at 12 elm street; an elm", "at ██ ███ ██████; an elm"),
        (ADDRESS, "Oakmere; 12 streets", "███████; 12 streets"),
        (("Hauptstraße 5, 10115 Berlin", "address"), "die hauptstrasse 5", "die ████████████ █"),
        # telephone numbers
        (("+49 170 1234567", "phone"), "0170-123 45 67", "████-███ ██ ██"),
        (("0170 1234567", "phone"), "+49 170 1234567", "+49 ███ ███████"),
        (("0170 1234567", "phone"), "+491701234567", "+████████████"),
        (("0170 1234567", "phone"), "1701234567000", "1701234567000"),
        (("0044 20 7946 0958", "phone"), "(020) 7946 0958", "(███) ████ ████"),
        (("+1 555 867 5309", "phone"), "5558675309 and 8675308", "██████████ and 8675308"),
        # mail, paths and the rest
        (("/home/oakley/notes", "path"), "oakley's notes", "██████'s notes"),
        (("C:\\Users\\Public\\x", "path"), "the public", "the public"),
        (("DE89 3704 0044 0532 01", "iban"), "DE89370400440532 01", "████████████████ ██"),
        (("HRN-2041", "order"), "hrn 2041", "███ ████"),
        (("34", "age"), "34 kWh", "34 kWh"),
        (("34 years", "age"), "34 years, 34 kWh", "██ █████, 34 kWh"),
        (("today", "date"), "today", "today"),
        (("1987", "date"), "since 1987", "since ████"),
        (("nurse", "demographic"), "a Nurse", "a █████"),
        (("34", "account"), "34 kWh", "██ kWh"),
    ],
)  # fmt: skip
def test_forms_and_parts(found: tuple[str, str], text: str, expected: str) -> None:
    assert masked([found], text) == expected


def test_the_local_part_of_an_address_counts_where_a_person_is_in_it() -> None:
    mail = ("jane.smithers@x.org", "email")
    assert masked([mail], "Smithers, jane") == "Smithers, jane"
    assert masked([mail, ("Jane", "person")], "Smithers, jane") == "████████, ████"


def test_an_allowed_value_is_no_part() -> None:
    declared = Declared(allow=["Paris"])
    terms = Propagation(allows=declared.allows).terms([Term("Paris Hartwell", "person")])
    assert "Paris" not in [t.value for t in terms]
    assert {"Paris Hartwell", "Hartwell"} <= {t.value for t in terms}


def test_a_found_value_stays_even_if_its_like_is_allowed() -> None:
    terms = Propagation(allows=lambda v: True).terms([Term("Paris", "person")])
    assert [t.value for t in terms] == ["Paris"]


def test_any_case_wins_over_capitals_only() -> None:
    terms = (Cased("Brown", "person"), Term("brown", "person"))
    for order in (terms, terms[::-1]):
        assert len(Matcher(order, words=False).find("Brown brown")) == 2
    assert len(Matcher(terms[:1], words=False).find("Brown brown BROWN darkBrown")) == 2


def test_values_do_not_show() -> None:
    terms = Propagation().terms([Term("Tom Brown", "person")])
    assert "Brown" not in repr(terms) and "Tom" not in repr(terms)


def test_the_same_values_give_the_same_terms() -> None:
    values = [Term(v, "person") for v in ("Jane Hartwell", "Tom Brown", "Jane Roe", "Jane")]
    propagation = Propagation()
    first = propagation.terms(values)
    assert propagation.terms(iter(values)) == first == Propagation()(values)
    assert len({t.value for t in first}) == len(first)
    assert propagation.terms([]) == ()


def test_spread_adds_the_other_places() -> None:
    texts = ["Ask Jane Hartwell.", "hartwell knows; nobody else", ""]
    found = [[Finding(4, 17, "person", "name model")], [], []]
    spread = Propagation().spread(texts, found)
    assert spread[0] == found[0]
    assert spread[1:] == [[Finding(0, 8, "person", "propagated")], []]


def test_a_thousand_values_are_quick() -> None:
    values = [Term(f"Xara{n:04}x Quell{n:04}".translate(_DIGITS), "person") for n in range(1000)]
    propagation = Propagation()
    first = propagation.terms(values)
    assert len(first) > 4000
    best = 1.0
    for _ in range(10):
        start = time.process_time()
        propagation.terms(values)
        best = min(best, time.process_time() - start)
    assert best < 0.01, "0.6 ms on a quiet machine, 10 ms the first time"


_DIGITS = str.maketrans("0123456789", "abcdefghij")
