"""Sanitize-and-Solve over a typed case: what crosses is safe by construction.

Home turns private context into an anonymous problem, the cloud solves it, home turns the answer
back. Every step is checked without a model; a failure is fed back, and after the last try the
exact way at home takes over and the outcome says so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import BaseModel

from doorstep._errors import BadInput, ModelRefused, OutputInvalid
from doorstep._values import Crossing, Message, Options, Outcome, Piece, Step, Usage
from doorstep.boundary import Boundary, Held
from doorstep.models.base import Model
from doorstep.patterns.case import Ask, Case, Fault, Made
from doorstep.patterns.run import Pattern, Pricer, Run, Watch, needs_dry_run, quiet, unpriced

K = TypeVar("K")
S = TypeVar("S", bound=BaseModel)

FELL_BACK_READING = "home's model could not write a problem that stands in the notes; rules read it"
FELL_BACK_SOLVING = "the cloud's answer did not pass the checks; solved exactly at home"
FELL_BACK_WRITING = "home's model could not write an answer that passes the checks; rules wrote it"


@dataclass(frozen=True, slots=True)
class _NotTheShape:
    """The cloud's answer was not what was asked for at all."""

    code: str = "not_the_shape"


@dataclass(frozen=True, slots=True, repr=False)
class Solved(Generic[K, S]):
    """All that a run made: what home kept, what was found, and the outcome.

    `solution` is in home's terms, `said` is what the cloud said in its own, None where that was
    not used.
    """

    kept: K
    solution: S
    outcome: Outcome
    said: S | None = None


