"""Every fenced block of every Markdown file of the repository, read as CommonMark says.

What may stand before a block, as an HTML comment of its own: `<!-- not run: the reason -->`.
A block with a title (```` ```toml title="doorstep.toml" ````) is a file that the reader makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parent.parent.parent
PLACES = ("*.md", *(f"{name}/**/*.md" for name in ("docs", "bench", "examples", "training", "src")))
NOT_RUN = re.compile(r"<!--\s*not run:\s*(.+?)\s*-->", re.S)
TITLE = re.compile(r'\btitle="([^"]+)"')
RUN = {"python", "sh", "bash", "console"}
DATA = {"toml", "json", "jsonl", "yaml", "csv", "ini", "text", "markdown"}


@dataclass(frozen=True, slots=True)
class Block:
    """`line` is that of the opening fence, from 1; `text` ends with a line end."""

    page: str
    line: int
    language: str
    title: str
    text: str
    not_run: str

    @property
    def first(self) -> str:
        return self.text.partition("\n")[0].strip()

    @property
    def runs(self) -> bool:
        return self.language in RUN and not self.not_run and not self.title

    def __str__(self) -> str:
        return f"{self.page}:{self.line}:{self.language or 'none'}"


def pages() -> list[str]:
    """Paths from the root, sorted."""
    found = {path for place in PLACES for path in ROOT.glob(place)}
    return sorted(str(path.relative_to(ROOT)) for path in found)


def blocks_of(page: str) -> list[Block]:
    return list(read(page, (ROOT / page).read_text("utf-8")))


def read(page: str, text: str) -> Iterator[Block]:
    """The blocks of a page. An indented block has no language, like a fence without one."""
    before: Token | None = None
    for token in MarkdownIt("commonmark").parse(text):
        if token.type in ("fence", "code_block"):
            yield _block(page, token, before)
        before = token


def _block(page: str, token: Token, before: Token | None) -> Block:
    language, _, info = token.info.strip().partition(" ")
    title = TITLE.search(info)
    reason = NOT_RUN.search(before.content) if before and before.type == "html_block" else None
    line = (token.map or [0])[0] + 1
    named = title[1] if title else ""
    return Block(page, line, language, named, token.content, reason[1] if reason else "")
