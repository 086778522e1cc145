"""Numbers as a picture writes them: short, and no more exact than they are."""

from __future__ import annotations

import math

_BEFORE = frozenset("$€£¥₹")


def places(gap: float) -> int:
    """Digits after the point that tell two numbers apart that lie `gap` from each other."""
    return max(0, -math.floor(math.log10(gap) + 1e-9)) if gap > 0 else 0


def money(amount: float, currency: str, gap: float = 0) -> str:
    """ "$0.45", "-12 ct": with the digits that `gap` needs, else as many as the amount has."""
    number = f"{abs(amount):.{places(gap)}f}" if gap else _plain(abs(amount))
    if gap and currency in _BEFORE and places(gap) == 1:
        number += "0"
    sign = "-" if amount < 0 else ""
    return f"{sign}{currency}{number}" if currency in _BEFORE else f"{sign}{number} {currency}"


def _plain(amount: float) -> str:
    """To a hundredth, or to two digits that count where it is smaller."""
    if not amount or amount >= 0.1:
        return f"{amount:,.2f}"
    written = f"{amount:.{places(amount) + 1}f}".rstrip("0")
    return written + "0" * (4 - len(written))


def kwh(energy: float) -> str:
    return f"{energy:,.2f}".rstrip("0").rstrip(".") + " kWh"


def duration(seconds: float) -> str:
    """ "0.24 s", "3.1 s", "48 s", "12 min", "3.2 h"."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 100:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def share(part: int, whole: int) -> str:
    """ "71 %"; nothing rounds to none or to all that is not."""
    if not whole:
        return "no runs"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "under 1 %"
    if 99 < percent < 100:
        return "over 99 %"
    return f"{percent:.0f} %"
