"""The answer a person reads, and what a model may not write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from doorstep.household.checks import check_solution
from doorstep.household.problem import Problem, Solution, TariffWindow
from doorstep.household.solver import solve, to_solution
from doorstep.household.values import Reading
from doorstep.household.writer import check_answer, write_answer
from tests.household.reference import DISHES, HOUSEHOLD, MAPPING, PROBLEM, READING, solution

RIGHT = (("load_A", "20:00", "21:30"), ("load_B", "00:00", "02:00"))
FLAT = (TariffWindow(start="00:00", end="00:00", price=0.3),)


def case(target: str = "load_A", **update: Any) -> tuple[Reading, Solution]:
    """The reference household with the target's load, or the problem, changed."""
    on_problem = {k: update.pop(k) for k in tuple(update) if k in Problem.model_fields}
    loads = tuple(x.model_copy(update=update) if x.id == target else x for x in PROBLEM.loads)
    problem = PROBLEM.model_copy(update={"loads": loads, "target": target, **on_problem})
    return Reading(problem, MAPPING, MAPPING[target]), to_solution(problem, solve(problem))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            case(),
            "Later: start the dishwasher at 20:00 rather than now, and it is done by 21:30. "
            "That comes to $0.26 instead of $0.54 now, $0.28 less. "
            "The EV charger is best run from 00:00 to 02:00.",
        ),
        (
            case("load_B"),
            "Later: start the EV charger at 00:00 rather than now, and it is done by 02:00. "
            "That comes to $1.68 instead of $5.50 now, $3.82 less. "
            "The dishwasher is best run from 20:00 to 21:30.",
        ),
        (
            case(tariff=FLAT),
            "Now: start the dishwasher at 18:30, and it is done by 20:00. "
            "No later start that fits is cheaper.",
        ),
        (
            case(earliest_start="21:00", quiet_by="22:30"),
            "Later: start the dishwasher at 21:00 rather than now, and it is done by 22:30. "
            "It cannot start before 21:00. The EV charger is best run from 00:00 to 02:00.",
        ),
        (
            case(quiet_by="18:00", quiet_until="07:00", finish_by=None),
            "Later: start the dishwasher at 07:00 tomorrow rather than now, and it is done by "
            "08:30 tomorrow. It has to be quiet until 07:00. "
            "The EV charger is best run from 00:00 to 02:00.",
        ),
        (
            case(quiet_by="19:00", quiet_until="22:00"),
            "Later: start the dishwasher at 00:00 rather than now, and it is done by 01:30. "
            "Started now, it would still run at 19:00, when it has to be quiet. "
            "The EV charger is best run from 00:00 to 02:00.",
        ),
    ],
)
def test_answers(given: tuple[Reading, Solution], expected: str) -> None:
    reading, plan = given
    text = write_answer(reading, plan, HOUSEHOLD)
    assert text == expected
    assert check_answer(text, reading, plan) == ()


@pytest.mark.parametrize(
    ("currency", "amount"), [("€", "€0.26"), ("SEK", "0.26 SEK"), ("p", "0.26 p"), ("", "0.26 ")]
)
def test_currency(currency: str, amount: str) -> None:
    household = replace(HOUSEHOLD, currency=currency)
    assert f"comes to {amount}" in write_answer(READING, solution(), household)


def test_a_day_ahead_is_tomorrow_even_at_night() -> None:
    limits = {"earliest_start": "01:00", "finish_by": None, "quiet_by": None, "duration_min": 30}
    reading, plan = case(now="02:00", loads=(DISHES.model_copy(update=limits),))
    assert plan.proposed_schedule[0].start == "01:00"
    assert "at 01:00 tomorrow" in write_answer(reading, plan, HOUSEHOLD)


def test_negative_prices_read_well() -> None:
    tariff = (
        TariffWindow(start="20:00", end="22:00", price=-0.1),
        TariffWindow(start="22:00", end="20:00", price=0.2),
    )
    reading, plan = case(tariff=tariff)
    text = write_answer(reading, plan, HOUSEHOLD)
    assert "comes to -$0.12 instead of $0.24 now, $0.36 less." in text


