"""No private word crosses: over every test household, and over generated ones in odd forms."""

from __future__ import annotations

import pytest

from bench.crossings import count, generated, households, leaks


async def test_no_private_word_of_any_household_crosses() -> None:
    result = await count(households())
    assert result.crossings > 0.8 * result.asked
    assert result.leaks == ()


async def test_no_injected_name_crosses() -> None:
    result = await count(list(generated(120)))
    assert result.crossings > 0.6 * result.asked
    assert result.leaks == ()


@pytest.mark.parametrize(
    ("body", "word", "found"),
    [
        ('{"a": "run Maya\'s bath"}', "Maya", True),
        ('{"a": "MAYAS"}', "Maya", True),
        ('{"a": "mayas\\u0308"}', "Zoë", False),
        ('{"a": "Zoe"}', "Zoë", True),
        ('{"a": "Zo\\u00eb"}', "Zoë", True),
        ('{"a": "dish_washer"}', "dishwasher", True),
        ('{"a": "TWF5YSBzYXlz"}', "Maya says", True),
        ('{"a": "4d617961"}', "Maya", True),
        ('{"a": "mayan"}', "Maya", False),
        ('{"a": "load_A"}', "Al", False),
    ],
)
def test_the_search_itself_finds_what_it_should(body: str, word: str, found: bool) -> None:
    assert bool(leaks(body, [word])) is found
