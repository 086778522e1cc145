"""The key: made once, kept to oneself, and refused where it is not."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from doorstep._errors import ConfigError
from doorstep.boundary.keys import derived, load_key


def test_a_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    key = load_key("home", folder)
    assert len(key) == 32 and load_key("home", folder) == key
    assert stat.S_IMODE((folder / "home.key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["home.key"]
    assert load_key("other", folder) != key


def test_processes_that_begin_together_have_one_key(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from doorstep.boundary.keys import load_key\n"
        f"print(load_key('home', Path({str(tmp_path)!r})).hex())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(4)
    ]
    found = {process.communicate()[0] for process in started}
    assert len(found) == 1 and len(found.pop()) == 65


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    key = load_key("home", tmp_path)
    (tmp_path / "home.key").chmod(mode)
    with pytest.raises(ConfigError) as caught:
        load_key("home", tmp_path)
    assert "chmod 600" in str(caught.value) and key.hex() not in str(caught.value)


@pytest.mark.parametrize("content", ["", "abc", "g" * 64, "a" * 66, "a" * 64 + "\n\n"])
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "home.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="does not hold a key"):
        load_key("home", tmp_path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    load_key("home", tmp_path)
    (tmp_path / "link.key").symlink_to(tmp_path / "home.key")
    with pytest.raises(ConfigError, match="cannot be opened"):
        load_key("link", tmp_path)


@pytest.mark.parametrize("name", ["", "../home", "a/b", ".home", "x" * 65])
def test_names_that_are_no_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        load_key(name, tmp_path)


def test_the_keyring_keeps_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keyring = pytest.importorskip("keyring")
    from keyring.backend import KeyringBackend

    class Ring(KeyringBackend):
        """A back end of the kind that keyring documents, in memory."""

        priority = 1  # type: ignore[assignment]
        kept: ClassVar[dict[tuple[str, str], str]] = {}

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        key = load_key("home", keyring=True)
        assert len(key) == 32 and load_key("home", keyring=True) == key
        Ring.kept["doorstep", "home"] = "not a key"
        with pytest.raises(ConfigError):
            load_key("home", keyring=True)
        from keyring.backends.fail import Keyring as Fails

        keyring.set_keyring(Fails())
        with pytest.raises(ConfigError, match="cannot be used"):
            load_key("home", keyring=True)
    finally:
        keyring.set_keyring(before)


def test_a_key_serves_one_purpose() -> None:
    assert derived(b"k" * 16, "a") != derived(b"k" * 16, "b")
    assert len(derived(b"k" * 16, "a")) == 32
