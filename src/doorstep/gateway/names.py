"""What a model's name means to the gateway.

`home` and the patterns are models of the library, made when they are first asked for;
`mask/NAME` is NAME at an upstream, with what is private masked on the way and put back.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from doorstep.gateway.http import BadRequest
from doorstep.models.base import Model

HOME = "home"
MASK = "mask/"
ANY = f"{MASK}NAME"
LIKE = 0.85  # of 1: as much alike two names are that one is taken for a slip of the other
Kind = Literal["pattern", "home", "mask"]


@dataclass(frozen=True, slots=True)
class Target:
    """What answers. `upstream` is the name that a mask target has at its upstream."""

    name: str
    kind: Kind
    upstream: str = ""


class Names:
    """The names that are offered.

    `patterns` are in the order in which they are listed; `make(name)` gives the model of a pattern
    or of `home` (the same one each time). `listed` are upstream names to show as `mask/NAME`.
    `any_is_mask`: a name that is none of ours means `mask/NAME`, unless it looks like a slip: who
    writes "Home" must not reach a cloud.
    """

    def __init__(
        self,
        patterns: tuple[str, ...],
        make: Callable[[str], Awaitable[Model]],
        *,
        listed: tuple[str, ...] = (),
        any_is_mask: bool = False,
    ) -> None:
        self._own: dict[str, Kind] = {**dict.fromkeys(patterns, "pattern"), HOME: "home"}
        self._folded = {_folded(name): name for name in self._own}
        self._make = make
        self._listed = listed
        self._any_is_mask = any_is_mask

    def all(self) -> tuple[str, ...]:
        """What `/v1/models` and `/api/tags` list."""
        return (*self._own, *(f"{MASK}{name}" for name in self._listed))

    def target(self, name: object) -> Target:
        """BadRequest (404, model_not_found) for a name that means nothing here."""
        if not isinstance(name, str) or not name:
            raise BadRequest("The request names no model.", code="missing_model", param="model")
        plain = name.removesuffix(":latest")  # Ollama's clients add it
        if plain in self._own:
            return Target(plain, self._own[plain])
        if name.startswith(MASK) and len(name) > len(MASK):
            return Target(name, "mask", name.removeprefix(MASK))
        if self._any_is_mask and not self._meant(plain):
            return Target(f"{MASK}{name}", "mask", name)
        raise self._unknown(name)

    def _unknown(self, name: str) -> BadRequest:
        close = difflib.get_close_matches(name, self.all(), 1)
        meant = self._meant(name.removesuffix(":latest")) or next(iter(close), "")
        hint = f"Did you mean {meant}?" if meant else f"There are: {', '.join(self.all())}."
        return BadRequest(
            "There is no such model here.",
            status=404,
            code="model_not_found",
            param="model",
            hint=hint if meant == ANY else f"{hint} For a cloud model write {ANY}.",
        )

    def _meant(self, name: str) -> str:
        """The name of ours that `name` is most likely a slip of; "" where it is none.

        Names that differ in a digit are different names: "gpt-5.4" is no slip of "gpt-5.5".
        """
        folded = _folded(name)
        if folded.partition("/")[0] == MASK[:-1]:  # "mask", "mask/", "Mask/gpt-5.4"
            return ANY
        for close in difflib.get_close_matches(folded, self._folded, 1, LIKE):
            if _digits(close) == _digits(folded):
                return self._folded[close]
        return ""

    async def model(self, target: Target) -> Model:
        """The library's model behind a pattern or `home`."""
        return await self._make(target.name)


def _folded(name: str) -> str:
    return re.sub(r"[\s_]+", "-", name.strip().casefold())


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))
