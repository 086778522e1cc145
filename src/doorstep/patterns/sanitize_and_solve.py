"""Sanitize-and-Solve: local-first, always, for privacy. Any text, at two levels.

*Mask*: private values become placeholders on the way out, and values again in the answer, while
it streams. *Abstract*: home's model rewrites the request into an anonymous problem, the cloud
solves it, home's model maps the answer back; what it wrote is checked without a model before
anything is sent (`leaks`), in both directions (`grounding`), and by the gate after that.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal

from doorstep._errors import BadInput, Blocked, KeepHome, ModelRefused, OutputInvalid
from doorstep._values import Crossing, Message, Options, Piece, Reply, Zone
from doorstep.boundary import Boundary, Clearance, Held, Term
from doorstep.models.base import Model, closing
from doorstep.patterns.rewriting.abstract import (
    CUT_OFF,
    SOLVE,
    Abstracted,
    Desk,
    Flaw,
    Rewrite,
    all_of,
    codes,
    refused,
    request,
    shapeless,
)
from doorstep.patterns.rewriting.facts import Facts
from doorstep.patterns.rewriting.leaks import tell_tale
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

Level = Literal["mask", "abstract", "plain"]
Fallback = Literal["mask", "home", "refuse"]

FELL_BACK = {
    "mask": "home's model could not write an anonymous problem; sent masked instead",
    "home": "home's model could not write an anonymous problem; answered at home instead",
    "refuse": "home's model could not write an anonymous problem",
}
FELL_BACK_BACK = "home's model could not map the answer back; the names were put back literally"


class SanitizeAndSolve(Pattern):
    """Answers any messages by a cloud model that never sees what is private in them.

    `level`: "mask", "abstract", or "plain": sent as it stands, and what the boundary finds private
    is refused. `private`: values that are private in these messages, beside what the boundary
    knows. `home_tries`: how often home's model may write each of its two texts. `fallback`: what
    is done where no anonymous problem came of it. `strict_facts`: lost or invented facts are then
    a reason to fall back, too; otherwise they are noted. `scope`: see `Clearance.scope`.
    """

    name = "sanitize-and-solve"

    def __init__(
        self,
        home: Model,
        cloud: Model,
        boundary: Boundary | None = None,
        *,
        level: Level = "mask",
        fallback: Fallback = "mask",
        home_tries: int = 3,
        strict_facts: bool = False,
        private: Sequence[Term] = (),
        scope: str = "",
        price: Pricer = unpriced,
        watch: Watch = quiet,
    ) -> None:
        super().__init__(boundary, price=price, watch=watch)
        needs_boundary(cloud, boundary)
        _one_of("level", level, ("mask", "abstract", "plain"))
        _one_of("fallback", fallback, ("mask", "home", "refuse"))
        if home_tries < 1:
            raise BadInput("Home's model needs at least one try.")
        if home.zone is Zone.CLOUD:
            raise BadInput(
                f"{home.name} is in the cloud, and was given as the model at home.",
                hint="Give a model at home, or the other one as the cloud.",
            )
        self._home = home
        self._cloud = cloud
        self._level: Level = level
        self._fallback: Fallback = fallback
        self._home_tries = home_tries
        self._strict_facts = strict_facts
        self._private = tuple(private)
        self._scope = scope
        self._facts = Facts()

    @property
    def level(self) -> Level:
        return self._level

    def at(self, level: Level) -> SanitizeAndSolve:
        """The same pattern at another level: chosen per request."""
        _one_of("level", level, ("mask", "abstract", "plain"))
        other = copy.copy(self)
        other._level = level
        return other

    async def stream_in(
        self, run: Run, messages: Sequence[Message], options: Options
    ) -> AsyncIterator[Piece]:
        """See `Pattern.stream_in`. At level "abstract" the answer comes in one piece: it is
        checked first. Raises OutputInvalid where `fallback` is "refuse" and it came to that.
        """
        if not messages:
            raise BadInput(
                "There is no message to answer.",
                hint="Give at least one message, in the role user.",
            )
        if self._level == "abstract":
            answer = self._abstract(run, messages, options)
        else:
            answer = self._sealed(run, messages, options, self._level)
        async with closing(answer) as pieces:
            async for piece in pieces:
                yield piece

    async def preview(self, messages: Sequence[Message], options: Options = Options()) -> Crossing:
        """Exactly what would leave first: home's part is done for real, nothing is sent.

        Raises BadInput without a boundary in dry run, and where nothing would leave.
        """
        needs_dry_run(self._boundary)
        try:
            await self.respond(messages, options)
        except Held as held:
            return held.crossing
        raise BadInput(
            "Nothing would leave: this is answered at home.",
            hint="Just ask: there is nothing to look at beforehand.",
        )

    async def abstract(self, messages: Sequence[Message]) -> Abstracted:
        """Home's part alone: the anonymous problem with its names, leaks, lost and invented facts.

        The last one that the model wrote, be it fit to be sent or not; raises OutputInvalid where
        none of them was in the form that was asked for. Sends nothing; all of it is private.
        """
        run, desk = self.begin(), await self._desk(messages)
        last, flaws = None, tuple[Flaw, ...]()
        for _ in range(self._home_tries):
            made, flaws = await self._rewritten(run, desk, flaws)
            last = made or last
            if not flaws:
                break
        if last is None:
            raise _unusable(flaws)
        return last

    async def _sealed(
        self,
        run: Run,
        messages: Sequence[Message],
        options: Options,
        level: Level,
        private: Sequence[Term] = (),
    ) -> AsyncIterator[Piece]:
        clearance = Clearance((*self._private, *private), mask=level != "plain", scope=self._scope)
        cloud = run.model("solve", self._cloud, clearance)
        verdict = "masked" if level == "mask" else "sent as it stands"
        async with closing(cloud.stream(messages, options)) as pieces:
            async for piece in pieces:
                yield _last(run, piece, verdict)

    async def _abstract(
        self, run: Run, messages: Sequence[Message], options: Options
    ) -> AsyncIterator[Piece]:
        if options.schema is not None or options.logprobs:
            raise BadInput(
                'At level "abstract" no schema and no log-probabilities can be asked for.',
                hint='Use level "mask", or typed output in the prompted way.',
            )
        desk = await self._desk(messages)
        solving = _Solving()
        reply = await self._solve(run, desk, options, solving)
        if reply is not None and solving.made is not None:
            answer = await self._back(run, desk, solving.made, reply, options)
            reasons = solving.made.grounding.lines()
            yield Piece(answer, run.reply(reply, answer, "abstracted", reasons))
            return
        async with closing(self._fall_back(run, messages, options, desk, solving)) as pieces:
            async for piece in pieces:
                yield piece

    async def _desk(self, messages: Sequence[Message]) -> Desk:
        private: tuple[Term, ...] = ()
        if self._boundary is not None:
            private = await self._boundary.private_in(all_of(messages), scope=self._scope)
        return Desk(messages, self._facts, (*self._private, *private))

    async def _solve(
        self, run: Run, desk: Desk, options: Options, solving: _Solving
    ) -> Reply | None:
        """The cloud's answer to the first problem that passes everything, else to the last one
        that does no worse than lose or invent facts; None where there is none."""
        spare: Abstracted | None = None
        for _ in range(self._home_tries):
            made, solving.flaws = await self._rewritten(run, desk, solving.flaws)
            solving.seen(made, desk)
            if made is None or any(flaw.leaks for flaw in solving.flaws):
                continue
            if solving.flaws:
                spare = made
            elif (reply := await self._cross(run, options, made, solving)) is not None:
                return reply
        if spare is None or self._strict_facts:
            return None
        return await self._cross(run, options, spare, solving)

    async def _rewritten(
        self, run: Run, desk: Desk, flaws: Sequence[Flaw]
    ) -> tuple[Abstracted | None, tuple[Flaw, ...]]:
        home = run.model("rewrite", self._home)
        try:
            rewrite = (await home.typed(desk.ask(flaws), Rewrite, tries=1)).value
        except OutputInvalid as error:
            return None, (shapeless(*error.problems),)
        except ModelRefused:
            return None, (shapeless(),)
        start = time.perf_counter()
        made = await asyncio.to_thread(desk.check, rewrite)
        run.check("check", time.perf_counter() - start, codes(made.flaws) if made.flaws else "")
        return made, made.flaws

    async def _cross(
        self, run: Run, options: Options, made: Abstracted, solving: _Solving
    ) -> Reply | None:
        """The cloud's answer, None where the boundary still found something in the problem."""
        private = (*self._private, *tell_tale(solving.terms, self._facts))
        clearance = Clearance(private, public=(SOLVE,), scope=self._scope)
        try:
            reply = await run.model("solve", self._cloud, clearance).respond(request(made), options)
        except (Blocked, KeepHome) as refusal:
            if not refusal.kinds:
                raise
            solving.flaws = refused(refusal.kinds)
            return None
        solving.made = made
        return reply

    async def _back(
        self, run: Run, desk: Desk, made: Abstracted, reply: Reply, options: Options
    ) -> str:
        if reply.finish in ("refusal", "filter"):
            return made.naming.put_back(reply.text)
        home, flaws = run.model("map back", self._home), tuple[Flaw, ...]()
        for _ in range(self._home_tries):
            try:
                said = await home.respond(
                    desk.ask_back(made, reply.text, flaws), Options(max_tokens=options.max_tokens)
                )
            except ModelRefused:
                flaws = (shapeless(),)
                continue
            flaws = desk.check_back(made, reply.text, said.text)
            if said.finish != "stop":
                flaws = (*flaws, shapeless(CUT_OFF))
            if not flaws:
                return said.text
        run.fell_back(f"{FELL_BACK_BACK} ({codes(flaws)})")
        return made.naming.put_back(reply.text)

    async def _fall_back(
        self,
        run: Run,
        messages: Sequence[Message],
        options: Options,
        desk: Desk,
        solving: _Solving,
    ) -> AsyncIterator[Piece]:
        if self._fallback == "refuse":
            raise _unusable(solving.flaws)
        run.fell_back(f"{FELL_BACK[self._fallback]} ({codes(solving.flaws)})")
        if self._fallback == "home":
            pieces = run.model("answer at home", self._home).stream(messages, options)
            verdict = "kept at home"
        else:
            # More was asked for than the mask: what looks like a name is masked, too.
            private = (*solving.terms, *desk.names())
            pieces = self._sealed(run, messages, options, "mask", private)
            verdict = ""
        async with closing(pieces) as source:
            async for piece in source:
                yield _last(run, piece, verdict) if verdict else piece


