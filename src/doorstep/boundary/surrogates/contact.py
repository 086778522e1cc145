"""Phone numbers, e-mail addresses, web addresses and handles that reach nobody.

Domains are those that RFC 2606 keeps free; phone numbers are those that regulators keep free for
films and books (NANPA 555-0100 to 0199; Ofcom, Bundesnetzagentur, Arcep, ACMA, PTS), where a
country has any and they have the same length.
"""

from __future__ import annotations

import re

from doorstep.boundary.surrogates.draw import Draw, laid, like
from doorstep.boundary.surrogates.lists import FIRMS, FIRST, LAST, MAILBOXES
from doorstep.boundary.surrogates.names import Taken, Words

# Country code: (national number without its 0, "x" is free).
_FICTION = {
    "1": [f"{area}55501xx" for area in "212 305 312 404 415 503 602 617 702 713 818 917".split()],
    "44": ["207946 0xxx", "161496 0xxx", "1632960xxx", "7700900xxx", "121496 0xxx", "131496 0xxx"],
    "49": ["3023125xxx", "6990009xxx", "4066969xxx", "2214710xxx", "8999998xxx", "17139200xx"],
    "33": ["1990 0xxxx", "26191xxxx", "35301xxxx", "46571xxxx", "53649xxxx", "63998xxxx"],
    "61": ["255501xxx", "355501xxx", "755501xxx", "855501xxx", "491570xxx"],
    "46": ["313900 6xx", "84650040x", "980319 2xx", "701740 6xx"],
}
_CODES = (
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 "
    "64 65 66 81 82 84 86 90 91 92 93 94 95 98"
).split()
_MAIL = re.compile(r"([^\s@<>]+)@([^\s@<>]+)")
_URL = re.compile(
    r"((?:(?i:https?|ftps?|sftp|wss?|ssh|git|smb|nfs|rtsps?|mqtts?|ldaps?|imaps?|smtps?)://)?"
    r"(?:www\.)?)([^\s/:?#@]+\.[^\s/:?#@]+)(.*)",
    re.S,
)
_TOP = ("example.com", "example.org", "example.net")
_PIECE = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]+")


def phone(value: str, draw: Draw) -> str | None:
    """The same country code, length and spacing."""
    digits = "".join(c for c in value if c.isdigit())
    if not 5 <= len(digits) <= 15 or any(c.isalpha() for c in value):
        return None
    code = _country(value, digits)
    start = len(code) if code else 0
    zero = "0" if digits[start : start + 1] == "0" else ""
    rest = digits[start + len(zero) :]
    plans = _FICTION.get(code.removeprefix("00") or _guess(value, digits), ())
    known = [p for p in (plan.replace(" ", "") for plan in plans) if len(p) == len(rest)]
    if known:
        plan = draw.pick(known, "plan")
        new = "".join(str(draw.below(10, str(i))) if c == "x" else c for i, c in enumerate(plan))
    else:
        new = rest[:1] + draw.digits(len(rest) - 1, "rest")
    return laid(value, digits[:start] + zero + new)


def national(text: str, value: str) -> list[tuple[str, str]]:
    """The same two numbers as they are dialled within their country: "+49 30 …" as "030 …"."""
    digits = "".join(c for c in value if c.isdigit())
    code = _country(value, digits)
    if not code or "(0" in text:
        return []
    zero = "" if code in ("1", "001") else "0"
    return [(zero + _after(text, len(code)), zero + _after(value, len(code)))]


def _after(value: str, digits: int) -> str:
    """What follows the first digits, and the signs between."""
    place = [i for i, c in enumerate(value) if c.isdigit()][digits - 1] + 1
    return value[place:].lstrip(" -./")


def email(value: str, words: Words, draw: Draw, taken: Taken) -> str | None:
    """A mailbox of words that stand for the same names elsewhere, in a domain of RFC 2606."""
    match = _MAIL.fullmatch(value)
    if match is None:
        return None
    return f"{_mailbox(match[1], words, draw, taken)}@{_domain(match[2], draw)}"


def url(value: str, draw: Draw) -> str | None:
    """The same scheme, another host, and a path of the same shape."""
    match = _URL.fullmatch(value)
    if match is None or not match[3].isascii():
        return None
    return match[1] + _domain(match[2], draw) + draw.shaped(match[3], "path")


def handle(value: str, draw: Draw) -> str | None:
    """A first and a last name, and digits where there were some."""
    match = re.fullmatch(r"(@?)[\w.-]*?(\d*)", value)
    if match is None or len(value) < 4:
        return None
    name = f"{draw.pick(FIRST, 'first')}_{draw.pick(LAST, 'last')}".lower()
    return match[1] + name + draw.digits(len(match[2]), "end")


def _mailbox(local: str, words: Words, draw: Draw, taken: Taken) -> str:
    def name(word: str) -> str:
        if word.casefold() in MAILBOXES:
            return word
        choices = FIRST if local.startswith(word) else LAST
        return words.give(word, choices, taken) or draw.shaped(word)

    out = ""
    for piece in _PIECE.findall(local):
        if piece.isdigit():
            out += draw.digits(len(piece), "number", piece)
        elif piece.isalpha():
            out += name(piece).lower() if len(piece) > 1 else draw.shaped(piece, "one")
        else:
            out += "".join(c if c in "._-+" else "." for c in piece)
    return like(local, out) if local.isupper() else out


def _domain(host: str, draw: Draw) -> str:
    """The same host is the same everywhere: `firm.example` or a subdomain of example.com."""
    own = draw.of("domain", host.casefold())
    firm = own.pick(FIRMS, "firm").lower()
    return like(
        host, f"{firm}.{own.pick(_TOP, 'top')}" if own.below(2, "sort") else f"{firm}.example"
    )


def _country(value: str, digits: str) -> str:
    """The digits of the country code as written ("49", "0049"), "" where there is none."""
    prefix = "00" if digits.startswith("00") else ""
    if not prefix and "+" not in value:
        return "1" if len(digits) == 11 and digits[0] == "1" else ""
    rest = digits[len(prefix) :]
    code = next((c for c in _CODES if rest.startswith(c)), rest[:3])
    return prefix + code


def _guess(value: str, digits: str) -> str:
    """Ten digits that begin like North America's are taken for such."""
    return "1" if len(digits) == 10 and digits[0] in "23456789" and digits[3] in "23456789" else ""
