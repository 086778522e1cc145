"""Checks that ask the home model again: another sample, another representation."""

from __future__ import annotations

import pytest

from doorstep import BadInput, Message, Options, Reply
from doorstep.models import Scripted
from doorstep.patterns.checks import Asking, Look, TwoRepresentations, TwoSamples
from doorstep.patterns.checks.bank import signed
from tests.patterns.checks.looks import look

APPLES = "Maya has 3 bags of 4 apples and eats 2. How many are left?"
SOLVED = "3 * 4 = 12, 12 - 2 = 10\n#### 10"


async def says(check: Asking, at: Look, *script: str | Reply) -> tuple[float | None, Scripted]:
    home = Scripted(script)
    sign = await signed(check.at(home, Options(temperature=0.0, logprobs=2, seed=4)), at)
    assert not sign.reason.startswith("failed"), sign
    return sign.doubt, home


SECOND = {
    "She has 12 apples and eats 2, so 10 are left.\n#### 10": 0.1,
    "#### 10.0": 0.1,
    "3 + 4 - 2 = 5\n#### 5": 0.8,
    "": None,
}


@pytest.mark.parametrize("second", SECOND)
async def test_a_second_sample(second: str) -> None:
    doubt, home = await says(TwoSamples(), look(SOLVED, APPLES), second)
    assert doubt == SECOND[second]
    (call,) = home.calls
    assert call.messages == (Message("user", APPLES),)
    assert (call.options.temperature, call.options.logprobs, call.options.seed) == (0.8, 0, None)


async def test_free_text_is_compared_by_the_home_model() -> None:
    at = look("Plants turn light into sugar, mostly in their leaves.", "What do plants do?")
    other = "They catch light and make sugar out of it."
    doubt, home = await says(TwoSamples(), at, other, "A")
    assert doubt == 0.1
    assert at.answer in home.calls[1].messages[-1].text
    assert other in home.calls[1].messages[-1].text
    doubt, _ = await says(TwoSamples(), at, "They rest.", "B")
    assert doubt == 0.8
    doubt, home = await says(TwoSamples(words=False), at, other)
    assert doubt is None and len(home.calls) == 1


async def test_a_second_sample_that_was_cut_off_says_nothing() -> None:
    cut = Reply("3 * 4", "m", finish="length")
    doubt, _ = await says(TwoSamples(), look(SOLVED, APPLES), cut)
    assert doubt is None


WRITTEN = {
    "3 * 4 - 2": 0.05,
    "`3 × 4 − 2`": 0.05,
    "Expression: (3 * 4) - 2 = 10": 0.05,
    "Sure:\n\n3*4-2": 0.05,
    "3 + 4 - 2": 0.8,
    "$3 * $4": 0.8,
    "NONE": None,
    "x * 4": None,
    "__import__('os').system('true')": None,
    "4 / 0": None,
    "": None,
}


@pytest.mark.parametrize("written", WRITTEN)
async def test_the_calculation_as_an_expression(written: str) -> None:
    doubt, home = await says(TwoRepresentations(), look(SOLVED, APPLES), written)
    assert doubt == WRITTEN[written]
    assert APPLES in home.calls[0].messages[-1].text
    assert SOLVED not in home.calls[0].messages[-1].text


@pytest.mark.parametrize(
    ("answer", "question"),
    [(SOLVED, "How many apples are left?"), ("They are left.", APPLES), ("Blue.", "What colour?")],
)
async def test_where_there_is_nothing_to_compute_nobody_is_asked(
    answer: str, question: str
) -> None:
    doubt, home = await says(TwoRepresentations(), look(answer, question))
    assert doubt is None and home.calls == []


async def test_a_home_model_that_fails_is_no_score() -> None:
    for check in (TwoSamples(), TwoRepresentations()):
        sign = await signed(check.at(Scripted([]), Options()), look(SOLVED, APPLES))
        assert (sign.doubt, sign.reason) == (None, "failed: ModelUnavailable")


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in (lambda: TwoSamples(temperature=0), lambda: TwoRepresentations(tolerance=1)):
        with pytest.raises(BadInput):
            wrong()
