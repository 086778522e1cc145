"""What the page's views are given."""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.boundary import Ledger
from doorstep.config import Settings
from doorstep.page.asking import Asker
from doorstep.runs.book import Book
from doorstep.runs.held import Waiting


@dataclass(frozen=True, slots=True)
class Rooms:
    """`ledger`: what crossed. `book`: what was asked. `waiting`: crossings that a person has to
    see first. `asker` runs a question."""

    settings: Settings
    ledger: Ledger
    book: Book
    waiting: Waiting
    asker: Asker
