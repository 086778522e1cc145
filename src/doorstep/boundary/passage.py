"""A passage: one clearance while it holds, and what crossed under it."""

from __future__ import annotations

from collections.abc import Callable

from doorstep._errors import BoundaryError
from doorstep._values import Crossing
from doorstep.boundary.clearance import Clearance
from doorstep.boundary.terms import Matcher


class Held(BoundaryError):
    """A dry run got to the point of sending. `crossing` (id 0) is what would have left."""

    def __init__(self, crossing: Crossing) -> None:
        super().__init__("This is a dry run: nothing was sent.")
        self.crossing = crossing


class Passage:
    """`crossings` are the requests that left, in order; `held` is the preview of a dry run;
    `refused` the last reason for which a request did not leave. `told` hears of each crossing as it
    is sent."""

    def __init__(self, clearance: Clearance, matcher: Matcher) -> None:
        self.clearance = clearance
        self.matcher = matcher
        self.crossings: list[Crossing] = []
        self.held: Crossing | None = None
        self.refused: BoundaryError | None = None
        self.told: Callable[[Crossing], None] = _nobody

    def sent(self, crossing: Crossing) -> None:
        self.crossings.append(crossing)
        self.crossings.sort(key=lambda crossing: crossing.id)
        self.told(crossing)

    def __repr__(self) -> str:
        return f"Passage({len(self.crossings)} crossings, held={self.held is not None})"


def _nobody(crossing: Crossing) -> None:
    """Nobody listens."""
