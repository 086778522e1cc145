"""What both doors do with a request before it is written down: check, hold, ask a person."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from doorstep._errors import Blocked, BoundaryError
from doorstep._values import Crossing
from doorstep.boundary.approval import Approve, Preview, Standing, answered, looked_at
from doorstep.boundary.by_hand import HIDDEN
from doorstep.boundary.check import Checked, Checker
from doorstep.boundary.clearance import Term
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.passage import Held, Passage
from doorstep.boundary.policy import Policy
from doorstep.boundary.terms import Matcher

T = TypeVar("T")
_NOTHING = Matcher(())
_ROUNDS = 20  # so often a person may have more words masked in one request


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
        standing: Standing | None = None,
    ) -> None:
        self.policy = policy
        self.passage = passage
        self._checker = checker
        self._dry_run = dry_run
        self._approve = approve
        self._standing = standing

    async def let(
        self, reading: Awaitable[Outgoing], passage: Passage | None, scope: str
    ) -> Checked:
        """The request as it may leave. BoundaryError where it may not."""
        outgoing = await closed(self._read(reading))
        checked = await closed(self._check(outgoing, passage, scope))
        if self._dry_run:
            raise _hold(checked, passage)
        look = looked_at()
        if checked.verdict != "ask" and not look:
            return checked
        return await self._asked(checked, outgoing, passage, scope, look)

    async def _asked(
        self,
        checked: Checked,
        outgoing: Outgoing,
        passage: Passage | None,
        scope: str,
        look: bool,
    ) -> Checked:
        """What a person let go. Where they want more words masked, `outgoing` (as it came) is
        checked anew with these hidden, and they are asked again."""
        seconds, hidden = self.policy.ask_timeout_s, dict[str, None]()
        for turn in range(1, _ROUNDS + 1):
            preview = Preview.of(checked, look=look, round=turn, seconds=seconds)
            said = await answered(self._approve, preview)
            if said.do == "send":
                return replace(checked, verdict="remembered" if said.remembered else "ask")
            hidden |= dict.fromkeys(said.words)
            checked = await closed(self._check(outgoing, passage, scope, tuple(hidden)))
        raise Blocked("Words were masked again and again, and nobody said yes; nothing was sent.")

    async def _read(self, reading: Awaitable[Outgoing]) -> Outgoing:
        outgoing = await reading
        self.check_size(len(outgoing.body))
        if self._standing is not None and self._standing.refuses(outgoing.origin):
            raise Blocked(
                f"A person said that nothing may go to {outgoing.origin} any more; nothing was "
                "sent.",
                hint="doorstep held list shows it, doorstep held forget takes it back.",
            )
        return outgoing

    async def _check(
        self,
        outgoing: Outgoing,
        passage: Passage | None,
        scope: str,
        words: tuple[str, ...] = (),
    ) -> Checked:
        clearance = passage.clearance if passage else None
        matcher = passage.matcher if passage else _NOTHING
        more = [Matcher([Term(word, HIDDEN) for word in words])] if words else []
        if self._standing is not None and len(hidden := self._standing.hidden()):
            more.append(hidden)
        return await self._checker.checked(outgoing, clearance, matcher, scope, tuple(more))

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
