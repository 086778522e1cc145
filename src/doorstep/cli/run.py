"""`doorstep run`: any pattern, on any prompt, with any models."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click

from doorstep._errors import BadInput, DoorstepError
from doorstep._values import Crossing, Message, Outcome, Reply
from doorstep.assemble.command import kept_run
from doorstep.assemble.patterns import PatternParts, assemble_pattern
from doorstep.assemble.tree import Node, is_pattern, tree
from doorstep.cli import show_run
from doorstep.cli.progress import Progress
from doorstep.cli.prompt import messages
from doorstep.config import Settings, load
from doorstep.models.base import closing
from doorstep.patterns.settings import Level
from doorstep.runs.recording import asked_of


@click.command(short_help="Run a pattern on a prompt, a file or standard input.")
@click.argument("pattern")
@click.argument("prompt", required=False)
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Text that goes before the prompt, or is it; - for standard input. May be repeated.",
)
@click.option("--system", help="A system message.")
@click.option("--home", help="Home model (builtin, gemma4:e4b, gguf:FILE) or a pattern.")
@click.option("--cloud", help="Cloud model (stand-in, gpt-5.4) or a pattern.")
@click.option("--level", type=click.Choice(get_args(Level)), help="How text crosses.")
@click.option("--folder", help="plan-then-ground: the documents and tables, which stay here.")
@click.option(
    "--calibration",
    help="escalate-on-hard: a file of `doorstep calibrate`; cross-check: one of agreement.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--dry-run", is_flag=True, help="Send nothing; show exactly what would leave.")
@click.option("--stream", is_flag=True, help="Print the answer as it comes.")
@click.pass_obj
def run(
    file: Path | None,
    /,
    pattern: str,
    prompt: str | None,
    files: tuple[Path, ...],
    system: str | None,
    as_json: bool,
    dry_run: bool,
    stream: bool,
    **given: str | None,
) -> None:
    """Run PATTERN (one of the five, or one of yours) on PROMPT, a file or standard input."""
    if stream and (as_json or dry_run):
        raise BadInput("--stream goes with neither --json nor --dry-run.")
    settings, node = _chosen(load(file).settings, pattern, given)
    asked = messages(prompt, files, system)
    progress = Progress(quiet=as_json or stream)
    if dry_run:
        with progress:
            held, parts = asyncio.run(_preview(node, settings, asked, progress))
        text = show_run.preview(held, pattern, parts.layers)
        _echo(show_run.preview_object(held, parts) if as_json else text)
        return
    with kept_run(settings, "run", pattern, asked_of(asked)) as record:
        with progress:
            outcome, parts = asyncio.run(_run(node, settings, asked, progress, stream))
        if record is not None:
            record.answered(outcome)
        if as_json:
            _echo(show_run.as_object(outcome, parts))
        else:
            said = "" if stream else outcome.answer or "(The answer is empty.)"
            _echo(f"{said}\n\n{show_run.record(outcome, pattern, parts.layers)}")


def _echo(shown: object) -> None:
    text = shown if isinstance(shown, str) else json.dumps(shown, indent=2, ensure_ascii=False)
    click.echo(text)


def _chosen(
    settings: Settings, pattern: str, given: dict[str, str | None]
) -> tuple[Settings, Node]:
    """The settings and the tree with the flags in them. A flag that names a model holds for every
    part that names none of its own.
    """
    over: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    tables: dict[str, Any] = {}
    for side in ("home", "cloud"):
        named = given[side]
        if named is not None and not named.strip():
            raise BadInput(
                f"--{side} names no model and no pattern.",
                hint="Name one, or leave the flag out: the settings' model is then used.",
            )
        if named is not None and not is_pattern(named, settings):
            tables[side] = getattr(settings, side).model_copy(update={"model": named})
            over[side] = ""
    return settings.model_copy(update=tables), tree(pattern, settings, over)


async def _run(
    node: Node, settings: Settings, asked: Sequence[Message], progress: Progress, stream: bool
) -> tuple[Outcome, PatternParts]:
    async with assemble_pattern(node, settings, watch=progress.watch) as parts:
        if stream:
            reply = await _printed(parts, asked)
        else:
            reply = await parts.pattern.respond(asked)
        return reply.outcome or Outcome(reply.text), parts


async def _printed(parts: PatternParts, asked: Sequence[Message]) -> Reply:
    last, begun = None, False
    try:
        async with closing(parts.pattern.stream(asked)) as pieces:
            async for piece in pieces:
                click.echo(piece.text, nl=False)
                last, begun = piece.reply or last, begun or bool(piece.text)
    except DoorstepError:
        if begun:
            click.echo()  # what went wrong is told on a line of its own
        raise
    if last is None:
        raise BadInput(
            f"{parts.node.name} ended its answer without saying that it was complete.",
            hint="Try again; if it comes back, look at its model.",
        )
    return last


async def _preview(
    node: Node, settings: Settings, asked: Sequence[Message], progress: Progress
) -> tuple[list[Crossing], PatternParts]:
    """Everything at home for real, up to the point of sending; a pattern may go on without."""
    async with assemble_pattern(node, settings, dry_run=True, watch=progress.watch) as parts:
        try:
            await parts.pattern.respond(asked)
        except DoorstepError:
            if not parts.boundary.held:
                raise
        return parts.boundary.held, parts
