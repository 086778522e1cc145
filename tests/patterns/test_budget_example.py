"""The second typed case, as the documentation teaches it, against a real server."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import pytest

from doorstep import Ask, BadInput, Infeasible, SolveCase
from tests.models.openai_server import Answer, OpenAIServer, Request, chat_events
from tests.patterns.far import Far, far

FOLDER = Path(__file__).parents[2] / "examples/budget"
MONTH = (FOLDER / "month.md").read_text("utf-8")
ASK = Ask("How do we save 150 a month?", MONTH)
PRIVATE = (
    "zanzibar tobias lindqvist maya heron gym streaming otto violin taxi clinic garden".split()
)
WEIGHTS = {"low": 1, "medium": 2, "high": 4}


@pytest.fixture(scope="module")
def budget() -> ModuleType:
    spec = importlib.util.spec_from_file_location("budget_example", FOLDER / "budget.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


def best(text: str) -> list[str]:
    """The cheapest choice by trying all of them: another way than the example's own."""
    rows = re.findall(r"(item_[A-Z]): amount=(\d+) effort=(\w+)", text)
    choices = (c for n in range(len(rows) + 1) for c in itertools.combinations(rows, n))
    enough = (c for c in choices if sum(int(row[1]) for row in c) >= 10_000)
    return [row[0] for row in min(enough, key=lambda c: sum(WEIGHTS[row[2]] for row in c))]


def exact(request: Request) -> Answer:
    text = request.json["messages"][-1]["content"]
    return Answer.sse(chat_events(json.dumps({"cut": best(text)})))


def says(cut: list[str]) -> str:
    return json.dumps({"cut": cut})


async def test_an_exact_cloud(budget: ModuleType, cloud: Far) -> None:
    cloud.server.answer_with(exact)
    solved = await SolveCase(budget.BudgetCase(), cloud.model, cloud.boundary).solve(ASK)
    assert solved.outcome.fallback is None
    chosen = {solved.kept.ids[key].name for key in solved.solution.cut}
    assert sum(solved.kept.ids[key].cents for key in solved.solution.cut) >= 15_000
    assert chosen <= {e.name for e in solved.kept.expenses if e.effort != "fixed"}
    assert "Eating out on Fridays: 160.00" in solved.outcome.answer


async def test_no_word_and_no_sum_crosses(budget: ModuleType, cloud: Far) -> None:
    cloud.server.answer_with(exact)
    await SolveCase(budget.BudgetCase(), cloud.model, cloud.boundary).solve(ASK)
    (sent,) = cloud.sent
    problem = json.loads(sent)["messages"][-1]["content"].split("\n\n")[0]
    assert re.fullmatch(budget.SHAPE, problem)
    assert not [word for word in PRIVATE if word in sent.lower()]
    assert not [s for s in ("39.90", "3990", "16000", "160.00", "15000", "1240") if s in problem]


@pytest.mark.parametrize(
    ("cut", "code"),
    [
        (["item_Q"], "unknown_item"),
        (["item_A", "item_A"], "unknown_item"),
        (["item_F"], "not_enough"),
        (["item_A", "item_B"], "too_much_effort"),
    ],
)
async def test_a_wrong_answer_is_told_by_its_code_then_solved_at_home(
    budget: ModuleType, cloud: Far, cut: list[str], code: str
) -> None:
    cloud.says(says(cut), says(cut))
    solved = await SolveCase(budget.BudgetCase(), cloud.model, cloud.boundary).solve(ASK)
    assert f"The last answer was wrong: {code}." in cloud.sent[1]
    assert code in (solved.outcome.fallback or "")
    assert "Eating out on Fridays" in solved.outcome.answer
    assert len(solved.outcome.crossings) == 2


async def test_prose_is_no_answer(budget: ModuleType, cloud: Far) -> None:
    cloud.says("Cut the gym.", "Cut the gym.")
    solved = await SolveCase(budget.BudgetCase(), cloud.model, cloud.boundary).solve(ASK)
    assert "not_the_shape" in (solved.outcome.fallback or "")


async def test_what_cannot_be_is_said_and_nothing_sent(budget: ModuleType, cloud: Far) -> None:
    pattern = SolveCase(budget.BudgetCase(), cloud.model, cloud.boundary)
    with pytest.raises(Infeasible):
        await pattern.solve(Ask("How do we save 5,000?", MONTH))
    with pytest.raises(BadInput):
        await pattern.solve(Ask("How do we save?", MONTH))
    with pytest.raises(BadInput):
        await pattern.solve(Ask("How do we save 10?", "- Rent: 900.00, fixed"))
    assert cloud.sent == []


def test_the_solver_finds_what_trying_everything_finds(budget: ModuleType) -> None:
    rng = random.Random(7)
    for _ in range(60):
        lines = [
            f"- Thing {n}: {rng.randint(5, 200)}.{rng.randint(10, 99)}, {rng.choice(list(WEIGHTS))}"
            for n in range(rng.randint(2, 9))
        ]
        kept = budget.read(Ask(f"Save {rng.randint(10, 150)}", "\n".join(lines)))
        try:
            found = budget.least_effort(kept)
        except Infeasible:
            assert sum(e.cents for e in kept.expenses) < kept.target
            continue
        efforts = {i.id: WEIGHTS[i.effort] for i in kept.problem.items}
        choices = (c for n in range(len(efforts) + 1) for c in itertools.combinations(efforts, n))
        enough = [c for c in choices if sum(kept.ids[k].cents for k in c) >= kept.target]
        least = min(sum(efforts[k] for k in c) for c in enough)
        assert sum(efforts[k] for k in found) == least


def test_the_command_runs(tmp_path: Path) -> None:
    with OpenAIServer() as server:
        server.answer_with(exact)
        done = subprocess.run(
            [sys.executable, str(FOLDER / "budget.py"), ASK.question],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "XDG_DATA_HOME": str(tmp_path),
                "OPENAI_BASE_URL": server.url,
                "OPENAI_API_KEY": "sk-test",
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "Eating out on Fridays" in done.stdout and "What crossed, to" in done.stdout
    assert "target=10000" in server.requests[0].body.decode()
