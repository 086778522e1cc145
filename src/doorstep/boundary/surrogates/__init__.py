"""Realistic values that stand for private ones of the same kind and format.

Each is drawn with the key, so that a value has the same surrogate everywhere in its scope; two
values never share one, none stands in the request already, and none is a private value itself.
Kinds that have no realistic form (secrets, file paths, quantities …) get placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from doorstep.boundary.entry import Entry
from doorstep.boundary.normal import squeezed
from doorstep.boundary.surrogates import addresses, codes, contact, dates, names, network
from doorstep.boundary.surrogates.draw import Draw

_TRIES = 16
_LONG = 6  # letters and digits that do not stand inside other words by chance
_NOT = re.compile(r"[\W_]+")
_WORDS = re.compile(r"[^\W_]+")
# What a name is written with; another sign within may not come back.
_NAME = re.compile(r"[\w \t\r\n.,:'’&()/+–-]+")
# Kinds by what the draws need.
_PLAIN: dict[str, Callable[[str, Draw], str | None]] = {
    **dates.FAMILIES,
    "phone": contact.phone,
    "url": contact.url,
    "handle": contact.handle,
    "iban": codes.iban,
    "card": codes.card,
    "vin": codes.vin,
    "national_id": codes.national_id,
    **dict.fromkeys(("account", "plate", "identifier", "order", "case"), codes.shape),
    "ip": network.ip,
    "mac": network.mac,
    "coordinates": addresses.coordinates,
}
_NAMED = {"person": names.person, "organisation": names.organisation, "place": names.place}
_WORDED = frozenset((*dates.FAMILIES, "address"))
_ONE_DRAW = frozenset(("date", "birth_date"))  # all of a scope move alike

# JSON spells them as escapes, which may be cut in a streamed reply.
_ESCAPED = re.compile(r"[\"\\\x00-\x1f]")


class Surrogates:
    """Surrogates of one scope, for one request."""

    def __init__(self, key: bytes, scope: str) -> None:
        self._draw = Draw(key, "surrogates", scope)
        self._words = names.Words(self._draw)
        self._owner: dict[str, str] = {}  # folded surrogate: canonical value
        self._texts: set[str] = set()
        self._taken: tuple[str | None, str, frozenset[str]] = (None, "", frozenset())
        self.avoid: Callable[[str], bool] = lambda _: False  # what else is private

    def surrogate(self, kind: str, value: str, of: str | None, taken: str) -> str | None:
        """A surrogate for exactly this spelling; None where a placeholder must do."""
        if _ESCAPED.search(value):
            return None
        self._look(taken)
        canonical = _canonical(of or value)
        draw = self._draw.of(kind, canonical if kind in _NAMED else value)
        for attempt in range(1 if kind in _ONE_DRAW else _TRIES):
            text = self._make(kind, value, of, draw.of(str(attempt)))
            if text is None:
                return None
            if self._free(text, value, canonical):
                self._own(text, canonical)
                return text
        return None

    def keep(self, entry: Entry, taken: str) -> bool:
        """Whether a surrogate of an earlier request can stand in this one, too."""
        self._look(taken)
        canonical = _canonical(entry.value)
        free = self._free(entry.text, entry.value, canonical)
        if free:
            self._own(entry.text, canonical)
        if free and entry.kind in _NAMED:
            for new, old in names.pieces(entry.text, entry.value):
                self._words.know(old, new)
        return free

    def _make(self, kind: str, value: str, of: str | None, draw: Draw) -> str | None:
        if make := _NAMED.get(kind):
            if not _NAME.fullmatch(value):
                return None
            return make(value, self._words, draw, self._occurs, of)
        # What is no ASCII would stay as it is ("ⒼⒸⒻ-819155059"); dates and addresses have words.
        if not value.isascii() and kind not in _WORDED:
            return None
        if kind == "email":
            return contact.email(value, self._words, draw, self._occurs)
        if kind == "address" and _NAME.fullmatch(value):
            return addresses.address(value, self._words, draw, self._occurs)
        if kind in _ONE_DRAW:
            draw = self._draw.of("dates")
        return _PLAIN[kind](value, draw) if kind in _PLAIN else None

    def _free(self, text: str, value: str, canonical: str) -> bool:
        folded = _fold(text)
        return (
            text not in self._texts
            and folded != _fold(value)
            and self._owner.get(folded, canonical) == canonical
            and len(folded) > 1
            and not self._stands(text, folded)
            and not self.avoid(text)
        )

    def _stands(self, text: str, folded: str) -> bool:
        """Whether the request holds the text already: short ones as words, longer ones anywhere."""
        if folded not in self._taken[1]:
            return False
        return len(folded) >= _LONG or all(map(self._stands_as_word, _WORDS.findall(text)))

    def _own(self, text: str, canonical: str) -> None:
        self._texts.add(text)
        self._owner[_fold(text)] = canonical

    def _look(self, taken: str) -> None:
        if taken is not self._taken[0] and taken != self._taken[0]:
            words = set(_WORDS.findall(taken.casefold()))
            words |= {word.removesuffix("s") for word in words}  # a plural comes back, too
            self._taken = (taken, _fold(taken), frozenset(words))

    def _occurs(self, word: str) -> bool:
        """Whether a word stands in the request already, or is private: it must not stand for
        another."""
        return self._stands_as_word(word) or self.avoid(word)

    def _stands_as_word(self, word: str) -> bool:
        """A plural of it in a reply would be restored, too ("Falks": "Does")."""
        plain = word.casefold()
        return plain in self._taken[2] or f"{plain}s" in self._taken[2]


def _fold(text: str) -> str:
    return _NOT.sub("", text.casefold())


def _canonical(value: str) -> str:
    return squeezed(value)[0].text or value
