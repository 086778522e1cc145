"""Detectors, policy and the small values."""

from __future__ import annotations

import pytest

from doorstep._errors import ConfigError, DestinationRefused
from doorstep.boundary import Clearance, Declared, Policy, Term, origin
from doorstep.boundary.detect.capitals import Capitals, name_like_words
from doorstep.boundary.detect.formats import Formats


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("It stands beside the bedrooms and Maya sleeps lightly.", ["Maya"]),
        ("The EV is Mark's and must be charged before he leaves.", ["Mark"]),
        ("Maya sleeps. Mark’s car. Grandpa visits.", ["Maya", "Mark", "Grandpa"]),
        ("TOBIAS has the TV on; LED lights use 3 kWh.", ["TOBIAS"]),
        ("O'Brien and Anna-Lena came with Zoë.", ["O'Brien", "Anna-Lena", "Zoë"]),
        ("Dishwasher: 90 minutes. The dishwasher is loud.", []),
        ("Every Monday in March we wash. Because it is cheap.", []),
        ("Have the pool pump off by noon. It's loud. Don't wait.", []),
        ("zoë and café", ["zoë"]),
        ("maya in small letters has to be declared", []),
        ("", []),
    ],
)
def test_name_like_words(text: str, names: list[str]) -> None:
    assert name_like_words(text) == names


def test_names_finds_every_form_of_a_name() -> None:
    text = "Tobias left; tobias came back. To-bias!"
    found = [text[f.start : f.end] for f in Capitals().find(text)]
    assert {"Tobias", "tobias", "To-bias"} <= set(found)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("mail maya.s@home.example.org, please", "email", "maya.s@home.example.org"),
        ("see https://home.example/x?y=1 now", "url", "https://home.example/x?y=1"),
        ("see www.home.example now", "url", "www.home.example"),
        ("call +49 170 1234567!", "phone", "+49 170 1234567"),
        ("call (020) 7946 0958.", "phone", "(020) 7946 0958"),
        ("call 555-867-5309", "phone", "555-867-5309"),
        ("pay DE89 3704 0044 0532 0130 00 today", "iban", "DE89 3704 0044 0532 0130 00"),
    ],
)
def test_formats(text: str, kind: str, value: str) -> None:
    assert (kind, value) in [(f.kind, text[f.start : f.end]) for f in Formats().find(text)]


def test_formats_leave_times_and_prices_alone() -> None:
    assert not Formats().find("17:00-20:00 $0.45; 00:00-06:00 0.12; 14 kWh; 2026-11-23 06:30; 1.25")


def test_declared_finds_forms() -> None:
    found = Declared((Term("dishwasher", "device"),)).find("two dish-washers")
    assert [(f.start, f.end, f.kind) for f in found] == [(4, 16, "device")]


def test_values_do_not_show_in_what_is_printed() -> None:
    clearance = Clearance(private=(Term("Maya", "person"),), public=("Maya",), run="r")
    assert "Maya" not in repr(clearance) + repr(clearance.private) + str(clearance.private[0])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Api.Example:443/v1/", "https://api.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:80/x", "http://[::1]"),
        ("https://api.example.", "https://api.example"),
    ],
)
def test_origin(url: str, expected: str) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize(
    "url", ["", "api.example", "ftp://x", "https://", "https://me@x", "https://x:99999", "//x"]
)
def test_no_origin(url: str) -> None:
    with pytest.raises(ConfigError):
        origin(url)


def test_policy() -> None:
    policy = Policy(("https://api.example/v1",))
    assert policy.check_destination("https://api.example:443/other") == "https://api.example"
    for url in ("http://api.example", "https://api.example.evil", "https://api.example:8443"):
        with pytest.raises(DestinationRefused):
            policy.check_destination(url)
    for wrong in ({"on_private": "allow"}, {"deadline_s": 0}, {"max_body_bytes": -1}):
        with pytest.raises(ConfigError):
            Policy(**wrong)  # type: ignore[arg-type]
