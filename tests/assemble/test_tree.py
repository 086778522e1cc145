"""Patterns of the settings: names, nesting, circles, and what goes before what."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from doorstep import BadInput
from doorstep._errors import ConfigError
from doorstep.assemble.tree import Node, names, tree
from doorstep.config import Settings, load, rows
from doorstep.patterns.settings import EscalateOptions

NESTED = """
[patterns.careful]
use = "escalate-on-hard"
home = "gemma4:e2b"
cloud = "checked"

[patterns.checked]
use = "cross-check"
cloud = "sanitize-and-solve"
rule = "cloud"
"""


def settings(text: str) -> Settings:
    return Settings.model_validate(tomllib.loads(text))


def test_a_pattern_without_settings_is_itself() -> None:
    node = tree("escalate-on-hard", Settings())
    assert (node.name, node.home, node.cloud) == ("escalate-on-hard", "", "")
    assert node.options == EscalateOptions(use="escalate-on-hard")


def test_patterns_nest() -> None:
    node = tree("careful", settings(NESTED))
    assert [n.name for n in node.nodes()] == ["careful", "checked", "sanitize-and-solve"]
    assert node.homes() == {"gemma4:e2b", ""} and node.clouds() == {("", False)}
    assert isinstance(node.cloud, Node) and node.cloud.options.use == "cross-check"


def test_a_flag_goes_before_the_settings_and_holds_for_the_outermost() -> None:
    node = tree("careful", settings(NESTED), {"home": "", "level": "abstract"})
    assert node.home == "" and isinstance(node.options, EscalateOptions)
    assert node.options.level == "abstract"
    assert isinstance(node.cloud, Node) and node.cloud.options.level == "mask"  # type: ignore[union-attr]


def test_settings_under_the_own_name_of_a_pattern_configure_it() -> None:
    given = settings('[patterns.cross-check]\nuse = "cross-check"\nrule = "cloud"')
    assert tree("cross-check", given).options.rule == "cloud"  # type: ignore[union-attr]
    assert names(given).count("cross-check") == 1


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        ('[patterns.a]\nuse = "cross-check"\ncloud = "a"', "a -> a"),
        (
            '[patterns.a]\nuse = "cross-check"\ncloud = "b"\n'
            '[patterns.b]\nuse = "escalate-on-hard"\nhome = "a"',
            "a -> b -> a",
        ),
        ('[patterns.cross-check]\nuse = "cross-check"\ncloud = "cross-check"', "circle"),
    ],
)
def test_a_circle_is_refused(text: str, circle: str) -> None:
    name = "cross-check" if circle == "circle" else "a"
    with pytest.raises(ConfigError, match=circle):
        tree(name, settings(text))


def test_the_same_pattern_twice_side_by_side_is_no_circle() -> None:
    text = '[patterns.a]\nuse = "cross-check"\nhome = "b"\ncloud = "b"\n'
    node = tree("a", settings(text + '[patterns.b]\nuse = "sanitize-and-solve"'))
    assert [n.name for n in node.nodes()] == ["a", "b", "b"]


def test_a_slip_is_not_taken_for_the_name_of_a_model() -> None:
    with pytest.raises(ConfigError, match="Did you mean sanitize-and-solve"):
        tree("a", settings('[patterns.a]\nuse = "cross-check"\ncloud = "sanitise-and-solve"'))
    with pytest.raises(BadInput, match="Did you mean cross-check"):
        tree("cros-check", Settings())
    with pytest.raises(BadInput, match="There are: sanitize-and-solve"):
        tree("poem", Settings())
    model = tree("a", settings('[patterns.a]\nuse = "cross-check"\ncloud = "gpt-5.4-mini"'))
    assert model.cloud == "gpt-5.4-mini"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[patterns.a]\nuse = "crosscheck"', r"patterns.a.use must name a pattern"),
        ("[patterns.a]\n", r"patterns.a.use must name a pattern"),
        ('[patterns.a]\nuse = "cross-check"\nlevle = "mask"', r"patterns.a.levle.* level\?"),
        ('[patterns.a]\nuse = "cross-check"\nfolder = "x"', r"unknown key patterns.a.folder"),
        ('[patterns.a]\nuse = "cross-check"\nlevel = "raw"', r"patterns.a.level cannot be used"),
        ("patterns = 3", r"must be a table"),
        ("[patterns]\na = 3", r"patterns.a must be a table"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "doorstep.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        load(file, environ={})
    assert str(file) in str(caught.value)


def test_the_effective_settings_tell_of_them(tmp_path: Path) -> None:
    file = tmp_path / "doorstep.toml"
    file.write_text(NESTED)
    told = {name: (value, origin) for name, value, origin in rows(load(file, environ={}))}
    value, origin = told["patterns.careful"]
    assert value == "use = escalate-on-hard, home = gemma4:e2b, cloud = checked"
    assert origin == str(file)
