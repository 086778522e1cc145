"""`doorstep ledger`: what crossed, for anyone who wants to look."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from doorstep._errors import LedgerError
from doorstep.boundary import Entry, Ledger
from doorstep.config import load

_SPAN = re.compile(r"(\d{1,5})\s*([dw])")


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
        for entry in book.each() if book else ():
            click.echo(
                f"{entry.id:>5}  {entry.at[:19]}Z  {entry.url}  {_size(entry)}  "
                f"{entry.verdict}  {_state(entry)}  sha256 {entry.sha256[:12]}{_dropped(entry)}"
            )


@ledger.command()
@click.argument("number", type=int)
@click.pass_obj
def show(file: Path | None, number: int) -> None:
    """The exact request NUMBER: method, address, headers, body."""
    with _open(file) as book:
        if book is None:
            raise LedgerError(
                f"There is no crossing {number} in the ledger.",
                hint="`doorstep ledger list` shows what there is.",
            )
        entry = book.show(number)
    click.echo(f"{entry.method} {entry.url}")
    for name, value in entry.headers:
        click.echo(f"{name}: {value}")
    click.echo(f"\n{_body(entry)}\n")
    click.echo(
        f"{_state(entry)}; {_size(entry)} sent, {entry.reply_bytes} bytes of reply; "
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
        raise LedgerError(
            "The ledger does not verify: " + "; ".join(check.problems) + ".",
            hint="Keep the file as it is, and compare it with a head or an export from elsewhere.",
        )
    dropped = f", {check.dropped} bodies were dropped" if check.dropped else ""
    click.echo(f"{check.rows} rows, the chain is whole{dropped}; head {check.head}")


@ledger.command()
@click.option("--format", "kind", type=click.Choice(("jsonl", "csv")), default="jsonl")
@click.option("--bodies/--no-bodies", default=None, help="Default: in jsonl, not in csv.")
@click.pass_obj
def export(file: Path | None, kind: str, bodies: bool | None) -> None:
    """Every row as one line of JSON, or every crossing as one of CSV (RFC 4180)."""
    from doorstep.boundary.ledger_export import csv_lines

    with _open(file) as book:
        if book is None:
            return
        if kind == "jsonl":
            for line in book.export(bodies=bodies is not False):
                click.echo(line)
            return
        sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]  # lines end in CRLF
        for line in csv_lines(book.each(), bodies=bool(bodies)):
            click.echo(line, nl=False)


@ledger.command()
@click.option("--before", help="A day, like 2026-08-01, in UTC.")
@click.option("--older-than", help="A span of time, like 90d or 12w.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def drop(file: Path | None, before: str | None, older_than: str | None, yes: bool) -> None:
    """Take out the bodies of old crossings. Their rows and hashes stay, and verify."""
    moment = _moment(before, older_than)
    with _open(file) as book:
        if book is None:
            return
        count = book.count_bodies(moment)
        many = f"{count} bod{'y' if count == 1 else 'ies'}"
        day = f"{moment:%Y-%m-%d %H:%M} UTC"
        if count and not yes:
            click.confirm(f"Drop {many} from before {day}, for good?", abort=True, err=True)
        # Also with none to drop: an earlier time may have been cut short.
        book.drop_bodies(moment, by="doorstep ledger drop")
    click.echo(f"{many} from before {day} dropped; the rows and their hashes stay.")


@ledger.command()
@click.option("--newest", type=click.IntRange(min=1), help="Look only at so many crossings.")
@click.pass_obj
def find(file: Path | None, newest: int | None) -> None:
    """Find a word in anything that ever crossed, in any form that the gate knows.

    It asks for the word, or reads it from its input: an argument would stand in the history of your
    shell. Newest first; Ctrl-C ends it.
    """
    word = click.prompt("Look for", err=True) if sys.stdin.isatty() else sys.stdin.readline()
    with _open(file) as book:
        if book is None:
            return
        seen = hits = missing = part = 0
        for looked in book.find(word):
            seen += 1
            missing += looked.searched == "no body"
            part += looked.searched == "in part"
            if looked.places:
                hits += 1
                where = ", ".join(_place(place) for place in looked.places)
                click.echo(f"{looked.id:>5}  {looked.at[:19]}Z  {looked.origin}  {where}")
            if seen == newest:
                break
    click.echo(f"Found in {hits} of {seen} crossings{_left_out(missing, part)}.", err=True)


def _place(place: object) -> str:
    where, said = getattr(place, "where", ""), getattr(place, "said", "")
    return where if said else f"{where} (in another form)"


def _left_out(missing: int, part: int) -> str:
    said = ""
    if missing:
        said += f"; {missing} bodies are no longer kept and could not be searched"
    if part:
        said += f"; {part} could be searched in part only"
    return said


def _moment(before: str | None, older_than: str | None) -> datetime:
    if (before is None) == (older_than is None):
        raise click.UsageError("Give --before DAY or --older-than SPAN.")
    if older_than is not None:
        found = _SPAN.fullmatch(older_than.strip())
        if not found:
            raise click.UsageError("--older-than takes days or weeks: 90d, 12w.")
        days = int(found[1]) * (7 if found[2] == "w" else 1)
        return datetime.now(UTC) - timedelta(days=days)
    try:
        return datetime.strptime(before or "", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise click.UsageError("--before takes a day: 2026-08-01.") from None


def _state(entry: Entry) -> str:
    return f"{entry.state} {entry.status}" if entry.status else entry.state


def _size(entry: Entry) -> str:
    return "unknown bytes" if entry.size is None else f"{entry.size} bytes"


def _dropped(entry: Entry) -> str:
    if entry.kept is not None:
        return ""
    return f"  body dropped on {entry.dropped[:10]}" if entry.dropped else "  body missing"


def _body(entry: Entry) -> str:
    if entry.kept is not None:
        return entry.kept.decode()
    from doorstep.boundary.ledger_values import gone

    return f"({gone(entry.id, entry.dropped)}. Its SHA-256 is below.)"
