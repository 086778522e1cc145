"""Plan-then-Ground: cloud-first, for its planning; all data stays home.

The cloud sees an abstract goal in a closed vocabulary and the signatures of local tools, and
returns a typed plan. Home validates it, carries it out on the private data, and writes the
answer. What crosses is made of constants: the prompt, the signatures, vocabulary words, slot names
and codes. It is checked twice, when it is made and, as a shape of the whole text, at the boundary.

After "plan-then-execute" for agents (Beurer-Kellner et al. 2025, arXiv 2506.08837): the plan is
fixed before private or foreign text is read, so that no document can add a step to it. A step
that fails is never reported to the cloud: whether it fails depends on data.
"""

from __future__ import annotations

import inspect
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from doorstep._errors import BadInput, DoorstepError, ModelRefused, OutputInvalid
from doorstep._values import Crossing, Message, Options, Piece, Reply, Zone
from doorstep.boundary import Boundary, Clearance, Held, Term
from doorstep.models._parse import parse
from doorstep.models.base import Model
from doorstep.patterns.planning.answer import Results, unfounded
from doorstep.patterns.planning.execute import Execution
from doorstep.patterns.planning.goal import Goal
from doorstep.patterns.planning.goal_writer import HOME_TRIES, GoalWriter, Task
from doorstep.patterns.planning.plan import Plan
from doorstep.patterns.planning.prompts import ASKED, answer_prompt, asked, planner
from doorstep.patterns.planning.shown import told
from doorstep.patterns.planning.tools import Function, Tool, toolbox
from doorstep.patterns.planning.validate import MOST_STEPS, Limits, Problem, Validator
from doorstep.patterns.private import Private
from doorstep.patterns.run import (
    Pattern,
    Pricer,
    Run,
    Watch,
    needs_boundary,
    needs_dry_run,
    quiet,
    unpriced,
)
from doorstep.patterns.sanitize_and_solve import SanitizeAndSolve

FELL_BACK_ANSWER = "home's model wrote no answer that its results bear out; rules wrote it"
LONGEST_PLAN = 20_000  # characters
MOST_SHARED = 20_000  # characters of one value that a step may show the cloud
_WORDY = re.compile(r"\D*(?:[^\W\d_]\D*){4}")
_PIECES = re.compile(r"\S*\s*")

Approve = Callable[["Planned"], bool | Awaitable[bool]]


class AnswerDraft(Private):
    """The answer, as home's model writes it."""

    answer: str


@dataclass(frozen=True, slots=True, repr=False)
class Planned:
    """A goal and a valid plan for it; nothing of it has been carried out."""

    goal: Goal
    plan: Plan

    def __str__(self) -> str:
        return f"{self.goal.render()}\n\n{self.plan}"


