"""Three lanes on a terminal: home | what crossed | cloud.

Rows are plain text; a terminal narrower than `MIN_WIDTH` gets the lanes one under the other.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

import click

Lane = Literal["home", "crossed", "cloud"]
LANES: tuple[Lane, ...] = ("home", "crossed", "cloud")
MIN_WIDTH = 84
MAX_WIDTH = 132
COLOURS = {"home": "green", "crossed": "yellow", "cloud": "cyan"}


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines in one lane; blocks follow each other down the page, as things happened."""

    lane: Lane
    lines: tuple[str, ...]


def draw(titles: Sequence[str], blocks: Sequence[Block], width: int | None = None) -> str:
    """The page as text: `titles` head the three lanes."""
    width = width or min(shutil.get_terminal_size((100, 24)).columns, MAX_WIDTH)
    if width < MIN_WIDTH:
        return _stacked(titles, blocks, width)
    column = (width - 6) // 3
    rule = "─" * column
    rows = [_row([_wrap(title, column) for title in titles], column, styled=True)]
    rows.append("─┼─".join([rule] * 3))
    for block in blocks:
        cells = [
            [part for line in block.lines for part in _wrap(line, column)]
            if lane == block.lane
            else []
            for lane in LANES
        ]
        rows.append(_row(cells, column))
    return "\n".join(rows)


def _row(cells: Sequence[Sequence[str]], column: int, *, styled: bool = False) -> str:
    lines = []
    for parts in zip_longest(*cells, fillvalue=""):
        padded = [f"{part:<{column}}" for part in parts]
        if styled:
            padded = [paint(text, lane) for text, lane in zip(padded, LANES, strict=True)]
        lines.append(" │ ".join(padded).rstrip())
    return "\n".join(lines)


def _stacked(titles: Sequence[str], blocks: Sequence[Block], width: int) -> str:
    heads = dict(zip(LANES, titles, strict=True))
    out: list[str] = []
    last = None
    for block in blocks:
        if block.lane != last:
            out += ["", paint(heads[block.lane], block.lane)]
        last = block.lane
        out += [f"  {part}" for line in block.lines for part in _wrap(line, width - 2)]
    return "\n".join(out).lstrip("\n")


def _wrap(line: str, width: int) -> list[str]:
    indent = len(line) - len(line.lstrip())
    return textwrap.wrap(line, width, subsequent_indent=" " * (indent + 2)) or [""]


def paint(text: str, lane: Lane) -> str:
    """Bold and coloured on a terminal, as it is anywhere else."""
    plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR")  # https://no-color.org
    return text if plain else click.style(text, fg=COLOURS[lane], bold=True)
