"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from doorstep.cli.main import cli

BAR = "\\|"  # in a cell of a table; in code the bar stands for itself


def every() -> Iterator[click.Context]:
    """A context for each command, groups before what is in them."""
    yield from _below(click.Context(cli, info_name="doorstep", **cli.context_settings))


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command is not None and not command.hidden:
                yield from _below(click.Context(command, info_name=name, parent=context))


def page() -> str:
    """The page as markdown."""
    parts = [_command(context) for context in every()]
    return "\n\n".join(["# The command line", *parts]) + "\n"


def _command(context: click.Context) -> str:
    one, name = context.command, context.command_path
    usage = " ".join([name, *one.collect_usage_pieces(context)])
    told = inspect.cleandoc(one.help or "").split("\f")[0]
    parts = [f"## {name}", f"```text\n{usage}\n```", told, _options(context)]
    return "\n\n".join(part for part in parts if part)


def _options(context: click.Context) -> str:
    rows = [row for option in context.command.get_params(context) if (row := _row(option, context))]
    if not rows:
        return ""
    return "\n".join(["| option | what it does |", "| --- | --- |", *rows])


def _row(option: click.Parameter, context: click.Context) -> str:
    if not isinstance(option, click.Option) or option.hidden:
        return ""
    record = option.get_help_record(context)
    if record is None:
        return ""
    name, told = (part.replace("\n", " ") for part in record)
    return f"| `{name}` | {told.replace('|', BAR)} |"
