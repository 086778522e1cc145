"""What both doors do with a request before it is written down: check, hold, ask a person."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from doorstep._errors import Blocked, BoundaryError
from doorstep._values import Crossing
from doorstep.boundary.approval import Approve, Preview, approved
from doorstep.boundary.check import Checked, Checker
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.passage import Held, Passage
from doorstep.boundary.policy import Policy
from doorstep.boundary.terms import Matcher

T = TypeVar("T")
_NOTHING = Matcher(())


class Passing:
    """`passage` gives the one that holds. `dry_run`: what would leave comes out as `Held`."""

    def __init__(
        self,
        policy: Policy,
        checker: Checker,
        passage: Callable[[], Passage | None],
        *,
        dry_run: bool = False,
        approve: Approve | None = None,
    ) -> None:
        self.policy = policy
        self.passage = passage
        self._checker = checker
        self._dry_run = dry_run
        self._approve = approve

    async def let(
        self, reading: Awaitable[Outgoing], passage: Passage | None, scope: str
    ) -> Checked:
        """The request as it may leave. BoundaryError where it may not."""
        checked = await closed(self._check(reading, passage, scope))
        if self._dry_run:
            raise _hold(checked, passage)
        if checked.verdict == "ask":
            await approved(self._approve, Preview.of(checked), self.policy.ask_timeout_s)
        return checked

    async def _check(
        self, reading: Awaitable[Outgoing], passage: Passage | None, scope: str
    ) -> Checked:
        outgoing = await reading
        self.check_size(len(outgoing.body))
        clearance = passage.clearance if passage else None
        matcher = passage.matcher if passage else _NOTHING
        return await self._checker.checked(outgoing, clearance, matcher, scope)

    def check_size(self, size: int) -> None:
        if size > self.policy.max_body_bytes:
            raise Blocked(
                f"The body is larger than {self.policy.max_body_bytes} bytes; nothing was sent.",
                hint="Send less at once, or raise max_body_bytes.",
            )


@contextmanager
def refusals(passage: Passage | None) -> Iterator[None]:
    """A refusal comes out of the passage as itself, whatever a client library makes of it."""
    try:
        yield
    except BoundaryError as error:
        if passage is not None:
            passage.refused = error
        raise


def _hold(checked: Checked, passage: Passage | None) -> Held:
    body = checked.request.body
    digest = hashlib.sha256(body).hexdigest()
    crossing = Crossing(0, checked.request.url, body.decode(), digest, checked.verdict)
    if passage is not None:
        passage.held = crossing
    return Held(crossing)


async def closed(step: Awaitable[T]) -> T:
    """Fail closed: whatever goes wrong in a step is a refusal, and says nothing of the content."""
    try:
        return await step
    except BoundaryError:
        raise
    except Exception as error:
        name = type(error).__name__
    raise Blocked(f"A step of the boundary failed ({name}); nothing was sent.")
