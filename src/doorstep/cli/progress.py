"""A spinner on stderr while models work; nothing at all where stderr is not a terminal."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Self

import click

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PERIOD_S = 0.1


class Progress:
    """`watch(line)` says what is being done now; the line is wiped at the end."""

    def __init__(self, *, quiet: bool) -> None:
        self._on = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._line = ""
        self._since = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._spin, daemon=True)

    def watch(self, line: str) -> None:
        self._line, self._since = line, time.monotonic()

    def __enter__(self) -> Self:
        if self._on:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        if self._on:
            self._thread.join()
            click.echo("\r\033[K", nl=False, err=True)

    def _spin(self) -> None:
        turn = 0
        while not self._done.wait(PERIOD_S):
            seconds = time.monotonic() - self._since
            frame = FRAMES[turn % len(FRAMES)]
            click.echo(f"\r\033[K{frame} {self._line} {seconds:.0f} s", nl=False, err=True)
            turn += 1
