"""Check digits of the numbers that states give to persons: one function a number.

Each takes a value of the right form, as written, and says whether its digits agree.
"""

from __future__ import annotations

from doorstep.boundary.detect.checksums import (
    calendar_date,
    digits,
    iso7064_mod11_10,
    letters_and_digits,
    luhn,
    verhoeff,
    weighted,
)


def _born(value: str, order: str) -> bool:
    """Whether the first six digits are a date, in the order given ("ymd" or "dmy")."""
    parts = [int(digits(value)[place : place + 2]) for place in (0, 2, 4)]
    day, month, year = parts if order == "dmy" else parts[::-1]
    return calendar_date(year, month, day)


def us_ssn(value: str) -> bool:
    """Rules of the Social Security Administration since 2011."""
    area, group, serial = digits(value)[:3], digits(value)[3:5], digits(value)[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def us_itin(value: str) -> bool:
    group = int(digits(value)[3:5])
    return value[0] == "9" and (50 <= group <= 65 or 70 <= group <= 99)


def uk_nino(value: str) -> bool:
    """HMRC NIM39110: letters that are never used, in the prefix."""
    prefix = value[:2].upper()
    never = ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")
    return not (set(prefix) & set("DFIQUV") or prefix[1] == "O" or prefix in never)


def uk_nhs(value: str) -> bool:
    rest = 11 - weighted(value, range(10, 1, -1), 11)
    return rest != 10 and rest % 11 == int(digits(value)[9])


def de_tax(value: str) -> bool:
    """One digit occurs two or three times, the others once at most (AO § 139b)."""
    first = digits(value)[:10]
    most = max(first.count(char) for char in set(first))
    return first[0] != "0" and most in (2, 3) and iso7064_mod11_10(value)


def de_pension(value: str) -> bool:
    """Versicherungsnummer: the letter as two digits, digit sums of weighted digits, modulo 10."""
    compact = letters_and_digits(value)
    number = compact[:8] + f"{ord(compact[8]) - 64:02d}" + compact[9:11]
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    products = [int(char) * weight for char, weight in zip(number, weights, strict=True)]
    return sum(p // 10 + p % 10 for p in products) % 10 == int(compact[11])


def fr_nir(value: str) -> bool:
    """97 minus the number modulo 97; Corsica's 2A and 2B count as 19 and 18."""
    compact = letters_and_digits(value).replace("2A", "19").replace("2B", "18")
    return compact.isdigit() and 97 - int(compact[:13]) % 97 == int(compact[13:])


def es_dni(value: str) -> bool:
    """DNI and NIE: the letter is the number modulo 23."""
    compact = letters_and_digits(value)
    number = compact[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == compact[-1]


# What a digit or letter counts in an odd place; digits count as the first ten letters.
_CF_LETTERS = tuple(
    int(count)
    for count in "1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23".split()
)
_CF_ODD = {chr(65 + place): count for place, count in enumerate(_CF_LETTERS)}
_CF_ODD |= {str(place): _CF_LETTERS[place] for place in range(10)}


def it_codice_fiscale(value: str) -> bool:
    """DM 23/12/1976: odd places by table, even places by value, modulo 26."""
    compact = value.upper()
    total = 0
    for place, char in enumerate(compact[:15]):
        even = int(char) if char.isdigit() else ord(char) - 65
        total += even if place % 2 else _CF_ODD[char]
    return chr(65 + total % 26) == compact[15]


def nl_bsn(value: str) -> bool:
    return weighted(value, (9, 8, 7, 6, 5, 4, 3, 2, -1), 11) == 0 and int(digits(value)) > 0


def be_national(value: str) -> bool:
    """97 minus the first nine digits modulo 97; a 2 stands before them for births from 2000."""
    number, check = digits(value)[:9], int(digits(value)[9:])
    return any(97 - int(century + number) % 97 == check for century in ("", "2"))


def pl_pesel(value: str) -> bool:
    month = int(value[2:4]) % 20
    dated = calendar_date(int(value[:2]), month, int(value[4:6]))
    return dated and weighted(value, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10) == 0


def se_personnummer(value: str) -> bool:
    """Luhn over the last ten digits; a co-ordination number has 60 added to the day."""
    number = digits(value)[-10:]
    day = int(number[4:6])
    dated = calendar_date(int(number[:2]), int(number[2:4]), day - 60 * (day > 60))
    return dated and luhn(number)


def fi_hetu(value: str) -> bool:
    number = digits(value[:6] + value[7:10])
    return (
        _born(value[:6], "dmy")
        and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(number) % 31] == value[10].upper()
    )


def dk_cpr(value: str) -> bool:
    """A date and four digits; there has been no check digit since 2007."""
    return _born(value, "dmy")


def no_fodselsnummer(value: str) -> bool:
    number = digits(value)
    first = weighted(number, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), 11)
    return first == 0 and weighted(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), 11) == 0


def pt_nif(value: str) -> bool:
    rest = 11 - weighted(value, range(9, 1, -1), 11)
    return (0 if rest > 9 else rest) == int(digits(value)[8])


def at_svnr(value: str) -> bool:
    number = digits(value)
    dated = calendar_date(int(number[8:]), int(number[6:8]), int(number[4:6]))
    total = weighted(number[:3] + number[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6), 11)
    return dated and total == int(number[3])


def br_cpf(value: str) -> bool:
    number = digits(value)
    if len(set(number)) == 1:
        return False
    one = weighted(number, range(10, 1, -1), 11)
    two = weighted(number, range(11, 1, -1), 11)
    return [int(number[9]), int(number[10])] == [0 if n < 2 else 11 - n for n in (one, two)]


