"""Accounts, cards and wallets."""

from __future__ import annotations

import re

from doorstep.boundary.detect import checksums
from doorstep.boundary.detect.checksums import digits, letters_and_digits
from doorstep.boundary.detect.pattern import Pattern, Span

# Issuer ranges (ISO/IEC 7812; published by the networks) and the lengths in use.
_CARDS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-59]|[689]\d)\d{11}(?:\d{2})?"  # Diners Club
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12}(?:\d{3})?"  # Discover
    r"|(?:352[89]|35[3-8]\d)\d{12}|(?:2131|1800)\d{11}"  # JCB
    r"|62\d{14,17}"  # UnionPay
    r"|(?:5[0678]|6[0-9])\d{10,17}"  # Maestro
    r"|220[0-4]\d{12}"  # Mir
)


def _is_card(value: str) -> bool:
    number = digits(value)
    return _CARDS.fullmatch(number) is not None and checksums.luhn(number)


def _is_bitcoin(value: str) -> bool:
    return checksums.base58check(value)


def _longest_iban(text: str, start: int, end: int) -> Span | None:
    """The words after an IBAN may look like more of it: cut until the check digits agree."""
    stop = end
    while stop > start + 14:
        if text[stop - 1].isalnum() and checksums.iban(text[start:stop]):
            return start, stop
        stop -= 1
    return None


def _is_bic(value: str) -> bool:
    return len(value) in (8, 11)


def _is_routing(value: str) -> bool:
    """ABA: 3, 7, 1 weighted modulo 10."""
    return checksums.weighted(value, (3, 7, 1) * 3, 10) == 0


PATTERNS = (
    Pattern(
        "iban",
        "iban",
        "IBAN with the length of its country and MOD 97-10 (ISO 13616)",
        r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}\b",
        hint=r"\b[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]",
        edges=False,
        narrow=_longest_iban,
    ),
    Pattern(
        "iban named",
        "iban",
        "The form of an IBAN after its name, whatever the check digits",
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
        context=r"iban|account|konto|compte|cuenta|pay|transfer|überweis\w*|bank",
    ),
    Pattern(
        "card",
        "card",
        "Payment cards: issuer range, length and Luhn (ISO/IEC 7812)",
        r"\b\d(?:[ -]?\d){11,18}\b",
        hint=r"\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d",
        check=_is_card,
    ),
    Pattern(
        "card named",
        "card",
        "13 to 19 digits in card groups after a word for a card",
        r"\b\d{4}[ -]?\d{4,6}[ -]?\d{4,5}(?:[ -]?\d{1,4})?\b",
        context=r"(?:credit|debit|bank|gift) ?card|card (?:no|number|#)|visa|master ?card|amex|"
        r"kreditkarte|carte bancaire|carte bleue|tarjeta|kort(?:nummer)?\b",
        check=lambda value: 13 <= len(digits(value)) <= 19,
    ),
    Pattern(
        "card security code",
        "card",
        "Three or four digits after CVV, CVC, security code",
        r"(?i:\b(?:cvv2?|cvc2?|cid|security code|prüfziffer|card code)\b(?: is|[ :=#]){0,3})"
        r"(\d{3,4})\b",
    ),
    Pattern(
        "card expiry",
        "card",
        "The end of a card's life after exp, expiry, valid until",
        r"(?i:\b(?:exp(?:iry|ires|iration)?(?: date)?|valid (?:thru|until)|gültig bis)"
        r"(?: is|[ .:=]){0,3})((?:0[1-9]|1[0-2]) ?/ ?(?:20)?[2-4]\d)\b",
    ),
    Pattern(
        "bic",
        "account",
        "Bank codes after BIC or SWIFT (ISO 9362)",
        r"\b[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b",
        hint="(?i:bic|swift)",
        context=r"bic\b|swift",
        check=_is_bic,
    ),
    Pattern(
        "us routing number",
        "account",
        "ABA routing numbers after their name (checksum)",
        r"\b[0-3]\d{8}\b",
        context=r"routing|aba\b|rtn\b|transit",
        check=_is_routing,
    ),
    Pattern(
        "uk sort code",
        "account",
        "Sort codes after their name",
        r"\b\d{2}[- ]\d{2}[- ]\d{2}\b",
        context=r"sort ?code|s/c\b",
    ),
    Pattern(
        "bitcoin address",
        "account",
        "Bitcoin addresses: Base58Check, or bech32 (BIP 173)",
        r"\b[13][1-9A-HJ-NP-Za-km-z]{25,34}\b",
        check=_is_bitcoin,
    ),
    Pattern(
        "bitcoin bech32 address",
        "account",
        "Bitcoin addresses in bech32 (BIP 173)",
        r"\b(?i:bc1|tb1)[02-9ac-hj-np-z]{25,87}\b",
    ),
    Pattern(
        "ethereum address",
        "account",
        "Ethereum addresses: 0x and 40 hexadecimal digits",
        r"\b0x[0-9A-Fa-f]{40}\b",
    ),
    Pattern(
        "fund number",
        "account",
        "ISIN after its name (ISO 6166)",
        r"\b[A-Z]{2}[A-Z0-9]{9}\d\b",
        context=r"isin\b|depot|securities",
        check=lambda value: checksums.luhn(
            "".join(str(int(char, 36)) for char in letters_and_digits(value))
        ),
    ),
)
