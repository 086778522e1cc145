"""Amounts in prose: a number with its sign, unit or currency, "about", ranges, compounds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from doorstep.patterns.compare import currencies
from doorstep.patterns.compare.numerals import Numeral, numerals, scaled
from doorstep.patterns.compare.units import UNITS, Unit, unit_at

NEAR = 40  # characters before a number in which its sign, currency and "about" stand

_ABOUT = re.compile(
    r"(?:\b(?:about|around|approximately|approx\.?|roughly|circa|ca\.|nearly|almost|rounded to)"
    r"|\bor so)\s*(?:an?\s)?\Z",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"(?:(?<![\w)%\]])-|\b(?:minus|negative|(?:loss|deficit|debt|shortfall)(?: of)?)\s+)\Z",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"\s*(?:(?:degrees\s+)?below (?:zero|freezing)|(?:net )?(?:loss|deficit|shortfall|overdrawn)"
    r"|in (?:debt|the red))\b",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"\b(?:(?P<least>at least|a minimum of|no (?:fewer|less) than|minimum(?: is)?|min\.)"
    r"|(?P<most>at most|a maximum of|no more than|maximum(?: is)?|up to|max\.)"
    r"|(?P<over>more than|over|above|greater than|exceed(?:s|ing)|longer than|higher than|after)"
    r"|(?P<under>less than|fewer than|under|below|shorter than|lower than|smaller than|within))"
    r"\s(?:an?\s)?\Z|(?P<ge>>=|≥)\s?\Z|(?P<le><=|≤)\s?\Z|(?P<gt>>)\s?\Z|(?P<lt><)\s?\Z",
    re.IGNORECASE,
)
_BOUNDS = {"least": ">=", "ge": ">=", "over": ">", "gt": ">"}
_BOUNDS |= {"most": "<=", "le": "<=", "under": "<", "lt": "<"}
_OR_MORE = re.compile(
    r"\s?(?:(?P<least>\+(?!\s?\d)|or (?:more|above|over|longer|older))"
    r"|(?P<most>or (?:less|fewer|below|under)))",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"[ \-]?(?:%|percent(?:age points?)?\b|per cent\b|pct\b)", re.IGNORECASE)
_OF_A = re.compile(r"\s(?:of\s)?(?:an?\s|one\s)(?=\w)", re.IGNORECASE)
_QUALIFIED = re.compile(
    r"\s(?:working|business|calendar|full|whole|more|extra|additional|other|straight|consecutive"
    r"|total|short|long)(?=\s\w)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:-|to|up to)\s?\Z|\s-\s\Z")
_AND = re.compile(r"\sand\s\Z")
_JOIN = re.compile(r"(?:\.?\s|,\s|\sand\s|,\sand\s)?\Z")
_ARTICLE = re.compile(r"\b(?:an?)\s(?=\w)", re.IGNORECASE)
_AND_PART = re.compile(r"\sand\sa\s(?P<part>half|quarter)\b", re.IGNORECASE)
_PER = re.compile(
    r"\s?(?:/|per\b|(?:for )?(?:every|each)\b)\s?(?P<any>[a-z]+)\b"
    r"|\s?an?\s(?P<time>second|minute|hour|day|night|week|month|year|kilo|pound|litre|liter)\b",
    re.IGNORECASE,
)
_SAME_WORD = {
    "annum": "year",
    "yr": "year",
    "hr": "hour",
    "h": "hour",
    "lb": "pound",
    "mo": "month",
}
_SAME_WORD |= {"kilo": "kg", "kilogram": "kg", "monat": "month", "jahr": "year", "l": "litre"}
_SAME_WORD |= {"liter": "litre", "min": "minute", "s": "second", "capita": "person"}
_SAME_WORD |= {"head": "person", "guest": "person", "child": "person", "kid": "person"}
_NAME = re.compile(r"(?<=\d)(?!(?:st|nd|rd|th|x|d|s|e)\b|[ap]m\b)[A-Za-z]{1,2}\b")  # room 12B
_GROUPED = ("money EUR", "money DKK", "money CHF", "money BRL", "money KR")  # 1.234 is 1234

# The unit of a bare number right behind another: 2h15, 1 metre 80, £3.20 is not one of them.
_SMALLER = {UNITS["hour"]: UNITS["minute"], UNITS["metre"]: UNITS["cm"]}
_SMALLER |= {UNITS["foot"]: UNITS["inch"]}


@dataclass(frozen=True, slots=True)
class Quantity:
    """From `low` to `high` (equal but for a range) of `unit`, as written, between two offsets.

    `decimals` is None where the number is exact; `other` is a second reading of `low`; `per` is
    what it is counted by ("day", "kg"), `bound` one of >=, >, <=, < where it is said to be one,
    `rivals` what else in the same sentence may have been meant, `tied` what as likely was.
    """

    low: Fraction
    high: Fraction
    unit: Unit | None
    decimals: int | None
    start: int
    end: int
    about: bool = False
    percent: bool = False
    other: Fraction | None = None
    per: str | None = None
    bound: str | None = None
    rivals: tuple[Quantity, ...] = ()
    tied: tuple[Quantity, ...] = ()

    @property
    def is_range(self) -> bool:
        return self.low != self.high


def quantities(text: str, *, money: bool = False) -> list[Quantity]:
    """All amounts of a cleaned text, in their order. `money`: pounds are sterling."""
    counted = [_single(numeral, text, money) for numeral in numerals(text)]
    counted = [q for q in counted if not _NAME.match(text, q.end)]
    articled = _articled(text, counted)
    taken = {at for q in articled for at in range(q.start, q.end)}
    free = [q for q in counted if q.start not in taken]
    singles = sorted([*free, *articled], key=lambda q: q.start)
    joined: list[Quantity] = []
    for quantity in singles:
        if joined and quantity.start < joined[-1].end:
            continue  # the dozen of half a dozen
        both = _joined(joined[-1], quantity, text) if joined else None
        if both is not None:
            joined[-1] = both
        else:
            joined.append(quantity)
    return joined


def _single(numeral: Numeral, text: str, money: bool) -> Quantity:
    start, unit = numeral.start, None
    if sign := currencies.before(_tail(text, start)):
        unit, start = sign[0], start - sign[1]
    numeral = scaled(numeral, text, unit is not None)
    end = numeral.end
    percent = _PERCENT.match(text, end)
    if percent is not None:
        end = percent.end()
    elif unit is None:
        unit, end = _behind(text, end, money)
    negative = _NEGATIVE.search(_tail(text, start))
    start -= len(negative[0]) if negative else 0
    below = _BELOW.match(text, end)
    value, other = _grouped(numeral, unit)
    value = -value if negative or below else value
    about = bool(_ABOUT.search(_tail(text, start)))
    found = Quantity(value, value, unit, numeral.decimals, start, end, about, percent is not None)
    other = -other if other is not None and negative else other
    return replace(found, other=other, per=_per(text, end), bound=_bound(text, start, end))


def _bound(text: str, start: int, end: int) -> str | None:
    match = _LEAST.search(_tail(text, start)) or _OR_MORE.match(text, end)
    return _BOUNDS[match.lastgroup] if match and match.lastgroup else None


def _per(text: str, at: int) -> str | None:
    """What an amount is counted by, as a word: 12 a day, 3 per person, 2.49/lb."""
    match = _PER.match(text, at)
    if match is None:
        return None
    word = (match["any"] or match["time"]).lower()
    return _SAME_WORD.get(word) or word.removesuffix("s")


def _tail(text: str, end: int) -> str:
    """What stands right before: a search to its end is then short, however long the text."""
    return text[max(0, end - NEAR) : end]


def _grouped(numeral: Numeral, unit: Unit | None) -> tuple[Fraction, Fraction | None]:
    """1.234 € is one thousand: where such money is used the dot groups, and it has no mills."""
    if numeral.other is not None and unit is not None and unit.dimension in _GROUPED:
        return numeral.other, None
    return numeral.value, numeral.other


def _behind(text: str, at: int, money: bool) -> tuple[Unit | None, int]:
    of_a = _OF_A.match(text, at) or _QUALIFIED.match(text, at)
    for begin in (at, of_a.end()) if of_a else (at,):
        for read in (currencies.after(text, begin, money), unit_at(text, begin)):
            if read is not None:
                return read
    return None, at


def _articled(text: str, singles: list[Quantity]) -> list[Quantity]:
    """ "an hour", "a year and a half": units that an article counts."""
    found, taken = [], {at for q in singles for at in range(q.start, q.end)}
    for match in _ARTICLE.finditer(text):
        unit = unit_at(text, match.end())
        if unit is None or match.start() in taken:
            continue
        if unit[0].dimension not in ("time", "months"):
            continue
        end, value = unit[1], Fraction(1)
        if part := _AND_PART.match(text, end):
            value += Fraction(1, 2 if part["part"].lower() == "half" else 4)
            end = part.end()
        elif not _alone(text, match.start()):
            continue  # "8 hours a day" counts no days
        found.append(Quantity(value, value, unit[0], None, match.start(), end))
    return found


def _alone(text: str, at: int) -> bool:
    before = _tail(text, at)
    return not re.search(r"[\w%)]\s*\Z", before) or bool(
        re.search(r"\b(?:is|takes|for|in|about|of|lasts)\s\Z", before, re.IGNORECASE)
    )


def _joined(a: Quantity, b: Quantity, text: str) -> Quantity | None:
    """A range or a compound of two neighbours; None where they are just two."""
    between = text[a.end : b.start]
    if _is_range(a, b, between, text):
        unit = b.unit if a.unit is None else a.unit
        return replace(b, low=a.low, unit=unit, start=a.start, percent=a.percent or b.percent)
    if _is_small_coin(a, b, between, text):
        return replace(a, low=a.low + b.low / 100, high=a.low + b.low / 100, end=b.end)
    if a.unit is None or not _JOIN.match(between) or a.is_range or a.percent or b.percent:
        return None
    unit = b.unit or _SMALLER.get(a.unit)
    if unit is None or unit.dimension != a.unit.dimension or unit.factor >= a.unit.factor:
        return _coins(a, b) if unit is not None else None
    if b.unit is None and (between.strip() or b.low >= 100):
        return None
    total = a.low + b.low * unit.factor / a.unit.factor
    return replace(a, low=total, high=total, end=b.end, decimals=None)


def _is_small_coin(a: Quantity, b: Quantity, between: str, text: str) -> bool:
    """Three euros fifty: at the end, behind the word for the currency."""
    bare = b.unit is None and not b.percent and b.decimals in (None, 0) and b.low < 100
    worded = currencies.is_money(a.unit) and text[: a.end][-1:].isalpha()
    return bare and worded and between == " " and not text[b.end :].strip(" .!")


def _coins(a: Quantity, b: Quantity) -> Quantity | None:
    """Three dollars and fifty cents."""
    if a.unit is None or b.unit is None or b.unit.dimension != "money CENT":
        return None
    if a.unit.dimension not in currencies.FAMILIES["money CENT"]:
        return None
    total = a.low + b.low * b.unit.factor
    return replace(a, low=total, high=total, end=b.end)


def _is_range(a: Quantity, b: Quantity, between: str, text: str) -> bool:
    if not 0 <= a.low < b.low or a.is_range or b.is_range:
        return False
    if a.unit is not None and a.unit != b.unit:
        return False
    if _AND.fullmatch(between):
        return _tail(text, a.start).rstrip().lower().endswith("between")
    return bool(_RANGE.fullmatch(between)) and not re.match(r"\s?=", text[b.end : b.end + 2])
