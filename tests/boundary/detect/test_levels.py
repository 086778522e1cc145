"""Levels: which layers look, and what is said about it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep._errors import ConfigError
from doorstep.boundary.detect import Detector, Finding, find_all
from doorstep.boundary.detect.asked import AskedModel
from doorstep.boundary.detect.declared import Declared
from doorstep.boundary.detect.levels import LEVELS, Level, describe, detectors
from doorstep.boundary.detect.propagate import Propagation
from doorstep.boundary.detect.scripts import Scripts
from doorstep.boundary.words import OnlyKnownWords

TEXT = "Ask Tobias at t@x.example about Heron and Привет."


class Words:
    """Finds one word."""

    def __init__(self, word: str) -> None:
        self.word = word

    def find(self, text: str) -> list[Finding]:
        place = text.find(self.word)
        return [Finding(place, place + len(self.word), "person")] if place >= 0 else []


def found(layers: Sequence[Detector], text: str = TEXT) -> set[str]:
    return {text[f.start : f.end] for d in layers for f in find_all(d, [text])[0]}


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("rules", {"Heron", "t@x.example"}),
        ("names", {"Heron", "t@x.example", "Ask"}),
        ("strict", {"Heron", "t@x.example", "Ask", "Tobias", "Привет"}),
    ],
)
def test_each_level_adds_its_layers(level: Level, expected: set[str]) -> None:
    layers = detectors(level, declared=Declared(["Heron"]), names=Words("Ask"))
    assert expected <= found(layers)
    assert ("Tobias" in found(layers)) is (level == "strict")


def test_what_is_allowed_is_not_found_but_what_is_declared_is() -> None:
    declared = Declared(["Heron"], allow=["Tobias", "t@x.example", "heron"])
    layers = detectors("strict", declared=declared, names=Words("Tobias"))
    assert not {"Tobias", "t@x.example"} & found(layers)
    assert "Heron" in found(layers)
    assert "t2@x.example" in found(layers, "t2@x.example")


def test_the_gate_still_sees_which_detectors_it_has_to_ask() -> None:
    layers = detectors("rules", declared=Declared(["x1"], patterns=["y[0-9]"], allow=["z"]))
    assert getattr(layers[0], "at_gate", False) is True


def test_a_home_model_is_one_more_layer() -> None:
    asked = AskedModel(lambda text: [{"text": "about", "kind": "other"}])
    assert "about" in found(detectors("rules", asked=asked))
    assert "home model: may add findings" in describe("rules", asked=asked)


def test_layers_run_without_each_other() -> None:
    for layer in detectors("strict", declared=Declared(["Heron"]), names=Words("Ask")):
        assert isinstance(layer.find(TEXT), list)


STRICT = (
    *detectors("strict", declared=Declared(["Heron"], patterns=["H[0-9]+"], allow=["Ada Li"])),
    OnlyKnownWords(["Heron"]),
)
PIECES = st.sampled_from(
    "Ada Li Heron H77 Mark May 5 the Rose О'Brien Zoë's jaÜ Привет σ ﬁ 𝓜a \u0301 \ue000 \ud83d "
    "東京 0170-123 12:30 1,000.5 kWh \n “ ” . - _ ' ’ \0 \u200b Ⅳ ² IT".split(" ")
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=12).map(" ".join) | st.text(max_size=40)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_text_can_be_looked_at(text: str) -> None:
    found = [f for detector in STRICT for f in detector.find(text)]
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    (spread,) = Propagation().spread([text], [found])
    assert all(0 <= f.start < f.end <= len(text) for f in spread)


# From Hebrew to the extensions of Georgian, among them scripts that `SCRIPTS` does not name.
OTHER = st.characters(min_codepoint=0x0590, max_codepoint=0x1CFF, categories=("Lo",))


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.text(OTHER, min_size=1, max_size=8))
def test_no_letter_of_an_unknown_script_is_left(text: str, word: str) -> None:
    found = Scripts().find(f"{text} {word}")
    covered = {place for f in found for place in range(f.start, f.end)}
    assert covered.issuperset(range(len(text) + 1, len(text) + 1 + len(word)))


def test_an_unknown_level_is_refused() -> None:
    for call in (detectors, describe):
        with pytest.raises(ConfigError, match="rules, names, strict"):
            call("high")  # type: ignore[arg-type]


def test_levels_are_described() -> None:
    declared = Declared(["a1"], allow=["b"])
    assert describe("rules", declared=declared)[0] == "declared: 1 values, 1 allowed"
    strict = describe("strict", declared=declared, names=Words("x"))
    assert strict[-2:] == ["words in no dictionary", "scripts that nobody can check"]
    assert len(describe("rules")) == 1
    assert LEVELS == ("rules", "names", "strict")


# As if the extra were not installed.
_WITHOUT = """
import sys
sys.modules["onnxruntime"] = None
from doorstep._errors import ConfigError
from doorstep.boundary.detect.levels import describe, detectors
try:
    detectors("names")
except ConfigError as error:
    assert "doorstep[names]" in error.hint, error
else:
    raise SystemExit("names without the model")
assert any("NOT THERE" in line for line in describe("strict"))
assert len(detectors("strict")) == 4
"""


def test_without_the_extra_names_is_refused_and_strict_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
