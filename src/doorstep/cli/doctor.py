"""`doorstep doctor`: what would be used, and in which zone each model is and why."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from doorstep._errors import DoorstepError
from doorstep.assemble import SET_CLOUD, SET_HOME, choose_cloud, choose_home
from doorstep.assemble.tree import tree
from doorstep.boundary import Ledger
from doorstep.config import Settings, load


@dataclass(frozen=True, slots=True)
class Extra:
    """Something that can be installed beside Doorstep: the modules it brings, and what for."""

    name: str
    modules: tuple[str, ...]
    serves: str


EXTRAS = (
    Extra("gateway", ("aiohttp", "httptools", "jinja2", "orjson", "starlette"), "doorstep serve"),
    Extra("calibrate", ("sklearn",), "doorstep calibrate"),
    Extra("background", ("dbos", "cryptography"), "draft-then-refine in the background"),
    Extra("embedded", ("xllamacpp",), "home models from a file, gguf:FILE"),
    Extra("names", ("onnxruntime", "numpy"), 'boundary.level = "names"'),
    Extra("vault", ("cryptography", "keyring"), "mask and unmask, texts of runs"),
    Extra("solver", ("highspy",), "larger households in doorstep ask"),
    Extra("otel", ("opentelemetry",), "traces, without any content"),
    Extra("hyperscan", ("hyperscan",), "a faster gate"),
    Extra("pydantic-ai", ("pydantic_ai",), "a boundary for pydantic-ai"),
)


@click.command()
@click.pass_obj
def doctor(file: Path | None) -> None:
    """Say what would be used here, and why, and what is installed. Sends nothing to a cloud."""
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
            _own(settings),
            _gateway(settings),
            (extras(), True),
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


def _own(settings: Settings) -> tuple[list[str], bool]:
    """The patterns of [patterns], and whether each leads to models at last."""
    lines, ok = [], True
    for name, options in settings.patterns.items():
        try:
            tree(name, settings)
            lines.append(f"{name} ({options.use})")
        except DoorstepError as error:
            lines.append(f"{name} cannot be used: {error}")
            ok = False
    return _under("pattern", lines), ok


def _gateway(settings: Settings) -> tuple[list[str], bool]:
    """What `doorstep serve` would do, where it is installed."""
    if not _there(EXTRAS[0]):
        return [], True
    from doorstep.assemble.notes import notes, token_of
    from doorstep.assemble.upstreams import upstreams_of

    try:
        secret = token_of(settings, os.environ)
        lines = notes(settings, upstreams_of(settings, os.environ), bool(secret))
    except DoorstepError as error:
        return [f"gateway cannot be used: {error}"], False
    where = settings.gateway
    lines.insert(0, f"doorstep serve: {where.host}, port {where.port}")
    return _under("gateway", lines), True


def _there(extra: Extra) -> bool:
    return all(find_spec(module) for module in extra.modules)


def extras() -> list[str]:
    """A line for each extra: whether it is installed, and what it is for."""
    width = max(len(extra.name) for extra in EXTRAS)
    lines = []
    missing = False
    for extra in EXTRAS:
        there = _there(extra)
        missing = missing or not there
        state = "installed" if there else "not installed"
        lines.append(f"{extra.name:<{width}}  {state:<13}  {extra.serves}")
    return _under("extras", [*lines, *(["pip install 'doorstep[NAME]'"] if missing else [])])


def _under(head: str, lines: list[str]) -> list[str]:
    return [f"{'' if at else head:<8}{line}" for at, line in enumerate(lines)]
