"""The bank: which checks look at an answer, in which order, and how they are asked.

Cheap ones first. A check that fails says so, and what it says counts for nothing; it never takes
the answer down with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from doorstep._errors import BadInput
from doorstep._values import Options
from doorstep.models.base import Model
from doorstep.patterns.checks.arithmetic import NAME as ARITHMETIC
from doorstep.patterns.checks.arithmetic import arithmetic
from doorstep.patterns.checks.asked_unit import NAME as UNIT
from doorstep.patterns.checks.asked_unit import asked_unit
from doorstep.patterns.checks.asking import AnyCheck, Asking, Plain
from doorstep.patterns.checks.base import Check, Judge, Judgement, Look, Sign
from doorstep.patterns.checks.grounded import Grounded
from doorstep.patterns.checks.logprobs import NAME as LOGPROBS
from doorstep.patterns.checks.logprobs import logprobs
from doorstep.patterns.checks.representations import TwoRepresentations
from doorstep.patterns.checks.samples import TwoSamples
from doorstep.patterns.checks.shape import JSON, json_text
from doorstep.patterns.checks.whole import CUT_OFF, REPETITION, cut_off, repetition
from doorstep.patterns.checks.words import HEDGING, REFUSAL, hedging, refusal

Seen = Callable[[Sign, float], None]  # a sign, and the seconds it took


def cheap_checks() -> tuple[Check, ...]:
    """The checks that look at the answer alone."""
    return (
        Plain(REFUSAL, refusal),
        Plain(CUT_OFF, cut_off),
        Plain(REPETITION, repetition),
        Plain(HEDGING, hedging),
        Plain(JSON, json_text),
        Plain(LOGPROBS, logprobs),
        Plain(ARITHMETIC, arithmetic),
        Plain(UNIT, asked_unit),
        Grounded(),
    )


def default_checks() -> tuple[AnyCheck, ...]:
    """The cheap checks, then those that ask the home model again: up to three calls of it."""
    return (*cheap_checks(), TwoRepresentations(), TwoSamples())


def in_order(checks: Sequence[AnyCheck]) -> tuple[AnyCheck, ...]:
    """The checks that ask a model after those that do not. BadInput for none, or two of a name."""
    if not checks:
        raise BadInput(
            "There is no check to look at the answer with.", hint="Give one, as cheap_checks()."
        )
    if len({check.name for check in checks}) != len(checks):
        raise BadInput("Two checks have the same name.", hint="Give each a name of its own.")
    return tuple(sorted(checks, key=lambda check: isinstance(check, Asking)))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the checks said of an answer, and what is to be done with it."""

    signs: tuple[Sign, ...]
    judgement: Judgement


async def weigh(
    look: Look,
    checks: Sequence[AnyCheck],
    judge: Judge,
    ask: Callable[[Asking], Check] | None = None,
    seen: Seen = lambda sign, seconds: None,
) -> Weighed:
    """Asks `checks`, which are `in_order`, and the judge.

    `ask` gives a check that asks a model its model; without it, those are left out. The bank is
    at its end as soon as the judge would escalate on what there is before a model is called.
    """
    signs: list[Sign] = []
    judgement: Judgement | None = None
    for check in checks:
        if isinstance(check, Asking):
            if ask is None:
                continue
            judgement = judged(judge, look, signs)
            if judgement.verdict == "escalate":
                return Weighed(tuple(signs), judgement)
            check = ask(check)
        begun = time.perf_counter()
        signs.append(await signed(check, look))
        seen(signs[-1], time.perf_counter() - begun)
    return Weighed(tuple(signs), judged(judge, look, signs))


async def signed(check: Check, look: Look) -> Sign:
    """What `check` says; that it failed, where it raises or says what no check may say."""
    try:
        sign = await check(look)
    except Exception as error:  # a message may quote the answer: its type alone is told
        return Sign(check.name, None, f"failed: {type(error).__name__}")
    if sign.doubt is not None and not 0 <= sign.doubt <= 1:
        return Sign(check.name, None, "failed: its doubt is not between 0 and 1")
    return sign


def judged(judge: Judge, look: Look, signs: Sequence[Sign]) -> Judgement:
    """What `judge` says; that nobody can tell, where it raises."""
    try:
        return judge.judge(look, signs)
    except Exception as error:
        return Judgement("cannot tell", None, (f"the judge failed: {type(error).__name__}",))


def at(home: Model, options: Options) -> Callable[[Asking], Check]:
    """Every check that asks a model asks `home`."""
    return lambda check: check.at(home, options)
