"""What a pattern needs: never too much, and enough to leave most patterns out of most texts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.boundary.detect.engines import _as_re2_reads
from doorstep.boundary.detect.needs import needs_of, shape
from doorstep.boundary.detect.pattern import Pattern
from doorstep.boundary.detect.patterns import all_patterns
from doorstep.boundary.detect.plain import plain
from doorstep.boundary.detect.sieve import Sieve

PATTERNS = all_patterns()


def _pattern(source: str, hint: str = "", context: str = "") -> Pattern:
    return Pattern("x", "x", "x", source, hint, context=context)


def _occurs(pattern: Pattern, text: str) -> bool:
    return bool(Sieve([pattern]).occurring(text, text.encode()))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("iban", {"iban"}),
        ("(?i:IBAN|Konto)[0-9]", {"iban", "konto"}),
        ("ab?c[de]f", {"abcdf", "abcef", "acdf", "acef"}),
        ("[A-Z]+://x", {"://x"}),
        ("(?:the )?corner of ", {"corner of "}),
        ("x{3,5}", {"xxx"}),
        ("(?:ab){2}", {"abab"}),
        ("[^a]key|[^b]token", {"key", "token"}),
        ("Straße", {"strasse"}),
    ],
)
def test_words(source: str, words: set[str]) -> None:
    assert needs_of(_pattern(source)).words == (frozenset(words),)


@pytest.mark.parametrize("source", ["a|[0-9]", "(?:key)?[0-9]", "[a-z]+", "(?:key)*x", "k|", "."])
def test_no_words(source: str) -> None:
    assert needs_of(_pattern(source)).words == ()


def test_words_of_hint_and_context_are_needed_too() -> None:
    pattern = _pattern("[0-9]{9}", hint="swift", context="routing|transit")
    assert needs_of(pattern).words == (frozenset({"swift"}), frozenset({"routing", "transit"}))


@pytest.mark.parametrize(
    ("source", "digits", "gap"),
    [
        (r"\d{3}-\d{2}-\d{4}", 9, 1),
        (r"\d(?:[ -]?\d){11,18}", 12, 1),
        (r"\d{4}(?:[a-z]{2}|-)\d", 5, 2),
        (r"\d\d|\d{5}", 2, 0),
        (r"(?:\d{4} )?\d{2}", 2, 0),
        (r"\d[0-9]{0,3}/\d", 2, 1),
        (r"[0-9A-F]{12}", 0, 0),
        (r"\d.*\d", 2, float("inf")),
    ],
)
def test_digits(source: str, digits: int, gap: float) -> None:
    needs = needs_of(_pattern(source))
    assert (needs.digits, needs.gap) == (digits, gap)


@pytest.mark.parametrize(
    ("source", "run"),
    [
        (r"\b[0-9a-f]{24,128}\b", 24),
        (r"[A-Z]{3} [0-9]{5}-?[a-z]{2}", 7),
        (r"ab[^x]{9}", 2),
        (r"(?:abc|de)f", 3),
        (r"(?:a b){5}", 2),
        (r"x(?:yz)?w", 2),
    ],
)
def test_run(source: str, run: int) -> None:
    assert needs_of(_pattern(source)).run == run


@pytest.mark.parametrize(
    ("source", "shapes"),
    [
        (r"[A-Z]{2}\d{2}", {"AA00"}),
        (r"\d{3,6} ?[A-Z]", {"000 A", "000A"}),
        (r"(?i:x)\d", {"a0", "A0"}),
        (r"é\d", {"\x80\x800"}),
        (r"\d{4}/\d{2}", {"0000/00"}),
    ],
)
def test_shapes(source: str, shapes: set[str]) -> None:
    assert needs_of(_pattern(source)).shapes == shapes


def test_shape() -> None:
    assert shape("Ab-12 é".encode()) == b"Aa-00 \x80\x80"


@pytest.mark.parametrize(
    ("pattern", "text", "occurs"),
    [
        (_pattern("iban"), "an IBAN here", True),
        (_pattern("iban"), "an urban one", False),
        (_pattern(r"\d{3}-\d{2}-\d{4}"), "078-05-1120", True),
        (_pattern(r"\d{3}-\d{2}-\d{4}"), "in 1994, in 1995, and in 1996", False),
        (_pattern(r"\d{9}"), "123 456 789", False),
        (_pattern(r"[A-Z]\d{2}"), "in 1994", False),
        (_pattern(r"[0-9a-f]{24}"), "a" * 23, False),
        (_pattern(r"[0-9a-f]{24}"), "b " + "a" * 24, True),
        (_pattern(r"\d(?:[ -]?\d){25}"), "1 2" * 13, True),
        (_pattern("xyz"), "", False),
    ],
)
def test_sieve(pattern: Pattern, text: str, occurs: bool) -> None:
    assert _occurs(pattern, text) == occurs


def test_most_patterns_are_left_out_of_a_sentence() -> None:
    sieve = Sieve(PATTERNS)
    for text in (
        "She moved to the coast in 1994 and never came back.",
        "Which gas is it? (a) argon",
    ):
        assert len(sieve.occurring(text, text.encode())) <= 12


_SIEVES = [
    (re.compile(_as_re2_reads(p.source)), Sieve([replace(p, hint="", context="")]))
    for p in PATTERNS
]
_ROUND = st.text(alphabet=st.sampled_from("aZ9 .-:é\n"), max_size=3)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_pattern_is_never_left_out_where_it_matches(data: st.DataObject) -> None:
    """Texts are made from the source itself, in either case, between other characters."""
    regex, sieve = data.draw(st.sampled_from(_SIEVES))
    made = data.draw(st.from_regex(regex))
    text = plain(data.draw(_ROUND) + made + data.draw(_ROUND))
    for form in (text, text.upper(), text.lower()):
        if regex.search(form):
            assert sieve.occurring(form, form.encode()) == [0]
