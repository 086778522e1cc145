"""Who hears of a request as it leaves, where no passage holds (see `Passage.told`)."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

Left = Callable[[int, int], None]  # the ledger's id of the crossing, bytes of its body

hearing: ContextVar[Left | None] = ContextVar("doorstep_leaving", default=None)


def left(crossing: int, size: int) -> None:
    """A request is in the ledger, and its first byte may leave from now on."""
    if (hear := hearing.get()) is not None:
        hear(crossing, size)
