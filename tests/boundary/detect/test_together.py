"""Many texts sifted as one have the findings that each has alone."""

from __future__ import annotations

import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.boundary.detect import Finding
from tests.boundary.detect.test_engines import _EXAMPLES, PATTERNS, RE2, STDLIB, _woven


def _alone(texts: list[str]) -> list[list[Finding]]:
    return [RE2.find(text) for text in texts]


def test_every_example_among_others() -> None:
    shuffled = random.Random(7).sample(_EXAMPLES, len(_EXAMPLES))
    for size in (2, 5, 40):
        for at in range(0, len(shuffled), size):
            texts = shuffled[at : at + size]
            assert RE2.find_all(texts) == _alone(texts)


def test_pieces_of_examples_do_not_become_one() -> None:
    for text in _EXAMPLES:
        pieces = re.findall(r"\S+\s*", text)
        halves = [text[: len(text) // 2], text[len(text) // 2 :]]
        assert RE2.find_all(pieces) == _alone(pieces)
        assert RE2.find_all(halves) == _alone(halves)


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(_woven(), max_size=6))
def test_whatever_the_texts_are(texts: list[str]) -> None:
    assert RE2.find_all(texts) == _alone(texts)


def test_an_engine_that_has_no_way_for_many_texts() -> None:
    texts = _EXAMPLES[:4]
    assert STDLIB.find_all(texts) == _alone(texts)


def test_no_pattern_asks_for_the_edge_of_a_text() -> None:
    for pattern in PATTERNS:
        for source in (pattern.source, pattern.hint):
            assert not re.search(r"\\[AzZB]", source), pattern.name
            bare = re.sub(r"\[\^?[^\]]*\]", "", re.sub(r"\\.", "", source))
            assert not re.search(r"[\^$]", bare), pattern.name
