"""Log-probabilities, budgets, and the user's own function."""

from __future__ import annotations

from functools import partial
from math import log
from typing import Any

import pytest

from doorstep import BadInput, Message, Reply, Usage
from doorstep._values import TokenLogprob
from doorstep.patterns.checks import Budget, Look, Sign, own
from doorstep.patterns.checks.bank import signed
from doorstep.patterns.checks.logprobs import logprobs
from tests.patterns.checks.looks import look


def told(*tokens: tuple[str, float]) -> Look:
    """A look at an answer of tokens with their probabilities."""
    given = tuple(TokenLogprob(token, log(p)) for token, p in tokens)
    text = "".join(token for token, _ in tokens)
    return Look((Message("user", "?"),), Reply(text, "m", logprobs=given))


def test_the_final_number_counts() -> None:
    words = [(f" word{n}"[:5], 0.9) for n in range(20)]
    sign = logprobs(told((" 7", 0.1), *words, (" 1", 0.5), ("2", 0.5), (".", 1.0)))
    assert sign.doubt == pytest.approx(0.75)
    assert sign.reason == "the model held its final answer to be 25% probable"
    assert sign.features["logprob_least"] == pytest.approx(log(0.1))
    assert sign.features["logprob_final"] == pytest.approx(log(0.25))


def test_a_short_answer_is_its_own_final_part() -> None:
    assert logprobs(told((" Par", 0.9), ("is", 1.0))).doubt == pytest.approx(0.1)


def test_what_cannot_be_scored_is_none() -> None:
    assert logprobs(look("12")).doubt is None
    prose = logprobs(told(*[(" word", 0.5)] * 20))
    assert prose.doubt is None and prose.features["logprob_mean"] == pytest.approx(log(0.5))


def spent(seconds: float | None = None, tokens: int | None = None) -> Look:
    reply = Reply("ten chars.", "m", Usage(1, tokens))
    return Look((Message("user", "?"),), reply, seconds)


async def test_a_budget() -> None:
    assert (await Budget(seconds=2)(spent(seconds=1.9))).doubt == 0
    assert Budget(seconds=2).see(spent(seconds=2.1)).doubt == 1
    assert Budget(seconds=2).see(spent()).doubt is None
    assert Budget(tokens=5).see(spent(tokens=6)).doubt == 1
    assert Budget(tokens=5).see(spent(tokens=5)).doubt == 0
    assert Budget(characters=9).see(spent()).reason == "the answer took more characters than set"
    assert Budget(seconds=1, characters=10).see(spent()).doubt == 0


def test_a_budget_needs_a_limit() -> None:
    for limits in ({}, {"seconds": 0}, {"tokens": -1}):
        with pytest.raises(BadInput):
            Budget(**limits)  # type: ignore[arg-type]


async def test_a_check_of_ones_own() -> None:
    async def later(look: Look) -> float:
        return 0.25

    says = {
        True: own("mine", lambda look: "12" in look.answer),
        None: own("mine", lambda look: None),
        0.25: own("mine", later),
    }
    doubts = [(await signed(check, look("It is 12."))).doubt for check in says.values()]
    assert doubts == [0, None, 0.25]
    assert (await signed(says[True], look("It is 13."))).doubt == 1
    whole = Sign("other", 0.5, "so it is")
    assert await signed(own("mine", lambda look: whole), look("x")) == whole


def _says(wrong: Any, look: Look) -> Any:
    """A check whose answer is none."""
    return wrong


async def test_a_check_that_fails_is_a_sign() -> None:
    def breaks(look: Look) -> bool:
        raise KeyError(look.answer)

    sign = await signed(own("mine", breaks), look("Maya's secret"))
    assert sign == Sign("mine", None, "failed: KeyError")
    wrongs: tuple[Any, ...] = (1.5, -1, float("nan"), "yes")
    for wrong in wrongs:
        sign = await signed(own("mine", partial(_says, wrong)), look("x"))
        assert sign == Sign("mine", None, "failed: BadInput")
    sign = await signed(own("mine", lambda look: Sign("mine", 2.0)), look("x"))
    assert sign.doubt is None and sign.reason.startswith("failed")


def test_a_check_of_ones_own_has_a_name() -> None:
    with pytest.raises(BadInput):
        own(" ", lambda look: True)
