"""Check digits. Each function takes a value as written and says whether its digits agree.

Separators (spaces, dots, dashes, slashes) are ignored. A value of the wrong length is never right.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

__all__ = [
    "base58check",
    "calendar_date",
    "digits",
    "ean13",
    "iban",
    "iso7064_mod11_10",
    "letters_and_digits",
    "luhn",
    "mod97",
    "verhoeff",
    "vin",
    "weighted",
]

# Length of an IBAN by country: the registry of ISO 13616, release of 2024.
_IBAN_LENGTHS = {
    code: length
    for length, codes in {
        15: "NO",
        16: "BE",
        18: "DK FK FO FI GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for code in codes.split()
}

# ISO 3779 / 49 CFR 565: letters to numbers, and the weight of each place.
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

# Verhoeff 1969: the multiplication table of the dihedral group D5 and the permutation by place.
_D5 = tuple(
    tuple(int(char) for char in row)
    for row in (
        "0123456789 1234067895 2340178956 3401289567 4012395678 "
        "5987604321 6598710432 7659821043 8765932104 9876543210"
    ).split()
)
_PERMUTED = tuple(
    tuple(int(char) for char in row)
    for row in (
        "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258"
    ).split()
)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def digits(value: str) -> str:
    """The decimal digits of `value`."""
    return re.sub(r"[^0-9]", "", value)


def letters_and_digits(value: str) -> str:
    """The ASCII letters and digits of `value`, in capitals."""
    return re.sub(r"[^0-9A-Z]", "", value.upper())


def luhn(value: str) -> bool:
    """ISO/IEC 7812-1 annex B: cards, IMEI, several national numbers."""
    total = 0
    for place, char in enumerate(reversed(digits(value))):
        number = int(char)
        if place % 2:
            number = number * 2 - 9 * (number > 4)
        total += number
    return total % 10 == 0


def weighted(value: str, weights: Sequence[int], modulus: int) -> int:
    """Sum of digit times weight, modulo `modulus`; as many digits as weights are used."""
    pairs = zip(digits(value), weights, strict=False)
    return sum(int(char) * weight for char, weight in pairs) % modulus


def mod97(value: str) -> int:
    """ISO 7064 MOD 97-10 of letters (A = 10) and digits."""
    return int("".join(str(int(char, 36)) for char in letters_and_digits(value)) or "0") % 97


def iban(value: str) -> bool:
    """ISO 13616: length of the country and MOD 97-10 over the rearranged value."""
    compact = letters_and_digits(value)
    if _IBAN_LENGTHS.get(compact[:2]) != len(compact):
        return False
    return mod97(compact[4:] + compact[:4]) == 1


def iso7064_mod11_10(value: str) -> bool:
    """ISO 7064 MOD 11,10: the last digit checks the others (DE tax number, HR OIB)."""
    numbers = [int(char) for char in digits(value)]
    product = 10
    for number in numbers[:-1]:
        product = ((product + number) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == numbers[-1]


def verhoeff(value: str) -> bool:
    """Verhoeff's scheme (IN Aadhaar)."""
    check = 0
    for place, char in enumerate(reversed(digits(value))):
        check = _D5[check][_PERMUTED[place % 8][int(char)]]
    return check == 0


def ean13(value: str) -> bool:
    """GS1 check digit over 13 digits (CH AHV number)."""
    return len(digits(value)) == 13 and weighted(value, (1, 3) * 6 + (1,), 10) == 0


def vin(value: str) -> bool:
    """49 CFR 565.15: the ninth place of a vehicle identification number."""
    numbers = [int(char) if char.isdigit() else _VIN_VALUES.get(char, 0) for char in value.upper()]
    if len(numbers) != 17:
        return False
    rest = sum(n * weight for n, weight in zip(numbers, _VIN_WEIGHTS, strict=True)) % 11
    return value[8].upper() == ("X" if rest == 10 else str(rest))


def base58check(value: str) -> bool:
    """Base58Check: the last four bytes are a double SHA-256 of the others (Bitcoin)."""
    import hashlib

    number = 0
    for char in value:
        number = number * 58 + _BASE58.index(char)
    leading = len(value) - len(value.lstrip("1"))
    data = bytes(leading) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(data) < 5:
        return False
    return hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] == data[-4:]


def calendar_date(year: int, month: int, day: int) -> bool:
    """Whether there is such a day. Years of two digits count as 2000 and later or as 1900."""
    years = (year,) if year > 99 else (2000 + year, 1900 + year)
    return any(_is_date(candidate, month, day) for candidate in years)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True
