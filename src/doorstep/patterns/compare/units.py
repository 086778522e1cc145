"""Everyday units, as a dimension and a factor to its base unit; a few have an offset too.

Factors are exact where the unit is defined exactly (the inch is 2.54 cm), so that no rounding of
ours comes between two answers. Words are lower case; `SYMBOLS` are told apart by their case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction as F


@dataclass(frozen=True, slots=True)
class Unit:
    """`value * factor + offset` is in the base unit of `dimension`."""

    dimension: str
    factor: F
    offset: F = F(0)


def _table(dimension: str, rows: str) -> dict[str, Unit]:
    """Lines of `factor: name, name`."""
    units = {}
    for row in rows.strip().splitlines():
        factor, names = row.split(":", 1)
        for name in names.split(","):
            units[name.strip()] = Unit(dimension, F(factor.strip()))
    return units


_WORDS = (
    _table(
        "length",
        """
        1: m, metre, metres, meter, meters
        1000: km, kms, kilometre, kilometres, kilometer, kilometers
        0.01: cm, centimetre, centimetres, centimeter, centimeters
        0.001: mm, millimetre, millimetres, millimeter, millimeters
        0.0254: in, inch, inches, "
        0.3048: ft, foot, feet, '
        0.9144: yd, yds, yard, yards
        1609.344: mi, mile, miles
        1852: nmi, nautical mile, nautical miles
        """,
    )
    | _table(
        "mass",
        """
        1: g, gram, grams, gramme, grammes
        1000: kg, kgs, kilo, kilos, kilogram, kilograms
        0.001: mg, milligram, milligrams
        1000000: t, tonne, tonnes, metric ton, metric tons
        453.59237: lb, lbs, pound, pounds
        28.349523125: oz, ounce, ounces
        6350.29318: stone, stones
        907184.74: ton, tons
        """,
    )
    | _table(
        "volume",
        """
        1: l, litre, litres, liter, liters
        0.001: ml, millilitre, millilitres, milliliter, milliliters, cc, cm^3
        0.01: cl, centilitre, centilitres
        0.1: dl, decilitre, decilitres
        1000: m^3, m3, cubic metre, cubic metres, cubic meter, cubic meters
        3.785411784: gal, gallon, gallons
        0.946352946: qt, quart, quarts
        0.473176473: pint, pints
        0.0295735295625: fl oz, fluid ounce, fluid ounces
        """,
    )
    | _table(
        "kitchen",  # in litres, as cooks round them: a cup is 16 tablespoons
        """
        0.24: cup, cups
        0.015: tbsp, tbsps, tablespoon, tablespoons
        0.005: tsp, tsps, teaspoon, teaspoons
        """,
    )
    | _table(
        "area",
        """
        1: m^2, m2, sqm, sq m, square metre, square metres, square meter, square meters
        1000000: km^2, km2, square kilometre, square kilometres, square kilometer, square kilometers
        0.0001: cm^2, cm2, sq cm, square centimetre, square centimetres, square centimeters
        10000: ha, hectare, hectares
        0.09290304: ft^2, ft2, sq ft, square foot, square feet
        0.00064516: in^2, square inch, square inches
        4046.8564224: acre, acres
        """,
    )
    | _table(
        "speed",
        """
        1000: km/s, kilometres per second, kilometers per second
        0.3048: ft/s, feet per second
        1: m/s, metres per second, meters per second, m per second
        5/18: km/h, kph, kmh, kilometres per hour, kilometers per hour, km per hour, km an hour
        0.44704: mph, mi per hour, miles per hour, miles/hour, mi/h, miles an hour
        463/900: knot, knots, kn
        """,
    )
    | _table(
        "time",
        """
        0.001: ms, millisecond, milliseconds
        1: s, sec, secs, second, seconds
        60: min, mins, minute, minutes
        3600: h, hr, hrs, hour, hours
        86400: d, day, days
        604800: wk, wks, week, weeks
        1209600: fortnight, fortnights
        """,
    )
    | _table(
        "months",
        """
        1: month, months, mo
        3: quarter of a year
        12: year, years, yr, yrs
        120: decade, decades
        1200: century, centuries
        """,
    )
    | _table(
        "energy",
        """
        1: joule, joules
        1000: kj, kilojoule, kilojoules
        1000000: mj, megajoule, megajoules
        3600: wh, watt hour, watt hours
        3600000: kwh, kilowatt hour, kilowatt hours
        4.184: calorie, calories
        4184: kcal, kilocalorie, kilocalories
        """,
    )
    | _table("power", "1: w, watt, watts\n1000: kw, kilowatt, kilowatts\n1000000: megawatt")
    | _table(
        "data",
        """
        8: byte, bytes
        8000: kb, kilobyte, kilobytes
        8000000: mb, megabyte, megabytes
        8000000000: gb, gigabyte, gigabytes
        8000000000000: tb, terabyte, terabytes
        8192: kib
        8388608: mib
        8589934592: gib
        1000: kbit, kilobit, kilobits
        1000000: mbit, megabit, megabits
        1000000000: gbit, gigabit, gigabits
        """,
    )
    | _table("pressure", "100: mbar, hpa\n1000: kpa\n1: pa\n100000: bar\n6894.757293168: psi")
    | _table(
        "frequency",
        """
        1: hz, hertz
        1/60: bpm, beats per minute, rpm, revolutions per minute
        1000: khz, kilohertz
        1000000: mhz, megahertz
        1000000000: ghz, gigahertz
        """,
    )
    | _table("voltage", "1: volt, volts\n1000: kv, kilovolt, kilovolts")
    | _table("parts", "1: ppm, parts per million\n1/1000: ppb, parts per billion")
    | _table("angle", "1: °, deg, degree, degrees")
    | _table("pixels", "1: px, pixel, pixels")
)

_TEMPERATURES = {
    "celsius": Unit("temperature", F(1), F(27315, 100)),
    "fahrenheit": Unit("temperature", F(5, 9), F(45967, 180)),
    "kelvin": Unit("temperature", F(1)),
}
_DEGREES = {
    f"{sign}{name}": _TEMPERATURES[whole]
    for whole, letter in (("celsius", "c"), ("fahrenheit", "f"))
    for sign in ("°", "° ", "degrees ", "degree ", "deg ", "")
    for name in ((whole, letter) if sign else (whole,))
}

SYMBOLS = {"C": _TEMPERATURES["celsius"], "F": _TEMPERATURES["fahrenheit"]}
SYMBOLS |= {"K": _TEMPERATURES["kelvin"], "J": _WORDS["joule"], "Mb": _WORDS["mbit"]}
SYMBOLS |= {"MW": _WORDS["megawatt"], "mW": Unit("power", F(1, 1000))}
_NOT_BEFORE = {"in": r"(?!\s+(?!tall|long|wide|high|deep|thick)\w)"}  # 12 in the box
UNITS = {**_WORDS, **_DEGREES, "kelvin": _TEMPERATURES["kelvin"]}

_LONGEST_FIRST = sorted(UNITS, key=len, reverse=True)
_ANY = "|".join(
    re.escape(name).replace(r"\ ", "[ -]") + _NOT_BEFORE.get(name, "") for name in _LONGEST_FIRST
)
_SYMBOL = "|".join(sorted(SYMBOLS, key=len, reverse=True))
_END = r"(?![\w^])(?!/\w)"
UNIT = re.compile(rf"[ \-]?(?:(?P<sign>{_SYMBOL}){_END}|(?P<name>(?i:{_ANY})){_END})")


def unit_at(text: str, at: int) -> tuple[Unit, int] | None:
    """The unit that stands in `text` at `at`, and where it ends."""
    found = UNIT.match(text, at)
    if found is None:
        return None
    unit = (
        SYMBOLS[found["sign"]] if found["sign"] else UNITS[found["name"].lower().replace("-", " ")]
    )
    return unit, found.end()
