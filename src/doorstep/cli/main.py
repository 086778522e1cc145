"""`doorstep`: the group, its options, and the one place where an error becomes one line."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path

import click

from doorstep._errors import DoorstepError
from doorstep._where import where
from doorstep.cli.lazy import LazyGroup

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_COMMANDS = (
    "ask run serve patterns advise scan mask unmask held ledger runs doctor config calibrate"
).split()
_MODULES = {name: f"doorstep.cli.{name}" for name in _COMMANDS}
_MODULES |= dict.fromkeys(("mask", "unmask"), "doorstep.cli.filters")


@click.group(
    cls=LazyGroup, modules=_MODULES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="doorstep")
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Settings file. Default: ./doorstep.toml, then the one in your configuration folder.",
)
@click.pass_context
def cli(context: click.Context, config_file: Path | None) -> None:
    """Split work between a local model and a cloud model, and prove what crossed in between."""
    context.obj = config_file


def main() -> None:
    """The entry point: exit code 2 and one line on stderr for anything that went wrong."""
    try:
        code = cli.main(prog_name="doorstep", standalone_mode=False)  # that of an Exit, or None
        if sys.stdout is not None:
            sys.stdout.flush()
        if code:
            sys.exit(code)
    except DoorstepError as error:
        _stop(str(error), error.exit_code)
    except click.Abort:
        _stop("Stopped.", 130)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.ClickException as error:
        _stop(error.format_message(), 2)
    except BrokenPipeError:
        _discard_output()
        sys.exit(0)
    except Exception as error:  # a bug: its message may quote private text, its type cannot
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _discard_output()
            _stop(f"The output cannot be written: {error.strerror}.", 2)
        name, place = type(error).__name__, where(error)
        _stop(f"Doorstep failed inside ({name} at {place}). Please report it.", 2)


def _stop(line: str, code: int) -> None:
    click.echo(f"doorstep: {' '.join(line.split())}", err=True)
    sys.exit(code)


def _discard_output() -> None:
    """What is still in the buffer goes nowhere: Python would complain of it at the end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
