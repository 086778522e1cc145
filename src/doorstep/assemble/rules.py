"""What the settings say about the boundary and about prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from doorstep._values import Usage
from doorstep.boundary import Policy, Rule
from doorstep.boundary.detect import Detector
from doorstep.boundary.detect.declared import Declared
from doorstep.boundary.detect.levels import Level, describe, detectors
from doorstep.config import Settings
from doorstep.models.base import Model


def policy_of(settings: Settings, *destinations: str) -> Policy:
    """The settings' rules for `destinations`. ConfigError where a rule is for another origin."""
    boundary = settings.boundary
    return Policy(
        destinations=destinations,
        rules=tuple(Rule(rule.kinds, rule.to, rule.do) for rule in boundary.rules),
        words=boundary.words,
        approved=boundary.approved,
        opaque=boundary.opaque,
        deadline_s=boundary.deadline_s,
        ask_timeout_s=boundary.ask_timeout_s,
    )


@dataclass(frozen=True, slots=True)
class Layers:
    """The detection layers of a level; `names` says them in words for people."""

    detectors: tuple[Detector, ...]
    level: str
    names: tuple[str, ...]
    declared: Declared


def layers_of(settings: Settings, level: Level) -> Layers:
    """The layers of `level`, with what the settings declare and allow."""
    boundary = settings.boundary
    declared = Declared(
        boundary.private,
        patterns=boundary.patterns,
        fields=boundary.fields,
        allow=boundary.allow,
    )
    found = detectors(level, declared=declared)
    return Layers(found, level, tuple(describe(level, declared=declared)), declared)


def price_of(settings: Settings) -> Callable[[Model, Usage], Decimal | None]:
    """What a call costs in US dollars; None where nobody knows."""

    def cost(model: Model, usage: Usage) -> Decimal | None:
        from doorstep.models import prices

        price = settings.cloud.price
        own = prices.Price(Decimal(str(price.input)), Decimal(str(price.output))) if price else None
        return prices.cost(
            model.name,
            getattr(model, "endpoint", None),
            usage,
            overrides={model.name: own} if own else None,
        )

    return cost
