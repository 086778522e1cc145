"""The three engines find the same; offsets are characters."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.boundary.detect.engines import (
    HyperscanEngine,
    Re2Engine,
    StdlibEngine,
    loosened,
)
from doorstep.boundary.detect.formats import Formats
from doorstep.boundary.detect.pattern import Pattern
from doorstep.boundary.detect.patterns import all_patterns
from tests.boundary.detect.secrets_table import rows
from tests.boundary.detect.test_formats import FOUND, LEFT_ALONE

PATTERNS = all_patterns()
KINDS = {pattern.kind for pattern in PATTERNS}
STDLIB = Formats(StdlibEngine(PATTERNS), kinds=KINDS)
RE2 = Formats(Re2Engine(PATTERNS), kinds=KINDS)

_EXAMPLES = [marked.replace("«", "").replace("»", "") for _, marked in FOUND]
_EXAMPLES += [*LEFT_ALONE, *(row.text for row in rows()[::7])]
_PIECES = [piece for text in _EXAMPLES for piece in re.findall(r"\S+\s*", text)]
_NOISE = st.text(
    alphabet=st.sampled_from("aZ9 .-@:/=+'\"\n\té ÉßſKİı🙂١－\u00a0‑日ñ(){}"), max_size=6
)


def _woven() -> st.SearchStrategy[str]:
    """Texts of whole examples, parts of them in either case, and noise."""
    piece = st.sampled_from(_PIECES)
    cased = st.builds(lambda text, upper: text.upper() if upper else text, piece, st.booleans())
    return st.lists(st.one_of(st.sampled_from(_EXAMPLES), cased, _NOISE), max_size=8).map("".join)


@pytest.fixture(scope="module")
def hyperscan() -> Formats:
    pytest.importorskip("hyperscan")
    return Formats(HyperscanEngine(PATTERNS), kinds=KINDS)


@settings(max_examples=150, deadline=None)
@given(text=_woven())
def test_re2_finds_what_the_standard_library_finds(text: str) -> None:
    assert RE2.find(text) == STDLIB.find(text)


@settings(max_examples=150, deadline=None)
@given(text=_woven())
def test_hyperscan_finds_what_re2_finds(hyperscan: Formats, text: str) -> None:
    assert hyperscan.find(text) == RE2.find(text)


@pytest.mark.parametrize("text", _EXAMPLES, ids=lambda text: text[:30])
def test_re2_and_the_standard_library_agree_on_every_example(text: str) -> None:
    assert STDLIB.find(text) == RE2.find(text)


def test_hyperscan_agrees_on_every_example(hyperscan: Formats) -> None:
    assert [text for text in _EXAMPLES if hyperscan.find(text) != RE2.find(text)] == []


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_sources_are_read_by_every_engine(pattern: Pattern) -> None:
    import re2

    assert not re.search(r"\\[sSBZzAG]|\(\?[=!<P]|\$(?!\{)$", pattern.source)
    for source in (pattern.source, pattern.hint or "x"):
        assert re.compile(source, re.ASCII).groups <= 1
        re2.compile(source)
    assert not re.compile(pattern.source, re.ASCII).match("")


@pytest.mark.parametrize(
    ("source", "loose"),
    [
        ("x{3}", "x{3}"),
        ("x{40}", "x{6,}"),
        ("x{3,90}y{0,2}", "x{3,}y{0,2}"),
        ("x{20,}", "x{6,}"),
        ("x{2,}", "x{2,}"),
        ("x{7,9}", "x{6,}"),
    ],
)
def test_loosened(source: str, loose: str) -> None:
    assert loosened(source) == loose


def test_case_is_that_of_all_scripts_and_word_edges_are_those_of_ascii() -> None:
    pattern = Pattern("x", "x", "x", r"(?i:señal)|\b[\d.]+\b|x\w")
    for engine in (StdlibEngine([pattern]), Re2Engine([pattern])):
        assert list(engine.scan("SEÑAL é1.2é ١ xé xy")) == [(0, 0, 5), (0, 7, 10), (0, 17, 19)]


def test_a_group_is_what_is_found() -> None:
    pattern = Pattern("x", "x", "x", "key=([0-9]+)")
    for engine in (StdlibEngine([pattern]), Re2Engine([pattern])):
        assert list(engine.scan("é key=12 key=345")) == [(0, 6, 8), (0, 13, 16)]


def test_hyperscan_reads_long_texts_in_a_process_of_its_own() -> None:
    """Its stack was overrun once, which ends the process: so this runs in another one."""
    pytest.importorskip("hyperscan")
    code = (
        "from doorstep.boundary.detect.engines import HyperscanEngine\n"
        "from doorstep.boundary.detect.formats import Formats\n"
        "from doorstep.boundary.detect.patterns import all_patterns\n"
        "formats = Formats(HyperscanEngine(all_patterns()))\n"
        "text = 'The applicant, born on 4 May 1987, lives at 12 Baker Street (no. 36244/06). '\n"
        "print(len({f.kind for f in formats.find(text * 400)}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0
    assert int(done.stdout) >= 3


def test_hyperscan_that_is_not_installed_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    from doorstep._errors import ConfigError

    monkeypatch.setitem(sys.modules, "hyperscan", None)
    with pytest.raises(ConfigError, match=r"doorstep\[hyperscan\]"):
        HyperscanEngine(PATTERNS)
