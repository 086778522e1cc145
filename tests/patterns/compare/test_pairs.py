"""The hand-written table of pairs: fewer than 2% false "differ", fewer than 2% false "agree"."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.agreement.pairs import Pair, measured, pairs
from doorstep.patterns.compare.guess import KINDS

TABLE = list(pairs())


def test_the_table_has_both_sides_of_every_kind_but_free_text() -> None:
    counts = Counter((pair.kind, pair.same) for pair in TABLE)
    assert all(
        counts[kind, same] >= 6 for kind in KINDS if kind != "text" for same in (True, False)
    )
    assert sum(pair.same for pair in TABLE) >= 200
    assert sum(not pair.same for pair in TABLE) >= 200
    assert len({(pair.a, pair.b, pair.kind) for pair in TABLE}) == len(TABLE)


@pytest.mark.parametrize("kind_given", [True, False])
def test_few_are_misjudged(kind_given: bool) -> None:
    counts = measured(TABLE, kind_given=kind_given)
    assert counts["false differ"] < 0.02 * counts["equal"]
    assert counts["false agree"] < 0.02 * counts["different"]
    assert counts["equal incomparable"] + counts["different incomparable"] < 0.02 * len(TABLE)


def test_the_order_of_the_two_does_not_matter() -> None:
    for pair in TABLE:
        if pair.kind == "code":
            continue
        turned = Pair(
            pair.kind, pair.same, pair.b, pair.a, pair.question, pair.rules, pair.held_out
        )
        there, back = pair.compared(kind_given=True), turned.compared(kind_given=True)
        assert there.verdict == back.verdict, (pair.a, pair.b)


def test_an_answer_agrees_with_itself_and_no_verdict_but_differ_names_a_difference() -> None:
    for pair in TABLE:
        found = pair.compared(kind_given=True)
        assert (found.verdict == "differ") == bool(found.what)
        if pair.kind != "code" and found.left is not None:
            itself = Pair(pair.kind, True, pair.a, pair.a, pair.question, pair.rules, pair.held_out)
            assert itself.compared(kind_given=True).verdict == "agree", pair.a


@pytest.mark.parametrize("kind_given", [True, False])
def test_what_was_learnt_from_later_pairs_stays_learnt(kind_given: bool) -> None:
    counts = measured(list(pairs("later.jsonl")), kind_given=kind_given)
    assert counts["equal"] >= 200 and counts["different"] >= 190
    assert counts["false differ"] < 0.02 * counts["equal"]
    assert counts["false agree"] < 0.02 * counts["different"]
