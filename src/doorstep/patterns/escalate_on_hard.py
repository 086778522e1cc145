"""Escalate-on-Hard: local-first, cloud when the answer calls for it, for cost.

The home model answers. A bank of checks looks at its answer, a judge makes one judgement of what
they saw, and the answer is kept, or the cloud is asked instead, with private values masked.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Literal

from doorstep._errors import BadInput, BoundaryError, DoorstepError, ModelError
from doorstep._values import Message, Options, Piece, Reply, Zone
from doorstep.boundary import Boundary
from doorstep.boundary.patience import patient
from doorstep.models.base import Model, closing
from doorstep.patterns.checks import (
    AnyCheck,
    Asking,
    Budget,
    Check,
    Judge,
    Judgement,
    Look,
    Rules,
    Sign,
    cheap_checks,
    default_checks,
    in_order,
    weigh,
)
from doorstep.patterns.checks.logprobs import NAME as LOGPROBS
from doorstep.patterns.run import Pattern, Pricer, Run, Watch, needs_boundary, quiet, unpriced
from doorstep.patterns.sanitize_and_solve import Level, behind

OnCannotTell = Literal["escalate", "keep"]


@dataclass(frozen=True, slots=True, repr=False)
class _Draft:
    """The home model's answer, and what it took; `failed` says why there is none."""

    reply: Reply | None
    seconds: float = 0.0
    failed: str = ""