class SolveCase(Pattern, Generic[K, S]):
    """Answers a question over private text; only the case's typed problem may cross.

    As a model it takes the private text in every message but the last, and the question in the
    last one.
    """

    name = "sanitize-and-solve"

    def __init__(
        self,
        case: Case[K, S],
        cloud: Model,
        boundary: Boundary,
        *,
        cloud_tries: int = 2,
        price: Pricer = unpriced,
        watch: Watch = quiet,
    ) -> None:
        super().__init__(boundary, price=price, watch=watch)
        self._case = case
        self._cloud = cloud
        self._crossing = boundary.crossing
        self._cloud_tries = cloud_tries

    def ask(self, question: str, context: str) -> Solved[K, S]:
        """The sync door: one thin wrapper over `solve`."""
        return asyncio.run(self.solve(Ask(question, context)))

    async def stream_in(
        self, run: Run, messages: Sequence[Message], options: Options
    ) -> AsyncIterator[Piece]:
        """See `Pattern.stream_in`."""
        solved = await self.solve(_ask_from(messages), run)
        yield Piece(solved.outcome.answer)
        yield Piece("", run.reply(None, solved.outcome.answer))

    async def solve(self, ask: Ask, run: Run | None = None) -> Solved[K, S]:
        """The three steps. Raises `DoorstepError`; the ledger holds whatever was sent by then."""
        run = run or self.begin()
        run.stands_in(self._case.stand_in)
        run.stands_in(self._cloud.stand_in)
        kept = await self._sanitize(ask, run)
        said, overruled = await self._cross(kept, run)
        if said is not None:
            solution = self._case.back(kept, said)
        else:
            clock = _Clock()
            solution = self._case.solve(kept)
            run.add(Step("solve at home", "home", "exact solver", clock.seconds()))
        answer = await self._answer(kept, solution, overruled, run)
        return Solved(kept, solution, run.outcome(answer), said)

    async def preview(self, ask: Ask) -> tuple[K, Crossing]:
        """Step 1 for real, then exactly what would leave. BadInput without a boundary in dry
        run."""
        needs_dry_run(self._boundary)
        kept = await self._sanitize(ask, self.begin())
        with self._crossing(self._case.clearance(kept)):
            try:
                await self._cloud.typed(self._case.request(kept, ()), self._case.solution, tries=1)
            except Held as held:
                return kept, held.crossing
        raise BadInput(
            "Nothing would leave: the cloud is no cloud model.",
            hint="Give it a cloud model, or just ask.",
        )

    async def _sanitize(self, ask: Ask, run: Run) -> K:
        self._watch(f"home ({self._case.home}) reads the notes")
        with run.begun("sanitize", "home", self._case.home, self._case.stand_in) as call:
            return await self._read(ask, run, call)

    async def _read(self, ask: Ask, run: Run, call: int) -> K:
        clock, usage, faults = _Clock(), Usage(), tuple[Fault, ...]()
        for tries in range(1, self._case.home_tries + 1):
            try:
                made = await self._case.sanitize(ask, faults)
            except (OutputInvalid, ModelRefused) as error:
                usage += error.usage
                faults = (_NotTheShape(),)
                continue
            usage += made.usage
            faults = tuple(self._case.check_problem(made.value))
            if not faults:
                run.add(_home_step("sanitize", made.by, clock, usage, tries), call=call)
                return made.value
        return self._sanitize_by_rules(ask, faults, clock, usage, run, call)

    def _sanitize_by_rules(
        self,
        ask: Ask,
        faults: Sequence[Fault],
        clock: _Clock,
        usage: Usage,
        run: Run,
        call: int,
    ) -> K:
        kept = self._case.sanitize_by_rules(ask) if self._case.home_tries > 1 else None
        left = tuple(self._case.check_problem(kept)) if kept is not None else faults
        if kept is None or left:
            raise OutputInvalid(
                f"Home could not write a problem that stands in the notes ({_codes(left)}).",
                problems=tuple(f.code for f in left),
                hint="Nothing was sent. Put each limit in a sentence of its own and try again.",
            )
        done = _home_step("sanitize", self._case.home, clock, usage, self._case.home_tries)
        run.add(done, call=call)
        run.fell_back(f"{FELL_BACK_READING} ({_codes(faults)})")
        return kept

    async def _cross(self, kept: K, run: Run) -> tuple[S | None, tuple[Fault, ...]]:
        """What the cloud said, None where it did not pass the checks, and what was wrong."""
        self._watch(f"cloud ({self._cloud.name}) solves the anonymous problem")
        with run.begun("solve", "cloud", self._cloud.name, self._cloud.stand_in) as call:
            solution, faults = await self._solved(kept, run, call)
        if solution is not None and not faults:
            return solution, ()
        run.fell_back(f"{FELL_BACK_SOLVING} ({_codes(faults)})")
        return None, faults

    async def _solved(self, kept: K, run: Run, call: int) -> tuple[S | None, tuple[Fault, ...]]:
        """What the cloud said at last, and what is wrong with it."""
        clock, usage, faults = _Clock(), Usage(), tuple[Fault, ...]()
        solution: S | None = None
        tries = 0
        with self._crossing(self._case.clearance(kept)) as passage:
            passage.told = run.left(call, "solve")
            while tries < self._cloud_tries:
                tries += 1
                solution, spent, faults = await self._try_cloud(kept, faults)
                usage += spent
                if solution is not None and not faults:
                    break
        step = self._cloud_step(clock, usage, tries, passage.crossings)
        said = "" if solution is None else solution.model_dump_json()
        run.add(step, passage.crossings, call=call, said=said)
        return solution, faults

    async def _try_cloud(
        self, kept: K, faults: Sequence[Fault]
    ) -> tuple[S | None, Usage, tuple[Fault, ...]]:
        messages = self._case.request(kept, faults)
        try:
            # One try at a time: the cloud's own words are never sent back to it.
            made = await self._cloud.typed(messages, self._case.solution, tries=1)
        except (OutputInvalid, ModelRefused) as error:
            return None, error.usage, (_NotTheShape(),)
        return made.value, made.usage, tuple(self._case.check_solution(kept, made.value))

    async def _answer(self, kept: K, solution: S, overruled: Sequence[Fault], run: Run) -> str:
        self._watch(f"home ({self._case.home}) writes the answer")
        with run.begun("answer", "home", self._case.home, self._case.stand_in) as call:
            return await self._written(kept, solution, overruled, run, call)

    async def _written(
        self, kept: K, solution: S, overruled: Sequence[Fault], run: Run, call: int
    ) -> str:
        clock, usage, faults = _Clock(), Usage(), tuple[Fault, ...]()
        for tries in range(1, self._case.home_tries + 1):
            made: Made[str] = await self._case.answer(kept, solution, overruled, faults)
            usage += made.usage
            faults = tuple(self._case.check_answer(kept, solution, made.value))
            if not faults:
                done = _home_step("answer", made.by, clock, usage, tries)
                run.add(done, call=call, said=made.value)
                return made.value
        done = _home_step("answer", self._case.home, clock, usage, self._case.home_tries)
        run.add(done, call=call)
        run.fell_back(f"{FELL_BACK_WRITING} ({_codes(faults)})")
        return self._case.answer_by_rules(kept, solution, overruled)

    def _cloud_step(
        self, clock: _Clock, usage: Usage, tries: int, crossings: Sequence[Crossing]
    ) -> Step:
        return Step(
            "solve",
            "cloud",
            self._cloud.name,
            clock.seconds(),
            usage,
            Decimal(0) if self._cloud.stand_in else self._price(self._cloud, usage),
            tries,
            crossings=tuple(c.id for c in crossings),
        )


class _Clock:
    def __init__(self) -> None:
        self._start = time.perf_counter()

    def seconds(self) -> float:
        return time.perf_counter() - self._start


def _home_step(name: str, model: str, clock: _Clock, usage: Usage, tries: int) -> Step:
    return Step(name, "home", model, clock.seconds(), usage, tries=tries)


def _codes(faults: Sequence[Fault]) -> str:
    return ", ".join(sorted({fault.code for fault in faults})) or "no answer"


def _ask_from(messages: Sequence[Message]) -> Ask:
    if not messages or messages[-1].role != "user":
        raise BadInput("The last message must be the question, in the role user.")
    context = "\n\n".join(message.text for message in messages[:-1])
    return Ask(messages[-1].text, context)
