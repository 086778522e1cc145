"""The exact solver against tables, brute force, and itself under a power limit."""

from __future__ import annotations

import itertools
import sys
import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from doorstep._errors import BadInput
from doorstep.household.clock import Clock, hhmm, minutes
from doorstep.household.problem import ClockChange, Load, Problem, load_ids
from doorstep.household.solver import (
    Cause,
    NoSchedule,
    cost_at,
    exact,
    feasible_starts,
    power,
    solve,
    to_solution,
)
from doorstep.household.solver_limit import Candidate, fits, place

TARIFF = (
    ("17:00", "20:00", 0.45),
    ("20:00", "00:00", 0.22),
    ("00:00", "06:00", 0.12),
    ("06:00", "17:00", 0.25),
)


def load(letter: str = "A", duration: int = 90, energy: float = 1.2, **times: str) -> Load:
    return Load.model_validate(
        {
            "id": f"load_{letter}",
            "duration_min": duration,
            "energy_kwh": energy,
            "earliest_start": "18:30",
            **times,
        }
    )


def problem(*loads: Load, tariff: object = TARIFF, now: str = "18:30", **more: object) -> Problem:
    windows = [dict(zip(("start", "end", "price"), w, strict=True)) for w in tariff]  # type: ignore[attr-defined]
    return Problem.model_validate(
        {"now": now, "target": "load_A", "loads": loads, "tariff": windows, **more}
    )


def times(given: Problem) -> list[str]:
    return [f"{s.start}-{s.end}" for s in to_solution(given, solve(given)).proposed_schedule]


def test_reference_household() -> None:
    given = problem(
        load(finish_by="06:30", quiet_by="22:30"), load("B", 120, 14, finish_by="07:00")
    )
    plan = solve(given)
    assert times(given) == ["20:00-21:30", "00:00-02:00"]
    assert plan.recommendation == "run_later"
    assert plan.cost == Decimal("1.944")
    assert [slot.cost for slot in plan.schedule] == [Decimal("0.264"), Decimal("1.68")]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, "00:00-01:30"),
        ({"earliest_start": "01:00"}, "01:00-02:30"),
        ({"earliest_start": "05:00"}, "05:00-06:30"),
        ({"finish_by": "01:00"}, "23:30-01:00"),
        ({"finish_by": "18:30"}, "00:00-01:30"),  # equal to now: 24 hours from now
        ({"finish_by": "20:00"}, "18:30-20:00"),
        ({"quiet_by": "22:30"}, "20:00-21:30"),
        ({"quiet_by": "22:00", "quiet_until": "06:00"}, "20:00-21:30"),
        ({"quiet_by": "22:00", "quiet_until": "04:00"}, "04:00-05:30"),
        ({"quiet_by": "18:00", "quiet_until": "03:00"}, "03:00-04:30"),  # on already
        ({"quiet_by": "18:30", "quiet_until": "03:00"}, "03:00-04:30"),  # from now on
        ({"quiet_until": "03:00"}, "03:00-04:30"),
        ({"quiet_by": "02:00", "quiet_until": "18:30"}, "00:00-01:30"),
    ],
)
def test_windows(limits: dict[str, str], expected: str) -> None:
    assert times(problem(load(**limits))) == [expected]


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"finish_by": "19:59"}, "window"),
        ({"earliest_start": "18:29"}, "window"),
        ({"quiet_by": "19:59"}, "quiet"),
        ({"quiet_by": "18:30"}, "quiet"),
        ({"quiet_by": "20:00", "quiet_until": "20:00"}, "quiet"),
        ({"finish_by": "05:00", "quiet_by": "18:00", "quiet_until": "04:00"}, "quiet"),
    ],
)
def test_no_schedule_says_which_and_why(limits: dict[str, str], why: str) -> None:
    with pytest.raises(NoSchedule) as caught:
        solve(problem(load(), load("B", **limits)))
    assert caught.value.causes == (Cause("load_B", why),)  # type: ignore[arg-type]
    assert "load_B" in str(caught.value)
    assert caught.value.hint
    assert caught.value.named({"load_B": "dryer"}).startswith("dryer does not fit")


def test_one_flat_price_runs_now_and_no_energy_too() -> None:
    assert solve(problem(load(), tariff=[("00:00", "00:00", 0.3)])).recommendation == "run_now"
    assert solve(problem(load(energy=0.0))).recommendation == "run_now"


