"""Secrets of the gateway: from the environment, or from a file that nobody else can read.

They are never settings, and no message quotes one.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from doorstep._errors import ConfigError

TOKEN = "DOORSTEP_TOKEN"  # noqa: S105 - the variable's name
_MOST = 8192
# What may stand in a header after "Bearer " (RFC 6750, b64token, and what vendors use besides).
_SENDABLE = re.compile(r"[\x21-\x7e]{1,4096}")
SHORTEST = 16


def token(environ: Mapping[str, str], file: str) -> str:
    """The bearer token of this gateway, "" where none is set. ConfigError for one that is weak."""
    found = from_file(Path(file).expanduser(), "The token") if file else environ.get(TOKEN, "")
    if not found:
        return ""
    checked(found, file or TOKEN)
    if len(found) < SHORTEST:
        raise ConfigError(
            f"The token has fewer than {SHORTEST} characters.",
            hint="Make one, for example with: openssl rand -hex 32",
        )
    return found


def upstream_key(name: str, file: str, environ: Mapping[str, str]) -> str:
    """An upstream's key from the variable `name` or from `file`; "" where neither is given."""
    if file:
        return checked(from_file(Path(file).expanduser(), "The key"), file)
    if not name:
        return ""
    if not environ.get(name):
        raise ConfigError(f"There is no key in the environment variable {name}.", hint="Set it.")
    return checked(environ[name], name)


def checked(text: str, where: str) -> str:
    """`text`, if it can be sent in a header: a line end in it would break the request."""
    if not _SENDABLE.fullmatch(text):
        raise ConfigError(
            f"The secret in {where} cannot be sent: it has a blank, a line end or a letter "
            "outside ASCII in it.",
            hint="Copy it again.",
        )
    return text


def from_file(path: Path, what: str) -> str:
    """The text of a file that is ours alone, without the line end. ConfigError otherwise."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe would hang it
        with os.fdopen(handle, "rb") as file:
            _private(path, os.fstat(file.fileno()), what)
            data = file.read(_MOST)
    except OSError as error:
        name = type(error).__name__
        raise ConfigError(
            f"{what}'s file {path} cannot be read ({name}).",
            hint="Look at the path, and who may read it.",
        ) from None
    try:
        text = data.decode("ascii").strip()
    except UnicodeDecodeError:
        raise ConfigError(
            f"{what}'s file {path} holds letters outside ASCII.",
            hint="It holds one line of printable ASCII.",
        ) from None
    if not text:  # never as if no file had been given
        raise ConfigError(
            f"{what}'s file {path} is empty.", hint="Write the secret into it, on one line."
        )
    return text


def _private(path: Path, found: os.stat_result, what: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ConfigError(
            f"{what}'s file {path} is no file.", hint="Name a plain file of mode 0600."
        )
    mode = stat.S_IMODE(found.st_mode)
    if os.name == "posix" and mode & 0o077 & ~_of_systemd(path):
        raise ConfigError(
            f"{what}'s file {path} may be read by others (mode {mode:04o}).",
            hint=f"chmod 600 {path}",
        )


def _of_systemd(path: Path) -> int:
    """The bits that a credential of systemd may have besides: the mode of a file shows the mask of
    its ACL as the group's, by which systemd lets the service's user, and nobody else, read it.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return 0o040 if folder and path.parent == Path(folder) else 0
