"""Settings: where they come from, and what a wrong one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep._errors import ConfigError
from doorstep.config import load, rows

FULL = """
[home]
model = "gemma4:e2b"
[cloud]
model = "gpt-5.4"
price = { input = 1.0, output = 2.0 }
[boundary]
private = ["Maya", "Heron"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "doorstep.toml"
    path.write_text(text, "utf-8")
    return path


def test_each_source_overrides_the_one_before_and_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    configured = load(path, {"home.model": "builtin"}, {"OLLAMA_HOST": "10.0.0.5:11434"})
    assert configured.settings.home.model == "builtin"
    assert configured.origins["home.model"] == "flag"
    assert configured.origins["home.host"] == "environment variable OLLAMA_HOST"
    assert configured.origins["cloud.model"] == str(path)
    assert configured.origins["ledger.path"] == "default"


def test_private_words_are_counted_never_shown(tmp_path: Path) -> None:
    table = rows(load(write(tmp_path, FULL), environ={}))
    assert ("boundary.private", "2 given") in [(name, value) for name, value, _ in table]
    assert not any("Maya" in value for _, value, _ in table)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[home]\nmodle = "x"', "Did you mean model?"),
        ("[clod]\n", "Did you mean cloud?"),
        ("[home]\ntimeout_s = 0", "home.timeout_s cannot be used"),
        ('[cloud]\napi = "soap"', "cloud.api cannot be used"),
        ("home = 3", "must be a table"),
        ("[home", "not valid TOML"),
        ("\x00", "not valid TOML"),
    ],
)
def test_a_wrong_setting_says_which_and_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text), environ={})
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_private_word_in_a_wrong_setting_is_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, '[boundary]\nprivate = "Maya"'), environ={})
    assert "Maya" not in str(caught.value)


def test_a_missing_file_that_was_named_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no file"):
        load(tmp_path / "absent.toml", environ={})


def test_upstreams_are_shown_by_name_and_their_keys_never(tmp_path: Path) -> None:
    text = """
[gateway]
port = 9000
[[gateway.upstreams]]
url = "https://a.example/v1"
key_env = "A_KEY"
[[gateway.upstreams]]
name = "near"
url = "http://127.0.0.1:11434/v1"
"""
    configured = load(write(tmp_path, text), environ={"A_KEY": "sk-1", "DOORSTEP_TOKEN": "t" * 20})
    shown = {name: value for name, value, _ in rows(configured)}
    assert shown["gateway.upstreams"] == "https://a.example/v1, near"
    assert shown["gateway.port"] == "9000"
    assert not any("sk-1" in value or "tttt" in value for value in shown.values())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '[[gateway.upstreams]]\nulr = "x"',
            "unknown key gateway.upstreams.ulr. Did you mean url?",
        ),
        ('[gateway]\nupstreams = ["x"]', "must be tables"),
        (
            '[[gateway.upstreams]]\nurl = "https://a.example"\nweight = -1',
            "upstreams.weight cannot",
        ),
        ('[gateway]\nunknown = "all"', "gateway.unknown cannot be used"),
    ],
)
def test_a_wrong_upstream_says_which_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text), environ={})
    assert says in str(caught.value) and "\n" not in str(caught.value)
