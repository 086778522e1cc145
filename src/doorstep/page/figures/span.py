"""The days that a view looks back on, and the bins that a chart draws them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

CHOICES = (7, 30, 90)
USUAL = 30
_MOST = 31  # bins; of more days, each bin is a week


@dataclass(frozen=True, slots=True)
class Span:
    """`days` days up to and with `last`, in bins of `each` days; the first bin may be shorter. Days
    are UTC, as the book's."""

    days: int
    last: date
    each: int = 1

    @property
    def since(self) -> str:
        """The first day, as the book writes it."""
        return (self.last - timedelta(days=self.days - 1)).isoformat()

    @property
    def until(self) -> str:
        """The day after the last."""
        return (self.last + timedelta(days=1)).isoformat()

    @property
    def bins(self) -> int:
        return -(-self.days // self.each)

    def bin(self, day: str) -> int:
        """Which bin a day of the book falls into; they are counted back from the last day."""
        ago = (self.last - date.fromisoformat(day)).days
        return self.bins - 1 - ago // self.each

    @property
    def labels(self) -> tuple[str, ...]:
        """For each bin its last day: "3 Nov"."""
        back = (self.last - timedelta(days=self.each * at) for at in reversed(range(self.bins)))
        return tuple(f"{day.day} {day:%b}" for day in back)

    @property
    def unit(self) -> str:
        return "day" if self.each == 1 else "week"


def span(days: int, last: date | None = None) -> Span:
    """The last `days` days, today with them."""
    return Span(days, last or datetime.now(UTC).date(), 1 if days <= _MOST else 7)
