"""Clopper and Pearson's bounds, against published values and against counting itself."""

from __future__ import annotations

import math
import random

import pytest

from doorstep import BadInput
from doorstep.patterns.calibration.bound import at_most, lower_bound, upper_bound


@pytest.mark.parametrize(
    ("wrong", "n", "confidence", "bound"),
    [
        # the "rule of three": 1 - 0.05 ** (1 / n)
        (0, 1, 0.95, 0.95),
        (0, 10, 0.95, 0.258866),
        (0, 30, 0.95, 0.095034),
        (0, 29, 0.95, 0.098145),
        (0, 28, 0.95, 0.101466),
        # the upper ends of Clopper and Pearson's two-sided 95% and 90% intervals
        (1, 10, 0.975, 0.445016),
        (5, 10, 0.975, 0.812914),
        (5, 10, 0.95, 0.777559),
        (10, 100, 0.975, 0.176223),
        (50, 100, 0.95, 0.586378),
        (3, 10, 0.3, 0.280801),  # below the share that was counted: so little was asked
        (10, 10, 0.95, 1.0),
        (0, 0, 0.95, 1.0),
    ],
)
def test_upper_bound(wrong: int, n: int, confidence: float, bound: float) -> None:
    assert upper_bound(wrong, n, confidence) == pytest.approx(bound, abs=2e-6)


def test_lower_bound_mirrors_the_upper_one() -> None:
    assert lower_bound(9, 10, 0.975) == pytest.approx(0.554984, abs=2e-6)
    assert lower_bound(0, 7, 0.95) == 0
    assert lower_bound(0, 0, 0.95) == 0


@pytest.mark.parametrize("n", [1, 2, 7, 40])
@pytest.mark.parametrize("share", [0.001, 0.2, 0.5, 0.77, 0.999])
def test_the_tail_is_the_sum_of_its_terms(n: int, share: float) -> None:
    total = 0.0
    for wrong in range(n + 1):
        total += math.comb(n, wrong) * share**wrong * (1 - share) ** (n - wrong)
        assert at_most(wrong, n, share) == pytest.approx(total, abs=1e-12)


def test_large_counts_do_not_overflow() -> None:
    assert upper_bound(50_000, 1_000_000) == pytest.approx(0.0503600, abs=1e-5)
    assert at_most(0, 1_000_000, 1e-6) == pytest.approx(math.exp(-1), abs=1e-6)


def test_it_covers_the_true_share_as_often_as_it_says() -> None:
    draw = random.Random(4)
    covered = 0
    for _ in range(2000):
        wrong = sum(draw.random() < 0.12 for _ in range(60))
        covered += upper_bound(wrong, 60, 0.9) >= 0.12
    assert covered >= 1800 - 3 * 14  # three standard deviations of chance below 90%


@pytest.mark.parametrize(
    ("wrong", "n", "confidence"), [(-1, 5, 0.9), (6, 5, 0.9), (1, 5, 0), (1, 5, 1), (1, 5, 95)]
)
def test_what_is_no_count_is_refused(wrong: int, n: int, confidence: float) -> None:
    with pytest.raises(BadInput):
        upper_bound(wrong, n, confidence)
