"""A view: one frozen value, shown as a page and, at the same path with `.json`, as it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.routing import BaseRoute


@dataclass(frozen=True, slots=True)
class Shown:
    """`data` is a frozen dataclass: the whole of what the template and the twin show."""

    template: str
    title: str
    data: object
    status: int = 200


Show = Callable[[Request], Awaitable[Shown]]


@dataclass(frozen=True, slots=True)
class Part:
    """One room of the page. `shows`: by path below /page ("/ledger"), each with its twin
    ("/ledger.json"). `routes`: what is neither (forms, files, streams), paths below /page too."""

    shows: Mapping[str, Show]
    routes: Sequence[BaseRoute] = ()
