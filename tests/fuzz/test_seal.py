"""Any request, any declared values: refused, or sealed: nothing leaves, and all comes back."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from bench.fuzz import seal
from tests.fuzz.profiles import examples


def test_whatever_is_sent_is_refused_or_sealed() -> None:
    seen: Counter[str] = Counter()

    @examples(200)
    @given(seal.cases())
    def run(case: seal.Case) -> None:
        seen[seal.holds(case)] += 1

    run()
    assert seen["passed"] > 0.4 * seen.total(), seen
