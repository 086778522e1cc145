"""Beginnings of words, found for a whole text at once, against the expression that defines them."""

from __future__ import annotations

import random
from itertools import accumulate

import pytest

from doorstep.boundary.normal import WORD, squeezed
from doorstep.boundary.wordstarts import word_starts

TEXTS = (
    "",
    " ",
    "a",
    "ABc",
    "aB",
    "AB",
    "Ab1C22d",
    "-x-",
    "\x00a\x7f",
    "XMLHttpRequest2XML",
    "a" * 9,
)


def by_word(text: str) -> tuple[list[int], list[int]]:
    words = [match.span() for match in WORD.finditer(text)]
    sizes = [end - begin for begin, end in words]
    return [begin for begin, _ in words], list(accumulate(sizes, initial=0))[:-1]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text(text: str) -> None:
    assert word_starts(text) == by_word(text)


def test_many_texts() -> None:
    rng = random.Random(7)
    for _ in range(20_000):
        text = "".join(rng.choices("aabBBC19 _-,\n\x00\x7f", k=rng.randrange(24)))
        assert word_starts(text) == by_word(text), text


def test_every_sign() -> None:
    for sign in map(chr, range(128)):
        for text in (sign, f"a{sign}", f"{sign}a", f"A{sign}b", f"1{sign}B", f"BC{sign}"):
            assert word_starts(text) == by_word(text), text


def test_a_text_of_other_letters_is_counted_by_the_expression() -> None:
    (view,) = squeezed("Ωmega aB")
    assert view.begins == [0, 1, 6, 7]
    assert view.starts == [0, 1, 5, 6]
