"""Blinding: what crosses tells less, and the answer is the same."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from bench.blinding import exactness, problems
from doorstep._errors import BadInput
from doorstep.household.blind import EXACT, Blinded, Blinding
from doorstep.household.blind_coarse import slack
from doorstep.household.checks import check_solution
from doorstep.household.clock import hhmm, minutes
from doorstep.household.problem import ClockChange, Load, Problem, TariffWindow
from doorstep.household.render import SHAPE, parse_rendered, render
from doorstep.household.solver import Grid, NoSchedule, solve, to_solution
from doorstep.household.violations import Violation
from tests.household.reference import DISHES, EV, PROBLEM, TARIFF

KEY = b"k" * 32


def blind(problem: Problem, *ways: str) -> Blinded:
    return Blinding(ways or EXACT, KEY).blind(problem)


def changed(problem: Problem, **fields: object) -> Problem:
    return Problem.model_validate({**problem.model_dump(), **fields})


def load(letter: str = "A", duration: int = 90, energy: float = 1.2, **times: str) -> Load:
    start = {"earliest_start": "18:30"}
    return Load.model_validate(
        {"id": f"load_{letter}", "duration_min": duration, "energy_kwh": energy, **start, **times}
    )


def alone(one: Load, **fields: object) -> Problem:
    given = {"now": "18:30", "target": one.id, "loads": (one,), "tariff": TARIFF}
    return Problem.model_validate(given | fields)


# --- what crosses ------------------------------------------------------------------------------

CROSSED = """\
now=00:00
target=load_A
load load_A: duration_min=3 energy_kwh=1 earliest_start=00:00 finish_by=00:08
load load_B: duration_min=4 energy_kwh=1 earliest_start=00:00 finish_by=00:25
tariff 00:00-00:03: 33
tariff 00:03-00:11: 10
tariff 00:11-00:23: 0
tariff 00:23-00:00: 13"""


def test_the_reference_household() -> None:
    blinded = blind(PROBLEM, "time", "energy", "price", "order")
    assert render(blinded.problem) == CROSSED
    assert [line.partition(":")[0] for line in blinded.told] == [
        "energies", "times", "prices", "order",
    ]  # fmt: skip
    assert back(blinded) == ["load_A 20:00-21:30", "load_B 00:00-02:00"]


def back(blinded: Blinded) -> list[str]:
    crossed = parse_rendered(render(blinded.problem))
    solution = blinded.back(to_solution(crossed, solve(crossed)))
    assert check_solution(blinded.original, solution) == ()
    return [f"{r.load_id} {r.start}-{r.end}" for r in solution.proposed_schedule]


def test_nothing_is_rewritten_where_no_way_is_named() -> None:
    blinded = Blinding(()).blind(PROBLEM)
    assert blinded.problem == PROBLEM and blinded.told == ()
    solution = to_solution(PROBLEM, solve(PROBLEM))
    assert blinded.back(solution) is solution


def test_a_way_that_does_not_exist() -> None:
    with pytest.raises(BadInput, match="unknown"):
        Blinding(("time", "rot13"))


def test_a_problem_without_an_answer_is_not_blinded() -> None:
    with pytest.raises(NoSchedule):
        blind(alone(load(finish_by="19:00")))
    with pytest.raises(BadInput, match="no price"):
        blind(alone(load(), tariff=TARIFF[:2]))


@pytest.mark.parametrize(
    ("times", "crosses"),
    [
        # the deadline behind the quiet time is gone, and the step is half an hour
        ({"finish_by": "06:30", "quiet_by": "22:30"}, "earliest_start=00:00 finish_by=00:08"),
        ({"quiet_by": "22:30"}, "earliest_start=00:00 finish_by=00:08"),
        ({"finish_by": "22:30"}, "earliest_start=00:00 finish_by=00:08"),
        # on already until 22:00, on again from 04:00: one window
        (
            {"quiet_by": "04:00", "quiet_until": "22:00"},
            "earliest_start=00:07 finish_by=00:19",
        ),
        # it can run before and after
        (
            {"quiet_by": "22:30", "quiet_until": "04:00", "finish_by": "06:30"},
            "earliest_start=00:00 finish_by=00:24 quiet_by=00:08 quiet_until=00:19",
        ),
        # quiet while it could not run anyway
        (
            {"quiet_by": "22:30", "quiet_until": "04:00", "finish_by": "22:00"},
            "earliest_start=00:00 finish_by=00:07",
        ),
        # no deadline reads like one a day away
        ({}, "earliest_start=00:00 finish_by=00:48"),
    ],
)
def test_limits_become_windows(times: dict[str, str], crosses: str) -> None:
    problem = alone(load(**times))
    blinded = blind(problem, "time")
    assert render(blinded.problem).splitlines()[2] == (
        f"load load_A: duration_min=3 energy_kwh=1.2 {crosses}"
    )
    back(blinded)


def test_prices_that_nobody_can_reach_do_not_cross() -> None:
    late = alone(load(earliest_start="00:30", finish_by="03:00"))
    (window,) = blind(late, "time").problem.tariff
    assert (window.start, window.end, window.price) == ("00:00", "00:00", 0.12)


@pytest.mark.parametrize("shift", [60, -60])
def test_the_night_of_a_clock_change_does_not_show(shift: int) -> None:
    night = changed(
        PROBLEM, clock_change=ClockChange(at="03:00" if shift < 0 else "02:00", shift_min=shift)
    )
    crossed = blind(night).problem
    assert crossed.clock_change is None
    back(blind(night))


def test_a_day_of_25_hours_that_24_cannot_hold_keeps_its_clock() -> None:
    """On odd minutes there is no step to divide by; it crosses as it is, and the answer holds."""
    given = alone(
        load(duration=91),
        now="18:31",
        clock_change=ClockChange(at="03:00", shift_min=-60),
        loads=(load(duration=91, earliest_start="18:31"),),
    )
    blinded = blind(given, "time")
    assert blinded.problem == given
    back(blinded)
    assert blind(given).problem.clock_change is not None
    back(blind(given))


# --- all that differs only by what is blinded gives the same bytes ----------------------------


def shifted(problem: Problem, by: int) -> Problem:
    def move(time: str | None) -> str | None:
        return None if time is None else hhmm(minutes(time) + by)

    names = ("earliest_start", "finish_by", "quiet_by", "quiet_until")
    change = problem.clock_change
    return changed(
        problem,
        now=move(problem.now),
        loads=[
            {**x.model_dump(), **{n: move(getattr(x, n)) for n in names}} for x in problem.loads
        ],
        tariff=[
            {"start": move(w.start), "end": move(w.end), "price": w.price} for w in problem.tariff
        ],
        clock_change=change and {"at": move(change.at), "shift_min": change.shift_min},
    )


def solvable(count: int, seed: int) -> list[Problem]:
    found: list[Problem] = []
    for problem in problems(9 * count, seed):
        try:
            solve(problem)
        except NoSchedule:
            continue
        found.append(problem)
        if len(found) == count:
            break
    assert len(found) == count
    return found


def test_the_hour_does_not_show() -> None:
    for n, problem in enumerate(solvable(40, 11)):
        a, b = (blind(p, "time").problem for p in (problem, shifted(problem, 60 * (n % 23 + 1))))
        if a.now == "00:00" and a.clock_change is None:
            assert render(a) == render(b)


@pytest.mark.parametrize(("a", "b"), [(2, 0), (0.01, 0), (1, -0.5), (100, 33), (0.5, 0.125)])
def test_currency_and_level_do_not_show(a: float, b: float) -> None:
    tariff = [{**w.model_dump(), "price": round(a * w.price + b, 6)} for w in TARIFF]
    assert render(blind(changed(PROBLEM, tariff=tariff)).problem) == render(blind(PROBLEM).problem)


def test_one_price_is_no_price() -> None:
    flat = alone(load(), tariff=(TariffWindow(start="00:00", end="00:00", price=0.3),))
    assert [w.price for w in blind(flat, "price").problem.tariff] == [0.0]
    assert back(blind(flat)) == ["load_A 18:30-20:00"]


def test_energies_do_not_show() -> None:
    other = [DISHES.model_copy(update={"energy_kwh": 0.9}), EV.model_copy(update={"energy_kwh": 7})]
    assert render(blind(changed(PROBLEM, loads=other)).problem) == render(blind(PROBLEM).problem)
    idle = alone(load(energy=0.0))
    assert blind(idle, "energy").problem.loads[0].energy_kwh == 0.0
    assert back(blind(idle)) == ["load_A 18:30-20:00"]


def test_the_order_and_the_target_do_not_show() -> None:
    turned = changed(
        PROBLEM,
        target="load_B",
        loads=[EV.model_copy(update={"id": "load_A"}), DISHES.model_copy(update={"id": "load_B"})],
    )
    asked_about_the_car = changed(PROBLEM, target="load_B")
    crossed = {render(blind(p).problem) for p in (PROBLEM, turned, asked_about_the_car)}
    assert len(crossed) == 1


def test_the_recommendation_is_made_at_home() -> None:
    now = alone(load(), loads=(load(finish_by="20:00"), load("B", 120, 14)), target="load_A")
    for target, due in (("load_A", "run_now"), ("load_B", "run_later")):
        blinded = blind(changed(now, target=target))
        said = to_solution(blinded.problem, solve(blinded.problem))
        assert blinded.back(said).recommendation == due


# --- a shared power limit ----------------------------------------------------------------------


def test_a_limit_that_cannot_bind_does_not_cross() -> None:
    slack_ = changed(PROBLEM, power_limit_kw=7.8)  # 0.8 and 7 kW
    assert render(blind(slack_).problem) == render(blind(PROBLEM).problem)


def test_a_limit_that_can_bind_crosses_in_ratios_and_without_decoys() -> None:
    pytest.importorskip("highspy")
    tight = changed(PROBLEM, power_limit_kw=7.4)
    crossed = blind(tight).problem
    assert [(x.duration_min, x.energy_kwh) for x in crossed.loads] == [(3, 3.0), (4, 35.0)]
    # 7.4 kW * 30 (the step) in units of 0.4 kWh
    assert crossed.power_limit_kw == 555.0 and crossed.target == "load_A"
    assert blind(changed(tight, target="load_B")).problem.target == "load_B"
    back(blind(tight))


def test_loads_that_run_at_other_times_do_not_bind() -> None:
    apart = (load(energy=3.0, finish_by="21:00"), load("B", 90, 3.0, earliest_start="21:00"))
    given = alone(apart[0], loads=apart, power_limit_kw=2.0)
    assert blind(given, "energy").problem.power_limit_kw is None
    near = (apart[0], load("B", 90, 3.0, earliest_start="20:59"))
    assert blind(alone(near[0], loads=near, power_limit_kw=2.0), "energy").problem.power_limit_kw


# --- decoys ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("real", "crosses"), [(1, 4), (2, 4), (3, 8), (4, 8), (5, 16)])
def test_at_least_half_are_decoys(real: int, crosses: int) -> None:
    loads = [load(letter) for letter in "ABCDE"[:real]]
    blinded = blind(alone(loads[0], loads=loads))
    assert len(blinded.problem.loads) == crosses
    sources = blinded.sources()
    assert sorted(filter(None, sources.values())) == [x.id for x in loads]
    assert list(sources.values()).count(None) == crosses - real


def test_decoys_are_the_houses_own() -> None:
    first, again, other = (
        render(Blinding(EXACT, key).blind(PROBLEM).problem) for key in (KEY, KEY, b"o" * 32)
    )
    assert first == again != other
    drawn = {render(Blinding().blind(PROBLEM).problem) for _ in range(8)}
    assert len(drawn) > 1


def test_decoys_stay_in_step_and_in_reach() -> None:
    for problem in solvable(60, 5):
        plain, with_decoys = (
            blind(problem, "energy", "time"),
            blind(problem, "energy", "decoys", "time"),
        )
        if plain.problem.clock_change is None and with_decoys.problem.now == "00:00":
            assert set(plain.problem.loads) <= set(with_decoys.problem.loads)


# --- the optimum -------------------------------------------------------------------------------


def test_the_optimum_comes_back() -> None:
    """Some hundreds of the 10,000 that `bench/blinding.py` runs."""
    pytest.importorskip("highspy")
    found = exactness(200, seed=21)
    assert (found.problems, found.wrong, found.rejected) == (200, 0, 0)
    assert min(found.clock_changes_gone, found.negative_prices, found.stretched) > 15
    assert found.limits > found.limits_gone > 0 and found.with_decoys > 120


@pytest.mark.parametrize("way", EXACT)
def test_each_way_alone_keeps_the_optimum(way: str) -> None:
    for problem in solvable(25, 8):
        if problem.power_limit_kw is None:
            assert back(blind(problem, way)) == [
                f"{r.load_id} {r.start}-{r.end}"
                for r in to_solution(problem, solve(problem)).proposed_schedule
            ]


def test_what_crosses_has_the_shape_that_is_excused() -> None:
    for problem in solvable(60, 9):
        assert SHAPE.fullmatch(render(blind(problem).problem))


# --- coarsening --------------------------------------------------------------------------------


def test_coarsening_is_off_unless_named() -> None:
    assert "coarse" not in EXACT and not blind(PROBLEM).slack


def test_what_coarsening_loses_is_bounded() -> None:
    rng, applied, dearer = random.Random(2), 0, 0
    for problem in solvable(120, 13):
        odd = shifted(problem, rng.randrange(60))
        blinded = blind(odd, "coarse", *EXACT)
        if not blinded.slack:
            continue
        applied += 1
        solution = blinded.back(to_solution(blinded.problem, solve(blinded.problem)))
        found = check_solution(odd, solution)
        assert all(blinded.tolerates(violation) for violation in found)
        dearer += any(violation.severity == "cost" for violation in found)
    assert applied > 30 and dearer > 3


def test_a_loss_beyond_the_bound_is_not_tolerated() -> None:
    blinded = blind(PROBLEM, "coarse")
    grid, bound = Grid(PROBLEM), slack(PROBLEM)
    # (3 * 0.33 + 0.23 + 0.10 + 0.13) * half an hour * 0.8 kW
    assert bound["load_A"] == Fraction("0.58")
    assert grid.cost(DISHES, 0) - grid.cost(DISHES, 90) < bound["load_A"]
    assert blinded.tolerates(Violation("not_cheapest", "load_A", amounts=(Decimal("0.58"),)))
    assert not blinded.tolerates(Violation("not_cheapest", "load_A", amounts=(Decimal("0.581"),)))
    assert not blinded.tolerates(Violation("too_late", "load_A"))
    assert not blind(PROBLEM).tolerates(Violation("not_earliest", "load_A"))


@pytest.mark.parametrize(
    "fields",
    [{"power_limit_kw": 7.4}, {"clock_change": {"at": "03:00", "shift_min": -60}}],
    ids=["power limit", "clock change"],
)
def test_coarsening_stays_away(fields: dict[str, object]) -> None:
    assert not blind(changed(PROBLEM, **fields), "coarse").steps
