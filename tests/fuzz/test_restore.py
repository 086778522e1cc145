"""Any reply, in any pieces and chunks: the right values come back, nobody gets another's."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from bench.fuzz import restore
from tests.fuzz.profiles import examples


def test_any_chunking_gives_the_whole_and_nobody_gets_anothers() -> None:
    seen: Counter[str] = Counter()

    @examples(600)
    @given(restore.cases())
    def run(case: restore.Case) -> None:
        seen[restore.holds(case)] += 1

    run()
    assert seen["restored"] > 0.3 * seen.total(), seen
    assert seen["garbage"] > 0.05 * seen.total(), seen
