"""The secret from which placeholders and the vault's file are derived: a file of mode 0600, or the
keyring of the operating system.

A key file is made once, atomically: two processes that start together end with the same key. A
file that others may read is refused, because whoever has the key can try out names.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import stat
from pathlib import Path
from typing import Any

from doorstep._errors import ConfigError
from doorstep._folders import data_folder

_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEX = re.compile(rb"[0-9a-f]{64}\n?")


def load_key(name: str = "doorstep", folder: Path | None = None, keyring: bool = False) -> bytes:
    """The 32 bytes of the key `name`; made at the first call.

    `folder`: where `<name>.key` lies (default: the user's data folder). `keyring`: keep it in the
    operating system's keyring instead; needs the extra `vault`. ConfigError for a file that others
    may read, that is not ours or that holds something else, and for a keyring that cannot be used.
    """
    if not _NAME.fullmatch(name) or name.startswith("."):
        raise ConfigError(
            "The name of a key must be letters, digits, dots, hyphens and underscores."
        )
    if keyring:
        return _from_keyring(name)
    path = (folder or data_folder()) / f"{name}.key"
    if not path.exists():
        _create(path)
    return _read(path)


def derived(key: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose, so that no key serves two (as in NIST SP 800-108, one block)."""
    return hmac.new(key, b"doorstep\0" + purpose.encode(), hashlib.sha256).digest()


def _create(path: Path) -> None:
    """Write under another name, then link: `link` fails where somebody else was first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES).hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
            os.link(draft, path)
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise ConfigError(
            f"The key file {path.name} cannot be opened ({type(error).__name__}).",
            hint="It must be a file of your own, not a link.",
        ) from None
    with os.fdopen(handle, "rb") as file:
        _check(path, os.fstat(file.fileno()))
        data = file.read(_BYTES * 2 + 2)
    if not _HEX.fullmatch(data):
        raise ConfigError(
            f"The key file {path.name} does not hold a key of {_BYTES} bytes.",
            hint="Restore it from a copy; with another key old placeholders cannot be resolved.",
        )
    return bytes.fromhex(data.decode())


def _check(path: Path, found: os.stat_result) -> None:
    if os.name != "posix":
        return
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        raise ConfigError(
            f"The key file {path.name} may be read by others (mode {mode:04o}).",
            hint=f"chmod 600 {path}",
        )
    if found.st_uid != os.getuid():
        raise ConfigError(
            f"The key file {path.name} belongs to another user.",
            hint="Use a key file of your own, or make this one yours: chown.",
        )


def _from_keyring(name: str) -> bytes:
    ring = _keyring()
    try:
        if ring.get_password("doorstep", name) is None:
            ring.set_password("doorstep", name, secrets.token_bytes(_BYTES).hex())
        found = ring.get_password("doorstep", name)  # what was stored, if two were at it at once
    except Exception as error:  # each back end has errors of its own
        problem = type(error).__name__
    else:
        if found and _HEX.fullmatch(found.encode()):
            return bytes.fromhex(found)
        raise ConfigError(
            "The keyring does not hold a key of Doorstep's under this name.",
            hint="Another program wrote there: take another name, or a key file.",
        )
    raise ConfigError(
        f"The keyring cannot be used ({problem}).", hint="Use a key file instead: keyring=False."
    )


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        raise ConfigError(
            "The keyring needs the package keyring.", hint="pip install 'doorstep[vault]'"
        ) from None
    return keyring
