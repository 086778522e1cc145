"""`doorstep ask`: a household's question, answered over its own notes."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

from doorstep._errors import BadInput
from doorstep._values import Crossing
from doorstep.assemble import SET_CLOUD, SET_HOME, Parts, assemble
from doorstep.assemble.case import household_pattern
from doorstep.assemble.command import kept_run
from doorstep.cli import show
from doorstep.cli.progress import Progress
from doorstep.cli.prompt import piped
from doorstep.cli.unsure import settle
from doorstep.config import Settings, load
from doorstep.household.parse import MAX_BYTES, decode
from doorstep.household.problem import Solution
from doorstep.household.values import Kept
from doorstep.patterns import Ask, Solved
from doorstep.runs.values import Said

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
    asked = (Said("context", request.context), Said("user", question))
    with kept_run(settings, "ask", "household", asked) as record:
        result, parts = asyncio.run(_run(settings, request, as_json, interactive))
        if record is not None:
            record.answered(result.outcome)
            record.household(result)
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
            pattern = household_pattern(settings, parts, progress.watch)
            return await pattern.solve(request), parts


async def _preview(settings: Settings, request: Ask, quiet: bool) -> tuple[Kept, Crossing, Parts]:
    async with assemble(settings, dry_run=True) as parts:
        with Progress(quiet=quiet) as progress:
            kept, held = await household_pattern(settings, parts, progress.watch).preview(request)
        return kept, held, parts


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
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.",
            hint="Look at the path, and who may read it.",
        ) from None
    return decode(data)
