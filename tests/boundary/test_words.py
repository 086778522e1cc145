"""Allow-list mode: which stretches are neither common words, quantities nor approved."""

from __future__ import annotations

import itertools
import re

import pytest

from doorstep.boundary.detect import Finding
from doorstep.boundary.words import OnlyKnownWords

ONLY = OnlyKnownWords(["Project Heron", "zorblax", "HRN-2041"])


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        # words
        ("Please run the dishwasher when it's cheap, won't you?", []),
        ("The colours of the neighbours' houses", []),
        ("well-known, state-of-the-art, and/or", []),
        ("getUserName(maxTokens)", []),
        ("the roof of a gazebo, by Gazebo", ["Gazebo"]),
        ("Wir fahren nach Kiel", ["Wir", "fahren", "nach", "Kiel"]),
        ("ask maya or Tobias", ["maya", "Tobias"]),
        ("ask Mark, please mark it", ["Mark"]),
        ("May I? In May.", []),
        ("I asked May", ["May"]),
        ("ＭＡＹＡ, Майя, 名前", ["ＭＡＹＡ", "Майя", "名前"]),
        ("maya_load and xqzt", ["maya", "xqzt"]),
        # approved, as a whole, in any case
        ("project  heron and ZORBLAX", []),
        ("Heron flies; zorblaxian", ["zorblaxian"]),
        ("see hrn-2041, HRN-2042", ["HRN", "2042"][:1]),
        # quantities
        ("1.2 kWh, 90 min, 3kWh, 50%, $0.45, 10,000 people, 2,500.75", []),
        ("at 22:30 or 7.15, 17:00-20:00, 5-10, 2024, x², 3 m²", []),
        ("-3.5 and 1/2", []),
        # numbers and codes that are no quantity
        ("12345", ["12345"]),
        ("1990-04-05, 5/4/1990", ["1990-04-05", "5/4/1990"]),
        ("call 0170 1234 567 now", ["0170 1234 567"]),
        ("4111 1111 1111 1111", ["4111 1111 1111 1111"]),
        ("192.168.1.20", ["192.168.1.20"]),
        ("DE8937040044, GPT4, a1b2c3", ["DE8937040044", "GPT4", "a1b2c3"]),
        ("B2, 3D, x1, Q4", []),
        ("3zorks", ["3zorks"]),
        ("１２ ٣٤", ["１２", "٣٤"]),
        ("", []),
    ],
)
def test_unknown(text: str, unknown: list[str]) -> None:
    assert [text[start:end] for start, end in ONLY.unknown(text)] == unknown


def test_placeholders_pass() -> None:
    placeholder = re.compile(r"[A-Z]{3,12}_[0-9A-HJKMNP-TV-Z]{6,}")
    text = "Tell PERSON_7F3AQ2K4 about MAYA"
    assert [text[a:b] for a, b in OnlyKnownWords(placeholder=placeholder).unknown(text)] == ["MAYA"]
    assert len(OnlyKnownWords().unknown(text)) > 1


def test_the_longest_approved_phrase_counts() -> None:
    assert not OnlyKnownWords(["Zorblax", "Zorblax Quellio"]).unknown("ask Zorblax Quellio")


def test_it_is_a_detector_of_the_gate() -> None:
    assert ONLY.at_gate
    assert ONLY.find("ask Tobias") == [Finding(4, 10, "other", "unknown word")]


def test_spans_are_in_order_and_apart() -> None:
    text = "Tobias 0170 1234 567 Ada 12345 9 Kiel"
    spans = ONLY.unknown(text)
    assert len(spans) == 5
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
