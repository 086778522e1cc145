"""Sanitize-and-Solve: local-first, always, for privacy.

Any text: private values become placeholders on the way out, and values again in the answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal

from doorstep._values import Message, Options, Piece, Zone
from doorstep.boundary import Boundary, Clearance, Term
from doorstep.models.base import Model, closing
from doorstep.patterns.run import Pattern, Pricer, Run, Watch, needs_boundary, quiet, unpriced

Level = Literal["mask", "abstract", "plain"]


class SanitizeAndSolve(Pattern):
    """Answers any messages by a cloud model that never sees what is private in them."""

    name = "sanitize-and-solve"

    def __init__(
        self,
        home: Model,
        cloud: Model,
        boundary: Boundary | None = None,
        *,
        level: Level = "mask",
        private: Sequence[Term] = (),
        scope: str = "",
        price: Pricer = unpriced,
        watch: Watch = quiet,
    ) -> None:
        super().__init__(boundary, price=price, watch=watch)
        needs_boundary(cloud, boundary)
        self._home = home
        self._cloud = cloud
        self._level = level
        self._clearance = Clearance(private=tuple(private), mask=level != "plain", scope=scope)

    async def stream_in(
        self, run: Run, messages: Sequence[Message], options: Options
    ) -> AsyncIterator[Piece]:
        """See `Pattern.stream_in`."""
        cloud = run.model("solve", self._cloud, self._clearance)
        async with closing(cloud.stream(messages, options)) as pieces:
            async for piece in pieces:
                if piece.reply is None:
                    yield piece
                else:
                    yield Piece(piece.text, run.reply(piece.reply, piece.reply.text))


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
