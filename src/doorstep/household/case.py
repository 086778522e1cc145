"""The household as a case of Sanitize-and-Solve."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from doorstep._errors import BadInput
from doorstep._values import Message
from doorstep.boundary import Clearance
from doorstep.household.blind import Blinded, Blinding
from doorstep.household.checks import (
    Violation,
    check_problem,
    check_solution,
    feedback,
    for_person,
)
from doorstep.household.home import Home
from doorstep.household.parse import parse
from doorstep.household.private import private_terms
from doorstep.household.problem import Solution
from doorstep.household.reader import RulesReader
from doorstep.household.render import CLOUD_INSTRUCTIONS, SHAPE, render
from doorstep.household.solver import NoSchedule, solve, to_solution
from doorstep.household.values import Household, Kept, Reading
from doorstep.household.writer import check_answer, write_answer
from doorstep.models.structured import asking, strict_schema
from doorstep.patterns.case import Ask, Fault, Made

NO_ANSWER = "The answer was empty, or not in the form that was asked for."
SURE = 0.8  # confidence from which a limit that the rules found may not be dropped by a model


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """A fault in what home's model wrote, as a line for it to read. Private: it names devices."""

    code: str
    line: str


@dataclass(frozen=True, slots=True)
class Abroad:
    """A violation in the terms of what crossed: the cloud may be told of it, nobody else is."""

    violation: Violation

    @property
    def code(self) -> str:
        return self.violation.code


class HouseholdCase:
    """`declared` are private words that the user named, beside those found in the file.

    `blinding` says how the problem is rewritten before it crosses: in every exact way unless it
    is given; `Blinding(())` sends it as it was read.
    """

    solution = Solution

    def __init__(
        self,
        home: Home,
        *,
        declared: Sequence[str] = (),
        run: str = "",
        blinding: Blinding | None = None,
    ) -> None:
        self.home = home.name
        self.home_tries = home.tries
        self.stand_in = home.stand_in
        self._home = home
        self._rules = RulesReader()
        self._declared = tuple(declared)
        self._run = run
        self._blinding = blinding or Blinding()
        # What crosses where the server does not show the model the schema, or takes none.
        notes = [re.escape(f"\n\n{asking(Solution, template=t)}") for t in (False, True)]
        self._shapes = (SHAPE, *(re.compile(SHAPE.pattern + n, re.ASCII) for n in notes))

    async def sanitize(self, ask: Ask, faults: Sequence[Fault]) -> Made[Kept]:
        household = parse(ask.context)
        made = await self._home.read(household, ask.question, _lines(faults))
        kept = self._kept(household, ask.question, made.value)
        return Made(kept, made.by, made.usage, made.tries)

    def sanitize_by_rules(self, ask: Ask) -> Kept:
        household = parse(ask.context)
        reading = self._rules.read(household, ask.question)
        return self._kept(household, ask.question, reading)

    def _kept(self, household: Household, question: str, reading: Reading) -> Kept:
        try:
            blinded = self._blinding.blind(reading.problem)
        except BadInput:
            blinded = None  # `check_problem` says what is wrong with it
        return Kept(household, question, reading, blinded)

    def check_problem(self, kept: Kept) -> Sequence[Told]:
        """Raises NoSchedule where the rules themselves read limits that leave no time."""
        reading = kept.reading
        rules = self._rules.read(kept.household, kept.question)
        limits = [limit for limit in rules.limits if limit.confidence >= SURE]
        faults = check_problem(
            reading.problem, reading.mapping, kept.household, reading.target, limits
        )
        if faults:
            return _told(faults, reading)
        try:
            solve(reading.problem)
        except NoSchedule:
            if self.home_tries == 1 or reading.problem == rules.problem:
                raise
            return _told((Violation("no_schedule"),), reading)
        return ()

    def clearance(self, kept: Kept) -> Clearance:
        return Clearance(
            private=private_terms(kept.household, kept.reading, self._declared),
            public=(CLOUD_INSTRUCTIONS,),
            shapes=self._shapes,
            public_json=(strict_schema(Solution),),
            run=self._run,
        )

    def request(self, kept: Kept, faults: Sequence[Fault]) -> Sequence[Message]:
        problem = render(self._blinded(kept).problem)
        abroad = [fault.violation for fault in faults if isinstance(fault, Abroad)]
        others = [fault for fault in faults if not isinstance(fault, Violation | Abroad)]
        told = feedback([*abroad, *_violations(others)])
        text = f"{problem}\n{told}" if told else problem
        return (Message("system", CLOUD_INSTRUCTIONS), Message("user", text))

    def check_solution(self, kept: Kept, solution: Solution) -> Sequence[Fault]:
        """What is wrong with it for home, then the same in the terms of what crossed.

        It is judged by the first alone: a decoy out of place is no fault.
        """
        blinded = self._blinded(kept)
        found = check_solution(kept.problem, blinded.back(solution))
        here = [violation for violation in found if not blinded.tolerates(violation)]
        there = check_solution(blinded.problem, solution) if here else ()
        return (*here, *map(Abroad, there))

    def back(self, kept: Kept, solution: Solution) -> Solution:
        return self._blinded(kept).back(solution)

    def _blinded(self, kept: Kept) -> Blinded:
        return kept.blinded or self._blinding.blind(kept.problem)

    def solve(self, kept: Kept) -> Solution:
        return to_solution(kept.problem, solve(kept.problem))

    async def answer(
        self, kept: Kept, solution: Solution, overruled: Sequence[Fault], faults: Sequence[Fault]
    ) -> Made[str]:
        return await self._home.write(kept, solution, _violations(overruled), _lines(faults))

    def check_answer(self, kept: Kept, solution: Solution, text: str) -> Sequence[Told]:
        return _told(check_answer(text, kept.reading, solution), kept.reading)

    def answer_by_rules(self, kept: Kept, solution: Solution, overruled: Sequence[Fault]) -> str:
        overridden = _violations(overruled)
        return write_answer(kept.reading, solution, kept.household, overridden=overridden)


def _told(violations: Sequence[Violation], reading: Reading) -> tuple[Told, ...]:
    return tuple(Told(v.code, for_person(v, reading.mapping)) for v in violations)


def _lines(faults: Sequence[Fault]) -> tuple[str, ...]:
    return tuple(fault.line if isinstance(fault, Told) else NO_ANSWER for fault in faults)


def _violations(faults: Sequence[Fault]) -> tuple[Violation, ...]:
    own = (fault for fault in faults if not isinstance(fault, Abroad))
    return tuple(f if isinstance(f, Violation) else Violation(f.code) for f in own)
