"""Only a plan of known tools, fitting arguments and bounded size is carried out."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from doorstep.models._parse import parse
from doorstep.patterns.planning.documents import Folder
from doorstep.patterns.planning.home_tools import periods
from doorstep.patterns.planning.plan import Plan
from doorstep.patterns.planning.tools import toolbox
from doorstep.patterns.planning.validate import PROBLEM, Limits, Validator
from doorstep.patterns.planning.vocabulary import SlotKind
from tests.patterns.planning.some_tools import hours, letters, visits

TOOLS = toolbox([visits, letters, hours, periods()])
SLOTS: Mapping[str, SlotKind] = {"slot_a": "name", "slot_b": "date", "slot_c": "column"}
ADA = {"whom": {"slot": "slot_a"}}
Step = dict[str, object]


def step(id: str, tool: str = "visits", **args: object) -> Step:
    return {"id": id, "tool": tool, "args": args}


def problems(*steps: Step, answer: str = "s1", share: frozenset[str] = frozenset()) -> list[str]:
    plan = Plan.model_validate_json(json.dumps({"steps": steps, "answer_from": [answer]}))
    validator = Validator(TOOLS, SLOTS, Limits(4, 3, share))
    found = [str(problem) for problem in validator.problems(plan)]
    import re

    assert all(re.fullmatch(PROBLEM, one) for one in found)
    return found


REF = {"from": "s1"}
OK = step("s1", **ADA)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([OK], []),
        ([step("s1", whom={"value": "x"}, since={"slot": "slot_b"})], []),
        ([step("s1", whom={"value": "x"}, since={"value": "2026-03-01"})], []),
        ([step("s1", whom={"value": "x"}, least={"value": 1.5})], []),
        ([OK, step("s2", "hours", texts={"from": "s1", "field": "hours"})], []),
        ([step("s1", "first_day", period={"value": "x"}), step("s2", since=REF, **ADA)], []),
        ([step("s1", "delete_all", **ADA)], ["step a: unknown_tool"]),
        ([step("s1", "__import__")], ["step a: unknown_tool"]),
        ([step("s1")], ["step a: missing_argument"]),
        ([step("s1", to={"value": "x"}, **ADA)], ["step a: unknown_argument"]),
        ([step("s1", whom={"value": 3})], ["step a: wrong_type"]),
        ([step("s1", whom={"value": ["x"]})], ["step a: wrong_type"]),
        ([step("s1", since={"value": "tomorrow"}, **ADA)], ["step a: wrong_type"]),
        ([step("s1", least={"value": True}, **ADA)], ["step a: wrong_type"]),
        ([step("s1", least={"value": "5"}, **ADA)], ["step a: wrong_type"]),
        ([step("s1", sort={"value": "best"}, **ADA)], ["step a: wrong_type"]),
        ([step("s1", since={"slot": "slot_a"}, **ADA)], ["step a: wrong_type"]),
        ([step("s1", whom={"slot": "slot_c"})], ["step a: wrong_type"]),
        ([step("s1", whom={"slot": "slot_h"})], ["step a: unknown_slot"]),
        ([step("s1", whom={"slot": "Maya Okafor"})], ["step a: unknown_slot"]),
        ([step("s1", whom={"value": "x" * 201})], ["step a: literal_too_long"]),
        ([step("s1", whom={"value": "x" * 200})], []),
        ([step("s1", whom={"from": "s9"})], ["step a: unknown_step"]),
        ([step("s1", whom={"from": "s1"})], ["step a: not_an_earlier_step"]),
        (
            [step("s1", "letters", whom={"from": "s2"}), step("s2", "letters", whom=REF)],
            ["step a: not_an_earlier_step"],  # a cycle of two
        ),
        ([OK, step("s2", whom=REF)], []),  # a list, written out
        ([OK, step("s2", since=REF, **ADA)], ["step b: wrong_type"]),
        ([OK, step("s2", since={"from": "s1", "field": "on", "at": 0}, **ADA)], []),
        ([OK, step("s2", since={"from": "s1", "field": "on"}, **ADA)], ["step b: wrong_type"]),
        ([step("s1", "letters", **ADA), step("s2", whom={**REF, "at": 0})],
         ["step b: unknown_field"]),
        ([OK, step("s2", whom={"from": "s1", "field": "age"})], ["step b: unknown_field"]),
        ([OK, step("s2", whom={"from": "s1", "field": "__class__"})], ["step b: unknown_field"]),
        ([OK, step("s2", whom={"from": "s1", "field": "whom"})], []),
        ([OK, step("s2", "hours", texts={"from": "s1", "field": "whom"})], ["step b: wrong_type"]),
        ([OK, OK], ["step b: id_used_twice"]),
        ([step(f"s{n}", **ADA) for n in range(1, 6)], ["plan: too_many_steps"]),
        (
            [step("s1", "letters", **ADA)]
            + [step(f"s{n}", "letters", whom={"from": f"s{n - 1}"}) for n in (2, 3, 4)],
            ["plan: too_deep"],
        ),
        ([{**OK, "question": "Why?"}], ["step a: unknown_argument"]),
    ],
)  # fmt: skip
def test_each_problem_has_a_code_and_a_place(steps: list[Step], expected: list[str]) -> None:
    assert problems(*steps) == expected


def test_the_answer_has_to_come_from_a_step() -> None:
    assert problems(OK, answer="s7") == ["plan: unknown_answer"]


@pytest.mark.parametrize(
    ("text", "is_path"),
    [
        ("/etc/passwd", True),
        ("../secrets", True),
        ("notes/../../x", True),
        ("~/x", True),
        ("~root", True),
        ("C:\\Windows", True),
        ("\\\\host\\share", True),
        ("a\\..\\b", True),
        ("file:///etc/passwd", True),
        ("https://evil.example/?q=", True),
        ("notes\u0000.md", True),
        ("%2e%2e/secret", True),
        ("notes/today.md", False),
        ("half and/or whole", False),
        ("wait ...", False),
        ("14/03/2026", False),
        ("~ about ten", True),
    ],
)
def test_a_literal_does_not_lead_out_of_a_folder(text: str, is_path: bool) -> None:
    found = problems(step("s1", whom={"value": text}))
    assert found == (["step a: literal_looks_like_a_path"] if is_path else [])


CONSULT: Step = {"id": "s2", "tool": "consult_cloud", "question": "Who?"}


@pytest.mark.parametrize(
    ("shown", "share", "expected"),
    [
        ([{"from": "s1", "field": "on"}], {"visits.on"}, []),
        ([{"from": "s1", "field": "whom"}], {"visits.on"}, ["step b: not_shared"]),
        ([{"from": "s1"}], {"visits.on"}, ["step b: not_shared"]),
        ([{"from": "s1", "field": "on"}], set(), ["step b: not_shared"]),
        ([{"from": "s1", "field": "none"}], {"visits.none"}, ["step b: not_shared"]),
        ([{"from": "s2"}], {"visits.on"}, ["step b: not_an_earlier_step"]),
        ([], {"visits.on"}, ["step b: missing_argument"]),
    ],
)
def test_the_cloud_is_shown_what_the_policy_names_and_nothing_else(
    shown: list[Step], share: set[str], expected: list[str]
) -> None:
    found = problems(OK, {**CONSULT, "with": shown}, share=frozenset(share))
    assert found == expected


def test_what_the_cloud_said_cannot_be_shown_it_as_something_else() -> None:
    asking = {**CONSULT, "with": [{"from": "s1", "field": "on"}]}
    again = {**CONSULT, "id": "s3", "with": [{"from": "s2"}]}
    assert problems(OK, asking, again, share=frozenset(["visits.on"])) == ["step c: not_shared"]


@pytest.mark.parametrize(
    "text",
    [
        "I cannot do that.",
        "[]",
        '{"steps": [{"id": "s1", "tool": "v", "args": {"x": {"from": "s1", "at": -1}}}],'
        ' "answer_from": ["s1"]}',
        '{"steps": [], "answer_from": ["s1"]}',
        '{"steps": [{"id": "s1", "tool": "visits"}], "answer_from": []}',
        '{"steps": [{"id": "S 1", "tool": "visits"}], "answer_from": ["s1"]}',
        '{"steps": [{"id": "s1", "tool": "visits", "code": "import os"}], "answer_from": ["s1"]}',
        '{"steps": [{"id": "s1", "tool": "v", "args": {"x": {"value": {"a": 1}}}}],'
        ' "answer_from": ["s1"]}',
        '{"steps": [{"id": "s1", "tool": "v", "args": {"x": {"value": 1, "slot": "slot_a"}}}],'
        ' "answer_from": ["s1"]}',
        '{"steps": [{"id": "s1", "tool": "v", "args": {"x": {"value": NaN}}}], "answer_from": '
        '["s1"]}',
    ],
)
def test_what_is_not_the_shape_is_no_plan(text: str) -> None:
    assert parse(text, Plan).value is None


def test_an_argument_without_its_wrapping_means_one_thing() -> None:
    bare = [step("s1", whom="{slot_a}"), step("s2", "letters", whom="s1"), step("s3", whom="s9")]
    bare += [step("s4", whom="slot_a", least=5)]
    plan = Plan.model_validate_json(json.dumps({"steps": bare, "answer_from": ["s1"]}))
    assert [str(line) for line in str(plan).splitlines()[:4]] == [
        "s1 = visits(whom={slot_a})",
        "s2 = letters(whom=s1)",
        "s3 = visits(whom='s9')",
        "s4 = visits(whom={slot_a}, least=5)",
    ]
    assert problems(*bare) == []
    assert problems(step("s1", whom="../x")) == ["step a: literal_looks_like_a_path"]


def test_validation_never_looks_at_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked(*_: object) -> None:
        raise AssertionError("a validation that reads data would tell the cloud about it")

    monkeypatch.setattr(Folder, "read", looked)
    monkeypatch.setattr("pathlib.Path.exists", looked)
    monkeypatch.setattr("pathlib.Path.open", looked)
    assert problems(OK) == []
