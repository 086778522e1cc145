"""What a job stores: JSON, encrypted. Nothing of a job stands in its database in the clear.

AES-GCM (NIST SP 800-38D) with a random nonce of 96 bits for every value, so that the database
holds ids, states, times and lengths, and no text. Errors are stored as the name of their type.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from typing import Any

from doorstep._errors import ConfigError, ModelError
from doorstep.boundary.keys import derived

_NONCE = 12
_ERROR = "$error"


class Sealed:
    """A serializer as DBOS wants one. `key`: 16 bytes or more. ConfigError where the package
    `cryptography` is missing, and for what was sealed with another key or changed since."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ConfigError("The key of a refinery needs at least 16 bytes.")
        self._cipher = _cipher(derived(key, "refinery jobs"))

    def name(self) -> str:
        return "doorstep-sealed-1"

    def serialize(self, data: Any) -> str:
        nonce = os.urandom(_NONCE)
        plain = json.dumps(_plain(data), ensure_ascii=False, default=str).encode()
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, None)).decode()

    def deserialize(self, serialized_data: str) -> Any:
        data = json.loads(self._opened(serialized_data))
        if isinstance(data, dict) and _ERROR in data:
            return ModelError(f"The job failed ({data[_ERROR]}).")
        return data

    def _opened(self, text: str) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.b64decode(text, validate=True)
            plain: bytes = self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], None)
        except (InvalidTag, ValueError, binascii.Error):
            raise ConfigError(
                "A job was stored with another key, or changed since.",
                hint="Give the key that the refinery was made with, or begin a new folder.",
            ) from None
        return plain


def _plain(data: Any) -> Any:
    """`data` as JSON can say it; an error is its type, since its message may quote a text."""
    if isinstance(data, BaseException):
        return {_ERROR: type(data).__name__}
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data


def _cipher(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise ConfigError(
            "A refinery needs the package cryptography.", hint="pip install 'doorstep[background]'"
        ) from None
    return AESGCM(key)
