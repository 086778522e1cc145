"""A group of commands, each imported when it is called or its help is shown."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """`modules`: the module of each command, by its name there and here, in the order of help."""

    def __init__(self, *args: Any, modules: dict[str, str] | None = None, **given: Any) -> None:
        super().__init__(*args, **given)
        self._modules = modules or {}

    def list_commands(self, context: click.Context) -> list[str]:
        """See `click.Group`."""
        return list(self._modules)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """See `click.Group`."""
        if name not in self._modules:
            return None
        command: click.Command = getattr(import_module(self._modules[name]), name)
        return command
