"""The head beside the ledger's file: the number of rows and the newest hash, in one line.

It is replaced as a whole, so that a reader sees an old one or a new one.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover  (Windows: two heads may change places, which is no harm)
    fcntl = None  # type: ignore[assignment]

_ALONE_S = 0.2


@contextlib.contextmanager
def alone(descriptor: int) -> Iterator[None]:
    """One process at a time, so that the later head is the one that stays. Another that hangs is
    not waited for: an older head than needed is no harm."""
    end = time.monotonic() + _ALONE_S
    while fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            if time.monotonic() > end:
                break
            time.sleep(0.001)
    try:
        yield
    finally:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def write_head(path: Path, rows: int, newest: str) -> None:
    """OSError where it cannot be written; what was there stays then."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, f"{rows} {newest}\n".encode())
    finally:
        os.close(descriptor)
    temporary.replace(path)


def read_beside(path: Path) -> tuple[int, str] | None:
    """What it says; None where it is missing or cannot be read."""
    try:
        count, newest = path.read_text().split()
        return int(count), newest
    except (OSError, ValueError):
        return None
