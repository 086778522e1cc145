"""Every code block of the documentation does what it shows.

A page is followed once, block by block (`reader.py`), by whichever worker comes first; each block
is a test of its own. Blocks of data are parsed, and held against what they are for.
"""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import shutil
import tomllib
from collections.abc import Callable
from configparser import ConfigParser
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from doorstep.config import load
from tests.docs.blocks import DATA, RUN, Block, blocks_of, pages, read
from tests.docs.excerpts import EXCERPTS
from tests.docs.far import answer
from tests.docs.kits import kit_of
from tests.docs.reader import HERE, Reader, Result, same
from tests.models.ollama_server import OllamaServer, Stored
from tests.models.ollama_server import answer as at_home
from tests.models.openai_server import OpenAIServer

BLOCKS = [block for page in pages() for block in blocks_of(page)]
NOT_RUN = {
    ("README.md", "a picture"),
    ("docs/design/boundary.md", "a picture"),
    ("docs/models.md", "it takes a file of weights"),
}
FOLLOWED = pytest.mark.timeout(600)  # the first block of a page waits for the whole page


def cases(keep: Callable[[Block], bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", list(filter(keep, BLOCKS)), ids=str)


def followed(page: str, base: Path) -> dict[int, Result]:
    """By line, what became of the blocks of a page. Workers of one run share it by a file."""
    kept = base / f"docs-{page.replace('/', '-')}.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            results = _follow(page, kept.with_suffix(""))
            kept.write_text(json.dumps({line: asdict(one) for line, one in results.items()}))
    return {int(line): Result(**one) for line, one in json.loads(kept.read_text()).items()}


def _follow(page: str, folder: Path) -> dict[int, Result]:
    kit = kit_of(page)
    with OpenAIServer() as far, OllamaServer([Stored(kit.ollama)]) as daemon:
        far.answer_with(answer)
        daemon.says(at_home("I cannot say."))
        home = daemon.url if kit.ollama else ""
        out = Reader(folder, kit, far.url.removesuffix("/v1"), home).follow(blocks_of(page))
        seen = "".join(f"{one.body.decode()}{one.headers}" for one in far.requests)
    leaked = [word for word in kit.unseen if word in seen]
    return (
        {line: Result(one.said, f"The cloud saw {leaked}") for line, one in out.items()}
        if (leaked)
        else out
    )


@pytest.fixture
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


# --- what runs -----------------------------------------------------------------------------------


@FOLLOWED
@cases(lambda block: block.runs)
def test_it_runs(block: Block, base: Path) -> None:
    if "curl " in block.text and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    result = followed(block.page, base)[block.line]
    assert not result.wrong, result.wrong
    if HERE.search(block.text) and "docker" not in block.text:
        assert kit_of(block.page).says in result.said


def command_before(block: Block) -> Block | None:
    """The block whose output this one shows: the one before it, where that is one to run."""
    earlier = [one for one in blocks_of(block.page) if one.line < block.line]
    return earlier[-1] if earlier and earlier[-1].runs else None


def shows_output(block: Block) -> bool:
    return block.language == "text" and not (
        block.title or block.not_run or (block.page, block.first) in EXCERPTS
    )


@FOLLOWED
@cases(shows_output)
def test_it_prints_what_is_shown(block: Block, base: Path) -> None:
    command = command_before(block)
    assert command, "text that follows no command: name it in excerpts.py, with what it is"
    said = followed(block.page, base)[command.line].said
    assert same(block.text, said, kit_of(block.page).masks), said


# --- data ----------------------------------------------------------------------------------------


def _ini(text: str) -> None:
    ConfigParser(interpolation=None, strict=False).read_string(text)


PARSERS: dict[str, Callable[[str], object]] = {
    "toml": tomllib.loads,
    "json": json.loads,
    "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    "yaml": yaml.safe_load,
    "csv": lambda text: list(csv.reader(io.StringIO(text), strict=True)),
    "ini": _ini,
    "text": str,
    "markdown": str,
}


@cases(lambda block: block.language in DATA)
def test_it_is_what_it_says(block: Block) -> None:
    assert PARSERS[block.language](block.text)


@cases(lambda block: block.language == "toml" and block.title in ("", "doorstep.toml"))
def test_settings_are_settings(block: Block, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text(block.text, "utf-8")
    load(tmp_path / "doorstep.toml", environ={})


@cases(lambda block: (block.page, block.first) in EXCERPTS)
def test_an_excerpt(block: Block, tmp_path: Path) -> None:
    EXCERPTS[block.page, block.first](block.text, tmp_path)


def foreign(block: Block) -> bool:
    """Data that no command of the page reads, and no settings of ours."""
    if block.language == "toml":
        return block.title not in ("", "doorstep.toml")
    return block.language in ("json", "yaml") and not block.title


@cases(foreign)
def test_data_is_held_against_what_it_is_for(block: Block) -> None:
    assert (block.page, block.first) in EXCERPTS


def test_every_excerpt_is_still_there() -> None:
    assert set(EXCERPTS) <= {(block.page, block.first) for block in BLOCKS}


# --- the rules for writers -----------------------------------------------------------------------


@cases(lambda block: True)
def test_its_language_is_one_of_ours(block: Block) -> None:
    assert block.language in RUN | DATA, "name the language; an indented block has none"


def test_what_is_not_run() -> None:
    """The whole list, with its reasons: who adds to it says so here."""
    assert {(block.page, block.not_run) for block in BLOCKS if block.not_run} == NOT_RUN


def test_blocks_are_found() -> None:
    text = 'a\n\n<!-- not run: it\nrains -->\n\n```sh title="x y"\nls\n```\n\n'
    text += "    old\n\n- b\n\n  ```toml\n  c = 1\n  ```\n"
    first, second, third = read("p", text)
    assert first == Block("p", 6, "sh", "x y", "ls\n", "it\nrains") and not first.runs
    assert (second.language, second.not_run, second.line) == ("", "", 10)
    assert (third.language, third.text) == ("toml", "c = 1\n")
    assert len(BLOCKS) > 50
