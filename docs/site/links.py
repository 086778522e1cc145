"""Links between pages, as they stand in the source and as the site needs them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

# [text](target) and ![text](target); the target up to a blank or the closing bracket.
_LINK = re.compile(r"(?<=\]\()([^)\s]+)")
_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
_CODE = re.compile(r"`[^`\n]*`")


def relinked(text: str, change: Callable[[str], str]) -> str:
    """`text` (markdown) with each local target through `change`; code is left as it is."""
    lines, fenced = [], False
    for line in text.splitlines(keepends=True):
        if _FENCE.match(line):
            fenced = not fenced
        lines.append(line if fenced else _line(line, change))
    return "".join(lines)


def _line(line: str, change: Callable[[str], str]) -> str:
    spans = [m.span() for m in _CODE.finditer(line)]

    def one(found: re.Match[str]) -> str:
        inside = any(start < found.start() and found.end() < end for start, end in spans)
        return found[1] if inside or _elsewhere(found[1]) else change(found[1])

    return _LINK.sub(one, line)


def _elsewhere(target: str) -> bool:
    """Another host, an address of mail, or this very page."""
    return target.startswith("#") or bool(re.match(r"[a-z][a-z0-9+.-]*:", target))


def resolved(target: str, page: str) -> tuple[str, str]:
    """Where `target`, written on `page`, leads: (path from the root of the tree, #anchor)."""
    path, mark, anchor = target.partition("#")
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)), mark + anchor


def relative(target: str, page: str) -> str:
    """The path from `page` to `target`, both from the root of the site."""
    return posixpath.relpath(target, posixpath.dirname(page) or ".")
