"""Scripts that nobody can check here count as private."""

from __future__ import annotations

import pytest

from doorstep._errors import ConfigError
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.scripts import SCRIPTS, Scripts


def found(text: str, *known: str) -> list[str]:
    return [text[f.start : f.end] for f in Scripts(known or ("latin",)).find(text)]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        # one run a sentence, so that the number of words does not show
        ("Привет, Майя! Ask her.", ["Привет, Майя"]),
        ("to 東京タワー 90m", ["東京タワー"]),
        ("مرحبا بالعالم 123", ["مرحبا بالعالم"]),
        ("महाराष्ट्र है", ["महाराष्ट्र है"]),
        ("שלום\nעולם", ["שלום", "עולם"]),
        ("한국어 text 中文", ["한국어", "中文"]),
        ("ខ្មែរ", ["ខ្មែរ"]),
        ("ᏣᎳᎩ and ߒߞߏ", ["ᏣᎳᎩ", "ߒߞߏ"]),
        # a word that mixes scripts, and words in disguise
        ("Mаya's car", ["Mаya"]),
        ("myИмя_2", ["myИмя_2"]),
        ("αβγ", ["αβγ"]),
        ("call ٠١٢٣٤", ["٠١٢٣٤"]),
        ("\ue000\ue001 x", ["\ue000\ue001"]),
        ("⠍⠁⠽⠁ ok", ["⠍⠁⠽⠁"]),
        ("Ⓜⓐⓨⓐ", ["Ⓜⓐⓨⓐ"]),
        ("\U000e006d\U000e0061", ["\U000e006d\U000e0061"]),
        ("𝓜𝓪𝔂𝓪", ["𝓜𝓪𝔂𝓪"]),
        ("\ud83d alone", ["\ud83d"]),
        # what passes
        ("plain", []),
        ("naïve café, Łódź, Ærø, ĲSSEL, ﬁne, Ｆｕｌｌ, e\u0301", []),
        ("½ ² ₂ € ™ № ℃ µm 5 Ω 10⁻³ ← ✓ …„“«»—\u200b\u00ad", []),
        ("σ = 3, Δt > 0, 𝑥², π", []),
        ("👩‍👩‍👧 🇩🇰 ❤️ 👍🏽", []),
        ("", []),
    ],
)
def test_scripts(text: str, runs: list[str]) -> None:
    assert found(text) == runs


def test_a_finding_says_why() -> None:
    assert Scripts().find("to Майя") == [Finding(3, 7, "other", "unknown script")]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Привет", "cyrillic"),
        ("東京", "han"),
        ("タワー", "kana"),
        ("αβγ", "greek"),
        ("ελλάς", "greek"),
    ],
)
def test_known_scripts_pass(text: str, known: str) -> None:
    assert found(text) == [text]
    assert found(text, "latin", known) == []


def test_latin_need_not_be_known() -> None:
    assert found("naïve", "cyrillic") == ["naïve"]


def test_every_named_script_is_one() -> None:
    for name in SCRIPTS:
        assert not Scripts([name]).find("!?")
    with pytest.raises(ConfigError, match="klingon"):
        Scripts(["klingon"])
