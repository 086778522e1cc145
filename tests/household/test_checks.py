"""Grounding of the problem, exactness of the schedule, and what feedback may say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.household.checks import (
    FEEDBACK_RE,
    Violation,
    check_problem,
    check_solution,
    feedback,
    for_person,
    times_in,
)
from doorstep.household.problem import ClockChange, Problem, TariffWindow
from doorstep.household.solver import NoSchedule, solve, to_solution
from doorstep.household.values import Device, Limit
from doorstep.household.violations import _TELL
from tests.household.reference import DISHES, EV, HOUSEHOLD, MAPPING, PROBLEM, TARIFF, solution
from tests.household.test_solver import changes, halves, loads, tariffs

LIMITS = (
    Limit("dishwasher", "finish_by", "06:30", 0.9, 0),
    Limit("Dishwasher", "quiet_by", "22:30", 0.9, 1),
    Limit("EV charger", "finish_by", "07:00", 0.9, 2),
    Limit("Robot vacuum", "quiet_by", "12:00", 0.9, 3),
)


def changed(load: str = "load_A", **update: Any) -> Problem:
    rows = [x.model_copy(update=update) if x.id == load else x for x in PROBLEM.loads]
    return PROBLEM.model_copy(update={"loads": tuple(rows)})


def codes(found: tuple[Violation, ...]) -> list[tuple[str, str | None]]:
    return [(v.code, v.load_id) for v in found]


def test_the_reference_problem_is_grounded() -> None:
    assert check_problem(PROBLEM, MAPPING, HOUSEHOLD, "dishwasher", LIMITS) == ()


@pytest.mark.parametrize(
    ("problem", "code", "load"),
    [
        (changed(finish_by=None), "limit_dropped", "load_A"),
        (changed(quiet_by=None), "limit_dropped", "load_A"),
        (changed("load_B", finish_by=None), "limit_dropped", "load_B"),
        (changed(finish_by="07:00"), "limit_loosened", "load_A"),
        (changed(finish_by="05:45"), "time_not_found", "load_A"),
        (changed(duration_min=95), "duration_differs", "load_A"),
        (changed(energy_kwh=1.3), "energy_differs", "load_A"),
        (PROBLEM.model_copy(update={"now": "18:35"}), "now_differs", None),
        (PROBLEM.model_copy(update={"target": "load_B"}), "wrong_target", "load_B"),
        (PROBLEM.model_copy(update={"tariff": TARIFF[:3]}), "tariff_differs", None),
        (PROBLEM.model_copy(update={"power_limit_kw": 5.0}), "power_limit_differs", None),
        (
            PROBLEM.model_copy(update={"clock_change": ClockChange(at="02:00", shift_min=60)}),
            "clock_change_differs",
            None,
        ),
        (PROBLEM.model_copy(update={"loads": (DISHES,)}), "mapping_wrong", "load_B"),
    ],
)
def test_one_fault_one_violation(problem: Problem, code: str, load: str | None) -> None:
    found = check_problem(problem, MAPPING, HOUSEHOLD, "Dishwasher", LIMITS)
    assert (code, load) in codes(found)
    assert len(found) == 1 or code in ("limit_loosened", "now_differs")


def test_a_tighter_limit_is_no_fault() -> None:
    assert check_problem(changed(finish_by="22:30"), MAPPING, HOUSEHOLD, "Dishwasher", LIMITS) == ()


def test_of_two_limits_the_tightest_counts() -> None:
    more = (*LIMITS, Limit("Dishwasher", "finish_by", "00:00", 0.9, 0))
    found = check_problem(PROBLEM, MAPPING, HOUSEHOLD, "Dishwasher", more)
    assert [(v.code, v.times) for v in found] == [("limit_loosened", ("06:30", "00:00"))]


QUIET = {"quiet_by": "22:00", "quiet_until": "06:00", "finish_by": None}
BEGUN = {"quiet_by": "18:00", "quiet_until": "20:00", "finish_by": None}


@pytest.mark.parametrize(
    ("load", "limits", "expected"),
    [
        (QUIET, [("quiet_by", "22:00"), ("quiet_until", "06:00")], []),
        (QUIET, [("quiet_by", "22:30"), ("quiet_until", "05:00")], []),
        (QUIET, [("quiet_by", "21:59")], ["quiet_by"]),
        (QUIET, [("quiet_until", "06:01")], ["quiet_until"]),
        (QUIET, [("quiet_by", "22:00"), ("quiet_by", "01:00")], []),
        (QUIET, [("quiet_by", "22:00"), ("quiet_by", "13:00")], ["quiet_by"]),
        (BEGUN, [("quiet_by", "18:00"), ("quiet_until", "20:00")], []),
        (BEGUN, [("quiet_by", "19:00")], []),  # it has begun, and 19:00 lies within
        (BEGUN, [("quiet_by", "20:00")], ["quiet_by"]),
        (BEGUN, [("quiet_until", "20:30")], ["quiet_until"]),
    ],
)
def test_quiet_limits(
    load: dict[str, Any], limits: list[tuple[Any, str]], expected: list[str]
) -> None:
    household = replace(HOUSEHOLD, text="18:00 20:00 22:00 06:00 00:00 17:00")
    given_ = [Limit("Dishwasher", kind, time, 1.0, 0) for kind, time in limits]
    problem = changed("load_B", finish_by=None)
    target = problem.loads[0].model_copy(update=load)
    problem = problem.model_copy(update={"loads": (target, *problem.loads[1:])})
    found = check_problem(problem, MAPPING, household, "Dishwasher", given_)
    assert [v.field for v in found] == expected


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"load_A": "Dishwasher", "load_B": "Dishwasher"}, "mapping_wrong"),
        ({"load_A": "Dishwasher"}, "mapping_wrong"),
        ({"load_A": "Dishwasher", "load_B": "Robot vacuum"}, "load_invented"),
        ({"load_A": "Dishwasher", "load_B": "Sauna"}, "load_invented"),
    ],
)
def test_mapping(mapping: dict[str, str], code: str) -> None:
    found = check_problem(PROBLEM, mapping, HOUSEHOLD, "Dishwasher", LIMITS[:2])
    assert code in [v.code for v in found]


def test_available_from_is_a_limit() -> None:
    late = replace(
        HOUSEHOLD, devices=(Device("Dishwasher", "", 90, 1.2, "20:00"), *HOUSEHOLD.devices[1:])
    )
    found = check_problem(PROBLEM, MAPPING, late, "Dishwasher", LIMITS)
    assert [(v.code, v.field, v.times) for v in found] == [
        ("limit_loosened", "earliest_start", ("18:30", "20:00"))
    ]


def test_clock_change_from_the_calendar() -> None:
    from datetime import date

    dated = replace(HOUSEHOLD, date=date(2026, 3, 28), timezone="Europe/Berlin")
    assert codes(check_problem(PROBLEM, MAPPING, dated, "Dishwasher")) == [
        ("clock_change_differs", None)
    ]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("by 22:30", "22:30"),
        ("by half past ten", "22:30"),
        ("at 10.30 pm", "22:30"),
        ("before 7 am", "07:00"),
        ("at ten to eight", "07:50"),
        ("at ten to eight", "19:50"),
        ("until noon", "12:00"),
        ("between ten and six", "06:00"),
        ("between 22:00 and 06:00", "06:00"),
        ("at 6:30", "18:30"),
    ],
)
def test_times_in_any_spelling(text: str, time: str) -> None:
    assert time in times_in(text)


@pytest.mark.parametrize(
    ("text", "time"), [("06:30", "18:30"), ("22:30", "10:30"), ("90 minutes, 1.2 kWh", "01:20")]
)
def test_times_that_are_not_meant(text: str, time: str) -> None:
    assert time not in times_in(text)


# --- the schedule -----------------------------------------------------------------------------

EV_ROW = ("load_B", "00:00", "02:00")


@pytest.mark.parametrize(
    ("rows", "recommendation", "expected"),
    [
        ((("load_A", "20:00", "21:30"), EV_ROW), "run_later", []),
        ((("load_A", "20:00", "21:30"), EV_ROW), "run_now", ["wrong_recommendation"]),
        ((("load_A", "18:30", "20:00"), EV_ROW), "run_later", ["wrong_recommendation"]),
        ((("load_A", "18:30", "20:00"), EV_ROW), "run_now", ["not_cheapest"]),
        ((("load_A", "20:30", "22:00"), EV_ROW), "run_later", ["not_earliest"]),
        ((("load_A", "20:00", "21:00"), EV_ROW), "run_later", ["wrong_duration"]),
        ((("load_A", "23:00", "00:30"), EV_ROW), "run_later", ["after_quiet_by"]),
        ((("load_A", "06:00", "07:30"), EV_ROW), "run_later", ["too_late"]),
        ((("load_A", "17:30", "19:00"), EV_ROW), "run_later", ["too_late"]),
        ((("load_A", "20:00", "21:30"),), "run_later", ["missing_load"]),
        ((("load_A", "20:00", "21:30"), EV_ROW, EV_ROW), "run_later", ["scheduled_twice"]),
        (
            (("load_A", "20:00", "21:30"), EV_ROW, ("load_C", "20:00", "21:00")),
            "run_later",
            ["unknown_load"],
        ),
        ((EV_ROW,), "run_later", ["missing_load"]),
    ],
)
def test_schedule(
    rows: tuple[tuple[str, str, str], ...], recommendation: str, expected: list[str]
) -> None:
    found = check_solution(PROBLEM, solution(*rows, recommendation=recommendation))
    assert [v.code for v in found] == expected


def test_as_cheap_but_later_is_a_tie() -> None:
    (found,) = check_solution(PROBLEM, solution(("load_A", "20:30", "22:00"), EV_ROW))
    assert found.severity == "tie"


def test_the_excess_is_exact() -> None:
    rows = (("load_A", "19:00", "20:30"), EV_ROW)
    (found,) = check_solution(PROBLEM, solution(*rows))
    assert (found.severity, found.amounts) == ("cost", (Decimal("0.184"),))
    assert feedback([found]) == (
        "Your last answer was wrong:\n"
        "- load_A start 19:00 costs 0.184 more than its cheapest start."
    )


@pytest.mark.parametrize(
    ("update", "row", "code"),
    [
        ({"earliest_start": "21:00"}, ("20:00", "21:30"), "too_early"),
        ({"quiet_by": "18:00", "quiet_until": "21:00"}, ("20:00", "21:30"), "before_quiet_until"),
        ({"quiet_by": "18:30", "quiet_until": "21:00"}, ("20:00", "21:30"), "before_quiet_until"),
        ({"quiet_by": None, "quiet_until": "21:00"}, ("20:00", "21:30"), "before_quiet_until"),
        ({"quiet_by": "22:00", "quiet_until": "05:00"}, ("21:00", "22:30"), "after_quiet_by"),
        ({"quiet_by": "22:00", "quiet_until": "05:00"}, ("04:00", "05:30"), "after_quiet_by"),
        ({"quiet_by": "05:00", "quiet_until": "19:00"}, ("04:00", "05:30"), "after_quiet_by"),
        ({"finish_by": None, "quiet_by": None}, ("17:30", "19:00"), "past_horizon"),
    ],
)
def test_windows(update: dict[str, Any], row: tuple[str, str], code: str) -> None:
    found = check_solution(changed(**update), solution(("load_A", *row), EV_ROW))
    assert [v.code for v in found] == [code]


def test_power() -> None:
    problem = PROBLEM.model_copy(update={"power_limit_kw": 7.5})
    rows = (("load_A", "20:00", "21:30"), ("load_B", "21:00", "23:00"))
    (found,) = check_solution(problem, solution(*rows))
    assert (found.code, found.times, found.amounts) == (
        "over_power",
        ("21:00",),
        (Decimal("7.8"), Decimal("7.5")),
    )
    assert check_solution(problem, solution()) == ()
    dear = solution(("load_A", "20:00", "21:30"), ("load_B", "04:30", "06:30"))
    assert [v.code for v in check_solution(problem, dear)] == ["not_cheapest_total"]


def test_the_hour_that_comes_twice() -> None:
    problem = changed(quiet_by=None, earliest_start="02:30", duration_min=30).model_copy(
        update={"clock_change": ClockChange(at="03:00", shift_min=-60)}
    )
    plan = to_solution(problem, solve(problem))
    assert plan.proposed_schedule[0].start == "02:30"
    assert plan.proposed_schedule[0].end == "02:00"
    assert check_solution(problem, plan) == ()


@settings(max_examples=60, deadline=None)
@given(st.data(), tariffs(), halves, changes)
def test_the_optimum_always_passes(
    data: st.DataObject, tariff: list[tuple[str, str, float]], now: str, change: ClockChange | None
) -> None:
    rows = (data.draw(loads("A", 100)), data.draw(loads("B", 100)))
    windows = tuple(TariffWindow(start=a, end=b, price=p) for a, b, p in tariff)
    problem = Problem(now=now, target="load_A", loads=rows, tariff=windows, clock_change=change)
    try:
        plan = solve(problem)
    except NoSchedule:
        return
    assert check_solution(problem, to_solution(problem, plan)) == ()


# --- what may be said --------------------------------------------------------------------------

VIOLATIONS = [
    Violation(
        code,
        "load_AB",
        ("18:30", "20:00", "22:30"),
        (Decimal("0.18466666666"), Decimal(90)),
        "run_now" if code in ("wrong_recommendation", "answer_direction") else "finish_by",
    )
    for code in _TELL
]


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda v: v.code)
def test_every_code_is_told_in_the_allowed_shape(violation: Violation) -> None:
    line = feedback([violation])
    assert FEEDBACK_RE.fullmatch(line)
    assert "Something is wrong" not in line
    told = for_person(violation, {"load_AB": "EV charger"})
    assert told.endswith(".")
    assert "{" not in told


@given(
    st.text(max_size=20),
    st.text(max_size=20),
    st.lists(st.text(max_size=8), max_size=4),
    st.sampled_from(list(_TELL)),
)
def test_no_slot_carries_words(load: str, field: str, times: list[str], code: str) -> None:
    told = feedback([Violation(code, load, tuple(times), (Decimal(1), Decimal(2)), field)])
    assert FEEDBACK_RE.fullmatch(told)


def test_words_in_slots_are_not_told() -> None:
    told = feedback([Violation("unknown_load", "load_A Maya"), Violation("Maya")])
    assert "Maya" not in told
    assert told.count("Something is wrong.") == 2


def test_feedback_of_nothing_is_nothing() -> None:
    assert feedback([]) == ""


def test_for_person_uses_household_names() -> None:
    (found,) = check_solution(PROBLEM, solution(("load_A", "23:00", "00:30"), EV_ROW))
    assert for_person(found, MAPPING) == (
        "The cloud proposed 23:00 to 00:30 for the dishwasher, "
        "which is after its quiet time of 22:30."
    )
    assert EV.id not in for_person(replace(found, load_id="load_B"), MAPPING)
    assert "the EV charger" in for_person(replace(found, load_id="load_B"), MAPPING)
