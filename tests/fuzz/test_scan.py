"""Scanning any text at any level: spans in the text, in order, apart; all engines agree."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.fuzz import values
from bench.fuzz.disguise import ENCODINGS, GAPS, SPELLINGS
from doorstep.boundary import Declared, Finding
from doorstep.boundary.detect import Detector
from doorstep.boundary.detect.engines import HyperscanEngine, Re2Engine, StdlibEngine
from doorstep.boundary.detect.formats import Formats
from doorstep.boundary.detect.levels import LEVELS, Level, detectors
from doorstep.boundary.detect.patterns import all_patterns
from doorstep.boundary.detect.propagate import Propagation
from doorstep.boundary.scan import Scanner
from tests.fuzz.profiles import examples

# Texts that are nearly something: the forms that the patterns look for, and pieces of them.
NEARLY = (
    "maya@home.example", "https://x.example/~maya?q=1", "+49 30 1234567", "DE89370400440532013000",
    "4111 1111 1111 1111", "192.168.0.1", "fe80::1", "00:1B:44:11:3A:B7", "52.5200, 13.4050",
    "1HGCM82633A004352", "born 12.03.1985", "/home/maya/x", "password = hunter2!", "@maya_o",
    "AKIAIOSFODNN7EXAMPLE", "eyJhbGciOiJIUzI1NiJ9.e30.abc", "Order no. 302-11", "Dr. Kjugrüb",
    "12 Long Lane, N1 2AB", "-----BEGIN PRIVATE KEY-----", "postgres://u:p@h/d", "1e400", "ſ",
)  # fmt: skip
PIECE = st.one_of(
    st.sampled_from(NEARLY),
    st.sampled_from(NEARLY).flatmap(lambda text: st.integers(1, len(text)).map(lambda n: text[:n])),
    values.SOLID,
    values.FILLER,
    st.builds(lambda v, c: c(v), values.SOLID, st.sampled_from(list(SPELLINGS.values()))),
    st.builds(lambda v, c: c(v), st.sampled_from(NEARLY), st.sampled_from(list(GAPS.values()))),
    st.builds(
        lambda v, c: c(v), st.sampled_from(NEARLY), st.sampled_from(list(ENCODINGS.values()))
    ),
    st.text(max_size=6),
)
SURROGATE = st.sampled_from(("\ud800", "\udfff"))  # JSON can spell half a character
TEXTS = st.lists(st.one_of(PIECE, PIECE, PIECE, PIECE, SURROGATE), max_size=8).flatmap(
    lambda pieces: st.sampled_from(("", " ", "\n", ", ")).map(lambda sign: sign.join(pieces))
)


@cache
def scanner(level: Level) -> Scanner:
    declared = Declared(("Quixmere", "Łukwaard Zordvak", "22-1234567"), patterns=("HRN-[0-9]+",))
    return Scanner(detectors(level, declared=declared), propagation=Propagation())


def _apart(text: str, found: list[Finding]) -> None:
    end = 0
    for finding in found:
        assert end <= finding.start < finding.end <= len(text)
        assert finding.kind and finding.kind.replace("_", "").isalpha()
        end = finding.end


@pytest.mark.parametrize("level", [level for level in LEVELS if level != "names"])
def test_spans_lie_in_the_text_in_order_and_apart(level: Level) -> None:
    @examples(150)
    @given(st.lists(TEXTS, min_size=1, max_size=3))
    def run(texts: list[str]) -> None:
        together = scanner(level).scan_all(texts)
        for text, found in zip(texts, together, strict=True):
            _apart(text, found)
            assert [(f.start, f.end) for f in found] == [
                (f.start, f.end) for f in scanner(level).scan(text)
            ]

    run()


def test_the_name_model_finds_only_what_is_there() -> None:
    pytest.importorskip("onnxruntime", reason="needs doorstep[names]")
    from doorstep.boundary.detect.classifier import Classifier

    if not Classifier.available():
        pytest.skip("the weights of the name model are not there")
    scan = Scanner((Classifier(),))

    @examples(30)
    @given(TEXTS)
    def run(text: str) -> None:
        _apart(text, scan.scan(text))

    run()


@cache
def engines() -> list[Detector]:
    pytest.importorskip("hyperscan", reason="needs doorstep[hyperscan]")
    patterns = all_patterns()
    made = (StdlibEngine(patterns), Re2Engine(patterns), HyperscanEngine(patterns))
    return [Formats(engine) for engine in made]


def test_the_three_engines_agree() -> None:
    @examples(150)
    @given(TEXTS)
    def run(text: str) -> None:
        first, *others = (engine.find(text) for engine in engines())
        assert all(found == first for found in others)

    run()


def test_half_a_character_is_scanned() -> None:
    for text in ("\ud800", "a \ud800 Zwexik", "\udfff\ud800"):
        _apart(text, scanner("strict").scan(text))


def test_something_is_found() -> None:
    """Or the tests above would hold for a scanner that finds nothing."""
    assert len(scanner("rules").scan(" and ".join(NEARLY))) > 12
