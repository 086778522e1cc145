"""`doorstep runs`: what this machine asked, and what is kept of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from doorstep._errors import BadInput
from doorstep.assemble.keeping import book_of
from doorstep.config import load
from doorstep.runs.book import Book
from doorstep.runs.values import KeptRun, Said

_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_NO_TEXTS = {
    "dropped": "What was said has been dropped.",
    "never": "What was said was not kept.",
    "unreadable": "What was said cannot be read here: another key made it, or the package"
    " cryptography is missing.",
}


@click.group()
def runs() -> None:
    """Look at what was asked; drop what was said."""


@contextmanager
def _open(file: Path | None) -> Iterator[Book | None]:
    """The book, None where nothing has been kept."""
    settings = load(file).settings
    if not settings.runs_path().exists():
        click.echo(f"There is no book of runs at {settings.runs_path()} yet.", err=True)
        yield None
        return
    with book_of(settings) as book:
        yield book


@runs.command("list")
@click.option("--pattern", default="", help="Only of this pattern, as it was asked for.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most.")
@click.pass_obj
def list_(file: Path | None, pattern: str, limit: int) -> None:
    """One line for each run, newest first."""
    with _open(file) as book:
        for run in book.runs(pattern=pattern, limit=limit) if book else ():
            click.echo(_line(run))


@runs.command()
@click.argument("id")
@click.pass_obj
def show(file: Path | None, id: str) -> None:
    """One run: its steps, and what was said, as far as it is kept."""
    with _open(file) as book:
        run = book.run(id) if book else None
    if run is None:
        raise BadInput("There is no such run.", hint="See doorstep runs list.")
    click.echo(_line(run))
    for step in run.steps:
        note = f"  {step.note}" if step.note else ""
        click.echo(f"  {step.actor:5}  {step.name}  {step.model}  {step.seconds:.2f} s{note}")
    click.echo(_texts(run))


@runs.command()
@click.option("--before", help="Of runs before this day, such as 2026-11-01 (UTC).")
@click.option("--all", "every", is_flag=True, help="Of all runs.")
@click.pass_obj
def drop(file: Path | None, before: str | None, every: bool) -> None:
    """Drop what was said, for good. Counts, times and costs stay."""
    if (before is None) != every:
        raise BadInput("Drop of which runs?", hint="Give --before DATE, or --all.")
    if before is not None and not _DATE.fullmatch(before):
        raise BadInput("--before takes a day.", hint="Write it as 2026-11-01.")
    with _open(file) as book:
        gone = book.drop_texts(before or "~") if book else 0
    click.echo(f"Runs whose texts are gone now: {gone}.")


def _line(run: KeptRun) -> str:
    numbers = ", ".join(f"#{number}" for number in run.crossings)
    crossed = "stayed at home" if run.stayed else f"ledger {numbers}"
    ended = " ".join(word for word in (run.ending, run.verdict, run.why) if word)
    return f"{run.id}  {run.at[:19]}Z  {run.pattern}  {run.seconds:.1f} s  {ended}  {crossed}"


def _texts(run: KeptRun) -> str:
    if run.texts is None:
        return _NO_TEXTS.get(run.texts_are, _NO_TEXTS["never"])
    said = (*run.texts.asked, Said("answer", run.texts.answer))
    return "\n".join(f"\n{one.who}:\n{one.text}" for one in said)
