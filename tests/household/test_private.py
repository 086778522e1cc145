"""What of a household must not cross: names, devices, rooms, the mapping; no time, no number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorstep.boundary.clearance import Term
from doorstep.household.private import private_terms
from doorstep.household.render import render
from doorstep.household.values import Device
from tests.household.reference import HOUSEHOLD, PROBLEM, READING


def found(text: str, *devices: str) -> dict[str, str]:
    named = tuple(Device(name, "") for name in devices)
    household = replace(HOUSEHOLD, text=text, devices=named, memory=())
    return {term.value: term.kind for term in private_terms(household)}


def test_the_reference_household() -> None:
    terms = {t.value: t.kind for t in private_terms(HOUSEHOLD, READING, ("Elm Street", " "))}
    assert terms["Elm Street"] == "declared"
    assert terms["Maya"] == terms["Mark"] == "name"
    assert terms["kitchen"] == "room"
    for device in ("Dishwasher", "EV charger", "charger", "Robot vacuum", "vacuum", "Robot"):
        assert terms[device] == "device"
    assert len({value.casefold() for value in terms}) == len(terms)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Grandma Zofia naps.", "Zofia"),
        ("It is next to the nursery wall.", "nursery"),
        ("Down in the music room it echoes.", "music room"),
        ("The first floor sleeps.", "first floor"),
        ("Søren's bike", "Søren"),
        ("two bedrooms", "bedrooms"),
    ],
)
def test_names_and_places(text: str, value: str) -> None:
    assert value in found(text)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Miele washer", {"Miele washer", "Miele", "washer"}),
        ("the heater in the den", {"the heater in the den", "heater", "den"}),
        ("Charger 2", {"Charger 2", "Charger"}),
        ("Dryer", {"Dryer"}),
    ],
)
def test_device_words(name: str, words: set[str]) -> None:
    assert set(found("", name)) == words


def test_no_number_time_or_unit() -> None:
    values = found("22 houses. It is 18:30, 1.2 kWh at 2 kW, $0.45, 90 min, 6.30 PM.", "Pump 2 kW")
    assert set(values) == {"Pump 2 kW", "Pump"}


def test_what_is_mapped_is_private_even_if_the_facts_do_not_name_it() -> None:
    reading = replace(READING, mapping={"load_A": "wallbox"}, target="wallbox")
    assert Term("wallbox", "device") in private_terms(HOUSEHOLD, reading)


def test_the_rendered_problem_holds_none_of_it() -> None:
    rendered = render(PROBLEM).casefold()
    for term in private_terms(HOUSEHOLD, READING):
        assert term.value.casefold() not in rendered


def test_a_term_does_not_show_its_value() -> None:
    assert "Maya" not in repr(private_terms(HOUSEHOLD))
