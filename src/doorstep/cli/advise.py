"""`doorstep advise`: three questions, and the pattern that fits."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import cast

import click

from doorstep._errors import BadInput
from doorstep.cli.patterns import entry_object, wrapped
from doorstep.patterns.adviser import (
    BUYS,
    BUYS_ANSWERS,
    FIRST,
    FIRST_ANSWERS,
    NOT_AT_ALL,
    WHEN,
    WHEN_ANSWERS,
    Advice,
    Answers,
    Buys,
    First,
    Fit,
    When,
    Wish,
)
from doorstep.patterns.adviser import advise as advice_for
from doorstep.patterns.catalogue import code, toml


@click.command(short_help="Ask three questions, and print the pattern that fits.")
@click.option("--first", type=click.Choice(tuple(FIRST_ANSWERS)), help="Who should act first.")
@click.option("--when", type=click.Choice(tuple(WHEN_ANSWERS)), help="When to call the cloud.")
@click.option("--buys", type=click.Choice(tuple(BUYS_ANSWERS)), help="What the split should buy.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def advise(first: str | None, when: str | None, buys: str | None, as_json: bool) -> None:
    """Ask three questions, and print the pattern that fits, ready to use."""
    if None in (first, when, buys) and not _somebody():
        raise BadInput("Nobody is here to ask.", hint="Give --first, --when and --buys.")
    wish = Wish(
        cast("First", first or _ask(FIRST, FIRST_ANSWERS)),
        cast("When", when or _ask(WHEN, WHEN_ANSWERS)),
        cast("Buys", buys or _ask(BUYS, BUYS_ANSWERS)),
    )
    advice = advice_for(wish)
    click.echo(json.dumps(as_object(advice), indent=2) if as_json else page(advice))


def _somebody() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _ask(question: str, answers: Answers) -> str:
    width = max(map(len, answers))
    lines = [f"  {answer:<{width}}  {means}" for answer, means in answers.items()]
    click.echo("\n".join([question, *lines]), err=True)
    choice = click.Choice(tuple(answers))
    return str(click.prompt("Your answer", type=choice, show_choices=False, err=True))


def as_object(advice: Advice) -> dict[str, object]:
    return {
        "wish": asdict(advice.wish),
        "exact": advice.exact,
        "alone": advice.alone or None,
        "fits": [
            {**entry_object(fit.entry), "does_not_fit": list(fit.misfits), "code": code(fit.entry)}
            for fit in advice.fits
        ],
        "do_not_split_when": list(NOT_AT_ALL),
    }


def page(advice: Advice) -> str:
    """The advice for people, in 80 columns."""
    lines: list[str] = []
    if advice.alone:
        lines += wrapped(advice.alone, "")
    elif not advice.exact:
        lines += ["No pattern fits exactly. The nearest:", ""]
    for fit in advice.fits:
        lines += [*_fit(fit), ""]
    if advice.fits:
        lines += ["Do not split at all where", *_listed(NOT_AT_ALL)]
    return "\n".join(lines)


def _fit(fit: Fit) -> list[str]:
    known = fit.entry
    lines = [
        f"{known.title}: {known.direction}, {known.trigger}, for {known.purpose}",
        *wrapped(known.says),
        *wrapped(f"crosses: {known.crosses}"),
    ]
    if fit.misfits:
        lines += ["does not fit:", *_listed(fit.misfits)]
    lines += ["take it when", *_listed(known.take), "leave it when", *_listed(known.leave)]
    lines += [
        "it costs",
        *_listed(known.costs),
        "",
        "doorstep.toml, then doorstep run mine PROMPT:",
    ]
    lines += ["", *_indented(toml(known)), "", "from Python:", "", *_indented(code(known))]
    return [*lines, "", f"Its figures: python {known.bench}"]


def _listed(items: tuple[str, ...]) -> list[str]:
    return [line for item in items for line in wrapped(item, "  - ")]


def _indented(text: str) -> list[str]:
    return [f"    {line}".rstrip() for line in text.rstrip("\n").split("\n")]
