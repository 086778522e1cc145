"""Numbers with unit, percent, range and tolerance: are two amounts the same?"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from doorstep.patterns.compare.currencies import FAMILIES
from doorstep.patterns.compare.quantity import Quantity
from doorstep.patterns.compare.units import UNITS, Unit, unit_at
from doorstep.patterns.compare.value import Rules, What

ABOUT = Fraction(2, 100)  # how far apart "about 300" and 297 may be
CUPS = Fraction(6, 100)  # how far apart cups, spoons and pints of several countries may be
ROUGH = Fraction(4, 100)  # up to here nobody can say whether it was rounded
CONVERTED = Fraction(1, 100)  # how much the rounding of a converted unit may make, at most
_PERCENT = re.compile(r"%|\bper ?cent", re.IGNORECASE)
_ASKED = re.compile(r"\b(?:how many|in|number of|how much in)\s", re.IGNORECASE)


def differences(a: Quantity, b: Quantity, rules: Rules, question: str = "") -> What:
    """What differs between two amounts; None where they cannot be scored."""
    if a.bound is not None and b.bound is not None and a.bound != b.bound:
        return ("bound",) if a.bound[0] != b.bound[0] else None
    if a.percent != b.percent:
        return _percent(*((a, b) if a.percent else (b, a)), rules, question)
    if a.unit is None or b.unit is None:
        return _bare(a, b, rules, question)
    if {a.unit.dimension, b.unit.dimension} == {"angle", "temperature"}:
        x, y = (replace(q, unit=_without_angle(q.unit)) for q in (a, b))
        return _bare(x, y, rules, question)
    if {a.unit, b.unit} == {UNITS["calorie"], UNITS["kcal"]} and a.low == b.low:
        return None  # most who say calories mean kilocalories
    factors = common(a.unit, b.unit)
    if factors is None and a.low == a.high == b.low == b.high == 0:
        return ()  # nothing is nothing in every currency
    if factors is None:
        return ("currency",) if "money " in a.unit.dimension + b.unit.dimension else ("unit",)
    left, right = _rates(a, b, *factors)
    return ("unit",) if left is None or right is None else _amounts(a, b, left, right, rules)


def _without_angle(unit: Unit | None) -> Unit | None:
    """Degrees may be of any scale of temperature."""
    return None if unit is None or unit.dimension == "angle" else unit


def _rates(a: Quantity, b: Quantity, left: Unit, right: Unit) -> tuple[Unit | None, Unit | None]:
    """Both units by the same measure: $12 a day and $360 a month; None where there is none."""
    if a.per is None or b.per is None or a.per == b.per:
        return left, right
    one, other = (UNITS.get(quantity.per) for quantity in (a, b) if quantity.per is not None)
    if one is None or other is None or one.dimension != other.dimension:
        return None, None
    return replace(left, factor=left.factor / one.factor), replace(
        right, factor=right.factor / other.factor
    )


def common(a: Unit, b: Unit) -> tuple[Unit, Unit] | None:
    """Both units where they measure the same thing."""
    related = b.dimension in FAMILIES.get(a.dimension, ()) or a.dimension in FAMILIES.get(
        b.dimension, ()
    )
    return (a, b) if a.dimension == b.dimension or related or _is_cooking(a, b) else None


def _is_cooking(a: Unit, b: Unit) -> bool:
    """A cup is 237, 240 or 250 ml: whose it is, nobody says."""
    return {a.dimension, b.dimension} == {"kitchen", "volume"}


def asked_unit(question: str) -> Unit | None:
    """The unit that the question asks for: how many minutes, in kilometres."""
    for match in _ASKED.finditer(question):
        unit = unit_at(question, match.end())
        if unit is not None and question[match.end() : unit[1]].strip().isalpha():
            return unit[0]
    return None


_ONE = Unit("", Fraction(1))


def _bare(a: Quantity, b: Quantity, rules: Rules, question: str) -> What:
    """One has no unit: it is that of the question, or the same as the other's."""
    plain = _amounts(a, b, _ONE, _ONE, rules)
    unit = a.unit or b.unit
    if plain == () or unit is None:
        return plain
    asked = asked_unit(question)
    if asked is not None and asked.dimension == unit.dimension:
        return _amounts(a, b, a.unit or asked, b.unit or asked, rules)
    others = (u for u in UNITS.values() if u.dimension == unit.dimension)
    fits = any(_amounts(a, b, a.unit or u, b.unit or u, rules) == () for u in others)
    return None if fits else plain


