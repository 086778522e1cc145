"""`doorstep doctor`: the extras, and the patterns of one's own."""

from __future__ import annotations

import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from doorstep.cli import doctor
from doorstep.cli.doctor import EXTRAS
from tests.cli.conftest import ROOT, Run


def test_every_extra_is_known_by_the_modules_that_it_brings() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {extra.name for extra in EXTRAS} == set(project["optional-dependencies"])
    for extra in EXTRAS:
        needed = " ".join(project["optional-dependencies"][extra.name]).lower()
        named = {"sklearn": "scikit-learn", "pydantic_ai": "pydantic-ai-slim"}
        assert all(named.get(module, module) in needed for module in extra.modules), extra.name


def test_what_is_installed_is_said_to_be(run: Run) -> None:
    out = run("doctor").out
    for extra in EXTRAS:
        there = all(find_spec(module) for module in extra.modules)
        (line,) = [line for line in out.splitlines() if extra.name in line[8:].split()[:1]]
        assert ("not installed" in line) is not there, line


def test_what_is_not_installed_comes_with_what_it_is_for_and_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    lines = doctor.extras()
    assert len([line for line in lines if "not installed" in line]) == len(EXTRAS)
    assert "pip install 'doorstep[NAME]'" in lines[-1]
    assert any("doorstep calibrate" in line for line in lines)
    assert all(len(line) <= 80 for line in lines)


def test_a_pattern_of_ones_own_that_cannot_run_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text(
        '[patterns.good]\nuse = "cross-check"\ncloud = "sanitize-and-solve"\n'
        '[patterns.round]\nuse = "cross-check"\nhome = "round"\n'
    )
    ran = run("doctor")
    assert ran.code == 2 and "round -> round" in ran.out and "Traceback" not in ran.err
    assert "good (cross-check)" in ran.out


def test_what_the_gateway_would_do_is_told(run: Run, tmp_path: Path) -> None:
    table = '[[gateway.upstreams]]\nname = "vendor"\nurl = "https://api.example.com/v1"\n'
    (tmp_path / "doorstep.toml").write_text(table)
    assert (
        "mask/NAME goes to vendor: https://api.example.com/v1 (without a key)" in run("doctor").out
    )
    (tmp_path / "doorstep.toml").write_text('[gateway]\nhost = "0.0.0.0"\n' + table)
    ran = run("doctor")
    assert ran.code == 2 and "gateway cannot be used: Without a token" in ran.out
