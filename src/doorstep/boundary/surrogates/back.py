"""How surrogates come back: their keys, and the other ways in which a model may say them.

"Erin Falk" is also said as "Falk", "2023-07-11" as "July 11, 2023", "+49 30 23125 123" as
"030 23125123": each stands for the same part, spelling or short form of the private value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from doorstep.boundary.entry import Entry
from doorstep.boundary.forms import GAP, JOIN, plain_key
from doorstep.boundary.surrogates import contact, dates, names

_LITERAL = frozenset(("email", "url", "ip", "mac", "handle", "coordinates"))
_CODES = frozenset("account national_id plate vin identifier order case".split())
# So long that no other number is like them, however their digits are grouped.
_GROUPED = frozenset(("phone", "iban", "card"))


_ODD = re.compile(r"[^\w\s./()-]")  # what JOIN does not stand for


def key_of(kind: str, text: str, value: str) -> tuple[str, str, str]:
    """The key of a surrogate, and the surrogate and its value without the signs around them that
    both have in common ("+" of two phone numbers): a reply may lose those."""
    if kind in _LITERAL:
        return plain_key(text, None), text, value
    bare, inner = _stripped(text, value)
    if not bare or not (bare[0].isalnum() and bare[-1].isalnum()):
        return plain_key(text, None), text, value
    if kind in _GROUPED and not _ODD.search(bare):
        return JOIN.join(c.upper() for c in bare if c.isalnum()), bare, inner
    return plain_key(bare, JOIN if kind in _CODES | _GROUPED else GAP), bare, inner


def others(entries: Iterable[Entry]) -> dict[str, dict[str, str]]:
    """By key: other texts with what they stand for. Where one could stand for two things, it
    stands for neither."""
    found: dict[str, dict[str, str]] = {}
    torn: set[str] = set()
    for entry in entries:
        for text, value in _others(entry) if entry.surrogate else ():
            key, text, value = key_of(entry.kind, text, value)
            choices = found.setdefault(key, {})
            if any(known.casefold() != value.casefold() for known in choices.values()):
                torn.add(key)
            choices.setdefault(text, value)
    return {key: choices for key, choices in found.items() if key not in torn}


def _others(entry: Entry) -> list[tuple[str, str]]:
    if entry.kind in ("person", "organisation"):
        return names.pieces(entry.text, entry.value)
    if entry.kind in ("date", "birth_date"):
        return dates.spellings(entry.text, entry.value)
    return contact.national(entry.text, entry.value) if entry.kind == "phone" else []


def _stripped(text: str, value: str) -> tuple[str, str]:
    while text and not text[0].isalnum() and text[0] == value[:1]:
        text, value = text[1:], value[1:]
    while text and not text[-1].isalnum() and text[-1] == value[-1:]:
        text, value = text[:-1], value[:-1]
    return text, value
