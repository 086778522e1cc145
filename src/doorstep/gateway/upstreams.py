"""The upstreams: which of them has a model, and in which order they are asked."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from doorstep._errors import ModelUnavailable
from doorstep.gateway.breaker import Breaker
from doorstep.gateway.http import BadRequest

SET_UPSTREAM = (
    "Start with --upstream URL, or set OPENAI_API_KEY, or write [[gateway.upstreams]] into "
    "doorstep.toml."
)


class NotNow(ModelUnavailable):
    """No upstream answers now; `retry_after` is in seconds, None where nobody knows."""

    def __init__(self, message: str, retry_after: float | None) -> None:
        after = "" if retry_after is None else f"Try again in {max(1, round(retry_after))} s."
        super().__init__(message, hint=after or None)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Upstream:
    """A server that speaks OpenAI's API at `url` (up to and with /v1). `key` is sent to it alone.

    `weight`: its share of the requests, 0 only where the others fail. `models`: names with * and ?.
    """

    name: str
    url: str
    key: str = field(default="", repr=False)
    weight: float = 1.0
    models: tuple[str, ...] = ("*",)
    breaker: Breaker = field(default_factory=Breaker, repr=False, compare=False)

    def has(self, model: str) -> bool:
        return "*" in self.models or any(fnmatchcase(model, name) for name in self.models)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """All that is said to it beside the body: what it is, and our own key."""
        kind = ("content-type", "application/json")
        return (kind, ("authorization", f"Bearer {self.key}")) if self.key else (kind,)


class Upstreams:
    """Those that are configured. `draw` gives numbers from 0 to 1."""

    def __init__(
        self, upstreams: Sequence[Upstream], *, draw: Callable[[], float] = random.random
    ) -> None:
        self.all = tuple(upstreams)
        self._draw = draw

    def listed(self) -> tuple[str, ...]:
        """The models that are named without a wildcard."""
        named = (name for one in self.all for name in one.models if not set("*?[") & set(name))
        return tuple(dict.fromkeys(named))

    def order(self, model: str) -> list[Upstream]:
        """Who is asked for `model`: drawn by weight, the next where the one before fails.

        Each gets u^(1/weight), the largest goes first (Efraimidis and Spirakis, 2006).
        BadRequest where none has it.
        """
        if not self.all:
            raise BadRequest(
                "There is no upstream to send this to.",
                status=503,
                code="no_upstream",
                hint=SET_UPSTREAM,
            )
        having = [one for one in self.all if one.has(model)]
        if not having:
            raise BadRequest(
                "No upstream has this model.", status=404, code="model_not_found", param="model"
            )
        if len(having) == 1:
            return having
        return sorted(having, key=self._rank, reverse=True)

    def _rank(self, one: Upstream) -> float:
        return self._draw() ** (1 / one.weight) if one.weight else -1.0


def allowed(order: Sequence[Upstream], start: int) -> tuple[int, Upstream]:
    """The first of `order` from place `start` on, round and round, whose breaker lets it be asked.
    ModelUnavailable where none does.
    """
    for step in range(len(order)):
        place = (start + step) % len(order)
        if order[place].breaker.allows():
            return place, order[place]
    wait = min(one.breaker.wait_s for one in order)
    raise NotNow(
        "The upstream has failed several times in a row and is left alone for a while.", wait
    )
