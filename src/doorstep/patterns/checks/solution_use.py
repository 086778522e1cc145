"""A worked solution, held against its question: what it uses, what it leaves out, where it ends.

A reader who marks homework looks here first: a number of the question that no step uses, a result
that leads nowhere, a number from nowhere, half a person. None of it proves an answer wrong, so the
check alone doubts little; its features are for the calibrated model.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from doorstep.patterns.checks.base import Look, Sign
from doorstep.patterns.checks.solution_cues import cue_features, sentences
from doorstep.patterns.checks.solution_steps import (
    MAX_TEXT,
    Calculation,
    calculations,
    final,
    key,
    numbers,
    same,
    spelled,
)

NAME = "worked solution"

UNUSED, LEFT_OVER, NOTHING = 0.45, 0.4, 0.2
MOST = 4.0  # a count above this says no more than this

# Numbers that a solution may bring along: hours, days, months, percent, halves.
_COMMON = frozenset(
    (0, 0.25, 0.5, 1, 2, 3, 4, 7, 10, 12, 16, 24, 30, 52, 60, 100, 365, 1000, 3600, 5280)
)


@dataclass(frozen=True, slots=True, repr=False)
class Worked:
    """What a question gives and what a solution makes of it."""

    question: str
    answer: str
    given: tuple[float, ...]
    said: tuple[float, ...]
    steps: tuple[Calculation, ...]
    final: float | None

    @classmethod
    def of(cls, question: str, answer: str) -> Worked:
        question, answer = question[-MAX_TEXT:], answer[-MAX_TEXT:]
        given = tuple(map(key, numbers(question)))
        said = tuple(map(key, spelled(question)))
        return cls(question, answer, given, said, calculations(answer), final(answer))

    @property
    def used(self) -> list[float]:
        return [operand for step in self.steps for operand in step.operands]

    @property
    def results(self) -> list[float]:
        return [step.result for step in self.steps if step.result is not None]


def worked_solution(look: Look) -> Sign:
    """Doubt where numbers of the question or results of steps are left unused.

    None where the answer calculates nothing or the question gives no number.
    """
    work = Worked.of(look.question, look.answer)
    features = _features(work)
    if not work.steps or not work.given:
        return Sign(NAME, None, "there is no worked solution to hold against its numbers", features)
    unused = int(features["unused_numbers"])
    if unused:
        count = len(set(work.given))
        reason = f"{unused} of the {count} numbers of the question are used in no calculation"
        return Sign(NAME, UNUSED, reason, features)
    if features["results_unused"]:
        return Sign(NAME, LEFT_OVER, "a result is used in no later step", features)
    return Sign(NAME, NOTHING, "every number of the question is used", features)


def _features(work: Worked) -> dict[str, float]:
    return {
        **_sizes(work),
        **_use_of_numbers(work),
        **_accounts(work),
        **_results(work),
        **_ending(work),
        **cue_features(work.question, work.steps),
    }


def _sizes(work: Worked) -> dict[str, float]:
    steps, given = len(work.steps), len(work.given) + len(work.said)
    signs = Counter(operator for step in work.steps for operator in step.operators)
    operators = sum(signs.values())
    return {
        "steps": min(steps, 12.0),
        "steps_per_number": steps / max(1, given),
        "one_step": float(steps <= 1),
        "operators": min(operators, 20.0),
        "operators_lacking": float(max(0, given - 1 - operators)),
        "operators_over": min(max(0, operators - given + 1), 8.0),
        "sentences_over_steps": float(max(0, len(sentences(work.question)) - 1 - steps)),
        "longest_step": float(max((len(step.operators) for step in work.steps), default=0)),
        **{
            name: min(signs[sign], 6.0)
            for sign, name in (("+", "sums"), ("-", "differences"), ("*", "products"))
        },
        "quotients": min(signs["/"], 6.0),
    }


def _use_of_numbers(work: Worked) -> dict[str, float]:
    used = work.used
    given, said = set(work.given), set(work.said)
    unused = sum(not _occurs(value, used or numbers(work.answer)) for value in given)
    in_text = numbers(work.answer)
    return {
        "unused_numbers": min(unused, MOST),
        "unused_share": unused / max(1, len(given)),
        "unmentioned_numbers": min(sum(not _occurs(v, in_text) for v in given), MOST),
        "unused_words": min(sum(not _said(value, used) for value in said), MOST),
        "sentences_unused": _sentences_unused(work.question, set(used)),
    }


def _occurs(value: float, values: list[float]) -> bool:
    """Whether a number is used: as it stands, or as a percentage, or as what that leaves."""
    readings = (value, value / 100, 1 - value / 100, 1 + value / 100)
    return any(same(reading, other) for reading in readings for other in values)


def _said(value: float, values: list[float]) -> bool:
    return any(same(value, v) or (value < 1 and same(1 / value, v)) for v in values)


def _sentences_unused(question: str, used: set[float]) -> float:
    """Sentences of the question that give numbers of which none is used."""
    given = (set(map(key, numbers(sentence))) for sentence in sentences(question))
    return min(sum(bool(values) and not values & used for values in given), MOST)


def _accounts(work: Worked) -> dict[str, float]:
    """Each number is held against how often it is there: given once, used twice is one too many."""
    uses, given, results = Counter(work.used), Counter(work.given), Counter(work.results)
    there = given + Counter(work.said) + results
    over = sum(max(0, n - there[value]) for value, n in uses.items() if value in there)
    again = sum(max(0, uses[v] - n) for v, n in given.items() if v not in results)
    under = sum(max(0, n - uses[v] - uses[key(v / 100)]) for v, n in given.items())
    return {
        "used_too_often": min(over, MOST),
        "given_used_again": min(again, MOST),
        "given_left_over": min(under, MOST),
        "results_left_over": min(_left_over(work, results, given, uses), MOST),
        "same_operand_twice": float(
            any(len(set(s.operands)) < len(s.operands) for s in work.steps)
        ),
        **_from_nowhere(work),
    }


def _left_over(
    work: Worked, results: Counter[float], given: Counter[float], uses: Counter[float]
) -> int:
    count = 0
    for value, n in results.items():
        n -= work.final is not None and value == key(work.final)
        count += max(0, n + given[value] - uses[value]) if n > 0 else 0
    return count


def _from_nowhere(work: Worked) -> dict[str, float]:
    """Operands that are neither given nor a result so far; those that anybody may bring, apart."""
    known = [*work.given, *work.said]
    common = strange = 0
    for step in work.steps:
        for operand in step.operands:
            if not any(same(operand, v) or same(operand, v / 100) for v in known):
                common += operand in _COMMON
                strange += operand not in _COMMON
                known.append(operand)
        if step.result is not None:
            known.append(step.result)
    return {"from_nowhere": min(strange, MOST), "brought_along": min(common, MOST)}


def _results(work: Worked) -> dict[str, float]:
    shapes = Counter((step.operands, step.operators) for step in work.steps)
    return {
        "results_unused": min(_results_unused(work.steps), MOST),
        "results_not_whole": min(sum(abs(r - round(r)) > 1e-9 for r in work.results), MOST),
        "results_negative": min(sum((step.value or 0) < 0 for step in work.steps), MOST),
        "steps_repeated": min(sum(n - 1 for n in shapes.values()), 3.0),
        "steps_unread": min(sum(s.result is None or s.value is None for s in work.steps), 3.0),
        "steps_failing": min(sum(_fails(step) for step in work.steps), 3.0),
        "long_decimals": float(bool(re.search(r"[0-9]\.[0-9]{3}", work.answer))),
    }


def _fails(step: Calculation) -> bool:
    return step.result is not None and step.value is not None and not same(step.value, step.result)


def _results_unused(steps: tuple[Calculation, ...]) -> int:
    """Results, but the last, that no later step takes up."""
    later: set[float] = set()
    unused = 0
    for at, step in enumerate(reversed(steps)):
        if at and step.result is not None:
            unused += not any(same(step.result, operand) for operand in later)
        later.update(step.operands)
    return unused


def _ending(work: Worked) -> dict[str, float]:
    if work.final is None:
        return {}
    end, results = work.final, work.results
    whole = abs(end - round(end)) < 1e-9
    largest = math.log1p(max(work.given, default=0))
    size = math.log1p(min(abs(end), 1e12))
    return {
        "final_whole_number": float(whole),
        "final_in_halves": float(not whole and _whole(2 * end)),
        "final_in_cents": float(not whole and _whole(100 * end)),
        "final_below_zero": float(end < 0),
        "final_zero": float(end == 0),
        "final_one": float(end == 1),
        "final_round": float(bool(end) and end % 5 == 0) + float(bool(end) and end % 10 == 0),
        "final_size": size,
        "final_to_largest": size - largest,
        "final_far": abs(size - largest),
        "final_is_given": float(any(same(end, value) for value in work.given)),
        "final_is_last": float(bool(results) and same(results[-1], end)),
        "final_is_result": float(any(same(value, end) for value in results)),
        "final_is_true_result": float(
            any(s.value is not None and same(s.value, end) for s in work.steps)
        ),
        "half_a_thing": float(not whole and bool(re.search(r"how many", work.question, re.I))),
    }


def _whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6
