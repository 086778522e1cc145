"""The stand-in planner: from what a planner gets, a plan that is valid, or honestly none."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.models._parse import parse
from doorstep.patterns.planning.folder import folder_tools
from doorstep.patterns.planning.goal import Goal, Slot
from doorstep.patterns.planning.plan import Plan
from doorstep.patterns.planning.prompts import asked, planner
from doorstep.patterns.planning.stand_in import NO_PLAN, plan_text
from doorstep.patterns.planning.tools import toolbox
from doorstep.patterns.planning.validate import Limits, Problem, Validator
from doorstep.patterns.planning.vocabulary import SLOT_KINDS, SlotKind
from doorstep.patterns.stand_ins import StandInHome

EXAMPLE = Path(__file__).parents[3] / "examples" / "plan"
TOOLS = toolbox([folder_tools(StandInHome(), EXAMPLE)])
LIMITS = Limits()


def made(sentence: str, *kinds: SlotKind, tools: tuple[str, ...] = tuple(TOOLS)) -> str:
    slots = [Slot(f"slot_{'abcdefgh'[n]}", kind, "x") for n, kind in enumerate(kinds)]
    goal = Goal(sentence, tuple(slots))
    known = {name: TOOLS[name] for name in tools}
    text = plan_text(planner(known.values(), LIMITS) + "\n" + asked(goal, [Problem("too_deep")]))
    if text == NO_PLAN:
        return ""
    plan = parse(text, Plan).value
    assert plan is not None
    assert Validator(known, goal.kinds(), LIMITS).problems(plan) == ()
    return str(plan)


@pytest.mark.parametrize(
    ("sentence", "kinds", "expected"),
    [
        ("find total amount", (), "s1 = aggregate(how='total')"),
        ("find count above {slot_a}", ("amount",), "test='above', value={slot_a}"),
        ("find average amount until {slot_a}", ("date",), "test='until', value={slot_a}"),
        ("find total before {slot_a}", ("event",), "s1 = date_of(event={slot_a})"),
        ("find total since the {slot_a}", ("date",), "test='since', value={slot_a}"),
        ("find total after the date of {slot_a}", ("event",), "test='after', value=s1"),
        ("find total in {slot_a}", ("period",), "test='until', value=s2, rows=s3"),
        ("find total after {slot_a}", ("period",), "test='after', value=s2)"),
        ("find total amount, per month", (), "by='date', how='total', unit='month'"),
        ("find count, per category", (), "group_rows(by='category', how='count')"),
        ("find date about {slot_a}", ("text",), "s1 = date_of(event={slot_a})"),
        ("find text about {slot_a}", ("name",), "s1 = search(query={slot_a})"),
    ],
)
def test_a_plan_for_a_goal(sentence: str, kinds: tuple[SlotKind, ...], expected: str) -> None:
    assert expected in made(sentence, *kinds)


@pytest.mark.parametrize("kind", [k for k in SLOT_KINDS if k not in ("column", "file")])
@pytest.mark.parametrize("before", ["for", "since", "about", "above", "in"])
def test_any_slot_after_any_word_gets_a_valid_plan(kind: SlotKind, before: str) -> None:
    assert "how='total'" in made(f"find total amount {before} {{slot_a}}", kind)


def test_without_the_tools_there_is_no_plan() -> None:
    assert made("find total amount for {slot_a}", "category", tools=("calculate",)) == ""
    assert made("find the result") == "" and plan_text("What is the capital of France?") == NO_PLAN
