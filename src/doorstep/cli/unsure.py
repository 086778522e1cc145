"""Where the built-in reader is unsure and a person sits there: ask."""

from __future__ import annotations

from dataclasses import replace

import click

from doorstep.assemble import Parts
from doorstep.household.home import RulesHome
from doorstep.household.parse import parse
from doorstep.household.reader import RulesReader
from doorstep.household.values import Doubt, LimitKind
from doorstep.patterns import Ask

ANSWERS: dict[str, LimitKind | None] = {
    "finish": "finish_by",
    "quiet": "quiet_by",
    "until": "quiet_until",
    "after": "not_before",
    "none": None,
}
MEANING = (
    "finish: through by then; quiet: silent from then on; until: silent until then; "
    "after: not before then; none: no limit"
)


def settle(parts: Parts, request: Ask) -> Parts:
    """The same parts, with a reader that knows what the person answered."""
    if parts.home.model is not None:
        return parts
    household = parse(request.context)
    doubts = RulesReader().read(household, request.question).doubts
    if not doubts:
        return parts
    settled = {doubt: _ask(doubt, household.memory) for doubt in doubts}
    return replace(parts, home=replace(parts.home, home=RulesHome(settled)))


def _ask(doubt: Doubt, memory: tuple[str, ...]) -> LimitKind | None:
    if doubt.bullet >= 0:
        click.echo(f"\nThe notes say: {memory[doubt.bullet]}", err=True)
    usual = next(word for word, kind in ANSWERS.items() if kind == doubt.kind)
    click.echo(f"What does {doubt.time} mean for {doubt.device}? ({MEANING})", err=True)
    word = click.prompt("", type=click.Choice(list(ANSWERS)), default=usual, err=True)
    return ANSWERS[word]
