"""What the pages say in prose and tables: commands, links, settings, rules."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

import click
import pytest

from doorstep.boundary.detect.formats import Formats
from doorstep.cli.main import cli
from doorstep.config import VARIABLES, Settings
from doorstep.patterns.settings import OPTIONS
from tests.docs.blocks import ROOT, Block, blocks_of, pages
from tests.docs.programs import Wrong, ours, pip

PAGES = pages()
SHOWN = re.compile(r"(?:\S*/)?(doorstep|pip|python3?(?= (?:-m )?(?:bench|training)\b)) [\w.-].*")
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def the_toml(page: str) -> list[Block]:
    return [block for block in blocks_of(page) if block.language == "toml"]


def test_the_start_section_holds_exactly_two_commands() -> None:
    start = text_of("README.md").split("\n## Start\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", start, re.S)
    assert len(blocks) == 2
    assert all(block.count("\n") == 1 for block in blocks)
    assert '"Should the dishwasher run now or later?" --context examples/household.md' in blocks[0]


@pytest.mark.parametrize("page", PAGES)
def test_every_local_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)", text_of(page)):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), target


def test_each_pattern_has_a_page_with_a_program() -> None:
    for name in OPTIONS:
        page = blocks_of(f"docs/patterns/{name}.md")
        assert any(block.language == "python" and block.runs for block in page), name


# --- settings ------------------------------------------------------------------------------------


def test_the_settings_page_shows_every_setting_and_its_default() -> None:
    import tomllib

    block = the_toml("docs/settings.md")[0].text
    shown = tomllib.loads(block)
    for table, field in Settings.model_fields.items():
        if table == "patterns":
            continue
        for key, inner in type(field.default).model_fields.items():
            assert f"{key} = " in block, f"{table}.{key}"
            if key not in ("private", "price"):
                got = shown[table][key]
                assert (tuple(got) if isinstance(got, list) else got) == inner.default, key
    for name, dotted in VARIABLES.items():
        assert f"| `{name}` | `{dotted}` |" in text_of("docs/settings.md")


@pytest.mark.parametrize("name", OPTIONS)
def test_the_settings_page_shows_every_option_of_a_pattern_and_its_default(name: str) -> None:
    import tomllib

    blocks = [tomllib.loads(block.text) for block in the_toml("docs/settings.md")]
    tables = [table for block in blocks for table in block.get("patterns", {}).values()]
    (shown,) = [table for table in tables if table["use"] == name]
    for key, inner in OPTIONS[name].model_fields.items():
        if key != "use":
            got = shown[key]
            assert (tuple(got) if isinstance(got, list) else got) == inner.default, key


def test_the_detection_page_lists_every_rule() -> None:
    listed = re.findall(r"^\| (.+?) \| `(\w+)` \|", text_of("docs/detection.md"), re.M)
    assert listed == [(form.name, form.kind) for form in Formats.names()]


# --- commands that are named, or in blocks that are not run --------------------------------------


def commands(page: str) -> Iterator[tuple[str, ...]]:
    """The words of each command that is shown and not run."""
    shown = CODE.findall(text_of(page))
    shown += [block.text.replace("\\\n", " ") for block in blocks_of(page) if block.not_run]
    for line in (one for text in shown for one in re.split(r"\n| && ", text)):
        found = re.match(
            r"(?:\S*/)?(doorstep|pip|python3?(?= (?:-m )?(?:bench|training)\b)) [\w.-].*", line
        )
        if found:
            yield tuple(shlex.split(line.replace("…", "x"), comments=True))


@pytest.mark.parametrize("page", PAGES)
def test_a_command_that_is_named_can_be_given(page: str) -> None:
    for program, *words in commands(page):
        if program.endswith("doorstep"):
            _parse(words)
        elif program.endswith("pip"):
            pip(words)
        else:
            assert ours(words), words


def _parse(words: Sequence[str]) -> None:
    """Each word before the first argument is a command, each flag one of that command's."""
    command: click.Command = cli
    for word in words:
        if word.startswith("-"):
            flags = {
                name for param in command.params for name in (*param.opts, *param.secondary_opts)
            }
            assert word.partition("=")[0] in flags | {"--help"}, f"{command.name} {word}"
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found is not None, f"{command.name} {word}"
            command = found


def test_a_command_that_is_none_is_seen() -> None:
    for words in (["asks"], ["ask", "--contexts"], ["ledger", "shows"]):
        with pytest.raises(AssertionError):
            _parse(words)
    with pytest.raises(Wrong):
        ours(["bench/none.py"])
