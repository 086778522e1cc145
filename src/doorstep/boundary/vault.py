"""The vault: private values and what stands for them.

A placeholder is `KIND_` and eight letters (40 bits) of HMAC-SHA256(key, scope, kind, value) in
Crockford's base 32: the same value has the same placeholder in every request, turn, process and
machine that has the key, and nobody without the key can try out names. A vault holds the values
of one request only; with a `Store` they are kept, and old placeholders can be resolved.

Within a request, and within a store, two values never share a placeholder: the later one is made
longer. Across requests without a store it is a matter of chance: among n values of one kind two
share their eight letters with a probability of about n * n / 2**41 (10,000 values: 1 in 22,000);
even then each reply is restored by the vault of its own request, and rightly.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from doorstep._errors import ConfigError
from doorstep.boundary.entry import Entry
from doorstep.boundary.forms import squashed
from doorstep.boundary.marks import DECODED
from doorstep.boundary.normal import letters, squeezed

if TYPE_CHECKING:
    from doorstep.boundary.store import Known, Store
    from doorstep.boundary.surrogates.kept import Kept

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_OF_BYTE = bytes(ord(_DIGITS[byte & 31]) for byte in range(256))
_FIRST = "23456789"  # what a spelling's own letters begin with: no word does
_LETTERS = 8
_KIND = re.compile(r"[^A-Z]")
_SPELT = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")

Style = Literal["placeholder", "surrogate"]


class Vault:
    """Placeholders for values; never one placeholder for two values.

    `style` "surrogate" gives realistic values of the same kind where there are any. `store` keeps
    what is given out, encrypted, and knows what was given out before.
    """

    def __init__(
        self,
        key: bytes,
        *,
        scope: str = "",
        style: Style = "placeholder",
        store: Store | None = None,
    ) -> None:
        if len(key) < 16:
            raise ConfigError("The key for placeholders needs at least 16 bytes.")
        self._code = _code(key)
        self._names: dict[str, tuple[str, str, bytes]] = {}  # of kinds
        self._scope = scope
        self._store = store
        self._entries: dict[tuple[str, str, bool, bool], Entry] = {}
        self._values: dict[str, str] = {}
        self._used: set[str] = set()  # squashed, of placeholders
        self._taken: tuple[str, str] = ("", "")
        self.ascii = False  # JSON inside strings of the request escapes what is not ASCII
        self._surrogates = None
        if style == "surrogate":
            from doorstep.boundary.surrogates import Surrogates

            self._surrogates = Surrogates(key, scope)
        elif style != "placeholder":
            raise ConfigError(
                "The style of a vault is not known.", hint='Use "placeholder" or "surrogate".'
            )

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """(placeholder, value), each once."""
        return iter(self._values.items())

    def __repr__(self) -> str:
        return f"Vault({len(self)} values)"

    @property
    def given(self) -> int:
        """How much has been given out; it changes with every new entry."""
        return len(self._entries)

    @property
    def realistic(self) -> bool:
        """Whether it gives surrogates."""
        return self._surrogates is not None

    @property
    def stored(self) -> bool:
        """Whether what is given out is written to a store."""
        return self._store is not None

    @property
    def known(self) -> Known | None:
        """The older placeholders of this scope, if there is a store."""
        return self._store.known(self._scope) if self._store is not None else None

    @property
    def kept(self) -> Kept | None:
        """The surrogates that the store has given out in this scope, if there is a store."""
        return self._store.kept(self._scope) if self._store is not None else None

    def avoid(self, private: Callable[[str], bool]) -> None:
        """No surrogate, and no word of one, is drawn from now on that `private` says is a private
        value: one that does not occur in this request must not stand for another."""
        if self._surrogates is not None:
            self._surrogates.avoid = private

    def entries(self) -> list[Entry]:
        """What this vault has given out, for the restorer."""
        return list(self._entries.values())

    def placeholder(
        self,
        kind: str,
        value: str,
        *,
        of: str | None = None,
        taken: str = "",
        json_number: bool = False,
        plain: bool = False,
    ) -> str:
        """What stands for exactly this spelling; spellings of one value share its stem.

        `of` is the declared value that this is a form of ("dishwasher" for "dish washers"); it
        has the bare stem, every other spelling two letters more. `taken` is all text of the
        request (what looks like a placeholder may stand in it already). `json_number`: the value
        is a number as JSON spells it; a string that is nothing but its placeholder is restored
        as that number. `plain`: no surrogate, whatever the style.
        """
        plain = plain or json_number
        known = self._entries.get((kind, value, json_number, plain))
        if known is None:
            self._squash(taken)
            known = self._stored(kind, value, json_number, taken, plain)
            known = known or self._new(kind, value, of, taken, json_number, plain)
            self._entries[kind, value, json_number, plain] = known
            self._values[known.text] = value
            self._used.add(squashed(known.text) if known.surrogate else _squashed(known.text))
        return known.text

    def value(self, placeholder: str) -> str | None:
        return self._values.get(placeholder)

    def _stored(self, kind: str, value: str, number: bool, taken: str, plain: bool) -> Entry | None:
        if self._store is None:
            return None
        if self._surrogates and not plain:  # the style asked for wins over what was given out
            found = self._store.find(self._scope, kind, value, surrogate=True)
            # A surrogate of last week may stand in this request as somebody's real name.
            return found if found and self._surrogates.keep(found, taken) else None
        return self._store.find(self._scope, kind, value, number)

    def _new(
        self, kind: str, value: str, of: str | None, taken: str, number: bool, plain: bool
    ) -> Entry:
        surrogates = None if plain else self._surrogates
        text = surrogates.surrogate(kind, value, of, taken) if surrogates else None
        if surrogates and text is not None:
            kept = self._keep(Entry(text, value, kind, surrogate=True))
            # The store may have another one for this value, which cannot stand in this request.
            if kept and (kept.text == text or surrogates.keep(kept, taken)):
                return kept
        for text in self._free(kind, value, of, taken, number):
            if kept := self._keep(Entry(text, value, kind, number)):
                return kept
        raise ConfigError(
            "No placeholder is free.",
            hint="Take another scope, or a key of its own: this one has given out too many.",
        )

    def _keep(self, entry: Entry) -> Entry | None:
        return self._store.add(self._scope, entry) if self._store is not None else entry

    def _free(
        self, kind: str, value: str, of: str | None, taken: str, number: bool
    ) -> Iterator[str]:
        """Placeholders for a value, the usual one first, that nothing in the request reads like."""
        canonical = _canonical(of or value)
        name, short, begun = self._name(kind)
        begun += _measured(canonical)
        stem = self._letters(begun)
        bare = not number and value == (of or canonical.title())
        own = "" if bare else self._own(begun + _measured(value) + _NUMBER[number])
        squash = self._squash(taken)
        # In steps of two, so that none is another with a plural's "s".
        for size in range(_LETTERS, len(stem), 2):
            for more in (0,) if bare else (2, 4, 6):
                text = f"{name}_{stem[:size]}_{own[:more]}" if more else f"{name}_{stem[:size]}"
                plain = short + stem[:size] + own[:more]
                if plain not in self._used and plain not in squash:
                    yield text

    def _name(self, kind: str) -> tuple[str, str, bytes]:
        """How the placeholders of a kind begin, how that reads squashed, and how the messages for
        them begin."""
        name = self._names.get(kind)
        if name is None:
            text = _KIND.sub("", kind.upper())[:12] or "PRIVATE"
            begun = _measured(self._scope) + _measured(kind)
            name = self._names[kind] = text, _squashed(text), begun
        return name

    def _own(self, message: bytes) -> str:
        letters = self._letters(message)
        return _FIRST[_DIGITS.index(letters[0]) % len(_FIRST)] + letters[1:]

    def _squash(self, taken: str) -> str:
        if taken != self._taken[0]:
            self._taken = (taken, squashed(taken))
            self.ascii = self.ascii or bool(_SPELT.search(taken))
        return self._taken[1]

    def _letters(self, message: bytes) -> str:
        return self._code(message).translate(_OF_BYTE).decode("ascii")


class _Code:
    """HMAC-SHA256 (RFC 2104) of many messages: what the key alone gives is made once."""

    def __init__(self, key: bytes) -> None:
        key = hashlib.sha256(key).digest() if len(key) > 64 else key
        padded = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def __call__(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


@lru_cache(maxsize=16)
def _code(key: bytes) -> _Code:
    return _Code(key)


def _measured(part: str) -> bytes:
    """A part of a message with its length before it, so that no two messages are the same."""
    data = part.encode("utf-8", "surrogatepass")
    return len(data).to_bytes(4, "big") + data


_NUMBER = (_measured(""), _measured("number"))


def _squashed(placeholder: str) -> str:
    """`squashed` of a placeholder as it is made here."""
    return placeholder.replace("_", "").translate(DECODED)


def _canonical(value: str) -> str:
    """What every spelling of a value has in common."""
    return (
        letters(value) if value.isascii() and value.isprintable() else squeezed(value)[0].text
    ) or value
