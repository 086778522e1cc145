"""Currencies: symbols before and after an amount, words, and the small coins."""

from __future__ import annotations

import re
from fractions import Fraction as F

from doorstep.patterns.compare.units import Unit

_CODES = "USD EUR GBP CHF JPY CNY INR AUD CAD NZD HKD SGD DKK SEK NOK PLN CZK BRL MXN ZAR KRW"
_SIGNS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY",
    "₹": "INR", "₩": "KRW", "zł": "PLN", "Rs.": "INR", "Rs": "INR", "Fr.": "CHF",
}  # fmt: skip
_WORDS = {
    "us dollar": "USD", "u.s. dollar": "USD", "american dollar": "USD", "dollar": "USD",
    "buck": "USD", "australian dollar": "AUD", "canadian dollar": "CAD", "euro": "EUR",
    "pound sterling": "GBP", "british pound": "GBP", "quid": "GBP", "swiss franc": "CHF",
    "yen": "JPY", "yuan": "CNY", "rupee": "INR", "zloty": "PLN", "won": "KRW", "real": "BRL",
}  # fmt: skip
_CROWNS = ("kr.", "kr", "krone", "kroner", "krona", "kronor", "crowns")
_COINS = {"cent": "CENT", "cents": "CENT", "¢": "CENT", "c": "CENT"}
_COINS |= {"penny": "GBP", "pence": "GBP", "p": "GBP"}

# A cent of whom, a crown of whom: they go with each of these.
FAMILIES = {
    "money CENT": {"money USD", "money EUR", "money AUD", "money CAD", "money NZD"},
    "money KR": {"money DKK", "money SEK", "money NOK"},
}


def currency(code: str, factor: F = F(1)) -> Unit:
    return Unit(f"money {code}", factor)


def is_money(unit: Unit | None) -> bool:
    return unit is not None and unit.dimension.startswith("money ")


BEFORE = {sign: currency(code) for sign, code in _SIGNS.items()}
BEFORE |= {code: currency(code) for code in _CODES.split()}
AFTER = dict(BEFORE) | {word: currency("KR") for word in _CROWNS}
AFTER |= {f"{word}{s}": currency(code) for word, code in _WORDS.items() for s in ("", "s")}
AFTER |= {word: currency(code, F(1, 100)) for word, code in _COINS.items()}
STERLING = {"pound": currency("GBP"), "pounds": currency("GBP")}  # where money is meant


def _any(names: dict[str, Unit]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


PREFIX = re.compile(rf"(?<![A-Za-z])(?P<name>{_any(BEFORE)})\s?\Z")
_WORDY = {name: unit for name, unit in AFTER.items() if name[-1].isalpha()}
_SIGNED = {name: unit for name, unit in AFTER.items() if not name[-1].isalpha()}
_SUFFIX = re.compile(rf"[ \-]?(?P<name>(?i:{_any(_WORDY)})(?!\w)|{_any(_SIGNED)})")
_POUNDS = re.compile(r"[ \-]?(?P<name>pounds?)(?!\w)")
_LOWER = {name.lower(): unit for name, unit in AFTER.items()}


def before(text: str) -> tuple[Unit, int] | None:
    """The currency that `text` ends with, and how many characters it takes there."""
    found = PREFIX.search(text)
    return (BEFORE[found["name"]], len(found[0])) if found else None


def after(text: str, at: int, money: bool) -> tuple[Unit, int] | None:
    """The currency that stands at `at`, and where it ends. Pounds are sterling where `money`."""
    found = _POUNDS.match(text, at) if money else None
    if found is not None:
        return STERLING[found["name"]], found.end()
    found = _SUFFIX.match(text, at)
    if found is None:
        return None
    name = found["name"]
    if name in ("C", "P") or (name in ("c", "p") and text[at : at + 1] == " "):
        return None  # 20 C are degrees, and only 20p are pence
    return _LOWER[name.lower()], found.end()
