"""Which devices words mean."""

from __future__ import annotations

import pytest

from doorstep.household.devices import Directory
from doorstep.household.values import Device


def directory(*names: str) -> Directory:
    return Directory([Device(n, n) for n in names])


HOME = (
    "Dishwasher",
    "EV charger",
    "Washing machine",
    "Tumble dryer",
    "Hot tub heater",
    "3D printer",
)


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("the dishwasher", "Dishwasher"),
        ("Dish-washer", "Dishwasher"),
        ("the car", "EV charger"),
        ("our EV", "EV charger"),
        ("the washer", "Washing machine"),
        ("the laundry", "Washing machine"),
        ("the dryer's drum", "Tumble dryer"),
        ("the tumble drier", "Tumble dryer"),
        ("the heater", "Hot tub heater"),
        ("the hot tub", "Hot tub heater"),
        ("the printer", "3D printer"),
    ],
)
def test_names_and_synonyms(text: str, device: str) -> None:
    assert [m.devices for m in directory(*HOME).find(text)] == [(device,)]


def test_an_appliance_that_the_file_does_not_list_is_foreign() -> None:
    (mention,) = directory(*HOME).find("The television must be off")
    assert mention.kind == "foreign" and mention.devices == ()


def test_one_word_for_two_devices_means_both_only_in_the_plural() -> None:
    two = directory("EV charger", "E-bike charger")
    assert [m.devices for m in two.find("the chargers")] == [("EV charger", "E-bike charger")]
    assert [m.devices for m in two.find("the bike")] == [("E-bike charger",)]


def test_weak_words_count_only_where_there_is_no_name() -> None:
    home = directory("Washing machine", "Dishwasher")
    assert [m.devices for m in home.find("dishes by seven")] == [("Dishwasher",)]
    assert [m.word for m in home.find("the washer, dishes aside")] == ["washer"]


def test_a_washer_is_not_inside_a_dishwasher() -> None:
    found = directory("Washer", "Dishwasher").find("The dishwasher, not the washer")
    assert [m.devices for m in found] == [("Dishwasher",), ("Washer",)]