def _percent(a: Quantity, b: Quantity, rules: Rules, question: str) -> What:
    """`a` is in percent, `b` is not: 60% is 0.6, and 60 where percent were asked for."""
    if b.unit is not None:
        return ("unit",)
    as_share = _amounts(a, b, Unit("", Fraction(1, 100)), _ONE, rules)
    as_written = _amounts(a, b, _ONE, _ONE, rules)
    if as_share == () or (as_written == () and _PERCENT.search(question)):
        return ()
    return None if as_written == () else as_share


def _amounts(a: Quantity, b: Quantity, left: Unit, right: Unit, rules: Rules) -> What:
    if a.is_range != b.is_range:
        inside = b if a.is_range else a
        unit = right if a.is_range else left
        low, high = (a, left) if a.is_range else (b, right)
        value = _base(inside.low, unit)
        return None if _base(low.low, high) <= value <= _base(low.high, high) else ("amount",)
    same = _same(a.low, b.low, a, b, left, right, rules)
    if same and (not a.is_range or _same(a.high, b.high, a, b, left, right, rules)):
        return ()
    if a.low == -b.low:
        return ("sign",)
    if _is_rough(a, b, left, right):
        return None
    return None if _another_reading(a, b, left, right) else ("amount",)


def _is_rough(a: Quantity, b: Quantity, left: Unit, right: Unit) -> bool:
    """Whether the rounding of a converted unit explains it, but is a coarse one: 3 mi, 5 km."""
    if left == _ONE or right == _ONE or not _rounds_when_converted(left, right):
        return False
    apart, size = abs(_base(a.low, left) - _base(b.low, right)), abs(_base(a.low, left))
    steps = _half_step(a) * left.factor, _half_step(b) * right.factor
    return apart <= max(steps) and apart <= ROUGH * size


def _another_reading(a: Quantity, b: Quantity, left: Unit, right: Unit) -> bool:
    """Whether they would agree if the dot of one of them grouped thousands."""
    lefts = {_base(x, left) for x in (a.low, a.other) if x is not None}
    rights = {_base(y, right) for y in (b.low, b.other) if y is not None}
    return (a.other is None) != (b.other is None) and bool(lefts & rights)


def _base(value: Fraction, unit: Unit) -> Fraction:
    return value * unit.factor + unit.offset


def _same(
    x: Fraction, y: Fraction, a: Quantity, b: Quantity, left: Unit, right: Unit, rules: Rules
) -> bool:
    p, q = _base(x, left), _base(y, right)
    apart, size = abs(p - q), max(abs(x * left.factor), abs(y * right.factor))
    if apart <= max(rules.relative * size, rules.absolute * min(left.factor, right.factor)):
        return True
    if (a.about or b.about) and apart <= ABOUT * size:
        return True
    if _is_cooking(left, right) and apart <= CUPS * size:
        return True
    steps = [_half_step(a) * left.factor, _half_step(b) * right.factor]
    if _rounds_when_converted(left, right):
        return apart <= max(steps) and (apart <= CONVERTED * size)
    return any(
        _is_rounding(coarse, fine, value) and apart <= step
        for coarse, fine, value, step in ((a, b, y, steps[0]), (b, a, x, steps[1]))
    )


def _half_step(quantity: Quantity) -> Fraction:
    if quantity.decimals is None:
        return Fraction(0)
    return Fraction(1, 2 * 10**quantity.decimals)


def _is_rounding(coarse: Quantity, fine: Quantity, value: Fraction) -> bool:
    """Whether `fine` goes on where `coarse`, with its two decimals or more, was rounded: for
    ever, for at least four decimals, or in one digit again and again. 0.38 is not 3/8.
    """
    if coarse.decimals is None or coarse.decimals < 2:
        return False
    if fine.decimals is None:
        return (value * 10**4).denominator != 1
    if fine.decimals <= coarse.decimals:
        return False
    return fine.decimals >= 4 or len(set(str(int(abs(value) * 10**fine.decimals))[-2:])) == 1


def _rounds_when_converted(a: Unit, b: Unit) -> bool:
    """Not between units that are round multiples of each other (km and m, days and hours)."""
    if a.offset != b.offset:
        return True
    ratio = a.factor / b.factor
    return not (_is_round(ratio.numerator) and _is_round(ratio.denominator))


def _is_round(number: int) -> bool:
    for prime in (2, 3, 5, 7):
        while number % prime == 0:
            number //= prime
    return number == 1
