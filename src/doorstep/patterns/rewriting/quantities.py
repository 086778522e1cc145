"""Numbers with their units, dates and times of day in a text, in a form that can be compared.

"90 minutes" and "1.5 h" are one quantity, "6.30 pm" and "18:30" one time. What can be read in two
ways ("1.250", "6:30", "03/04/2026") keeps both readings, and is equal to whatever shares one.
English; units and number words outside the tables below stay bare numbers or plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Protocol

from doorstep.patterns.rewriting.dates import Quantity, dates, times

_UNITS = {
    "time": "s sec secs second seconds=1 min mins minute minutes=60 h hr hrs hour hours=3600 "
    "day days=86400 week weeks wk wks=604800 "
    "fortnight fortnights=1209600",
    "months": "month months=1 year years yr yrs=12",
    "eur": "€ eur euro euros=1",
    "usd": "$ usd dollar dollars=1",
    "gbp": "£ gbp pound pounds quid=1",
    "cents": "ct cent cents=1",
    "percent": "% percent=1",
    "mass": "mg=0.001 g gram grams=1 kg kilo kilos kilogram kilograms=1000 tonne tonnes=1000000",
    "length": "mm=0.001 cm=0.01 m metre metres meter meters=1 km kilometre kilometres kilometer "
    "kilometers=1000",
    "miles": "mile miles mi=1",
    "volume": "ml=0.001 l litre litres liter liters=1",
    "energy": "wh=1 kwh=1000 mwh=1000000",
    "power": "w watt watts=1 kw=1000 mw=1000000",
    "degrees": "°c celsius=1",
    "data": "kb=1 mb=1000 gb=1000000 tb=1000000000",
    "area": "m² sqm=1",
}
# Exact, however long a number is: the ordinary context rounds, and overflows at a million digits.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
_MAGNITUDES = {"k": 1000, "thousand": 1000, "million": 10**6, "bn": 10**9, "billion": 10**9}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _unit_table() -> dict[str, tuple[str, Decimal]]:
    table: dict[str, tuple[str, Decimal]] = {}
    for dimension, words in _UNITS.items():
        names: list[str] = []
        for word in words.split():
            name, _, factor = word.partition("=")
            names.append(name)
            if factor:
                table.update((n, (dimension, Decimal(factor))) for n in names)
                names = []
    return table


_TABLE = _unit_table()
_I = re.IGNORECASE
_A_RATE = re.compile(r"(?:[\d%€$£]|\b(?:once|twice|times|euros|dollars|pounds|hours))\s+\Z")
_LIST_MARK = re.compile(r"^[ \t]*\d{1,2}[.)](?=\s)", re.MULTILINE)
_NUMBER = re.compile(
    r"(?<![\w.,:/])(?P<before>[€$£]\s?)?(?P<minus>(?<!\w)[-−])?"
    r"(?P<number>\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
    r"(?!\d|[.,:]\d)"
)
_AFTER = re.compile(
    r"(?:[ \u00a0-]?(?P<size>thousand|million|billion|bn|k)\b)?"
    r"(?:[ \u00a0-]?(?P<unit>%|€|\$|£|°[Cc]|m²|[A-Za-z]+))?"
)
_WORDS = re.compile(
    r"\b(?:(?P<half>half)\s+an?|(?P<one>an?)|"
    rf"(?:(?P<ten>{'|'.join(_TENS)})(?:[- ](?P<unit1>{'|'.join(_ONES[1:10])}))?|"
    rf"(?P<low>{'|'.join(sorted(_ONES, key=len, reverse=True))})))"
    r"(?:\s+(?P<size>hundred|thousand|million|dozen))?\b(?:[ -](?P<unit>[a-z]+)\b)?",
    _I,
)


def quantities(text: str) -> list[Quantity]:
    """Every date, time and number of the text, in order, none within another."""
    found: list[Quantity] = []
    left = _LIST_MARK.sub(lambda m: " " * len(m[0]), text)
    for search in (dates, times, _numbers, _number_words):
        here = list(search(left))
        left = blanked(left, here)
        found += here
    return sorted(found, key=lambda quantity: quantity.start)


class Spanned(Protocol):
    """Something that stands at `text[start:end]`."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


