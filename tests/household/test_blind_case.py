"""A blinded problem through the whole pattern: wrong answers are judged at home and told abroad."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from doorstep import Ask, Boundary, Ledger, Policy, SolveCase
from doorstep.household import Blinding, HouseholdCase, Kept, RulesHome, Solution
from doorstep.household.blind import EXACT, Blinded
from doorstep.household.checks import check_solution
from doorstep.household.problem import ScheduledLoad
from doorstep.household.solver import solve, to_solution
from doorstep.models import OpenAIResponses
from doorstep.patterns import Solved
from tests.household.reference import PROBLEM
from tests.models.openai_server import Answer, OpenAIServer, responses_events

NOTES = (Path(__file__).parents[2] / "examples/household.md").read_text("utf-8")
ASK = Ask("Should the dishwasher run now or later?", NOTES)
KEY = b"k" * 32
PRIVATE_TIMES = ("18:30", "22:30", "06:30", "07:00", "20:00", "21:30")


def blinded() -> Blinded:
    return Blinding(EXACT, KEY).blind(PROBLEM)


def right() -> Solution:
    return to_solution(blinded().problem, solve(blinded().problem))


def crossed_id(own: str) -> str:
    return next(key for key, load in blinded().sources().items() if load == own)


def replaced(own: str, *rows: tuple[str, str]) -> Solution:
    """The right answer, but for the rows of one of home's loads."""
    key = crossed_id(own)
    kept = [r for r in right().proposed_schedule if r.load_id != key]
    new = [ScheduledLoad(load_id=key, start=a, end=b) for a, b in rows]
    return right().model_copy(update={"proposed_schedule": (*kept, *new)})


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (replaced("load_A", ("00:00", "00:03")), {"not_cheapest"}),
        (replaced("load_A", ("00:04", "00:07")), {"not_earliest"}),
        (replaced("load_A", ("00:06", "00:09")), {"after_quiet_by"}),
        (replaced("load_A", ("00:03", "00:05")), {"wrong_duration"}),
        (replaced("load_A"), {"missing_load"}),
        (replaced("load_A", ("00:03", "00:06"), ("00:03", "00:06")), {"scheduled_twice"}),
        (replaced("load_A", ("13:00", "13:03")), {"missing_load"}),  # weeks away
        (replaced("load_B", ("00:23", "00:27")), {"too_late"}),
        # a day and a half from now reads 00:03 on the wall as well: not taken for it
        (replaced("load_A", ("00:51", "00:54")), {"missing_load"}),
    ],
)
def test_a_wrong_answer_is_as_wrong_at_home(answer: Solution, codes: set[str]) -> None:
    found = check_solution(PROBLEM, blinded().back(answer))
    assert {violation.code for violation in found} == codes


def test_a_stranger_stays_a_stranger() -> None:
    """load_Z did not cross, whatever it is called at home."""
    row = ScheduledLoad(load_id="load_Z", start="00:03", end="00:06")
    schedule = (*right().proposed_schedule, row)
    answer = right().model_copy(update={"proposed_schedule": schedule})
    found = check_solution(PROBLEM, blinded().back(answer))
    assert [violation.code for violation in found] == ["unknown_load"]


def test_a_decoy_out_of_place_is_no_fault_and_prose_stays_out() -> None:
    decoy = next(key for key, load in blinded().sources().items() if load is None)
    rows = [r for r in right().proposed_schedule if r.load_id != decoy]
    answer = right().model_copy(update={"proposed_schedule": tuple(rows), "reasoning": "load_C"})
    given_back = blinded().back(answer)
    assert check_solution(PROBLEM, given_back) == ()
    assert given_back.reasoning == "" and not any(r.reason for r in given_back.proposed_schedule)


async def run(tmp_path: Path, *answers: Solution) -> tuple[Solved[Kept, Solution], OpenAIServer]:
    """The pattern against a server on loopback that gives these answers."""
    with OpenAIServer() as server, Ledger(tmp_path / "ledger.sqlite3") as ledger:
        server.script(*(Answer.sse(responses_events(a.model_dump_json())) for a in answers))
        boundary = Boundary(ledger=ledger, policy=Policy(destinations=(server.url,)), key=KEY)
        async with boundary.client() as client:
            cloud = OpenAIResponses("far", client=client, api_key="k", base_url=server.url)
            case = HouseholdCase(RulesHome(), blinding=Blinding(EXACT, KEY))
            return await SolveCase(case, cloud, boundary).solve(ASK), server


async def test_a_right_answer_comes_back_in_homes_terms(tmp_path: Path) -> None:
    solved, server = await run(tmp_path, right())
    rows = [(r.load_id, r.start, r.end) for r in solved.solution.proposed_schedule]
    assert rows == [("load_A", "20:00", "21:30"), ("load_B", "00:00", "02:00")]
    assert solved.solution.recommendation == "run_later" and solved.outcome.fallback is None
    assert solved.said == right()
    assert "20:00" in solved.outcome.answer and "load_" not in solved.outcome.answer
    sent = json.dumps(server.requests[0].json["input"][-1])
    assert not [time for time in PRIVATE_TIMES if time in sent]
    assert not re.search(r"energy_kwh=(?!1 )|0\.45|0\.22|=90\b|=120\b", sent)


async def test_a_fault_is_told_abroad_in_its_own_terms(tmp_path: Path) -> None:
    late = replaced("load_A", ("00:06", "00:09"))
    solved, server = await run(tmp_path, late, right())
    assert solved.outcome.fallback is None and solved.outcome.steps[1].tries == 2
    again = server.requests[1].json["input"][-1]
    told = json.dumps(again).split("Your last answer was wrong:")[1]
    assert crossed_id("load_A") in told and "00:08" in told
    assert not [time for time in PRIVATE_TIMES if time in told]


async def test_what_was_overruled_is_told_at_home_in_its_terms(tmp_path: Path) -> None:
    late = replaced("load_A", ("00:06", "00:09"))
    solved, server = await run(tmp_path, late, late)
    assert len(server.requests) == 2 and solved.said is None
    assert solved.outcome.fallback and "after_quiet_by" in solved.outcome.fallback
    # 00:06 is three hours after 18:30
    assert "21:30" in solved.outcome.answer and "20:00" in solved.outcome.answer
    assert "load_" not in solved.outcome.answer and "00:06" not in solved.outcome.answer


async def test_an_unblinded_case_sends_what_was_read(tmp_path: Path) -> None:
    case = HouseholdCase(RulesHome(), blinding=Blinding(()))
    kept = (await case.sanitize(ASK, ())).value
    assert "now=18:30" in case.request(kept, ())[-1].text
    assert case.back(kept, right()) == right()
