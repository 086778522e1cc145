"""A run of a command, kept: its book is opened when the answer has been printed, and for it alone.

What goes wrong with the book is one line, and no error of the command.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from doorstep._errors import DoorstepError
from doorstep.config import Settings
from doorstep.patterns.listening import listening
from doorstep.runs.values import KeptRun, Source

if TYPE_CHECKING:
    from doorstep.assemble.keeping import Asked, Recording
    from doorstep.runs.book import Keeping
    from doorstep.runs.later import Make

_BUSY_S = 1.0  # that another process may hold up the end of a command

log = logging.getLogger("doorstep.runs")


@contextmanager
def kept_run(
    settings: Settings, source: Source, pattern: str, asked: Asked
) -> Iterator[Recording | None]:
    """The block is one run: who listens to it is told, and it is kept. None where the settings keep
    nothing."""
    if settings.runs.keep == "none":
        yield None
        return
    from doorstep.assemble.keeping import recorder_of

    recorder = recorder_of(OwnBook(settings), settings)
    with recorder.run(source, pattern, asked) as one, listening(one):
        yield one


class OwnBook:
    """A `Shelf` for a single run: opened, written and closed at its end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def texts(self) -> Keeping:
        if self._settings.runs.keep != "all":
            return "off"
        return "kept" if find_spec("cryptography") else "no cryptography"

    def later(self, run: KeptRun | Make) -> None:
        from doorstep.assemble.keeping import book_of

        try:
            with book_of(self._settings, _BUSY_S) as book:
                book.write(run() if callable(run) else run)
        except DoorstepError as error:
            log.warning("This run is not kept. %s", error)
        except Exception as error:  # whatever it is, the answer stands; its words could be private
            log.warning("This run is not kept (%s).", type(error).__name__)

    def flush(self, timeout_s: float = 5.0) -> bool:
        return True
