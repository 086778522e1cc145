"""The choice of a threshold: the promise holds, whatever the scores are worth."""

from __future__ import annotations

import random

import pytest

from doorstep import BadInput
from doorstep.patterns.calibration.threshold import Scored, choose, sensible, upwards


def _answers(draw: random.Random, n: int, useful: bool) -> list[Scored]:
    """Each answer is wrong with the probability that is its score; or the score says nothing."""
    found = []
    for _ in range(n):
        risk = draw.random() ** 2
        found.append(Scored(risk if useful else draw.random(), draw.random() < risk))
    return found


@pytest.mark.parametrize("useful", [True, False])
@pytest.mark.parametrize("risk", [0.1, 0.3])
def test_the_promise_holds_in_enough_draws(useful: bool, risk: float) -> None:
    """True risks are known here: E[u ** 2 | u ** 2 <= t] is t / 3; all together a third."""
    draw, broken, draws = random.Random(7), 0, 300
    for _ in range(draws):
        first, second = _answers(draw, 100, useful), _answers(draw, 100, useful)
        order = upwards([s.score for s in first], len(second), risk, 0.9)
        chosen = choose(second, order, risk, 0.9)
        if chosen is not None:
            broken += (chosen.value / 3 if useful else 1 / 3) > risk
    assert broken <= 0.1 * draws + 3 * (draws * 0.1 * 0.9) ** 0.5


def test_a_useful_score_keeps_something() -> None:
    draw = random.Random(3)
    answers = _answers(draw, 400, useful=True)
    chosen = choose(answers, upwards([s.score for s in answers], 400, 0.2, 0.95), 0.2, 0.95)
    assert chosen is not None and chosen.share > 0.3
    assert chosen.wrong / chosen.kept < chosen.bound <= 0.2


def test_it_stops_at_the_first_failure_even_if_a_later_one_would_pass() -> None:
    good = [Scored(0.1, False)] * 40
    bad = [Scored(0.2, True)] * 10
    more = [Scored(0.3, False)] * 900
    assert choose([*good, *bad, *more], (0.1, 0.2, 0.3), 0.1, 0.95).value == 0.1  # type: ignore[union-attr]
    assert choose([*good, *bad, *more], (0.2, 0.3), 0.1, 0.95) is None


def test_what_cannot_be_told_is_never_kept() -> None:
    answers = [Scored(0.1, False)] * 60 + [Scored(None, True)] * 60
    chosen = choose(answers, (0.1,), 0.1, 0.95)
    assert chosen is not None and (chosen.kept, chosen.n, chosen.share) == (60, 120, 0.5)


@pytest.mark.parametrize(("kept", "passes"), [(28, False), (29, True)])
def test_the_least_number_without_an_error(kept: int, passes: bool) -> None:
    """29 right ones of 29 are needed for 10% with 95%: 0.9 ** 29 < 0.05 < 0.9 ** 28."""
    assert (choose([Scored(0.1, False)] * kept, (0.5,), 0.1, 0.95) is not None) is passes


def test_the_order_goes_upwards_and_needs_no_labels() -> None:
    scores = [i / 100 for i in range(100)]
    order = upwards(scores, 100, 0.2, 0.95)
    assert list(order) == sorted(order) and order[-1] == 0.99
    assert order[0] < 0.4  # where a fifth is wrong on average, there is no hope to pass
    assert upwards([None, None], 100, 0.2, 0.95) == ()


@pytest.mark.parametrize(("risk", "confidence"), [(0, 0.9), (1, 0.9), (0.1, 0), (0.1, 95)])
def test_what_is_no_share_is_refused(risk: float, confidence: float) -> None:
    with pytest.raises(BadInput):
        sensible(risk, confidence)
