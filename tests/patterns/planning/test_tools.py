"""What a plan may know of a Python function: its name, its parameters, one line about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest

from doorstep import BadInput
from doorstep.models import Scripted
from doorstep.patterns.planning.home_tools import arithmetic, ask_home, periods
from doorstep.patterns.planning.tools import StepFailed, call, tool, toolbox
from doorstep.patterns.run import Run
from tests.patterns.planning.some_tools import Visit, visits


def test_a_signature_is_one_line() -> None:
    assert tool(visits).signature == (
        'visits(whom: text, since?: date, least?: number, sort?: "newest" | "oldest") -> '
        "list[{whom: text, on: date, hours: number}]: The visits of somebody."
    )


def untyped(x):  # type: ignore[no-untyped-def]
    """Something."""


def no_result(x: int) -> None:
    """Something."""


def no_docstring(x: int) -> int:
    return x


def any_argument(x: Any) -> int:
    """Something."""
    return 1


def a_dict(x: dict[str, int]) -> int:
    """Something."""
    return 1


def many(*x: int) -> int:
    """Something."""
    return 1


def Shouting(x: int) -> int:
    """Something."""
    return x


def consult_cloud(x: int) -> int:
    """Something."""
    return x


@pytest.mark.parametrize(
    "function",
    [untyped, no_result, no_docstring, any_argument, a_dict, many, Shouting, consult_cloud],
)
def test_what_a_plan_cannot_carry_is_refused_at_once(function: Callable[..., Any]) -> None:
    with pytest.raises(BadInput):
        tool(function)


def test_a_toolbox_holds_each_name_once() -> None:
    assert list(toolbox([visits, periods()])) == ["visits", "first_day", "last_day"]
    with pytest.raises(BadInput, match="Two tools are called visits"):
        toolbox([visits, tool(visits)])
    with pytest.raises(BadInput, match="no tools"):
        toolbox([])


async def test_functions_that_await_and_those_that_do_not_are_called_alike() -> None:
    async def later(x: int) -> int:
        """Something."""
        return x + 1

    assert await call(later, {"x": 1}) == 2
    assert await call(visits, {"whom": "Ada"}) == [Visit("Ada", date(2026, 3, 1), Decimal("1.5"))]


@pytest.mark.parametrize(
    ("left", "sign", "right", "result"),
    [("0.1", "+", "0.2", "0.3"), ("1", "/", "4", "0.25"), ("-3", "*", "2", "-6"),
     ("1E+3", "-", "0.5", "999.5")],
)  # fmt: skip
async def test_arithmetic_is_exact(left: str, sign: str, right: str, result: str) -> None:
    given = {"left": Decimal(left), "sign": sign, "right": Decimal(right)}
    assert await call(arithmetic().bind(Run("p")), given) == Decimal(result)


async def test_what_cannot_be_calculated_is_a_failed_step() -> None:
    given = {"left": Decimal(1), "sign": "/", "right": Decimal(0)}
    with pytest.raises(StepFailed, match="cannot_be_calculated"):
        await call(arithmetic().bind(Run("p")), given)


async def test_the_home_model_is_asked_within_the_run() -> None:
    home = Scripted(["  about noon "])
    run = Run("p")
    given = {"question": "When?", "text": "It came about noon."}
    assert await call(ask_home(home).bind(run), given) == "about noon"
    (step,) = run.outcome("").steps
    assert (step.name, step.actor) == ("ask home", "home")
    assert "It came about noon." in home.calls[0].messages[0].text


def test_a_cloud_model_is_no_home_to_ask() -> None:
    from doorstep import Zone

    with pytest.raises(BadInput, match="at home"):
        ask_home(Scripted([], zone=Zone.CLOUD))


@dataclass(frozen=True)
class Odd:
    inner: dict[str, int]


def test_a_row_s_fields_are_held_to_the_same() -> None:
    def odd(kind: Literal["a"]) -> list[Odd]:
        """Something."""
        return []

    with pytest.raises(BadInput):
        tool(odd)
