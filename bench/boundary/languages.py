"""Everyday prompts in French, Spanish and Danish, written for this benchmark.

`rows/<code>.jsonl` holds one object a line: `id`, and `text` in which private stretches are
marked `⟦stretch|kind⟧`. A row without marks is innocent: nothing in it is private.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from bench.boundary.data import Gold, Row

LANGUAGES = {"fr": "French", "es": "Spanish", "da": "Danish"}

_FOLDER = Path(__file__).parent / "rows"
_MARK = re.compile(r"⟦([^⟦⟧|]+)\|([a-z_]+)⟧")


def rows(code: str) -> list[Row]:
    """The rows of one language."""
    lines = (_FOLDER / f"{code}.jsonl").read_text(encoding="utf-8").split("\n")
    return [unmarked(item["id"], item["text"]) for item in map(json.loads, filter(None, lines))]


def unmarked(id_: str, marked: str) -> Row:
    """The text without its marks, and the spans that they stood for. ValueError for half a mark."""
    pieces: list[str] = []
    spans: list[Gold] = []
    at = done = 0
    for mark in _MARK.finditer(marked):
        before = marked[done : mark.start()]
        start = at + len(before)
        at = start + len(mark[1])
        pieces += [before, mark[1]]
        spans.append(Gold(start, at, mark[2]))
        done = mark.end()
    text = "".join([*pieces, marked[done:]])
    if "⟦" in text or "⟧" in text:
        raise ValueError(f"row {id_} has half a mark")
    return Row(id_, text, tuple(spans))