def br_cnpj(value: str) -> bool:
    number = digits(value)
    weights = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    one = weighted(number, weights, 11)
    two = weighted(number, (6, *weights), 11)
    return [int(number[12]), int(number[13])] == [0 if n < 2 else 11 - n for n in (one, two)]


def in_aadhaar(value: str) -> bool:
    return digits(value)[0] not in "01" and verhoeff(value)


def ca_sin(value: str) -> bool:
    return digits(value)[0] not in "08" and luhn(value)


def au_tfn(value: str) -> bool:
    return weighted(value, (1, 4, 3, 7, 5, 8, 6, 9, 10), 11) == 0


def au_medicare(value: str) -> bool:
    number = digits(value)
    return number[0] in "23456" and weighted(number, (1, 3, 7, 9) * 2, 10) == int(number[8])


def cn_resident(value: str) -> bool:
    """GB 11643-1999: ISO 7064 MOD 11-2, and a birth date."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    dated = calendar_date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    return dated and "10X98765432"[weighted(value[:17], weights, 11)] == value[17].upper()


def kr_rrn(value: str) -> bool:
    """A birth date and a century; numbers given since October 2020 have no check digit."""
    return _born(value, "ymd") and digits(value)[6] in "12345678"


def sg_nric(value: str) -> bool:
    compact = value.upper()
    total = sum(int(c) * w for c, w in zip(compact[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(compact[0], 0)
    table = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK"}
    return table.get(compact[0], "XWUTRQPNJLK")[total % 11] == compact[8]


def tr_kimlik(value: str) -> bool:
    n = [int(char) for char in value]
    tenth = (sum(n[0:9:2]) * 7 - sum(n[1:8:2])) % 10
    return n[0] > 0 and tenth == n[9] and sum(n[:10]) % 10 == n[10]


def ro_cnp(value: str) -> bool:
    rest = weighted(value, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9), 11)
    return _born(value[1:], "ymd") and (1 if rest == 10 else rest) == int(value[12])


def cz_rodne_cislo(value: str) -> bool:
    """Divisible by 11 since 1954; 50 is added to a woman's month, 20 where numbers ran out."""
    number = digits(value)
    month = int(number[2:4]) % 50
    dated = calendar_date(int(number[:2]), month - 20 * (month > 20), int(number[4:6]))
    return dated and (len(number) == 9 or int(number) % 11 == 0)


def bg_egn(value: str) -> bool:
    dated = calendar_date(int(value[:2]), int(value[2:4]) % 20, int(value[4:6]))
    return dated and weighted(value, (2, 4, 8, 5, 10, 9, 7, 3, 6), 11) % 10 == int(value[9])


def baltic_code(value: str) -> bool:
    """Estonia and Lithuania: two rounds modulo 11."""
    rest = weighted(value, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1), 11)
    if rest == 10:
        rest = weighted(value, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3), 11) % 10
    return _born(value[1:], "ymd") and rest == int(value[10])


def ie_pps(value: str) -> bool:
    compact = value.upper()
    total = sum(int(c) * w for c, w in zip(compact[:7], range(8, 1, -1), strict=True))
    if len(compact) == 9 and compact[8] != "W":
        total += (ord(compact[8]) - 64) * 9
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == compact[7]


def za_id(value: str) -> bool:
    return _born(value, "ymd") and value[10] in "012" and luhn(value)


def mx_curp(value: str) -> bool:
    """Registro Nacional de Población: weights 18 to 2 over 37 characters, modulo 10."""
    table = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    compact = value.upper()
    total = sum(table.index(c) * (18 - place) for place, c in enumerate(compact[:17]))
    return str(-total % 10) == compact[17]


def il_id(value: str) -> bool:
    return luhn(value)


def hr_oib(value: str) -> bool:
    return iso7064_mod11_10(value)


def hu_tax(value: str) -> bool:
    return value[0] == "8" and weighted(value, range(1, 10), 11) == int(value[9])


def gr_amka(value: str) -> bool:
    return _born(value, "dmy") and luhn(value)


def tw_id(value: str) -> bool:
    number = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(value[0].upper())
    figures = f"{number}{value[1:]}"
    return weighted(figures, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), 10) == 0


def hk_id(value: str) -> bool:
    compact = letters_and_digits(value)
    head = compact[:-1].rjust(8)
    numbers = [36 if c == " " else int(c, 36) for c in head]
    total = sum(n * weight for n, weight in zip(numbers, range(9, 1, -1), strict=True))
    last = 10 if compact[-1] == "A" else int(compact[-1], 36)
    return (total + last) % 11 == 0


def th_id(value: str) -> bool:
    return (11 - weighted(value, range(13, 1, -1), 11)) % 10 == int(digits(value)[12])


def jp_my_number(value: str) -> bool:
    rest = weighted(value, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11)
    return (0 if rest <= 1 else 11 - rest) == int(digits(value)[11])


def cl_rut(value: str) -> bool:
    compact = letters_and_digits(value)
    weights = [2 + place % 6 for place in range(len(compact) - 1)]
    rest = 11 - sum(int(c) * w for c, w in zip(reversed(compact[:-1]), weights, strict=True)) % 11
    return {11: "0", 10: "K"}.get(rest, str(rest)) == compact[-1]


def ar_cuit(value: str) -> bool:
    return weighted(value, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), 11) == 0


def lv_code(value: str) -> bool:
    return _born(value, "dmy") or value.startswith("32")


def my_nric(value: str) -> bool:
    return _born(value, "ymd")


def kr_business(value: str) -> bool:
    """The ninth place counts five-fold, with its carry."""
    number = digits(value)
    total = weighted(number, (1, 3, 7, 1, 3, 7, 1, 3), 10) + int(number[8]) * 5 // 10
    return (total + int(number[8]) * 5 + int(number[9])) % 10 == 0
