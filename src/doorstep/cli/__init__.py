"""The command line: parse, call, print."""

from doorstep.cli.main import main

__all__ = ["main"]
