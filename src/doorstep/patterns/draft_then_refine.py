"""Draft-then-Refine: local-first and cloud in parallel, for speed now and quality soon.

The home model's draft streams at once. The cloud works behind it, through the boundary. When it
is done a judge keeps the draft, replaces it, or enriches it, and says why.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Literal, get_args

from doorstep._errors import BadInput, ReplyBroken
from doorstep._values import Message, Options, Piece, Reply, Zone
from doorstep.boundary import Boundary
from doorstep.models.base import Model
from doorstep.patterns.drafting.events import DraftText
from doorstep.patterns.drafting.handle import Drafting
from doorstep.patterns.drafting.judge import Judge, JudgedBy
from doorstep.patterns.drafting.race import ADDED, PATIENCE, REPLACED, Pace, Race, Start
from doorstep.patterns.run import Pattern, Pricer, Run, Watch, needs_boundary, quiet, unpriced
from doorstep.patterns.sanitize_and_solve import Level, behind

Show = Literal["draft-first", "final-only"]


class DraftThenRefine(Pattern):
    """Answers with the home model's draft at once, and with the better answer soon.

    `judge`: "home", "checks", or a function of a `Pair` (see `drafting.judge`). `start`: the cloud
    starts beside the draft, or after it and then sees it, masked like the rest. `patience`: how
    long the final may wait for draft and judge once the cloud is done, as a share of the cloud's
    own time; after that the cloud's answer is taken. None: as long as it takes. `stream`: what its
    pieces are, the draft at once and the rest after it, or nothing but the final answer; within
    another pattern they are always the final answer. `scope`: see
    `Clearance.scope`.
    """

    name = "draft-then-refine"

    def __init__(
        self,
        home: Model,
        cloud: Model,
        boundary: Boundary | None = None,
        *,
        judge: JudgedBy = "home",
        level: Level = "mask",
        start: Start = "at_once",
        patience: float | None = PATIENCE,
        stream: Show = "draft-first",
        scope: str = "",
        price: Pricer = unpriced,
        watch: Watch = quiet,
    ) -> None:
        super().__init__(boundary, price=price, watch=watch)
        needs_boundary(cloud, boundary)
        if home.zone is Zone.CLOUD:
            raise BadInput(
                f"{home.name} is in the cloud; it cannot draft.", hint="Give a home model."
            )
        if start not in get_args(Start) or stream not in get_args(Show):
            raise BadInput(
                "start or stream has a value that draft-then-refine does not know.",
                hint="start: at_once, after_draft; stream: draft-first, final-only.",
            )
        if patience is not None and patience < 0:
            raise BadInput("patience is a share of the cloud's time: 0 or more, or None.")
        self._home = home
        self._cloud = behind(home, cloud, boundary, level, scope=scope, price=price, watch=watch)
        self._judge = Judge(judge)
        self._pace = Pace(start, patience)
        self._show: Show = stream

    def events(self, messages: Sequence[Message], options: Options = Options()) -> Drafting:
        """What happens, as it happens; see `drafting.events` for the order of events."""
        return self._events_in(self.begin(), messages, options)

    async def respond(self, messages: Sequence[Message], options: Options = Options()) -> Reply:
        """The final answer, and only that. Cancelling it stops all calls."""
        async with self.events(messages, options) as events:
            async for _ in events:
                pass
            return _reply(events)

    def within(self) -> Pattern:
        """Within another pattern it gives one answer, the final one: a draft and what took its
        place are no answer to go on with."""
        inner = copy.copy(self)
        inner._show = "final-only"
        return inner

    async def stream_in(
        self, run: Run, messages: Sequence[Message], options: Options
    ) -> AsyncIterator[Piece]:
        """See `Pattern.stream_in`. The outcome's answer is the final one, also where the pieces
        show the draft before it."""
        shown = ""
        async with self._events_in(run, messages, options) as events:
            async for event in events:
                if isinstance(event, DraftText) and self._show == "draft-first":
                    shown += event.text
                    yield Piece(event.text)
            reply = _reply(events)
        more = _rest(shown, reply)
        if more:
            yield Piece(more)
        yield Piece("", replace(reply, text=shown + more))

    def race(self, run: Run, *, patience: float | None) -> Race:
        """One run's two sides and its judge, for who runs them himself (`drafting.background`)."""
        pace = replace(self._pace, patience=patience)
        return Race(run, self._home, self._cloud, self._judge, pace)

    def _events_in(self, run: Run, messages: Sequence[Message], options: Options) -> Drafting:
        race = self.race(run, patience=self._pace.patience)
        return Drafting(race, messages, options)


def _reply(events: Drafting) -> Reply:
    if events.reply is None:
        raise ReplyBroken("draft-then-refine ended without an answer.")
    return events.reply


def _rest(shown: str, reply: Reply) -> str:
    """What comes after the draft that was shown, so that both together say all there is."""
    if reply.text.startswith(shown):  # kept, enriched, or nothing was shown
        return reply.text[len(shown) :]
    return f"\n\n{REPLACED}\n\n{reply.text}"


__all__ = ["ADDED", "REPLACED", "DraftThenRefine"]
