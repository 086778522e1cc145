"""The vault: private values and the placeholders that stand for them.

A placeholder is `KIND_` and six letters of HMAC-SHA256(key, scope, kind, value) in Crockford's
base 32: the same value has the same placeholder in every request, turn and process that has the
key, and nobody without the key can try out names. A vault holds the values of one passage only.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator

from doorstep._errors import ConfigError
from doorstep.boundary.normal import squeezed

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 6
_KIND = re.compile(r"[^A-Z]")


class Vault:
    """Placeholders for values; never one placeholder for two values.

    `taken` is text that stands in the request already (a request may hold what looks like a
    placeholder): a placeholder that occurs there is made longer until it does not.
    """

    def __init__(self, key: bytes, *, scope: str = "") -> None:
        if len(key) < 16:
            raise ConfigError("The key for placeholders needs at least 16 bytes.")
        self._key = key
        self._scope = scope
        self._placeholders: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """(placeholder, value), each once."""
        return iter(self._values.items())

    def __repr__(self) -> str:
        return f"Vault({len(self)} values)"

    def placeholder(self, kind: str, value: str, *, of: str | None = None, taken: str = "") -> str:
        """The placeholder for exactly this spelling; spellings of one value share its stem.

        `of` is the declared value that this is a form of ("dishwasher" for "dish washers"); it
        has the bare stem, every other spelling two letters more.
        """
        known = self._placeholders.get((kind, value))
        if known is not None:
            return known
        text = self._fresh(kind, value, of, taken.replace("\\", "").casefold())
        self._placeholders[kind, value] = text
        self._values[text] = value
        return text

    def value(self, placeholder: str) -> str | None:
        return self._values.get(placeholder)

    def _fresh(self, kind: str, value: str, of: str | None, taken: str) -> str:
        canonical = _canonical(of or value)
        name = _KIND.sub("", kind.upper())[:12] or "PRIVATE"
        stem, variant = self._letters(kind, canonical), self._letters(kind, canonical, value)
        own = "" if value == (of or canonical.title()) else f"_{variant[:2]}"
        for size in range(_LETTERS, len(stem)):
            text = f"{name}_{stem[:size]}{own}"
            if text not in self._values and text.casefold() not in taken:
                return text
        raise ConfigError("No placeholder is free.")

    def _letters(self, *parts: str) -> str:
        message = b"".join(
            len(data).to_bytes(4, "big") + data
            for data in (p.encode("utf-8", "surrogatepass") for p in (self._scope, *parts))
        )
        digest = hmac.new(self._key, message, hashlib.sha256).digest()
        return "".join(_DIGITS[byte & 31] for byte in digest)


def _canonical(value: str) -> str:
    """What every spelling of a value has in common."""
    return squeezed(value)[0].text or value