class PlanThenGround(Pattern):
    """Answers by a plan that the cloud writes and home carries out with local tools.

    `tools`: typed Python functions and groups such as `documents(folder)`; their names, parameters
    and docstrings' first lines cross. `share`: results that a step may show the cloud, masked, as
    "tool.field", or "tool" for a plain result; none unless named. `plan_tries`: plans that are
    asked for until one is valid. `step_timeout`: seconds. `approve` is shown each plan before
    anything is carried out, and says whether it may be. `scope`: see `Clearance.scope`.

    Raises OutputInvalid where no goal may cross, or no plan is valid after the last try.
    """

    name = "plan-then-ground"

    def __init__(
        self,
        home: Model,
        cloud: Model,
        boundary: Boundary | None = None,
        tools: Iterable[Tool | Function | Iterable[Tool]] = (),
        *,
        share: Sequence[str] = (),
        plan_tries: int = 3,
        max_steps: int = 12,
        max_depth: int = 6,
        step_timeout: float = 60.0,
        approve: Approve | None = None,
        scope: str = "",
        price: Pricer = unpriced,
        watch: Watch = quiet,
    ) -> None:
        super().__init__(boundary, price=price, watch=watch)
        needs_boundary(cloud, boundary)
        if home.zone is not Zone.HOME:
            raise BadInput("The home model of plan-then-ground has to be at home.")
        if not 1 <= max_steps <= MOST_STEPS or min(max_depth, plan_tries) < 1 or step_timeout <= 0:
            raise BadInput(f"A plan has 1 to {MOST_STEPS} steps; every other limit is above zero.")
        self._home = home
        self._cloud = cloud
        self._tools = toolbox(tools)
        self._limits = Limits(max_steps, max_depth, _shared(share, self._tools))
        self._prompt = planner(self._tools.values(), self._limits)
        columns = dict.fromkeys(name for one in self._tools.values() for name in one.columns)
        self._writer = GoalWriter(home, tuple(columns))
        self._plan_tries = plan_tries
        self._step_timeout = step_timeout
        self._approve = approve
        self._scope = scope

    async def stream_in(
        self, run: Run, messages: Sequence[Message], options: Options
    ) -> AsyncIterator[Piece]:
        """See `Pattern.stream_in`. The answer is let go once its numbers have been checked."""
        task = _task(messages)
        planned = await self._planned(run, task)
        if not await self._approved(planned):
            answer, verdict = "The plan was not approved; nothing was carried out.", "declined"
        else:
            answer, verdict = await self._ground(run, task, planned)
        for piece in _PIECES.findall(answer):
            if piece:
                yield Piece(piece)
        yield Piece("", run.reply(None, answer, verdict, _reasons(planned)))

    async def plan(self, messages: Sequence[Message]) -> Planned:
        """The goal and the plan for it, to look at. The goal crosses; no tool is called."""
        return await self._planned(self.begin(), _task(messages))

    async def preview(self, messages: Sequence[Message]) -> Crossing:
        """Exactly what would leave first. BadInput without a boundary in dry run."""
        needs_dry_run(self._boundary)
        run, task = self.begin(), _task(messages)
        goal = await self._writer.write(run, task)
        try:
            await self._ask_cloud(run, goal, ())
        except Held as held:
            return held.crossing
        raise BadInput(
            "Nothing would leave: the plan is not made in the cloud.",
            hint="Give it a cloud model, or just ask.",
        )

    # --- the plan -------------------------------------------------------------------------------

    async def _planned(self, run: Run, task: Task) -> Planned:
        goal = await self._writer.write(run, task)
        validator = Validator(self._tools, goal.kinds(), self._limits)
        problems: tuple[Problem, ...] = ()
        for _ in range(self._plan_tries):
            plan = _parsed(await self._ask_cloud(run, goal, problems))
            begun = time.perf_counter()
            problems = validator.problems(plan) if plan else (Problem("not_a_plan"),)
            note = ", ".join(dict.fromkeys(problem.code for problem in problems)) or "valid"
            run.check("check plan", time.perf_counter() - begun, note)
            if plan and not problems:
                return Planned(goal, plan)
        raise self._no_plan(problems)

    async def _ask_cloud(self, run: Run, goal: Goal, problems: Sequence[Problem]) -> Reply:
        cloud = run.model("plan", self._cloud, self._clearance(goal))
        text = asked(goal, problems)
        if not ASKED.fullmatch(text):  # the boundary would look at it as at any text
            raise OutputInvalid("The goal is not made of planning words alone; nothing was sent.")
        return await cloud.respond([Message("system", self._prompt), Message("user", text)])

    def _clearance(self, goal: Goal) -> Clearance:
        """Nothing but our own constants passes, and no slot's value anywhere in the request."""
        constants = (self._prompt, self._cloud.name)
        return Clearance(_terms(goal), public=constants, shapes=(ASKED,), scope=self._scope)

    def _no_plan(self, problems: Sequence[Problem]) -> OutputInvalid:
        codes = tuple(dict.fromkeys(problem.code for problem in problems))
        return OutputInvalid(
            f"{self._cloud.name} gave no valid plan in {self._plan_tries} tries "
            f"({', '.join(codes)}).",
            problems=codes,
            hint="Use a larger model for the plan, or fewer and plainer tools.",
        )

    async def _approved(self, planned: Planned) -> bool:
        if self._approve is None:
            return True
        said = self._approve(planned)
        return bool(await said if inspect.isawaitable(said) else said)

    # --- the ground -----------------------------------------------------------------------------

    async def _ground(self, run: Run, task: Task, planned: Planned) -> tuple[str, str]:
        """The answer, and the verdict."""
        results = await self._carried_out(run, planned)
        if results.missing:
            return results.unfinished(), "incomplete"
        verdict = "incomplete" if results.failed else "answered"
        return await self._answer(run, task, results), verdict

    async def _carried_out(self, run: Run, planned: Planned) -> Results:
        async def consult(question: str, shown: Sequence[object]) -> str:
            return await self._consult(run, planned.goal, question, shown)

        execution = Execution(
            planned.plan,
            planned.goal,
            self._tools,
            run,
            consult=consult,
            timeout=self._step_timeout,
        )
        try:
            done = await execution.all()
        except BaseExceptionGroup as group:
            raise _first(group) from None
        slots = {slot.name: slot.value for slot in planned.goal.slots}
        return Results(planned.plan, done, slots)

    async def _consult(self, run: Run, goal: Goal, question: str, shown: Sequence[object]) -> str:
        """The cloud's own question over values that the policy names, masked."""
        model = self._cloud
        if model.zone is Zone.CLOUD:
            model = SanitizeAndSolve(
                self._home,
                model,
                self._boundary,
                private=_terms(goal),
                scope=self._scope,
                price=self._price,
            )
        values = "\n\n".join(told(value, MOST_SHARED) for value in shown)
        asking = [Message("user", f"{question}\n\n{values}")]
        return (await run.model("consult", model).respond(asking)).text.strip()

    async def _answer(self, run: Run, task: Task, results: Results) -> str:
        home, shown, numbers = run.model("answer", self._home), results.shown(), tuple[str, ...]()
        for _ in range(HOME_TRIES):
            said = answer_prompt(task.text, task.earlier, shown, numbers)
            try:
                made = await home.typed([Message("user", said)], AnswerDraft, tries=1)
            except ModelRefused:
                break
            except OutputInvalid:
                continue
            answer = _unwrapped(made.value.answer.strip())
            numbers = unfounded(answer, (shown, *task.texts))
            if answer and not numbers:
                return answer
        run.fell_back(FELL_BACK_ANSWER)
        return results.plain()


