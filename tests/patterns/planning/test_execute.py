"""A plan is carried out step by step at home; what fails, fails alone."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from doorstep import ModelUnavailable
from doorstep.patterns.planning.answer import Results, unfounded
from doorstep.patterns.planning.execute import Done, Execution
from doorstep.patterns.planning.goal import Goal, Slot
from doorstep.patterns.planning.plan import Plan
from doorstep.patterns.planning.shown import MOST_TOLD, sized, told
from doorstep.patterns.planning.tables import Table
from doorstep.patterns.planning.tools import Function, StepFailed, toolbox
from doorstep.patterns.run import Run
from tests.patterns.planning.some_tools import Visit, hours, visits

GOAL = Goal(
    "find {slot_a} {slot_b} {slot_c}",
    (
        Slot("slot_a", "name", "Ada"),
        Slot("slot_b", "date", "14 March 2026"),
        Slot("slot_c", "amount", "1,200.50"),
    ),
)
Steps = Sequence[dict[str, object]]


def step(id: str, tool: str, **args: object) -> dict[str, object]:
    return {"id": id, "tool": tool, "args": args}


async def consult(question: str, shown: Sequence[object]) -> str:
    return f"{question} {shown}"


async def carried_out(
    steps: Steps, tools: Sequence[Function], run: Run | None = None, seconds: float = 5
) -> dict[str, Done]:
    plan = Plan.model_validate_json(json.dumps({"steps": steps, "answer_from": [steps[-1]["id"]]}))
    run = run or Run("p")
    return await Execution(plan, GOAL, toolbox(tools), run, consult=consult, timeout=seconds).all()


async def test_literals_references_and_slots_reach_the_tool_as_its_own_types() -> None:
    def kinds(a: str, b: date, c: Decimal, d: str, e: float, f: list[Decimal]) -> list[str]:
        """Something."""
        return [repr(x) for x in (a, b, c, d, e, f)]

    done = await carried_out(
        [
            step("v", "visits", whom={"value": "x"}),
            step("k", "kinds", a={"slot": "slot_a"}, b={"slot": "slot_b"}, c={"slot": "slot_c"},
                 d={"slot": "slot_b"}, e={"value": 2}, f={"from": "v", "field": "hours"}),
        ],
        [visits, kinds],
    )  # fmt: skip
    assert done["k"].failed == ""
    assert done["k"].result == [
        "'Ada'", "datetime.date(2026, 3, 14)", "Decimal('1200.50')", "'14 March 2026'", "2.0",
        "[Decimal('1.5')]",
    ]  # fmt: skip


async def test_a_list_is_written_out_for_a_text_and_one_item_can_be_taken() -> None:
    def same(text: str, day: date | None = None) -> str:
        """Something."""
        return f"{text} {day}"

    visit, on = step("v", "visits", whom={"value": "x"}), {"from": "v", "field": "on"}
    done = await carried_out(
        [
            visit,
            step("a", "same", text={"from": "v"}, day={**on, "at": 0}),
            step("b", "same", text=on),
            step("c", "same", text={"from": "v", "at": 0}),
            step("d", "same", text={**on, "at": 1}),
        ],
        [visits, same],
    )
    assert done["a"].result == "- x, 2026-03-01, 1.5 2026-03-01"
    assert done["b"].result == "- 2026-03-01 None"
    assert done["c"].result == "x, 2026-03-01, 1.5 None"
    assert done["d"].failed == "no_such_item"


async def test_independent_steps_run_side_by_side() -> None:
    both = threading.Barrier(2, timeout=5)

    def meet(x: int) -> int:
        """Comes back only once the other is there, too."""
        both.wait()
        return x

    done = await carried_out(
        [step("a", "meet", x={"value": 1}), step("b", "meet", x={"value": 2})], [meet]
    )
    assert [one.result for one in done.values()] == [1, 2]


async def test_a_failure_is_a_code_and_skips_what_needs_it() -> None:
    def fails(x: int) -> Decimal:
        """Something."""
        raise StepFailed("no_such_thing")

    def breaks(x: int) -> Decimal:
        """Something."""
        raise ValueError("Maya Okafor is not a number")

    run = Run("p")
    done = await carried_out(
        [
            step("a", "fails", x={"value": 1}),
            step("b", "breaks", x={"value": 1}),
            step("v", "visits", whom={"value": "x"}),
            step("c", "add", left={"from": "a"}, right={"from": "b"}),
        ],
        [fails, breaks, visits, add],
        run,
    )
    assert {name: one.failed for name, one in done.items()} == {
        "a": "no_such_thing", "b": "ValueError", "v": "", "c": "skipped",
    }  # fmt: skip
    told = repr(run.outcome("").steps)
    assert "step d: add" in told and "Maya" not in told and "1 of Visit" in told


def add(left: Decimal, right: Decimal) -> Decimal:
    """The sum."""
    return left + right


async def test_a_step_that_hangs_is_given_up() -> None:
    async def hangs(x: int) -> int:
        """Something."""
        await asyncio.sleep(60)
        return x

    done = await carried_out([step("a", "hangs", x={"value": 1})], [hangs], seconds=0.05)
    assert done["a"].failed == "timeout"


async def test_a_result_that_is_too_large_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorstep.patterns.planning.execute.MOST_ITEMS", 3)

    def many(x: int) -> list[int]:
        """Something."""
        return [1] * x

    steps = [step("a", "many", x={"value": 3}), step("b", "many", x={"value": 4})]
    done = await carried_out(steps, [many])
    assert (done["a"].failed, done["b"].failed) == ("", "result_too_large")


async def test_a_model_that_is_not_there_is_the_run_s_own_error() -> None:
    async def gone(x: int) -> int:
        """Something."""
        raise ModelUnavailable("nobody answers")

    with pytest.raises(BaseExceptionGroup) as caught:
        await carried_out([step("a", "gone", x={"value": 1})], [gone])
    assert caught.group_contains(ModelUnavailable)


@pytest.mark.parametrize(
    ("result", "size"),
    [
        ("Maya", "text, 4 characters"),
        (Decimal(4711), "decimal"),
        (date(2026, 3, 14), "date"),
        ([], "0 of nothing"),
        ([Visit("Maya", date(2026, 3, 14), Decimal(1))] * 2, "2 of Visit"),
        (Table(("a",), [["Maya"]]), "table, 1 rows"),
    ],
)
def test_the_record_holds_kind_and_size_alone(result: object, size: str) -> None:
    assert sized(result) == size


def test_what_is_told_is_bounded() -> None:
    assert told("x" * 50, 10) == "x" * 10 + " ... (50 characters in all)"
    assert told(["y"] * (MOST_TOLD + 5), 5000).endswith("\n- and 5 more")
    assert told([Visit("Maya", date(2026, 3, 14), Decimal("1.50"))], 99) == (
        "- Maya, 2026-03-14, 1.50"
    )


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ("It was 1,099.10 in all, since 14 February 2026.", ()),
        ("It was 1099.1 over 6 rows.", ()),
        ("It was 1.099,10.", ()),
        ("It was 1099.", ("1099",)),
        ("It was 1,100.", ("1,100",)),
        ("It was 10.99.", ("10.99",)),
        ("About 15% more, 1099.10.", ("15",)),
        ("Nothing was spent.", ()),
    ],
)
def test_numbers_of_an_answer_have_to_stand_in_the_results(
    answer: str, missing: tuple[str, ...]
) -> None:
    assert unfounded(answer, ["aggregate: 1099.10", "date_of: 2026-02-14", "6 rows"]) == missing


def test_the_plain_answer_and_what_could_not_be_finished() -> None:
    plan = Plan.model_validate_json(
        json.dumps({"steps": [step("a", "add"), step("b", "hours")], "answer_from": ["b"]})
    )
    first, second = plan.steps
    good = Results(
        plan, {"a": Done(first, date(2026, 3, 4)), "b": Done(second, Decimal("3.14159"))}
    )
    assert good.plain() == "3.14\n\nFound by: add -> 4 March 2026; hours -> 3.14"
    bad = Results(plan, {"a": Done(first, failed="timeout"), "b": Done(second, failed="skipped")})
    assert bad.missing and bad.unfinished() == "I could not finish: add (timeout)."
    assert hours([Decimal(1)]) == 1