@dataclass(repr=False)
class _Solving:
    """Where an abstract request stands: the flaws to feed back, every value that home's model
    has called private so far, and the problem that was solved in the end."""

    flaws: tuple[Flaw, ...] = ()
    terms: tuple[Term, ...] = ()
    made: Abstracted | None = None

    def seen(self, made: Abstracted | None, desk: Desk) -> None:
        if made is not None:
            new = made.naming.terms(desk.text)
            self.terms = tuple(dict.fromkeys((*self.terms, *new)))


def behind(
    home: Model,
    cloud: Model,
    boundary: Boundary | None,
    level: Level = "mask",
    *,
    scope: str = "",
    price: Pricer = unpriced,
    watch: Watch = quiet,
) -> Model:
    """The cloud as another pattern reaches it: a plain cloud model by Sanitize-and-Solve at
    `level`, a pattern as it is."""
    if cloud.zone is not Zone.CLOUD:
        return cloud
    return SanitizeAndSolve(
        home, cloud, boundary, level=level, scope=scope, price=price, watch=watch
    )


def _last(run: Run, piece: Piece, verdict: str) -> Piece:
    """The piece, its reply made the pattern's own if it is the last."""
    if piece.reply is None:
        return piece
    return Piece(piece.text, run.reply(piece.reply, piece.reply.text, verdict))


def _one_of(what: str, value: str, values: Sequence[str]) -> None:
    if value not in values:
        raise BadInput(f"The {what} is none of {', '.join(values)}.")


def _unusable(flaws: Sequence[Flaw]) -> OutputInvalid:
    return OutputInvalid(
        f"{FELL_BACK['refuse']} ({codes(flaws)}).",
        problems=tuple(flaw.code for flaw in flaws),
        hint='Nothing was sent. Use a larger model at home, or the fallback "mask".',
    )