def _task(messages: Sequence[Message]) -> Task:
    if not messages or messages[-1].role != "user" or not messages[-1].text.strip():
        raise BadInput("The last message must be the task, in the role user.")
    return Task(messages[-1].text, tuple(message.text for message in messages[:-1]))


def _unwrapped(answer: str) -> str:
    """Small models pack an answer twice: {"answer": "{\\"answer\\": 12}"}."""
    try:
        inner = json.loads(answer, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return answer
    said = inner.get("answer") if isinstance(inner, dict) else None
    return said.strip() if isinstance(said, str) else answer


def _parsed(reply: Reply) -> Plan | None:
    return parse(reply.text, Plan).value if len(reply.text) <= LONGEST_PLAN else None


def _terms(goal: Goal) -> tuple[Term, ...]:
    """The slots' values that are words: a number would be found in a model's name."""
    return tuple(Term(slot.value, slot.kind) for slot in goal.slots if _WORDY.fullmatch(slot.value))


def _reasons(planned: Planned) -> tuple[str, ...]:
    return (f"goal: {planned.goal.text}", *(f"plan: {x}" for x in str(planned.plan).splitlines()))


def _shared(share: Sequence[str], tools: dict[str, Tool]) -> frozenset[str]:
    """The policy's names, if they are such. BadInput else."""
    from doorstep.patterns.planning.kinds import field_of

    for named in share:
        name, _, field = named.partition(".")
        known = name in tools and (not field or field_of(tools[name].result, field) is not None)
        if isinstance(share, str) or not known:
            raise BadInput('share names results as "tool.field", or "tool" for a plain one.')
    return frozenset(share)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """A refusal or a model's error as itself, not as one of a group."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            return _first(error)
        if isinstance(error, DoorstepError):
            return error
    return group.exceptions[0]
