"""Cross-Check: both answer, or one checks the other; what comes back is a verdict with meaning.

*Independent*: home and the cloud answer side by side, neither sees the other's answer, and the
two answers are compared by what they are: amounts, dates, choices, fields, at last by meaning.
*Proposes*: one answers, the other is shown that answer and says right, wrong or cannot tell.
The verdict is "agree", "differ" or "incomparable"; where it is not "agree", the user's rule picks.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, get_args

from pydantic import Field

from doorstep._errors import BadInput, BoundaryError, DoorstepError, ModelError
from doorstep._values import Message, Options, Piece, Reply, Zone
from doorstep.boundary import Boundary, Held
from doorstep.models.base import Model
from doorstep.patterns.compare import Comparison, Kind, Rules, compare
from doorstep.patterns.compare.agreement import Agreement
from doorstep.patterns.compare.guess import KINDS
from doorstep.patterns.compare.meaning import meaning
from doorstep.patterns.compare.value import STANDARD
from doorstep.patterns.private import Private
from doorstep.patterns.run import Pattern, Pricer, Run, Watch, needs_boundary, quiet, unpriced
from doorstep.patterns.sanitize_and_solve import Level, behind

# --- prompts -----------------------------------------------------------------------------------

CHECK = """Check the answer above. Work out the answer to the request yourself first, then compare.
Say "right" where the answer is right and answers what was asked, "wrong" where it is not, and \
"cannot tell" where you cannot know. In "what" say in one sentence what is wrong, and in \
"correction" give the right answer; leave both empty where nothing is wrong."""

# --- what goes in and what comes out -----------------------------------------------------------

Shape = Literal["independent", "home proposes", "cloud proposes"]
Side = Literal["home", "cloud"]

T = TypeVar("T")

_CUT = {"length", "refusal", "filter", "cancelled"}  # such an answer is not compared
SAYS_WRONG = "the checker says what is wrong: see the reply's thinking"  # it may quote the request
NOT_CALIBRATED = 'not calibrated: how often "agree" is right was not measured'
BOTH = """The two answers {how}.

Answer at home:
{home}

Answer in the cloud:
{cloud}"""


class Review(Private):
    """What a checker says about a proposed answer."""

    verdict: Literal["right", "wrong", "cannot tell"]
    what: str = Field("", max_length=2000)
    correction: str = Field("", max_length=20_000)


@dataclass(frozen=True, slots=True, repr=False)
class Answers:
    """Both answers, as a rule gets to see them. A checker's is its correction, or ""."""

    question: str
    home: str
    cloud: str
    comparison: Comparison


# Gives the answer to take, None to be given both.
Choose = Callable[[Answers], str | Awaitable[str | None] | None]
Rule = Literal["home", "cloud", "ask"] | Model | Choose


@dataclass(frozen=True, slots=True, repr=False)
class _Turn:
    """One request, and the record of its run."""

    run: Run
    messages: tuple[Message, ...]
    options: Options

    @property
    def question(self) -> str:
        return next((m.text for m in reversed(self.messages) if m.role == "user"), "")

    async def asked(self, step: str, model: Model) -> Reply:
        return await self.run.model(step, model).respond(self.messages, self.options)


