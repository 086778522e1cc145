"""Loaded by every Python process of a page (as its sitecustomize): no address but this machine's.

The audit hook (PEP 578) raises, and writes a line to DOCS_KIT/left.txt for processes that swallow
what is raised. It holds an address, never a text.
"""

from __future__ import annotations

import os
import sys
from typing import Any

HERE = ("127.", "::1", "localhost")
NAMES = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.connect": 1}


def audit(event: str, args: tuple[Any, ...]) -> None:
    if event not in NAMES:
        return
    where = args[NAMES[event]]
    host = where[0] if isinstance(where, tuple) else where
    if host is None or not isinstance(host, (str, bytes)):
        return
    text = host if isinstance(host, str) else os.fsdecode(host)
    if text.startswith((*HERE, "/")) or not text:  # "/": a UNIX socket
        return
    with open(os.path.join(os.environ["DOCS_KIT"], "left.txt"), "a") as file:  # noqa: PTH118, PTH123
        file.write(f"{event} {text}\n")
    raise RuntimeError(f"The page would leave this machine: {event} {text}")


sys.addaudithook(audit)