def test_float_prices_that_add_up_differently_still_tie() -> None:
    # 0.1 * 60 + 0.2 * 60 and 0.2 * 60 + 0.1 * 60 and 0.15 * 120: the same, but not in floats.
    tariff = [("18:30", "19:30", 0.1), ("19:30", "20:30", 0.2), ("20:30", "18:30", 0.15)]
    assert times(problem(load(duration=120), tariff=tariff)) == ["18:30-20:30"]


def test_negative_prices() -> None:
    tariff = [("00:00", "12:00", 0.2), ("12:00", "14:00", -0.05), ("14:00", "00:00", 0.2)]
    plan = solve(problem(load(), tariff=tariff))
    assert times(problem(load(), tariff=tariff)) == ["12:00-13:30"]
    assert plan.cost == Decimal("-0.06")


def test_clock_changes_shift_the_end() -> None:
    spring = problem(
        load(earliest_start="01:30"), clock_change=ClockChange(at="02:00", shift_min=60)
    )
    autumn = problem(
        load(earliest_start="01:30"), clock_change=ClockChange(at="03:00", shift_min=-60)
    )
    assert times(spring) == ["01:30-04:00"]
    assert times(autumn) == ["01:30-02:00"]  # at 90 minutes it is 03:00, that is 02:00 again
    late = problem(
        load(duration=120, earliest_start="02:00"),
        clock_change=ClockChange(at="03:00", shift_min=-60),
    )
    assert times(late) == ["02:00-03:00"]


