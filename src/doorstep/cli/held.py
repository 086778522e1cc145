"""`doorstep held`: crossings that wait for a person, and what was said once for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from doorstep._errors import BadInput
from doorstep.config import load
from doorstep.runs.held import Remembered, Waiting


@click.group()
def held() -> None:
    """Crossings that wait for a person, and the choices that were remembered.

    You decide on the page of doorstep serve, at /page/held.
    """


@contextmanager
def _open(file: Path | None) -> Iterator[Waiting]:
    from doorstep.assemble.waiting import waiting_of

    with waiting_of(load(file).settings) as waiting:
        yield waiting


@held.command("list")
@click.option("--words", is_flag=True, help="Show the words that are always masked.")
@click.pass_obj
def list_(file: Path | None, words: bool) -> None:
    """What waits now, and what was said once for all."""
    with _open(file) as waiting:
        waits, remembered = waiting.list(), waiting.standing.list()
        if not waits and not remembered:
            click.echo("Nothing waits, and no choice is remembered.", err=True)
        for one in waits:
            click.echo(
                f"waits       {one.id}  since {one.at[:19]}Z  until {one.until[:19]}Z  "
                f"{one.pattern or 'gateway'}  {one.destination}  {len(one.body.encode())} bytes  "
                f"sha256 {one.sha256[:12]}"
            )
        for choice in remembered:
            click.echo(f"remembered  {choice.id}  since {choice.at[:19]}Z  {_said(choice, words)}")


@held.command()
@click.argument("id")
@click.pass_obj
def forget(file: Path | None, id: str) -> None:
    """Take back the remembered choice ID."""
    with _open(file) as waiting:
        if not waiting.standing.forget(id):
            raise BadInput(
                "There is no remembered choice with this id.", hint="doorstep held list shows them."
            )
    click.echo("Forgotten. You are asked again from now on.")


def _said(one: Remembered, words: bool) -> str:
    if one.do == "refuse":
        return f"refuses everything to {one.origin}"
    if one.do == "mask":
        count = f"{len(one.words)} word{'' if len(one.words) == 1 else 's'}"
        return f"masks {', '.join(one.words) if words else count} everywhere"
    kinds = ", ".join(one.kinds) or "nothing"
    return f"sends to {one.origin} for {one.pattern or 'the gateway'}, masked at most: {kinds}"
