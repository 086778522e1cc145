"""A person says yes before something leaves: they see exactly what would, or nothing does."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from doorstep._errors import Blocked
from doorstep.boundary.check import Checked


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """What would leave: the sealed body, byte for byte, where to, and what was replaced in it."""

    method: str
    destination: str
    body: str
    sha256: str
    found: Mapping[str, int]

    @classmethod
    def of(cls, checked: Checked) -> Preview:
        request, digest = checked.request, hashlib.sha256(checked.request.body).hexdigest()
        body = request.body.decode()
        return cls(request.method, request.url, body, digest, dict(checked.found))

    def __repr__(self) -> str:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(self.found.items()))
        return f"Preview({self.destination}, {len(self.body)} characters, {kinds})"


# True lets the request leave; anything else, an error or no answer in time does not.
Approve = Callable[[Preview], bool | Awaitable[bool]]


async def approved(approve: Approve | None, preview: Preview, seconds: float) -> None:
    """Blocked unless the person says yes within `seconds`. A plain function runs in a thread."""
    kinds = tuple(sorted(preview.found))
    if approve is None:
        raise Blocked(
            "The policy asks a person first, and there is nobody to ask; nothing was sent.",
            kinds=kinds,
            hint="Give the boundary an `approve` function, or change the policy's rules.",
        )
    try:
        async with asyncio.timeout(seconds):
            said = await _ask(approve, preview)
    except TimeoutError:
        raise Blocked(
            f"Nobody said yes within {seconds:g} s; nothing was sent.", kinds=kinds
        ) from None
    except Exception as error:
        name = type(error).__name__
    else:
        if said is True:
            return
        raise Blocked("The person said no; nothing was sent.", kinds=kinds)
    raise Blocked(f"Asking the person failed ({name}); nothing was sent.", kinds=kinds)


async def _ask(approve: Approve, preview: Preview) -> object:
    if inspect.iscoroutinefunction(approve):
        return await approve(preview)
    # A thread of its own: a person who never answers at a terminal must not hold up others.
    said = await asyncio.to_thread(approve, preview)
    return await said if inspect.isawaitable(said) else said