@pytest.mark.parametrize(
    ("tariff", "message"),
    [
        ([("00:00", "12:00", 0.2)], "no price for 18:30"),
        ([("00:00", "12:00", 0.2), ("11:00", "00:00", 0.2)], "two prices for 11:00"),
        ([("00:00", "00:00", 0.2), ("23:00", "01:00", 0.2)], "two prices for 23:00"),
    ],
)
def test_gaps_and_overlaps(tariff: object, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        solve(problem(load(), tariff=tariff))


def test_unsound_ids() -> None:
    with pytest.raises(BadInput, match="share one id"):
        solve(problem(load(), load()))
    with pytest.raises(BadInput, match="target"):
        solve(problem(load("B")))


def test_twenty_loads_in_50_ms() -> None:
    given = problem(*(load(name[-1], 60 + 5 * n) for n, name in enumerate(load_ids(20))))
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        solve(given)
        took.append(time.perf_counter() - begin)
    assert min(took) < 0.05


# --- brute force ------------------------------------------------------------------------------

hours = st.integers(0, 23).map(lambda h: f"{h:02d}:00")
halves = st.integers(0, 47).map(lambda h: hhmm(h * 30))
prices = st.sampled_from([-0.1, 0.0, 0.1, 0.2, 0.3, 0.12345])


@st.composite
def tariffs(draw: st.DrawFn) -> list[tuple[str, str, float]]:
    cuts = sorted(draw(st.sets(halves, min_size=1, max_size=6)))
    return [(a, b, draw(prices)) for a, b in zip(cuts, cuts[1:] + cuts[:1], strict=True)]


@st.composite
def loads(draw: st.DrawFn, letter: str = "A", longest: int = 200) -> Load:
    maybe = st.none() | halves
    return Load(
        id=f"load_{letter}",
        duration_min=draw(st.integers(1, longest)),
        energy_kwh=draw(st.sampled_from([0.0, 0.7, 1.2, 14.0])),
        earliest_start=draw(halves),
        finish_by=draw(maybe),
        quiet_by=draw(maybe),
        quiet_until=draw(maybe),
    )


changes = st.none() | st.builds(ClockChange, at=hours, shift_min=st.sampled_from([60, -60, 30]))


def naive(given: Problem, one: Load) -> dict[int, Fraction]:
    """Every feasible start and its cost, minute by minute, as the docstrings say it in words."""
    clock = Clock.of(given)
    by = clock.first(one.quiet_by) if one.quiet_by else None
    until = clock.first(one.quiet_until) if one.quiet_until else None

    def quiet(at: int) -> bool:
        if by is None:
            return until is not None and at < until
        if until is None:
            return at >= by
        return by <= at < until if by < until else at < until or at >= by

    def price(at: int) -> Fraction:
        face = minutes(clock.wall(at))
        for window in given.tariff:
            length = (minutes(window.end) - minutes(window.start)) % 1440 or 1440
            if (face - minutes(window.start)) % 1440 < length:
                return exact(window.price)
        raise AssertionError

    last = clock.deadline(one.finish_by) if one.finish_by else clock.horizon
    bad = [quiet(at) for at in range(clock.horizon)]
    cost = [price(at) for at in range(clock.horizon)]
    return {
        s: sum(cost[s : s + one.duration_min], Fraction()) * power(one) / 60
        for s in range(clock.first(one.earliest_start), last - one.duration_min + 1)
        if not any(bad[s : s + one.duration_min])
    }


@settings(max_examples=60, deadline=None)
@given(loads(), tariffs(), halves, changes)
def test_equals_brute_force(
    one: Load, tariff: list[tuple[str, str, float]], now: str, change: ClockChange | None
) -> None:
    given_ = problem(one, tariff=tariff, now=now, clock_change=change)
    table = naive(given_, one)
    assert [s for part in feasible_starts(given_, one) for s in part] == sorted(table)
    if not table:
        with pytest.raises(NoSchedule):
            solve(given_)
        return
    slot = solve(given_).schedule[0]
    assert slot.start_min == min(table, key=lambda s: (table[s], s))
    assert slot.end_min == slot.start_min + one.duration_min
    assert abs(Fraction(slot.cost) - table[slot.start_min]) < Fraction(1, 10**20)
    assert cost_at(given_, one, slot.start_min) == slot.cost


def best_by_trying(candidates: list[Candidate], limit: Fraction) -> tuple[int, ...] | None:
    valid = []
    for picks in itertools.product(*(range(len(c.starts)) for c in candidates)):
        chosen = list(zip(candidates, picks, strict=True))
        starts = tuple(c.starts[k] for c, k in chosen)
        if fits(candidates, starts, limit):
            valid.append((sum(c.costs[k] for c, k in chosen), starts))
    return min(valid)[1] if valid else None


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    made = []
    for _ in range(draw(st.integers(1, 3))):
        starts = sorted(draw(st.sets(st.integers(0, 14), min_size=1, max_size=7)))
        costs = [Fraction(draw(st.integers(-6, 6)), draw(st.sampled_from([1, 3]))) for _ in starts]
        kw = Fraction(draw(st.integers(1, 6)), draw(st.sampled_from([1, 2, 3])))
        made.append(Candidate(draw(st.integers(1, 8)), kw, tuple(starts), tuple(costs)))
    return made


@settings(max_examples=150, deadline=None)
@given(candidates(), st.integers(1, 8))
def test_power_limit_equals_brute_force(given_: list[Candidate], limit: int) -> None:
    pytest.importorskip("highspy")
    assume(all(c.power <= limit for c in given_))
    assert place(given_, Fraction(limit)) == best_by_trying(given_, Fraction(limit))


def test_power_limit_pushes_loads_apart_target_first() -> None:
    pytest.importorskip("highspy")
    given = problem(load(energy=3.0), load("B", 90, 3.0), power_limit_kw=3.0)
    assert times(given) == ["00:00-01:30", "01:30-03:00"]
    swapped = given.model_copy(update={"target": "load_B"})
    assert times(swapped) == ["01:30-03:00", "00:00-01:30"]


def test_a_limit_met_exactly_does_not_bind() -> None:
    assert times(problem(load(energy=3.0), load("B", 90, 3.0), power_limit_kw=4.0)) == [
        "00:00-01:30",
        "00:00-01:30",
    ]


def test_too_much_for_the_limit() -> None:
    with pytest.raises(NoSchedule) as caught:
        solve(problem(load(energy=3.0), power_limit_kw=1.9))
    assert caught.value.causes == (Cause("load_A", "power"),)


def test_not_together() -> None:
    pytest.importorskip("highspy")
    both = [load(x, energy=3.0, finish_by="21:00") for x in "AB"]
    with pytest.raises(NoSchedule) as caught:
        solve(problem(*both, power_limit_kw=2.5))
    assert {cause.why for cause in caught.value.causes} == {"together"}


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    pair = (load(energy=3.0), load("B", 90, 3.0))
    assert times(problem(*pair, power_limit_kw=4.0)) == ["00:00-01:30", "00:00-01:30"]
    with pytest.raises(BadInput, match=r"pip install 'doorstep\[solver\]'"):
        solve(problem(*pair, power_limit_kw=3.0))
