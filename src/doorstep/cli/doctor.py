"""`doorstep doctor`: what would be used, and in which zone each model is and why."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import click

from doorstep._errors import DoorstepError
from doorstep.assemble import SET_CLOUD, SET_HOME, choose_cloud, choose_home
from doorstep.boundary import Ledger
from doorstep.config import Settings, load


@click.command()
@click.pass_obj
def doctor(file: Path | None) -> None:
    """Say what `doorstep ask` would use here, and why. Sends nothing to a cloud."""
    settings = load(file).settings
    lines, ok = asyncio.run(_examine(settings))
    for line in lines:
        click.echo(line)
    if not ok:
        raise click.exceptions.Exit(2)


async def _examine(settings: Settings) -> tuple[list[str], bool]:
    async with AsyncExitStack() as stack:
        checks = [
            await _home(settings, stack),
            await _cloud(settings, stack),
            _ledger(settings.ledger_path()),
        ]
    return [line for lines, _ in checks for line in lines], all(ok for _, ok in checks)


async def _home(settings: Settings, stack: AsyncExitStack) -> tuple[list[str], bool]:
    try:
        chosen = await choose_home(settings, stack)
    except DoorstepError as error:
        return [f"home    cannot be used: {error}"], False
    lines = [
        f"home    {chosen.home.name} ({chosen.why})",
        f"        zone home: {chosen.zone_reason}",
    ]
    if chosen.home.stand_in:
        lines.append(f"        a stand-in; for a real model: {SET_HOME}")
    return lines, True


async def _cloud(settings: Settings, stack: AsyncExitStack) -> tuple[list[str], bool]:
    import os

    try:
        chosen = await choose_cloud(settings, os.environ, stack)
    except DoorstepError as error:
        return [f"cloud   cannot be used: {error}"], False
    lines = [
        f"cloud   {chosen.name} ({chosen.why})",
        "        zone cloud: reached only through the boundary, at",
        f"        {chosen.origin}",
    ]
    if chosen.stand_in:
        lines.append(f"        a stand-in; for a real model: {SET_CLOUD}")
    return lines, True


def _ledger(path: Path) -> tuple[list[str], bool]:
    if not path.exists():
        return [f"ledger  {path} (empty: nothing has crossed)"], True
    try:
        with Ledger(path, create=False) as book:
            report = book.verify()
    except DoorstepError as error:
        return [f"ledger  cannot be used: {error}"], False
    if not report.ok:
        return [f"ledger  {path} does not verify: {'; '.join(report.problems)}"], False
    return [f"ledger  {path} ({report.rows} rows, the chain is whole)"], True
