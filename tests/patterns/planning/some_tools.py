"""Tools for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class Visit:
    whom: str
    on: date
    hours: Decimal


def visits(
    whom: str,
    since: date | None = None,
    least: Decimal = Decimal(0),
    sort: Literal["newest", "oldest"] = "newest",
) -> list[Visit]:
    """The visits of somebody.

    This line is not sent.
    """
    return [Visit(whom, date(2026, 3, 1), Decimal("1.5"))]


def letters(whom: str) -> str:
    """All letters of somebody."""
    return f"Dear {whom}, Tobias Lindqvist lives in Zanzibar Lane 12. Yours"


def hours(texts: list[Decimal]) -> Decimal:
    """The sum of some numbers."""
    return sum(texts, Decimal(0))
