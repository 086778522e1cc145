"""The generated reference: every public name, command, option, setting and error is in it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

import doorstep
from docs.site import commands, errors, names, settings
from docs.site.build import ROOT, reference
from doorstep.cli.main import cli
from doorstep.config import VARIABLES, RuleSettings, Settings, UpstreamSettings
from doorstep.patterns.settings import OPTIONS

TOLD = (ROOT / "docs/settings.md").read_text("utf-8")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("reference")
    made = reference(ROOT, folder)
    return {Path(name).stem: (folder / name).read_text("utf-8") for name in made}


@pytest.mark.parametrize("module", names.MODULES)
def test_each_public_name_of_a_module(pages: dict[str, str], module: str) -> None:
    page = pages[module]
    public = importlib.import_module(module).__all__
    assert public
    missing = [
        name
        for name in public
        if f"\n## {name}\n" not in page and not re.search(rf"^Also here.*`{name}`", page, re.M)
    ]
    assert missing == []


def test_a_name_shows_how_it_is_called_and_what_it_does(pages: dict[str, str]) -> None:
    page = pages["doorstep"]
    part = page[page.index("\n## open_boundary\n") :].split("\n## ")[1]
    assert "private: Iterable[str | Term]" in part and "-> Boundary" in part
    told = doorstep.open_boundary.__doc__
    assert told and told.strip().splitlines()[0] in part
    assert "### Boundary.client\n" in page and "### Ledger.verify\n" in page
    assert not re.search(r"^### \w+\._", page, re.M)


def below(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    for part in getattr(command, "list_commands", lambda _: ())(click.Context(command)):
        inner = command.get_command(click.Context(command), part)  # type: ignore[attr-defined]
        yield from below(inner, f"{name} {part}")


def test_each_command_with_each_option() -> None:
    page = commands.page()
    found = dict(below(cli, "doorstep"))
    assert {"doorstep ask", "doorstep serve", "doorstep ledger verify"} <= set(found)
    for name, command in found.items():
        part = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        flags = [flag for option in command.params for flag in option.opts if flag[0] == "-"]
        assert not [flag for flag in flags if f"{flag}" not in part], name
        arguments = [p.make_metavar(click.Context(command)) for p in command.params]
        shown = [a for p, a in zip(command.params, arguments, strict=True) if p.opts[0][0] != "-"]
        assert not [argument for argument in shown if argument not in part], name


def tables() -> dict[str, type[BaseModel]]:
    own = {f"[{n}]": type(f.default) for n, f in Settings.model_fields.items() if n != "patterns"}
    return {
        **own,
        "[[boundary.rules]]": RuleSettings,
        "[[gateway.upstreams]]": UpstreamSettings,
        **{f"[patterns.{name}]": model for name, model in OPTIONS.items()},
    }


@pytest.mark.parametrize("table", tables())
def test_each_setting_with_its_default_and_what_it_is(table: str) -> None:
    part = settings.page(TOLD).split(f"\n## {table}\n")[1].split("\n## ")[0]
    for key, field in tables()[table].model_fields.items():
        (row,) = [line for line in part.splitlines() if line.startswith(f"| `{key}` |")]
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        assert len(cells) == 4 and cells[3], key
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert cells[2] == f"`{field.default}`"


def test_a_pattern_has_its_own_words_for_a_key_that_others_have() -> None:
    rows = {(one.table, one.key): one.told for one in settings.every(TOLD)}
    escalate, check = "[patterns.escalate-on-hard]", "[patterns.cross-check]"
    assert rows[escalate, "calibration"] != rows[check, "calibration"]
    assert rows[escalate, "home"] == rows[check, "home"]


def test_each_variable_of_the_environment() -> None:
    page = settings.page(TOLD)
    assert not [n for n, dotted in VARIABLES.items() if f"| `{n}` | `{dotted}` |" not in page]


def test_the_tree_of_errors_is_that_of_the_classes() -> None:
    depths = {m[2]: len(m[1]) // 4 for m in re.finditer(r"^( *)- `(\w+)`", errors.page(), re.M)}
    known = [getattr(doorstep, name) for name in doorstep.__all__]
    known = [one for one in known if isinstance(one, type) and issubclass(one, Exception)]
    assert {one.__name__ for one in known} <= set(depths)
    for one in known:
        assert depths[one.__name__] == len(one.__mro__) - len(doorstep.DoorstepError.__mro__)
