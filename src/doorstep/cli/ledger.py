"""`doorstep ledger`: what crossed, for anyone who wants to look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from doorstep._errors import LedgerError
from doorstep.boundary import Entry, Ledger
from doorstep.config import load


@click.group()
def ledger() -> None:
    """Look at what has crossed, and check that the record is whole."""


@contextmanager
def _open(file: Path | None) -> Iterator[Ledger | None]:
    """The ledger, None where nothing has ever crossed."""
    path = load(file).settings.ledger_path()
    if not path.exists():
        click.echo(f"There is no ledger at {path} yet: nothing has crossed.", err=True)
        yield None
        return
    with Ledger(path, create=False) as book:
        yield book


@ledger.command("list")
@click.pass_obj
def list_(file: Path | None) -> None:
    """One line for each request that left the house, or was meant to."""
    with _open(file) as book:
        for entry in book.list() if book else ():
            click.echo(
                f"{entry.id:>5}  {entry.at[:19]}Z  {entry.url}  {len(entry.body)} bytes  "
                f"{entry.verdict}  {_state(entry)}  sha256 {entry.sha256[:12]}"
            )


@ledger.command()
@click.argument("number", type=int)
@click.pass_obj
def show(file: Path | None, number: int) -> None:
    """The exact request NUMBER: method, address, headers, body."""
    with _open(file) as book:
        if book is None:
            raise LedgerError(f"There is no crossing {number} in the ledger.")
        entry = book.show(number)
    click.echo(f"{entry.method} {entry.url}")
    for name, value in entry.headers:
        click.echo(f"{name}: {value}")
    click.echo(f"\n{entry.body.decode()}\n")
    click.echo(
        f"{_state(entry)}; {len(entry.body)} bytes sent, {entry.reply_bytes} bytes of reply; "
        f"sha256 {entry.sha256}"
    )


@ledger.command()
@click.option("--head", help="A hash that you noted down earlier; it must still be in the chain.")
@click.pass_obj
def verify(file: Path | None, head: str | None) -> None:
    """Find any changed, removed, reordered or added row."""
    with _open(file) as book:
        if book is None:
            return
        check = book.verify(head)
    if not check.ok:
        raise LedgerError("The ledger does not verify: " + "; ".join(check.problems) + ".")
    click.echo(f"{check.rows} rows, the chain is whole; head {check.head}")


@ledger.command()
@click.pass_obj
def export(file: Path | None) -> None:
    """Every row as one line of JSON."""
    with _open(file) as book:
        for line in book.export() if book else ():
            click.echo(line)


def _state(entry: Entry) -> str:
    return f"{entry.state} {entry.status}" if entry.status else entry.state
