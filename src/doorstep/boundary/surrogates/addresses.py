"""Postal addresses and coordinates: other streets, towns and numbers, in the same form."""

from __future__ import annotations

import re

from doorstep.boundary.surrogates.draw import Draw
from doorstep.boundary.surrogates.lists import STREET_ENDINGS, STREET_WORDS, STREETS, TOWNS
from doorstep.boundary.surrogates.names import Taken, Words

_TOKEN = re.compile(r"\d+|[^\W\d_]+|[\W_]+")
_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM "
    "NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
).split()
_NUMBER = re.compile(r"(-?)(\d{1,3})(\.\d{2,})?")
# What stays of coordinates: signs, hemispheres and the names of the two numbers.
_STAYS = re.compile(r"(?i:\b(?:[NSEW]|lat(?:itude)?|lng|lon(?:g|gitude)?)\b)|[\s,;:=°()+-]")


def address(value: str, words: Words, draw: Draw, taken: Taken) -> str | None:
    """Words of streets ("Street", "-straße") stay, names and numbers change."""
    if not any(c.isalpha() for c in value) or re.search(r"[\u0370-\U0010ffff]", value):
        return None
    out, comma = "", False
    for place, token in enumerate(_TOKEN.findall(value)):
        comma = comma or "," in token or "\n" in token
        if token.isdigit():
            out += draw.shaped(token, "number", str(place))
        elif not token[0].isalpha():
            out += token
        else:
            new = _word(token, words, draw.of(str(place)), taken, town=comma)
            if new is None:
                return None
            out += new
    return out


def coordinates(value: str, draw: Draw) -> str | None:
    """Other numbers with as many digits, still on the globe."""
    if len(re.findall(r"\d+\.\d{2,}", value)) < 2 or _STAYS.sub("", _NUMBER.sub("", value)):
        return None
    place = 0

    def one(match: re.Match[str]) -> str:
        nonlocal place
        place += 1
        size = len(match[2])
        low, high = ((0, 9), (10, 79), (100, 169))[size - 1]
        whole = low + draw.below(high - low + 1, str(place))
        rest = draw.digits(len(match[3]) - 1, str(place)) if match[3] else ""
        return f"{match[1]}{whole}" + (f".{rest}" if rest else "")

    return _NUMBER.sub(one, value)


def _word(token: str, words: Words, draw: Draw, taken: Taken, *, town: bool) -> str | None:
    if token.casefold() in STREET_WORDS:
        return token
    if token in _STATES and town:
        return draw.pick(_STATES, "state")
    if len(token) <= 2:  # "1a", parts of post codes ("SW1A")
        return draw.shaped(token)
    for ending in STREET_ENDINGS:
        if token.casefold().endswith(ending) and len(token) > len(ending) + 1:
            stem = words.give(token[: -len(ending)], STREETS, taken)
            return stem and stem + token[-len(ending) :]
    return words.give(token, TOWNS if town else STREETS, taken)
