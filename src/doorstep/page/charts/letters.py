"""How wide a text is, without a font at hand.

Widths are those of DejaVu Sans, in shares of the font size, rounded up: it is wider than the system
fonts of the common machines, so a text that fits here fits there.
"""

from __future__ import annotations

import re
import unicodedata

SIZE = 12.0  # of all text in a picture, in user units
LINE = 15.0
_THIN = frozenset("iljI.,:;'|![]()/\\ ‑-tfr·’")
_BROAD = frozenset("mwMWOQGDHNU@%&—…–+=<>~≥≤")


def width(text: str, *, bold: bool = False) -> float:
    """User units of a line at `SIZE`."""
    return sum(map(_share, text)) * SIZE * (1.12 if bold else 1.0)


def _share(letter: str) -> float:
    if letter in _THIN:
        return 0.42
    if letter in _BROAD:
        return 0.99
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF" or ord(letter) >= 0x1F000:
        return 1.4
    return 0.73 if letter.isupper() else 0.65


def cut(text: str, room: float, *, bold: bool = False) -> str:
    """`text`, shortened to `room` where it is wider."""
    if width(text, bold=bold) <= room:
        return text
    kept = text
    while kept and width(f"{kept.rstrip()}…", bold=bold) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…" if kept else ""


def lines(text: str, room: float, *, bold: bool = False) -> tuple[str, ...]:
    """`text` in lines no wider than `room`, broken at blanks and after hyphens; a piece that is too
    wide by itself is cut."""
    out: list[str] = []
    line = ""
    for piece in re.findall(r"\s*[^\s-]+-*|\s*-+", text):
        if line and width(line + piece, bold=bold) > room:
            out.append(line)
            line = ""
        line += piece if line else piece.lstrip()
    return tuple(cut(one, room, bold=bold) for one in [*out, line] if one)
