"""A person says yes before something leaves: they see exactly what would, or nothing does."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, Protocol

from doorstep._errors import Blocked
from doorstep.boundary.check import Checked
from doorstep.boundary.patience import thinking
from doorstep.boundary.terms import Matcher

_looking: ContextVar[bool] = ContextVar("doorstep_looking", default=False)


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """What would leave: the sealed body, byte for byte, where to, and what was replaced in it.

    `look`: it is asked about because this run is looked at (see `looking`), not because a rule of
    the policy says so. `round`: 1, and one more each time after words were masked by hand.
    `seconds`: how long the person may take.
    """

    method: str
    destination: str
    body: str
    sha256: str
    found: Mapping[str, int]
    origin: str = ""
    look: bool = False
    round: int = 1
    seconds: float = 300.0

    @classmethod
    def of(
        cls, checked: Checked, *, look: bool = False, round: int = 1, seconds: float = 300.0
    ) -> Preview:
        request, digest = checked.request, hashlib.sha256(checked.request.body).hexdigest()
        return cls(
            request.method,
            request.url,
            request.body.decode(),
            digest,
            dict(checked.found),
            request.origin,
            look,
            round,
            seconds,
        )

    def __repr__(self) -> str:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(self.found.items()))
        return f"Preview({self.destination}, {len(self.body)} characters, {kinds})"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What a person said. "mask": `words` are hidden, too; the original is sealed and checked anew,
    and what comes out is asked about again. `remembered`: nobody looked at this very request; they
    said yes to all like it. `why`: a line for the one who asked, without private text."""

    do: Literal["send", "refuse", "mask"] = "refuse"
    words: tuple[str, ...] = ()
    remembered: bool = False
    why: str = "The person said no; nothing was sent."


YES = Answer("send")
NO = Answer()

# True, or an `Answer` that says so, lets the request leave; anything else, an error or no answer in
# time does not.
Approve = Callable[[Preview], bool | Answer | Awaitable[bool | Answer]]


class Standing(Protocol):
    """What a person said once for all later requests. An error in either means that nothing
    leaves."""

    def hidden(self) -> Matcher:
        """Finds the words that are always masked."""
        ...

    def refuses(self, origin: str) -> bool:
        """Whether nothing may go there any more."""
        ...


@contextmanager
def looking() -> Iterator[None]:
    """Whatever would leave in this context, and in tasks begun in it, is asked about first. This
    only makes things stricter: what the policy refuses is refused."""
    token = _looking.set(True)
    try:
        yield
    finally:
        _looking.reset(token)


def looked_at() -> bool:
    return _looking.get()


async def answered(approve: Approve | None, preview: Preview) -> Answer:
    """The person's answer, which is not "refuse". Blocked where it is, or where there is none
    within `preview.seconds`. A plain function runs in a thread."""
    kinds = tuple(sorted(preview.found))
    if approve is None:
        raise Blocked(
            "The policy asks a person first, and there is nobody to ask; nothing was sent.",
            kinds=kinds,
            hint="Give the boundary an `approve` function, or change the policy's rules.",
        )
    try:
        with thinking():
            async with asyncio.timeout(preview.seconds):
                said = _plain(await _ask(approve, preview))
    except TimeoutError:
        raise Blocked(
            f"Nobody said yes within {preview.seconds:g} s; nothing was sent.", kinds=kinds
        ) from None
    except Exception as error:
        name = type(error).__name__
    else:
        if said.do in ("send", "mask"):
            return said
        raise Blocked(said.why, kinds=kinds)
    raise Blocked(f"Asking the person failed ({name}); nothing was sent.", kinds=kinds)


def _plain(said: object) -> Answer:
    if isinstance(said, Answer):
        return said
    return YES if said is True else NO


async def _ask(approve: Approve, preview: Preview) -> object:
    if inspect.iscoroutinefunction(approve):
        return await approve(preview)
    # A thread of its own: a person who never answers at a terminal must not hold up others.
    said = await asyncio.to_thread(approve, preview)
    return await said if inspect.isawaitable(said) else said