class CrossCheck(Pattern):
    """Answers twice, and says whether the answers agree.

    `kind` and `comparing`: see `compare`; None guesses the kind. `rule` says what is answered
    where the two do not agree: home's or the cloud's answer, "ask" a person (the function `ask`;
    without one both answers are returned), a third model (whoever it agrees with), or a function.
    `calibration` says how often "agree" is right.
    """

    name = "cross-check"

    def __init__(
        self,
        home: Model,
        cloud: Model,
        boundary: Boundary | None = None,
        *,
        shape: Shape = "independent",
        kind: Kind | None = None,
        comparing: Rules = STANDARD,
        rule: Rule = "home",
        ask: Choose | None = None,
        level: Level = "mask",
        calibration: Agreement | None = None,
        scope: str = "",
        price: Pricer = unpriced,
        watch: Watch = quiet,
    ) -> None:
        super().__init__(boundary, price=price, watch=watch)
        needs_boundary(cloud, boundary)
        _checked(home, shape, kind, rule)
        self._home = home
        self._cloud = behind(home, cloud, boundary, level, scope=scope, price=price, watch=watch)
        self._shape = shape
        self._kind = kind
        self._rules = comparing
        self._choose = ask if rule == "ask" else rule if not isinstance(rule, str | Model) else None
        self._side: Side = "cloud" if rule == "cloud" else "home"
        self._asks = rule == "ask" or self._choose is not None
        self._third = None
        if isinstance(rule, Model):
            needs_boundary(rule, boundary)
            self._third = behind(home, rule, boundary, level, scope=scope, price=price, watch=watch)
        self._calibration = calibration
        self._scope = scope

    async def stream_in(
        self, run: Run, messages: Sequence[Message], options: Options
    ) -> AsyncIterator[Piece]:
        """See `Pattern.stream_in`. Nothing is said before the verdict. Raises what the models
        raise where neither of them gives an answer.
        """
        if not messages:
            raise BadInput(
                "There is no message to answer.",
                hint="Give at least one message, in the role user.",
            )
        turn = _Turn(run, tuple(messages), options)
        both_answer = self._shape == "independent"
        reply = await (self._independent(turn) if both_answer else self._proposed(turn))
        yield Piece(reply.text, reply)

    # --- both answer ---------------------------------------------------------------------------

    async def _independent(self, turn: _Turn) -> Reply:
        home, cloud = await _side_by_side(
            turn.asked("home answers", self._home), turn.asked("cloud answers", self._cloud)
        )
        if not isinstance(cloud, Reply):
            if not isinstance(home, Reply):
                raise home
            return _alone(turn, home, "the cloud", cloud)
        if not isinstance(home, Reply):
            return _alone(turn, cloud, "home", home)
        return await self._ruled(turn, home, cloud, await self._compared(turn, home, cloud))

    async def _compared(self, turn: _Turn, a: Reply, b: Reply) -> Comparison:
        if _CUT & {a.finish, b.finish}:
            return Comparison("incomparable", self._kind or "text", ("an answer is not whole",))
        begun = time.perf_counter()
        found = self._compare(a.text, b.text, turn.question)
        turn.run.check("compare", time.perf_counter() - begun, f"{found.kind}: {found.verdict}")
        if found.kind == "text" and found.verdict == "incomparable":
            return await self._by_meaning(turn, a, b)
        return found

    def _compare(self, a: str, b: str, question: str) -> Comparison:
        return compare(a, b, question=question, kind=self._kind, rules=self._rules)

    async def _by_meaning(self, turn: _Turn, a: Reply, b: Reply) -> Comparison:
        model = turn.run.model("compare the meaning", self._home)
        try:
            return await meaning(model, a.text, b.text, turn.question)
        except ModelError as error:
            turn.run.note(f"home could not compare the texts ({type(error).__name__})")
            return Comparison("incomparable", "text")

    # --- one checks the other ------------------------------------------------------------------

    async def _proposed(self, turn: _Turn) -> Reply:
        sides = (("home", self._home), ("the cloud", self._cloud))
        (proposer, first), (checker, second) = (
            sides if self._shape == "home proposes" else (sides[1], sides[0])
        )
        proposal = await _settled(turn.asked("propose", first))
        if not isinstance(proposal, Reply):
            instead = await _settled(turn.asked("answer instead", second))
            if not isinstance(instead, Reply):
                raise proposal
            return _alone(turn, instead, proposer, proposal)
        review = await _settled(self._review(turn, second, proposal))
        if not isinstance(review, Review):
            return _alone(turn, proposal, checker, review)
        found = self._reviewed(proposal, review, turn.question)
        corrected = review.correction.strip() if found.verdict == "differ" else ""
        correction = Reply(corrected, second.name)
        home, cloud = (proposal, correction) if first is self._home else (correction, proposal)
        return await self._ruled(turn, home, cloud, found, review.what)

    async def _review(self, turn: _Turn, checker: Model, proposal: Reply) -> Review:
        shown = (Message("assistant", proposal.text), Message("user", CHECK))
        typed = await turn.run.model("check", checker).typed((*turn.messages, *shown), Review)
        return typed.value

    def _reviewed(self, proposal: Reply, review: Review, question: str) -> Comparison:
        """A checker that corrects an answer into the same answer has not found it wrong."""
        kind: Kind = self._kind or "text"
        if review.verdict == "right":
            return Comparison("agree", kind)
        if review.verdict == "cannot tell":
            return Comparison("incomparable", kind)
        if not review.correction.strip():
            return Comparison("differ", kind)
        found = self._compare(proposal.text, review.correction, question)
        if found.verdict == "agree":
            return Comparison("incomparable", found.kind, ("the checker contradicts itself",))
        return Comparison("differ", found.kind, found.what)

    # --- the rule ------------------------------------------------------------------------------

    async def _ruled(
        self, turn: _Turn, home: Reply, cloud: Reply, found: Comparison, what: str = ""
    ) -> Reply:
        reasons, thought = await self._reasons(found, what), " ".join(what.split())
        taken = _taken(home, cloud, self._side)
        both = Answers(turn.question, home.text, cloud.text, found)
        text = taken.text
        if found.verdict == "agree":
            reasons += (self._calibration.label if self._calibration else NOT_CALIBRATED,)
        elif self._third is not None:
            backed, why = await self._backed(turn, self._third, (home, cloud))
            text = backed.text if backed is not None else both_of(both)
            taken, reasons = backed or taken, (*reasons, why)
        elif self._asks:
            said = await _said(self._choose, both)
            text = both_of(both) if said is None else said
        if thought:
            taken = replace(taken, thinking=thought)
        return turn.run.reply(taken, text, found.verdict, reasons)

    async def _reasons(self, found: Comparison, what: str) -> tuple[str, ...]:
        """What differs: its kind and the names of its parts. What a checker said is no reason: it
        is written by a model that has seen the request."""
        named = ", ".join(found.what)
        if found.kind == "json" and await self._tells(named):  # models choose the names of fields
            named = f"{len(found.what)} fields, of which some have private names"
        lines = (f"{found.kind}: {named}",) if named else ()
        return (*lines, SAYS_WRONG) if what.strip() else lines

    async def _tells(self, line: str) -> bool:
        """Whether the boundary finds something private in a line."""
        if self._boundary is None:
            return False
        try:
            return bool(await self._boundary.private_in(line, scope=self._scope))
        except BoundaryError:
            return True

    async def _backed(
        self, turn: _Turn, third: Model, two: tuple[Reply, Reply]
    ) -> tuple[Reply | None, str]:
        """The answer that a third model agrees with, None where that is none or both; and why."""
        reply = await _settled(turn.asked("third answers", third))
        if not isinstance(reply, Reply):
            turn.run.fell_back(f"the third model gave no answer ({type(reply).__name__})")
            return None, "the third model gave no answer"
        backed = []
        for side, answer in zip(("home", "the cloud"), two, strict=True):
            found = await self._compared(turn, answer, reply) if answer.text.strip() else None
            if found is not None and found.verdict == "agree":
                backed.append((answer, f"the third model agrees with {side}"))
        return backed[0] if len(backed) == 1 else (None, "the third model settles nothing")


