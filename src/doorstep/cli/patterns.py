"""`doorstep patterns`: the five patterns on three axes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path

import click

from doorstep.config import load
from doorstep.patterns.catalogue import CATALOGUE, Entry, toml
from doorstep.patterns.settings import AnyOptions

WIDTH = 80
_HEADS = ("pattern", "direction", "trigger", "purpose")


@click.command(short_help="Show the five patterns on three axes, and your own.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def patterns(file: Path | None, as_json: bool) -> None:
    """Show the patterns: who acts first, when the cloud is called, what the split buys."""
    own = load(file).settings.patterns
    if as_json:
        body = {"patterns": [entry_object(known) for known in CATALOGUE], "own": _own_object(own)}
        click.echo(json.dumps(body, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join([*_map(), "", *_words(), *_own(own)]))


def entry_object(known: Entry) -> dict[str, object]:
    return {
        "name": known.name,
        "title": known.title,
        "says": known.says,
        "direction": known.direction,
        "trigger": known.trigger,
        "purpose": known.purpose,
        "also": list(known.also),
        "crosses": known.crosses,
        "take_it_when": list(known.take),
        "leave_it_when": list(known.leave),
        "trade_offs": list(known.costs),
        "settings": toml(known),
        "bench": known.bench,
    }


def _map() -> list[str]:
    rows = [(e.name, e.direction, e.trigger, e.purpose) for e in CATALOGUE]
    widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
    lines = [_row(_HEADS, widths), "  ".join("-" * width for width in widths)]
    return [*lines, *(_row(row, widths) for row in rows)]


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(f"{cell:<{w}}" for cell, w in zip(cells, widths, strict=True)).rstrip()


def _words() -> list[str]:
    lines = []
    for known in CATALOGUE:
        lines += [known.title, *wrapped(known.says), *wrapped(f"crosses: {known.crosses}")]
    return [*lines, "", "Which one? doorstep advise. Try one: doorstep run NAME PROMPT."]


def wrapped(line: str, mark: str = "  ") -> list[str]:
    """`line` in 80 columns, after `mark`."""
    return textwrap.wrap(line, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))


def _own(own: Mapping[str, AnyOptions]) -> list[str]:
    if not own:
        return []
    return ["", "Your own:", *(f"  {name} ({options.use})" for name, options in own.items())]


def _own_object(own: Mapping[str, AnyOptions]) -> list[dict[str, object]]:
    return [{"name": name, **options.model_dump()} for name, options in own.items()]
