"""Numbers and codes: the same length, spacing and check digits, and nobody's.

ISO 13616 (IBAN, modulo 97), ISO/IEC 7812 (cards, Luhn), 49 CFR 565 (vehicles); national numbers are
drawn again until the rule that accepts the value accepts the surrogate, too.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable

from doorstep.boundary.surrogates.draw import Draw, laid

_LEAST = 4  # letters and digits that a code must have to be told from ordinary text
_TRIES = 4000
# Ranges of issuers that payment services publish for tests, by the first digit.
_TEST_CARDS = {"2": "222300", "3": "378282", "4": "424242", "5": "555555", "6": "601111"}
_LENGTHS = range(12, 20)
_VIN_CHECK = 8
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ"


def shape(value: str, draw: Draw) -> str | None:
    """Letter for letter and digit for digit."""
    signs = [c for c in value if c.isalnum()]
    if len(signs) < _LEAST or not all(c.isascii() for c in signs):
        return None
    return draw.shaped(value)


def iban(value: str, draw: Draw) -> str | None:
    """The same country, length and spacing; the check digits are right."""
    signs = "".join(c for c in value if c.isalnum()).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", signs) or re.search(r"[^\w -]|_", value):
        return None
    body = draw.shaped(signs[4:], "account")
    number = "".join(str(int(c, 36)) for c in f"{body}{signs[:2]}00")
    made = laid(value, f"{signs[:2]}{98 - int(number) % 97:02d}{body}")
    return made.lower() if value.islower() else made


def card(value: str, draw: Draw) -> str | None:
    """The same length and spacing, from a range that is for tests; the Luhn digit is right."""
    digits = "".join(c for c in value if c.isdigit())
    if len(digits) not in _LENGTHS or not re.fullmatch(r"[\d ./-]+", value):
        return None
    start = _TEST_CARDS.get(digits[0], digits[0] + "00000")
    body = start + draw.digits(len(digits) - len(start) - 1)
    return laid(value, body + _luhn(body))


def vin(value: str, draw: Draw) -> str | None:
    """Seventeen signs with the right check digit."""
    from doorstep.boundary.detect import checksums

    if not re.fullmatch(r"[A-HJ-NPR-Za-hj-npr-z0-9]{17}", value):
        return None

    signs = [
        str(draw.below(10, str(i))) if c.isdigit() else draw.pick(_VIN, str(i))
        for i, c in enumerate(value.upper())
    ]
    for check in "0123456789X" if checksums.vin(value) else ():
        signs[_VIN_CHECK] = check
        if checksums.vin("".join(signs)):
            break
    made = "".join(signs)
    return made.lower() if value.islower() else made


def national_id(value: str, draw: Draw) -> str | None:
    """Right by the same rules by which the value is right."""
    if sum(c.isalnum() for c in value) < _LEAST or not value.isascii():
        return None
    rules = [rule for rule in _rules() if _holds(rule, value)]
    for kept in (0, 1, 3) if rules else ():  # some begin with digits that are fixed
        if made := _until(value, kept, rules[0], draw):
            return made
    return draw.shaped(value)


def _rules() -> list[Callable[[str], bool]]:
    from doorstep.boundary.detect.patterns.national_ids import PATTERNS

    return [
        _rule(pattern.source, pattern.check)
        for pattern in PATTERNS
        if pattern.check is not None and not pattern.context
    ]


def _rule(source: str, check: Callable[[str], bool]) -> Callable[[str], bool]:
    form = re.compile(source, re.ASCII)
    return lambda value: bool(form.fullmatch(value)) and check(value)


def _holds(rule: Callable[[str], bool], value: str) -> bool:
    try:
        return rule(value)
    except (ValueError, IndexError, KeyError):  # not of that form at all
        return False


def _until(value: str, kept: int, right: Callable[[str], bool], draw: Draw) -> str | None:
    """Shapes of a value beyond its first `kept` signs, until one is right."""
    # Thousands of draws: a generator that is seeded by the key, not one by the key itself.
    chance = random.Random(draw.below(1 << 64, "seed"))
    for _ in range(_TRIES):
        made = value[:kept] + "".join(
            str(int(chance.random() * 10)) if c.isdigit() else _letter(c, chance.random())
            for c in value[kept:]
        )
        if made != value and _holds(right, made):
            return made
    return None


def _letter(sign: str, chance: float) -> str:
    if not sign.isalpha():
        return sign
    new = string.ascii_uppercase[int(chance * 26)]
    return new if sign.isupper() else new.lower()


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)
