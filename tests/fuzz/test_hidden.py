"""A masked reply: what the cloud brings up by itself is hidden, in any pieces and chunks."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from bench.fuzz import hidden
from tests.fuzz.profiles import examples


def test_what_the_cloud_brings_up_is_hidden_in_any_pieces() -> None:
    seen: Counter[str] = Counter()

    @examples(200)
    @given(hidden.cases())
    def run(case: hidden.Case) -> None:
        seen[hidden.holds(case)] += 1

    run()
    assert seen["masked"] > 0.3 * seen.total(), seen
