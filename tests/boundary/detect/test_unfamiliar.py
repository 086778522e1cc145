"""Words in small letters that stand in no dictionary."""

from __future__ import annotations

import pytest

from doorstep.boundary.common import CommonWords
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.unfamiliar import Unfamiliar

COMMON = CommonWords()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ask haneen at hsbc in jeddah to call", ["haneen", "hsbc", "jeddah"]),
        ("haneen's and o'zorblax", ["haneen's", "o'zorblax"]),
        ("log in as okafor_maya77", ["okafor", "maya"]),
        ("zoë and josé sent a résumé to the café", ["zoë", "josé"]),
        ("i liek teh wheather", ["liek", "teh", "wheather"]),
        # what is in the dictionary, common or rare, with endings
        ("the neighbours' gazebo, walked and re-tiled", []),
        ("don't say they're theirs", []),
        ("1.2 kwh for 90 mins, 5 km, 3 gb", []),
        ("al, li and xu", []),
        # capitals are for the capital rule, other scripts for the rule of scripts
        ("Haneen HSBC иван", []),
        # lines in other languages
        ("ich habe meinem nachbarn gesagt, dass er nicht kommen soll", []),
        ("je voudrais que tu envoies une lettre au médecin", []),
        ("por favor escribe una carta para el médico", []),
        ("jeg vil gerne have at du skriver til lægen", []),
        ("ask haneen please\nich habe es dem nachbarn nicht gesagt", ["haneen"]),
        ("ask haneen, belal and zorba und hans", ["haneen", "belal", "zorba", "und", "hans"]),
        ("haneen belal sulaiman amer", ["haneen", "belal", "sulaiman", "amer"]),
        ("", []),
    ],
)  # fmt: skip
def test_unfamiliar_words(text: str, words: list[str]) -> None:
    assert [text[f.start : f.end] for f in Unfamiliar(COMMON).find(text)] == words


def test_a_finding_says_why() -> None:
    assert Unfamiliar(COMMON).find("to haneen") == [Finding(3, 9, "name", "unknown word")]


def test_own_words_are_known() -> None:
    assert not Unfamiliar(CommonWords(["Zorblax"])).find("a zorblax, two zorblaxs")


@pytest.mark.parametrize(
    ("word", "common", "known"),
    [("gazebo", False, True), ("table", True, True), ("haneen", False, False)],
)
def test_rare_words_are_words(word: str, common: bool, known: bool) -> None:
    assert (word in COMMON, COMMON.is_word(word)) == (common, known)
