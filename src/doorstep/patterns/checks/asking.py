"""Checks that look at the answer alone, and checks that ask the home model again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from doorstep._values import Options
from doorstep.models.base import Model
from doorstep.patterns.checks.base import Check, Look, Sign


@runtime_checkable
class Asking(Protocol):
    """A check that needs the home model: `at` makes a `Check` of it."""

    @property
    def name(self) -> str: ...

    def at(self, home: Model, options: Options) -> Check:
        """The check, asking `home`; `options` are those that the answer was asked for with."""
        ...


AnyCheck = Check | Asking


@dataclass(frozen=True, slots=True)
class Plain:
    """A check that looks at the answer alone, made of a function."""

    name: str
    see: Callable[[Look], Sign]

    async def __call__(self, look: Look) -> Sign:
        return self.see(look)
