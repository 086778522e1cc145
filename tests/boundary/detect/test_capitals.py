"""The capital rule of the level strict, and the one of a household's notes."""

from __future__ import annotations

import pytest

from doorstep._errors import ConfigError
from doorstep.boundary.common import CommonWords, is_unit
from doorstep.boundary.detect.capitals import Capitals, name_like_words

COMMON = CommonWords()


def found(text: str, **settings: object) -> list[str]:
    findings = Capitals(COMMON, **settings).find(text)  # type: ignore[arg-type]
    assert {(f.kind, f.by) for f in findings} <= {("name", "capital rule")}
    return [text[f.start : f.end] for f in findings]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # words that nobody knows
        ("I wrote to Tobias about it.", ["Tobias"]),
        ("Tobias left; tobias came back, To-bias!", ["Tobias", "tobias", "To-bias"]),
        ("Zorblax's offices and the Zorblaxes", ["Zorblax", "Zorblaxes"]),
        ("the ZORBLAX contract", ["ZORBLAX"]),
        ("O'Brien met Anna-Lena.", ["O'Brien", "Anna-Lena"]),
        ("ask Zoë", ["Zoë"]),
        ("ask zoë", ["zoë"]),
        ("we use McDonnell here", ["McDonnell"]),
        # ordinary words where any word has a capital
        ("Tell me more. Everything is fine! Why?", []),
        ("- Water the plants\n- Lock doors\n1. Wait\n* Sleep", []),
        ("He said: “Never again.” Then (Maybe) she left", []),
        ("READ THE INSTRUCTIONS BEFORE USE", []),
        ("The Board met the Director of the Department", []),
        ("How To Write A Better Cover Letter", []),
        ("Der Hund liegt", ["Der", "Hund", "liegt"][:2]),
        ("call getUserName or maxTokens", []),
        ("the API returns JSON over HTTP at 5 PM", []),
        # ordinary words that are names besides
        ("I asked Mark about it", ["Mark"]),
        ("Please mark the page. I will.", []),
        ("ask Grace Hill about grace", ["Grace", "Hill"]),
        ("Rose is here", ["Rose"]),
        ("THE ROSE GARDEN IS SHUT", ["ROSE"]),
        # openers and months
        ("Will you help? May I ask?", []),
        ("Please ask Will", ["Will"]),
        ("I asked May about it", ["May"]),
        ("in May, on 5 May, May 2024, since April", []),
        ("on Monday and in December", []),
        # other languages, other signs
        ("l'été à la plage, près du café, déjà vu", []),
        ("x = 1", []),
        ("", []),
    ],
)
def test_capitals(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "every", "names"),
    [
        ("The Board met. They asked Zorblax.", ["Board", "Zorblax"], ["Zorblax"]),
        ("The Board met on Monday in May, and I agreed.", ["Board"], []),
        ("The Board met the other boards of a board.", [], []),
        ("How To Write A Better Cover Letter", [], []),
        ("We had “The Long Winter Night” there, Sir.", [], []),
        ("Work Experience\nthe Rest of it all is here", ["Rest"], []),
        ("it said IMPORTANT", [], []),
        ("we rent from LandVault's people", ["LandVault"], []),
        ("f();\nMaxTokens = 3;\ng();\nif (x) {\n y;\n}", [], []),
    ],
)
def test_common_words_in_the_middle(text: str, every: list[str], names: list[str]) -> None:
    assert found(text) == every
    assert found(text, middle="names") == names


def test_the_choice_is_checked() -> None:
    with pytest.raises(ConfigError):
        Capitals(middle="some")  # type: ignore[arg-type]


def test_own_words_are_ordinary() -> None:
    assert not Capitals(CommonWords(["Zorblax", "Rose"])).find("ask Zorblax and Rose")


def test_an_ordinary_word_is_a_name_only_with_its_capital() -> None:
    assert found("I asked Mark; mark that, MARK it, marks") == ["Mark", "MARK"]


@pytest.mark.parametrize(
    ("word", "common", "name"),
    [
        ("table", True, False),
        ("Tables", True, False),
        ("walked", True, False),
        ("mark's", True, True),
        ("Brown", True, True),
        ("café", True, False),
        ("cafe", True, False),
        ("don’t", True, False),
        ("colour", True, False),
        ("color", True, False),
        ("kWh", True, False),
        ("zorblax", False, False),
        ("maya", False, False),
        ("", False, False),
    ],
)
def test_common_words(word: str, common: bool, name: bool) -> None:
    assert (word in COMMON, COMMON.is_name(word)) == (common, name)


def test_units() -> None:
    assert is_unit("kWh") and is_unit("mins") and not is_unit("house")


def test_the_rule_of_notes_takes_more() -> None:
    assert name_like_words("Grandpa sleeps; Mark’s car.") == ["Grandpa", "Mark"]
