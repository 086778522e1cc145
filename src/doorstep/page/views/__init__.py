"""The rooms of the page, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Callable

from doorstep.page.rooms import Rooms
from doorstep.page.shown import Part
from doorstep.page.views import ask, held, ledger, patterns, quality, runs, today

PARTS: tuple[Callable[[Rooms], Part], ...] = (
    today.part,
    ask.part,
    runs.part,
    held.part,
    ledger.part,
    patterns.part,
    quality.part,
)