def test_a_conflict_is_said() -> None:
    bad = solution(("load_A", "23:00", "00:30"), ("load_B", "00:00", "02:00"))
    overridden = check_solution(PROBLEM, bad)
    text = write_answer(READING, solution(), HOUSEHOLD, overridden=overridden)
    assert (
        "The cloud proposed 23:00 to 00:30 for the dishwasher, which is after its quiet time of "
        "22:30; 20:00 is used instead." in text
    )
    assert text.startswith("Later: ")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (solution(("load_A", "20:00", "21:30")), "left out the EV charger; 00:00 is used instead"),
        (solution(recommendation="run_now"), "did not fit its own start at 20:00"),
        (
            solution(
                ("load_A", "20:00", "21:30"),
                ("load_B", "00:00", "02:00"),
                ("load_Q", "19:00", "20:00"),
            ),
            "something that was not asked for; a schedule made here is used instead",
        ),
    ],
)
def test_other_conflicts(bad: Solution, said: str) -> None:
    overridden = check_solution(PROBLEM, bad)
    assert said in write_answer(READING, solution(), HOUSEHOLD, overridden=overridden)


def test_no_more_than_two_conflicts_and_no_ids() -> None:
    bad = solution(("load_Q", "18:30", "20:00"), ("load_R", "00:00", "02:00"))
    overridden = check_solution(PROBLEM, bad)
    assert len(overridden) == 4
    text = write_answer(READING, solution(), HOUSEHOLD, overridden=overridden)
    assert text.count("instead") == 3  # two conflicts, and the comparison with now
    assert "load_" not in text


LATER = solution()
NOW_READING, NOW = case(tariff=FLAT)


@pytest.mark.parametrize(
    "text",
    [
        "Wait: run the dishwasher at 20:00, when power is cheaper. It finishes at 21:30.",
        "Later. Start the dishwasher at 8 pm instead of now; that saves $0.28.",
        "Don't run the dishwasher now. 20:00 is better.",
        "Not now: set the dishwasher going at 8:00 pm and it is done by half past nine.",
        "It is better to start the dishwasher later, at 20:00. The EV can charge from 00:00.",
        "Run the dishwasher at 20:00. Running it now would cost more.",
    ],
)
def test_good_answers_for_later(text: str) -> None:
    assert check_answer(text, READING, LATER) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Run the dishwasher now; waiting saves nothing.",
        "Start the dishwasher right away, at 18:30.",
        "Now is fine: start the dishwasher at 18:30, there is no need to wait.",
        "Yes, start the dishwasher now rather than later.",
    ],
)
def test_good_answers_for_now(text: str) -> None:
    assert check_answer(text, NOW_READING, NOW) == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Later: start it at 20:00.", {"answer_name_missing"}),
        ("Run the dishwasher later tonight.", {"answer_time_missing"}),
        ("Run the dishwasher now. It could also run at 20:00.", {"answer_direction"}),
        ("Yes. Start the dishwasher now. Or at 20:00.", {"answer_direction"}),
        ("Yes, start the dishwasher right now, or at 20:00.", {"answer_direction"}),
        ("Run load_A, the dishwasher, at 20:00.", {"answer_placeholder"}),
        ("Run Load A, the dishwasher, at 20:00.", {"answer_placeholder"}),
        ("I have scheduled the dishwasher for 20:00.", {"answer_claims_started"}),
        ("The dishwasher has been started for 20:00.", {"answer_claims_started"}),
        ("The dishwasher is already running until 20:00.", {"answer_claims_started"}),
        ("I've set the dishwasher to 20:00.", {"answer_claims_started"}),
        ("Run the dishwasher at 20:00; it ends at 21:45.", {"answer_time_invented"}),
        ("", {"answer_name_missing", "answer_time_missing"}),
    ],
)
def test_bad_answers_for_later(text: str, codes: set[str]) -> None:
    assert {v.code for v in check_answer(text, READING, LATER)} == codes


@pytest.mark.parametrize(
    "text", ["Wait with the dishwasher.", "Run the dishwasher later, not at 18:30."]
)
def test_bad_answers_for_now(text: str) -> None:
    found = {v.code for v in check_answer(text, NOW_READING, NOW)}
    assert "answer_direction" in found
