"""Values as people read them. Times are UTC, ISO 8601; they are shown in this machine's zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from doorstep.page.readable import visible


def size(count: int) -> str:
    """Bytes: "812 B", "3.1 kB" (1 kB is 1,000 bytes)."""
    if count < 1000:
        return f"{count} B"
    shown, unit = count / 1000, "kB"
    for larger in ("MB", "GB"):
        if shown < 999.95:
            break
        shown, unit = shown / 1000, larger
    return f"{shown:.1f} {unit}"


def count(number: int) -> str:
    """ "12,345" """
    return f"{number:,}"


def dollars(cost: Decimal | None) -> str:
    """ "$0.0042"; "not priced" where nobody knows."""
    if cost is None:
        return "not priced"
    return f"${cost:,.2f}" if cost >= 1 or cost == 0 else f"${cost:.4f}"


def seconds(time: float) -> str:
    """ "0.21 s", "4.2 s", "3 min 05 s", "5 min" """
    if time < 1:
        return f"{time:.2f} s"
    if time < 59.95:
        return f"{time:.1f} s"
    minutes, rest = divmod(round(time), 60)
    return f"{minutes} min {rest:02} s" if rest else f"{minutes} min"


def clock(at: str) -> str:
    """ "14:05:09" """
    return f"{_local(at):%H:%M:%S}"


def zones() -> str:
    """In which zones times and days are shown: "times are CET, days are UTC"."""
    zone = datetime.now().astimezone().tzname()
    return "times and days are UTC" if zone == "UTC" else f"times are {zone}, days are UTC"


def when(at: str) -> str:
    """ "23 Nov, 14:05" """
    local = _local(at)
    return f"{local.day} {local:%b, %H:%M}"


def day(at: date | str) -> str:
    """ "Mon 23 Nov 2026"; of a time or a date ("2026-11-23")."""
    if isinstance(at, str):
        at = date.fromisoformat(at) if len(at) == 10 else _local(at).date()
    return f"{at:%a} {at.day} {at:%b %Y}"


FILTERS: Mapping[str, Callable[..., str]] = {
    "size": size,
    "count": count,
    "dollars": dollars,
    "seconds": seconds,
    "clock": clock,
    "when": when,
    "day": day,
    "visible": visible,
}


def _local(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone()
