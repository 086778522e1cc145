# ruff: noqa: E501
"""Tariff lines -> windows that cover the day exactly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from doorstep._errors import BadInput
from doorstep.household.halves import settle_range
from doorstep.household.problem import TariffWindow
from doorstep.household.times import DAY, TimeMention, clock, find_times

_SIGN = {"$": "$", "€": "€", "£": "£", "eur": "€", "euro": "€", "euros": "€", "usd": "$", "gbp": "£", "ct": "ct", "cent": "ct",
    "cents": "ct", "c": "ct", "¢": "ct", "p": "p", "pence": "p", "kr": "kr", "sek": "kr", "nok": "kr", "dkk": "kr", "chf": "CHF", "fr": "CHF",
    "rp": "ct", "zł": "zł", "pln": "zł", "¥": "¥", "jpy": "¥", "₹": "₹", "inr": "₹", "r": "R", "dollars": "$", "dollar": "$", "aud": "$"}  # fmt: skip
_MAJOR = {"ct": "€", "p": "£"}
_UNIT = r"[$€£¥₹¢]|ct|cents?|euros?|eur|usd|aud|gbp|pence|dollars?|kr|sek|nok|dkk|chf|fr|rp|zł|pln|jpy|inr|c|p"
_PRICE = re.compile(
    rf"(?P<pre>[$€£¥₹]|\b(?:eur|usd|gbp|chf|aud))?\s*(?P<n>[-−]?(?:\d+(?:[.,]\d+)?|[.,]\d+))\s*(?P<post>(?:{_UNIT})(?![^\W\d_]))?",
    re.IGNORECASE,
)
_REST = re.compile(
    r"\b(?:otherwise|all other (?:times|hours)|rest of (?:the )?(?:day|time)|other (?:times|hours)|at all other|remaining (?:hours|time)|else|the rest|outside (?:these|those|that))\b",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r"\b(?:flat|all day|all the time|round the clock|24 ?h(?:ours)?|any time|always|whole day|24/7|day and night)\b",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(?<![\d:.,$€£])(\d{1,2})(?:\s*(?:h|uhr))?\s*(?:-|–|—|to|until|till|bis|→)\s*(\d{1,2})(?:\s*(?:h|uhr|hrs|hours|o'clock))?(?=\s*(?:[:|)=,]|[-–—>]|\s(?:at|$|€|£|\$|\d)|costs|is\b|$|[A-Za-z]*\s*[$€£]))",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    spans: tuple[tuple[int, int], ...]
    price: float
    unit: str


def read_tariff(lines: Sequence[str]) -> tuple[tuple[TariffWindow, ...], str]:
    """Windows as written and the currency sign. Raises BadInput: no window, gaps, overlaps."""
    segments = [s for line in lines for s in _split(line)]
    rows, rest = _rows(segments)
    if rest is not None and rows:
        rows.append(_Row(_gaps(rows), rest[0], rest[1]))
    if not rows:
        raise BadInput(
            "The section Tariff gives no price for any hours.",
            hint="Write lines such as 17:00-20:00 $0.45.",
        )
    _check(rows)
    units = {r.unit for r in rows if r.unit}
    unit = units.pop() if len(units) == 1 else _common(units)
    windows = [
        TariffWindow(start=clock(a), end=clock(b), price=_price(row, unit))
        for row in rows
        for a, b in row.spans
    ]
    return tuple(windows), unit or "$"


def _split(line: str) -> list[str]:
    return [s for s in re.split(r";|\.\s+(?=\D)", line) if re.search(r"\d", s)]


def _common(units: set[str]) -> str:
    major = [u for u in units if u not in _MAJOR]
    return major[0] if major else "$"


def _price(row: _Row, unit: str) -> float:
    if row.unit in _MAJOR and row.unit != unit:
        return round(row.price / 100, 8)
    return row.price


def _rows(segments: Sequence[str]) -> tuple[list[_Row], tuple[float, str] | None]:
    rows: list[_Row] = []
    starts: list[tuple[int, float, str]] = []
    rest: tuple[float, str] | None = None
    for text in segments:
        spans, single, masked = _windows(text)
        prices = _prices(masked)
        if spans and prices:
            rows += _pair(text, spans, prices)
        elif prices and _REST.search(text):
            rest = (prices[-1][1], prices[-1][2])
        elif prices and single is not None:
            starts.append((single, prices[-1][1], prices[-1][2]))
        elif prices and _FLAT.search(text):
            rows.append(_Row(((0, 0),), prices[-1][1], prices[-1][2]))
    if len(rows) < 1 and len(starts) > 1:
        ends = [s[0] for s in starts[1:]] + [starts[0][0]]
        rows = [_Row(((s[0], e),), s[1], s[2]) for s, e in zip(starts, ends, strict=True)]
    return rows, rest


def _windows(text: str) -> tuple[list[tuple[int, int, int]], int | None, str]:
    """(place, from, to) of each range; a lone time; the text with all of them blanked."""
    found: list[tuple[int, int, int]] = []
    if "|" in text:  # a column each for start and end
        text = re.sub(r"(?<=\d)\s*\|\s*(?=\d{1,2}[:.]\d\d\s*(?:[ap]m\s*)?\|)", " to ", text)
    masked = text
    # "0.12", and any "6.30" beside "17:00", is a price and no time.
    decimal = r"\d+[.,]\d+" if re.search(r"\d:\d\d", text) else r"(?<!\d)0[.,]\d+(?!\d*\s*[-–—])"
    times = find_times(re.sub(decimal, lambda m: "#" * len(m[0]), text))
    single: int | None = None
    for time in times:
        if time.until is not None:
            a, b = _range(time, text)
            found.append((time.start, a, b))
        else:
            single = time.minute
        masked = masked[: time.start] + "#" * (time.end - time.start) + masked[time.end :]
    for m in _HOURS.finditer(masked):
        if int(m[1]) <= 24 and int(m[2]) <= 24 and "#" not in m[0]:
            found.append((m.start(), int(m[1]) % 24 * 60, int(m[2]) % 24 * 60))
            masked = masked[: m.start()] + "#" * (m.end() - m.start()) + masked[m.end() :]
    return found, single, masked


def _range(time: TimeMention, text: str) -> tuple[int, int]:
    assert time.until is not None
    if time.style == "digital" and time.until.style in ("digital", "exact"):
        return time.minute, time.until.minute
    if time.style == "exact" and time.until.style == "digital":
        return time.minute, time.until.minute
    return settle_range(time, text)


def _prices(masked: str) -> list[tuple[int, float, str]]:
    """(place, price, unit) of each number that is a price: those with a unit, else the plain ones."""
    masked = re.sub(
        r"\b(?:per|/)\s*\d*\s*kwh\b|\bT\d\b|\b(?:zone|tier|band|rate)\s*\d\b",
        lambda m: "#" * len(m[0]),
        masked,
        flags=re.IGNORECASE,
    )
    found = []
    for m in _PRICE.finditer(masked):
        sign = (m["pre"] or m["post"] or "").lower()
        value = float(m["n"].replace("−", "-").replace(",", "."))
        if m["n"][0] in "-−" and not re.search(r"(?:^|[\s:|=@(])$", masked[: m.start("n")]):
            value = -value
        found.append((m.start(), value, _SIGN.get(sign, "")))
    with_unit = [p for p in found if p[2]]
    return with_unit or found


def _pair(
    text: str, spans: list[tuple[int, int, int]], prices: list[tuple[int, float, str]]
) -> list[_Row]:
    if len(spans) == len(prices):
        return [_Row(((a, b),), p, u) for (_, a, b), (_, p, u) in zip(spans, prices, strict=True)]
    if len(prices) == 1 or len(spans) == 1:
        return [_Row(tuple((a, b) for _, a, b in spans), prices[-1][1], prices[-1][2])]
    rows = []
    for place, price, unit in prices:  # several ranges share the price that follows them
        mine = [s for s in spans if s[0] < place]
        spans = [s for s in spans if s[0] >= place]
        if mine:
            rows.append(_Row(tuple((a, b) for _, a, b in mine), price, unit))
    return rows


def _coverage(rows: Sequence[_Row]) -> list[int]:
    count = [0] * DAY
    for row in rows:
        for a, b in row.spans:
            for minute in range(a, b if b > a else b + DAY):
                count[minute % DAY] += 1
    return count


def _runs(count: Sequence[int], wrong: range) -> list[tuple[int, int]]:
    """Runs of minutes whose count is in `wrong`, as (from, to)."""
    runs: list[tuple[int, int]] = []
    for minute, n in enumerate(count):
        if n in wrong:
            if runs and runs[-1][1] == minute:
                runs[-1] = (runs[-1][0], minute + 1)
            else:
                runs.append((minute, minute + 1))
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == DAY:
        runs = [(runs[-1][0], runs[0][1]), *runs[1:-1]]
    return runs


def _gaps(rows: Sequence[_Row]) -> tuple[tuple[int, int], ...]:
    return tuple((a, b % DAY) for a, b in _runs(_coverage(rows), range(1)))


def _check(rows: Sequence[_Row]) -> None:
    count = _coverage(rows)
    for wrong, what in ((range(1), "has a gap"), (range(2, 1 << 30), "has overlapping hours")):
        runs = _runs(count, wrong)
        if runs:
            hours = ", ".join(f"{clock(a)}-{clock(b)}" for a, b in runs[:4])
            raise BadInput(
                f"The tariff {what}: {hours}.",
                hint="Its windows must cover the 24 hours, each once.",
            )