class EscalateOnHard(Pattern):
    """Answers by the home model, and by the cloud where the answer does not hold.

    `checks` look at the answer, those that ask a model last, and none of these once the judge
    would escalate anyway: `default_checks()` for `Rules`, `cheap_checks()` for any other judge.
    `judge` is `Rules()` unless given: sane, and without a stated risk; a `CalibratedJudge` states
    one. `on_cannot_tell` says what to do where the judge cannot tell.
    `budget` limits what the home model may take; at its seconds the model is stopped.

    The cloud is reached by Sanitize-and-Solve at `level`; a cloud that is itself a pattern is
    taken as it is. Where the cloud fails before its first word, or the boundary lets nothing
    pass, the home model's answer stands, unless `fall_back` is False: then the error is raised.

    The verdict of the outcome is "kept", "escalated", "cannot tell (kept)" or "cannot tell
    (escalated)"; what each check saw is a step.
    """

    name = "escalate-on-hard"

    def __init__(
        self,
        home: Model,
        cloud: Model,
        boundary: Boundary | None = None,
        *,
        checks: Sequence[AnyCheck] | None = None,
        judge: Judge | None = None,
        level: Level = "mask",
        on_cannot_tell: OnCannotTell = "escalate",
        budget: Budget | None = None,
        fall_back: bool = True,
        scope: str = "",
        price: Pricer = unpriced,
        watch: Watch = quiet,
    ) -> None:
        super().__init__(boundary, price=price, watch=watch)
        needs_boundary(cloud, boundary)
        if home.zone is Zone.CLOUD:
            raise BadInput(
                f"{home.name} is in the cloud, and was given as the model at home.",
                hint="Give a model at home, or the other one as the cloud.",
            )
        if on_cannot_tell not in ("escalate", "keep"):
            raise BadInput("What to do where nobody can tell is none of escalate and keep.")
        self._judge = judge or Rules()
        bank = _bank_for(self._judge) if checks is None else tuple(checks)
        self._checks = in_order((*bank, budget) if budget else bank)
        self._home = home
        self._cloud = behind(home, cloud, boundary, level, scope=scope, price=price, watch=watch)
        self._on_cannot_tell = on_cannot_tell
        self._patience = budget.seconds if budget else None
        self._fall_back = fall_back

    async def stream_in(
        self, run: Run, messages: Sequence[Message], options: Options
    ) -> AsyncIterator[Piece]:
        """See `Pattern.stream_in`. A kept answer comes whole, once it is judged."""
        if not messages:
            raise BadInput(
                "There is no message to answer.",
                hint="Give at least one message, in the role user.",
            )
        draft = await self._at_home(run, messages, options)
        judgement = await self._judgement(run, messages, options, draft)
        verdict, kept = self._verdict(judgement)
        if kept and draft.reply is not None:
            yield Piece(draft.reply.text)
            yield Piece("", run.reply(draft.reply, draft.reply.text, verdict, judgement.reasons))
            return
        escalated = self._escalated(run, messages, options, draft, verdict, judgement)
        async with closing(escalated) as pieces:
            async for piece in pieces:
                yield piece

    async def _at_home(self, run: Run, messages: Sequence[Message], options: Options) -> _Draft:
        home, begun = run.model("answer", self._home), time.perf_counter()
        try:
            async with patient(self._patience) if self._patience else nullcontext():
                reply = await home.respond(messages, self._with_logprobs(options))
        except TimeoutError:
            return _Draft(None, failed="the home model took longer than it may")
        except ModelError as error:
            return _Draft(None, failed=f"the home model failed: {type(error).__name__}")
        return _Draft(reply, time.perf_counter() - begun)

    def _with_logprobs(self, options: Options) -> Options:
        """Log-probabilities are asked for where a check reads them and the model has them."""
        wanted = any(check.name == LOGPROBS for check in self._checks)
        can = getattr(self._home, "can_logprobs", False)
        return replace(options, logprobs=max(1, options.logprobs)) if wanted and can else options

    async def _judgement(
        self, run: Run, messages: Sequence[Message], options: Options, draft: _Draft
    ) -> Judgement:
        if draft.reply is None:
            return Judgement("escalate", None, (draft.failed,))
        look = Look(tuple(messages), draft.reply, draft.seconds)

        def ask(check: Asking) -> Check:
            return check.at(run.model(f"check: {check.name}", self._home), options)

        def seen(sign: Sign, seconds: float) -> None:
            run.check(f"check: {sign.check}", seconds, _note(sign))

        weighed = await weigh(look, self._checks, self._judge, ask, seen)
        run.note(f"judged by {self._judge.label}")
        return weighed.judgement

    def _verdict(self, judgement: Judgement) -> tuple[str, bool]:
        """The pattern's verdict, and whether the answer is kept."""
        if judgement.verdict == "cannot tell":
            kept = self._on_cannot_tell == "keep"
            return f"cannot tell ({'kept' if kept else 'escalated'})", kept
        kept = judgement.verdict == "keep"
        return ("kept" if kept else "escalated"), kept

    async def _escalated(
        self,
        run: Run,
        messages: Sequence[Message],
        options: Options,
        draft: _Draft,
        verdict: str,
        judgement: Judgement,
    ) -> AsyncIterator[Piece]:
        """The cloud's answer as it comes, or home's where the cloud has none."""
        cloud, begun = run.model("escalate", self._cloud), False
        try:
            async with closing(cloud.stream(messages, options)) as pieces:
                async for piece in pieces:
                    begun = begun or bool(piece.text)
                    yield _ended(run, piece, verdict, judgement)
        except (ModelError, BoundaryError) as error:
            if begun or draft.reply is None or not self._fall_back:
                raise
            failed = error
        else:
            return
        run.fell_back(_why(failed))
        reasons = (*judgement.reasons, _why(failed))
        yield Piece(draft.reply.text)
        yield Piece("", run.reply(draft.reply, draft.reply.text, "kept", reasons))


def _bank_for(judge: Judge) -> tuple[AnyCheck, ...]:
    """What a judge was fitted on, it says itself; the home model is not asked again on a guess."""
    return default_checks() if isinstance(judge, Rules) else cheap_checks()


def _ended(run: Run, piece: Piece, verdict: str, judgement: Judgement) -> Piece:
    """The piece as this pattern hands it on: the last one carries this pattern's own reply."""
    if piece.reply is None:
        return piece
    return Piece(piece.text, run.reply(piece.reply, piece.reply.text, verdict, judgement.reasons))


def _note(sign: Sign) -> str:
    doubt = "no score" if sign.doubt is None else f"doubt {sign.doubt:.2f}"
    return f"{doubt}: {sign.reason}" if sign.reason else doubt


def _why(error: DoorstepError) -> str:
    who = (
        "the boundary let nothing pass" if isinstance(error, BoundaryError) else "the cloud failed"
    )
    return f"{who} ({type(error).__name__}): the home model's answer stands"
