"""A check of the user's own."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from doorstep._errors import BadInput
from doorstep.patterns.checks.base import Check, Look, Sign

Says = bool | float | Sign | None
Function = Callable[[Look], "Says | Awaitable[Says]"]


def own(name: str, function: Function) -> Check:
    """A check made of a function, sync or async, of a `Look`.

    It answers True (the answer is right) or False, a doubt from 0 to 1, None where it cannot
    tell, or a whole `Sign`. Its doubt is also its feature, by its name.
    """
    if not name.strip() or not callable(function):
        raise BadInput("A check of your own needs a name and a function.")
    return _Own(name, function)


@dataclass(frozen=True, slots=True)
class _Own:
    name: str
    function: Function

    async def __call__(self, look: Look) -> Sign:
        said = self.function(look)
        says = await said if inspect.isawaitable(said) else said
        if isinstance(says, Sign):
            return says
        if says is None:
            return Sign(self.name, None, f"{self.name} cannot tell")
        doubt = float(not says) if isinstance(says, bool) else _between(says)
        verdict = "passed" if doubt < 0.5 else "did not pass"
        return Sign(self.name, doubt, f"{self.name}: {verdict}", {f"own: {self.name}": doubt})


def _between(doubt: object) -> float:
    if not isinstance(doubt, int | float) or not 0 <= doubt <= 1:  # NaN fails it, too
        raise BadInput("A check answers True, False, None, a Sign, or a doubt from 0 to 1.")
    return float(doubt)
