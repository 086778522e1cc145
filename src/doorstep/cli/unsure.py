"""Where the built-in reader is unsure and a person sits there: ask."""

from __future__ import annotations

from dataclasses import replace

import click

from doorstep.assemble import Parts
from doorstep.cli.show import KINDS
from doorstep.household.home import RulesHome
from doorstep.household.parse import parse
from doorstep.household.reader import RulesReader
from doorstep.household.values import Limit, LimitKind
from doorstep.patterns import Ask

UNSURE_BELOW = 0.6


def settle(parts: Parts, request: Ask) -> Parts:
    """The same parts, with a reader that knows what the person answered."""
    if parts.home.model is not None:
        return parts
    household = parse(request.context)
    reading = RulesReader().read(household, request.question)
    doubtful = [limit for limit in reading.limits if limit.confidence < UNSURE_BELOW]
    settled = {limit: _ask(limit, _sentence(household.memory, limit)) for limit in doubtful}
    return replace(parts, home=replace(parts.home, home=RulesHome(settled))) if settled else parts


def _sentence(memory: tuple[str, ...], limit: Limit) -> str:
    return memory[limit.bullet] if limit.bullet >= 0 else ""


def _ask(limit: Limit, sentence: str) -> LimitKind | None:
    click.echo(f"\nThe notes say: {sentence}", err=True)
    names: dict[str, LimitKind | None] = {
        "finish": "finish_by",
        "quiet": "quiet_by",
        "until": "quiet_until",
        "after": "not_before",
        "none": None,
    }
    usual = next(name for name, kind in names.items() if kind == limit.kind)
    answer = click.prompt(
        f"What does {limit.time} mean for the {limit.device}? (I read: {KINDS[limit.kind]})",
        type=click.Choice(list(names)),
        default=usual,
        err=True,
    )
    return names[answer]
