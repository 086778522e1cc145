"""What the upstream says it saw."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stats:
    """`leaks`: private values that arrived, `examples` a few of them (they are made up).
    `digests` (SHA-256 of the bodies) and `texts` (last messages) only where they were kept."""

    requests: int
    leaks: int
    examples: tuple[str, ...]
    digests: tuple[str, ...]
    texts: tuple[str, ...]


def stats(url: str) -> Stats:
    with urllib.request.urlopen(f"{url}/stats", timeout=30) as reply:
        read = json.loads(reply.read())
    kept = {name: tuple(read[name]) for name in ("examples", "digests", "texts")}
    return Stats(read["requests"], read["leaks"], **kept)
