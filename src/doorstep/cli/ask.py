"""`doorstep ask`: a household's question, answered over its own notes."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

from doorstep._errors import BadInput, ConfigError
from doorstep._values import Crossing
from doorstep.assemble import SET_CLOUD, SET_HOME, Parts, assemble, price_of
from doorstep.cli import show
from doorstep.cli.progress import Progress
from doorstep.cli.prompt import piped
from doorstep.cli.unsure import settle
from doorstep.config import Settings, load
from doorstep.household.blind import Blinding
from doorstep.household.case import HouseholdCase
from doorstep.household.parse import MAX_BYTES, decode
from doorstep.household.problem import Solution
from doorstep.household.values import Kept
from doorstep.patterns import Ask, SolveCase, Solved

Result = Solved[Kept, Solution]


@click.command()
@click.argument("question")
@click.option(
    "--context",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="The household's file; - or a pipe for standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--dry-run", is_flag=True, help="Send nothing; show exactly what would leave.")
@click.option("--home", help="Home model: builtin, gemma4:e4b (on Ollama), gguf:FILE.")
@click.option("--cloud", help="Cloud model: stand-in, or a model's name such as gpt-5.4.")
@click.pass_obj
def ask(
    file: Path | None,
    question: str,
    context: Path | None,
    as_json: bool,
    dry_run: bool,
    home: str | None,
    cloud: str | None,
) -> None:
    """Answer QUESTION over a household's notes; only an anonymous problem may leave."""
    settings = load(file, {"home.model": home, "cloud.model": cloud}).settings
    request = Ask(question, _read(context))
    people = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
    interactive = not as_json and people
    if dry_run:
        kept, held, parts = asyncio.run(_preview(settings, request, as_json))
        click.echo(show.preview_json(kept, held) if as_json else show.preview(kept, held))
        return
    result, parts = asyncio.run(_run(settings, request, as_json, interactive))
    if as_json:
        click.echo(json.dumps(show.as_object(result, parts), indent=2, ensure_ascii=False))
    else:
        click.echo(show.page(result, parts, SET_HOME, SET_CLOUD))


async def _run(
    settings: Settings, request: Ask, quiet: bool, interactive: bool
) -> tuple[Result, Parts]:
    async with assemble(settings) as parts:
        if interactive:
            parts = settle(parts, request)
        with Progress(quiet=quiet) as progress:
            pattern = _pattern(settings, parts, progress)
            return await pattern.solve(request), parts


async def _preview(settings: Settings, request: Ask, quiet: bool) -> tuple[Kept, Crossing, Parts]:
    async with assemble(settings, dry_run=True) as parts:
        with Progress(quiet=quiet) as progress:
            kept, held = await _pattern(settings, parts, progress).preview(request)
        return kept, held, parts


def _pattern(settings: Settings, parts: Parts, progress: Progress) -> SolveCase[Kept, Solution]:
    return SolveCase(
        HouseholdCase(
            parts.home.home, declared=parts.declared, run=parts.run, blinding=_blinding(settings)
        ),
        parts.cloud_model,
        parts.boundary,
        price=price_of(settings),
        watch=progress.watch,
    )


def _blinding(settings: Settings) -> Blinding:
    """The house keeps a key: with it a dry run shows the very decoys that will cross."""
    from doorstep.boundary.keys import derived, load_key

    ways = settings.household.blind
    if "decoys" not in ways:
        return Blinding(ways)
    try:
        key = load_key(keyring=settings.boundary.keyring)
    except OSError as error:
        raise ConfigError(
            f"The key for decoys cannot be kept in the data folder ({type(error).__name__}).",
            hint='Make the folder writable, or leave "decoys" out of household.blind.',
        ) from None
    return Blinding(ways, derived(key, "decoys"))


def _read(path: Path | None) -> str:
    """The context as text, whatever it comes from; one byte too many is enough to refuse it."""
    if path is None and not piped():
        raise BadInput("There is no context.", hint="Give --context FILE, or pipe one in.")
    try:
        if path is None or str(path) == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    return decode(data)
