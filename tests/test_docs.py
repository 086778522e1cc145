"""The documentation says what is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from doorstep.boundary.detect.formats import Formats
from doorstep.cli.main import cli
from doorstep.config import VARIABLES, Settings
from doorstep.patterns.settings import OPTIONS

ROOT = Path(__file__).parent.parent
COMMANDS = "ask run serve patterns advise calibrate scan mask unmask ledger doctor config".split()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/**/*.md")])


def test_the_start_section_holds_exactly_two_commands() -> None:
    start = (ROOT / "README.md").read_text("utf-8").split("\n## Start\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", start, re.S)
    assert len(blocks) == 2
    assert all(block.count("\n") == 1 for block in blocks)
    assert '"Should the dishwasher run now or later?" --context examples/household.md' in blocks[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_local_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_settings_page_shows_every_setting_and_its_default() -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    block = re.search(r"```toml\n(.*?)```", text, re.S)
    assert block
    shown = tomllib.loads(block[1])
    Settings.model_validate(shown)
    for table, field in Settings.model_fields.items():
        if table == "patterns":
            continue
        for key, inner in type(field.default).model_fields.items():
            assert f"{key} = " in block[1], f"{table}.{key}"
            if key not in ("private", "price"):
                expected = inner.default
                got = shown[table][key]
                assert (tuple(got) if isinstance(got, list) else got) == expected, key
    for name, dotted in VARIABLES.items():
        assert f"| `{name}` | `{dotted}` |" in text


@pytest.mark.parametrize("name", OPTIONS)
def test_the_settings_page_shows_every_option_of_a_pattern_and_its_default(name: str) -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    blocks = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", text, re.S)]
    tables = [table for block in blocks for table in block.get("patterns", {}).values()]
    (shown,) = [table for table in tables if table["use"] == name]
    for key, inner in OPTIONS[name].model_fields.items():
        if key != "use":
            got = shown[key]
            assert (tuple(got) if isinstance(got, list) else got) == inner.default, key


def command_of(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None, name
    return found


def test_every_command_in_the_documentation_exists() -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for words in re.findall(r"\bdoorstep ([a-z]+)(?: |$|`)", text):
        if words not in COMMANDS:
            continue
        assert command_of(words)
    for command in ("ask", "run", "serve", "advise", "calibrate"):
        for line in set(re.findall(rf"doorstep {command} ([^\n`|]*)", text)):
            for flag in re.findall(r"--[a-z-]+", line):
                assert any(flag in option.opts for option in command_of(command).params), flag
    for part in set(re.findall(r"doorstep ledger ([a-z]+)", text)):
        assert part in command_of("ledger").commands, part  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_bench_command_has_its_file(page: Path) -> None:
    for name in re.findall(r"python (bench/[a-z_]+\.py)", page.read_text("utf-8")):
        assert (ROOT / name).exists(), name


def test_the_detection_page_lists_every_rule() -> None:
    text = (ROOT / "docs/detection.md").read_text("utf-8")
    listed = re.findall(r"^\| (.+?) \| `(\w+)` \|", text, re.M)
    assert listed == [(form.name, form.kind) for form in Formats.names()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_settings_shown_are_settings(page: Path) -> None:
    for block in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.S):
        Settings.model_validate(tomllib.loads(block))
