"""The judge of Draft-then-Refine: cheap checks first, then the home model or the user's function.

A language model that compares two answers prefers the one it reads first (or last), whatever they
say: "position bias", Zheng et al. 2023, arXiv 2306.05685, section 3.4. So the home model is asked
twice, once in each order, side by side, and only what it says both times counts.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Literal, get_args

from doorstep._errors import BadInput, DoorstepError
from doorstep.models.base import Model
from doorstep.patterns.drafting.added import added
from doorstep.patterns.drafting.ruling import Pair, Ruling, Verdict
from doorstep.patterns.drafting.signs import look

By = Callable[[Pair], "Ruling | Verdict | Awaitable[Ruling | Verdict]"]
JudgedBy = Literal["home", "checks"] | By

# --- prompts: for the home model only ------------------------------------------------------------

COMPARE = "Which of the two answers to the question is better?"
CONTEXT = """A question and two answers to it.

<question>
{question}
</question>

<answer_1>
{first}
</answer_1>

<answer_2>
{second}
</answer_2>

Judge what they say: whether it is right, and whether it is complete. Length, style and the order \
in which they stand are of no account."""
FIRST = "Answer 1 is better."
SECOND = "Answer 2 is better."
SAME = "They are equally good."
BOTH = "Both are right, and each says something of value that the other leaves out."

LONGEST = 12_000  # characters of each text that the home model gets to see

_CHOICES = (FIRST, SECOND, SAME, BOTH)
_SWAPPED = {FIRST: SECOND, SECOND: FIRST, SAME: SAME, BOTH: BOTH}
_RULINGS = {
    FIRST: Ruling("keep", "the home model holds the draft to be better, in either order"),
    SECOND: Ruling(
        "replace", "the home model holds the cloud's answer to be better, in either order"
    ),
    SAME: Ruling("keep", "the home model holds both to be equally good"),
    BOTH: Ruling("enrich", "the home model finds that each says something the other leaves out"),
}
_UNSURE = Ruling("keep", "the home model changed its mind with the order: it cannot tell")
NOTHING_NEW = "the cloud's answer says nothing that the draft does not"


class Judge:
    """`by`: "home" (the home model), "checks" (nobody: what passes the checks replaces the draft),
    or a function of a `Pair`, which may be async. BadInput for anything else."""

    def __init__(self, by: JudgedBy = "home") -> None:
        if by not in ("home", "checks") and not callable(by):
            raise BadInput("The judge is none of home, checks and a function.")
        self._by = by

    async def rule(self, pair: Pair, home: Model) -> Ruling:
        """Checks first; an error of the judge itself keeps the draft, and says so."""
        ruling = look(pair)
        if ruling is None:
            try:
                ruling = await self._ask(pair, home)
            except DoorstepError as error:
                ruling = Ruling("keep", f"the judge failed ({type(error).__name__})")
        return _with_addition(pair, ruling)

    async def _ask(self, pair: Pair, home: Model) -> Ruling:
        if self._by == "checks":
            return Ruling("replace", "the cloud's answer passed the checks")
        if self._by == "home":
            return await in_both_orders(pair, home)
        return await _asked(self._by, pair)


async def in_both_orders(pair: Pair, home: Model) -> Ruling:
    """What `home` says about draft and refined answer in either order; otherwise "keep"."""
    draft, refined = pair.draft.text, pair.refined.text
    try:
        async with asyncio.TaskGroup() as both:
            forth = both.create_task(_better(pair, home, draft, refined))
            back = both.create_task(_better(pair, home, refined, draft))
    except* DoorstepError as group:
        raise group.exceptions[0] from None
    said = forth.result()
    return _RULINGS[said] if said == _SWAPPED[back.result()] else _UNSURE


async def _better(pair: Pair, home: Model, first: str, second: str) -> str:
    context = CONTEXT.format(
        question=pair.question[-LONGEST:], first=first[:LONGEST], second=second[:LONGEST]
    )
    return (await home.decide(COMPARE, _CHOICES, context)).answer


async def _asked(by: By, pair: Pair) -> Ruling:
    try:
        said = by(pair)
        ruling = await said if inspect.isawaitable(said) else said
    except Exception as error:  # its message may quote the answers: only its type is told
        return Ruling("keep", f"the judge failed ({type(error).__name__})")
    if isinstance(ruling, Ruling):
        return ruling
    if ruling not in get_args(Verdict):
        raise BadInput("A judge answers keep, replace or enrich, or a Ruling.")
    return Ruling(ruling, "your judge said so")


def _with_addition(pair: Pair, ruling: Ruling) -> Ruling:
    if ruling.verdict != "enrich" or ruling.addition:
        return ruling
    more = added(pair.draft.text, pair.refined.text)
    return replace(ruling, addition=more) if more else Ruling("keep", NOTHING_NEW)