# --- small parts -------------------------------------------------------------------------------


def both_of(answers: Answers) -> str:
    """Both answers as one text, where nobody chose."""
    how = "differ" if answers.comparison.verdict == "differ" else "could not be compared"
    missing = "(none)"
    return BOTH.format(how=how, home=answers.home or missing, cloud=answers.cloud or missing)


async def _side_by_side(
    home: Awaitable[Reply], cloud: Awaitable[Reply]
) -> tuple[Reply | DoorstepError, Reply | DoorstepError]:
    """Both at once; a side that fails leaves the other one running, any other error stops both."""
    try:
        async with asyncio.TaskGroup() as group:
            one, other = (group.create_task(_settled(side)) for side in (home, cloud))
    except* DoorstepError as errors:
        raise errors.exceptions[0] from None
    return one.result(), other.result()


async def _settled(answer: Awaitable[T]) -> T | DoorstepError:
    """What a model gave, or why it gave nothing. A dry run ends here, and bad input."""
    try:
        return await answer
    except Held:
        raise
    except (ModelError, BoundaryError) as error:
        return error


def _alone(turn: _Turn, reply: Reply, who: str, error: DoorstepError) -> Reply:
    why = f"{who} gave no answer ({type(error).__name__})"
    turn.run.fell_back(why)
    return turn.run.reply(reply, reply.text, "incomparable", (why,))


def _taken(home: Reply, cloud: Reply, side: Side) -> Reply:
    """The answer of `side`, or the other where that side has none (a checker without one)."""
    first, second = (home, cloud) if side == "home" else (cloud, home)
    return first if first.text.strip() else second


async def _said(choose: Choose | None, answers: Answers) -> str | None:
    if choose is None:
        return None
    work: Callable[[Answers], object] = choose
    if inspect.iscoroutinefunction(choose):
        said: object = work(answers)
    else:  # a person at a terminal must not hold up the rest
        said = await asyncio.to_thread(work, answers)
    said = await said if inspect.isawaitable(said) else said
    if said is None or isinstance(said, str):
        return said
    raise BadInput("What chose between two answers gave neither a text nor None.")


def _checked(home: Model, shape: Shape, kind: Kind | None, rule: Rule) -> None:
    if home.zone is Zone.CLOUD:
        raise BadInput(
            f"{home.name} is in the cloud, and was given as the model at home.",
            hint="Give a model at home, or the other one as the cloud.",
        )
    if shape not in get_args(Shape):
        raise BadInput(f"The shape is none of {', '.join(get_args(Shape))}.")
    if kind is not None and kind not in KINDS:
        raise BadInput(f"The kind is none of {', '.join(KINDS)}.")
    if rule not in ("home", "cloud", "ask") and not isinstance(rule, Model) and not callable(rule):
        raise BadInput("The rule is none of home, cloud and ask, no model and no function.")