def blanked(text: str, spans: Iterable[Spanned], blank: str = " ") -> str:
    """The text with `blank` over each of the spans, as long as before."""
    signs = list(text)
    for span in spans:
        signs[span.start : span.end] = blank * (span.end - span.start)
    return "".join(signs)


def _numbers(text: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        after = _AFTER.match(text, match.end())
        size, unit = (after["size"], after["unit"]) if after else (None, None)
        end = after.end() if after else match.end()
        known = unit is not None and unit.lower() in _TABLE
        if unit and not known:
            if after and after.start("unit") == match.end():
                continue  # "4x4", "2nd": part of a code or a word
            end = match.end() if not size or not after else after.end("size")
        factor = _MAGNITUDES.get((size or "").lower(), 1) * (-1 if match["minus"] else 1)
        values = {_EXACT.multiply(v, factor) for v in _values(match["number"])}
        sign = (match["before"] or "").strip() or (unit if known else "")
        yield _number(match.start(), end, values, sign or "")


def _number(start: int, end: int, values: set[Decimal], unit: str) -> Quantity:
    bare = frozenset(("", _plain(value)) for value in values)
    if not unit:
        return Quantity("number", start, end, bare)
    dimension, factor = _TABLE[unit.lower()]
    return Quantity(
        "number",
        start,
        end,
        frozenset((dimension, _plain(_EXACT.multiply(v, factor))) for v in values),
        bare,
    )


def _values(number: str) -> set[Decimal]:
    """What digits with separators may mean: "1.250" is read in two ways, "1,250" in one."""
    number = re.sub(r"[ '’\u00a0\u202f]", "", number)
    signs = re.findall(r"[.,]", number)
    if not signs:
        return {Decimal(number)}
    last = signs[-1]
    if len(set(signs)) == 2:
        other = "," if last == "." else "."
        return {Decimal(number.replace(other, "").replace(last, "."))}
    whole, decimal = (
        Decimal(re.sub(r"[.,]", "", number)),
        Decimal(number.replace(",", ".", 1)) if (len(signs) == 1) else None,
    )
    if decimal is None:
        return {whole}
    if len(number.rpartition(last)[2]) != 3 or number.startswith("0"):
        return {decimal}
    return {whole} if last == "," else {whole, decimal}


def _number_words(text: str) -> Iterator[Quantity]:
    for match in _WORDS.finditer(text):
        unit = (match["unit"] or "").lower()
        known = unit if unit in _TABLE and len(unit) > 2 else ""
        article = match["half"] or match["one"] or (match["low"] or "").lower() == "one"
        if article and not (known or match["size"]):
            continue  # "a", "one" and "half a" count only before a unit
        if match["one"] and _A_RATE.search(text[max(0, match.start() - 30) : match.start()]):
            continue  # "9.99 a month"
        end = match.end() if known else match.end("size") if match["size"] else _end(match)
        yield _number(match.start(), end, {_spelled(match)}, known)


def _end(match: re.Match[str]) -> int:
    return max(match.end(name) for name in ("half", "one", "ten", "unit1", "low"))


def _spelled(match: re.Match[str]) -> Decimal:
    if match["ten"]:
        value = Decimal(20 + 10 * _TENS.index(match["ten"].lower()))
        value += _ONES.index(match["unit1"].lower()) if match["unit1"] else 0
    else:
        low = (match["low"] or "one").lower()
        value = Decimal("0.5") if match["half"] else Decimal(_ONES.index(low))
    sizes = {"hundred": 100, "thousand": 1000, "million": 10**6, "dozen": 12}
    return value * sizes.get((match["size"] or "").lower(), 1)


def _plain(value: Decimal) -> str:
    return f"{value.normalize(_EXACT):f}"
