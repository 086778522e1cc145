"""`doorstep config`: the effective settings, and where each came from."""

from __future__ import annotations

import os
from pathlib import Path

import click

from doorstep.config import KEYS, load, rows


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def config(file: Path | None, as_json: bool) -> None:
    """Show the effective settings and where each came from."""
    configured = load(file)
    table = rows(configured)
    table += [(name, "set" if os.environ.get(name) else "not set", "environment") for name in KEYS]
    if as_json:
        import json

        click.echo(json.dumps({name: {"value": v, "from": o} for name, v, o in table}, indent=2))
        return
    width = max(len(name) for name, _, _ in table)
    for name, value, origin in table:
        click.echo(f"{name:<{width}}  {value or '(empty)'}  [{origin}]")
    click.echo(f"\nThe ledger is {configured.settings.ledger_path()}.")
