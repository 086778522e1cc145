"""`doorstep patterns` and `doorstep advise` as a person runs them."""

from __future__ import annotations

from pathlib import Path

from doorstep.patterns.catalogue import NAMES
from tests.cli.conftest import Run


def test_the_map_is_readable_in_80_columns(run: Run) -> None:
    ran = run("patterns")
    assert ran.code == 0
    head, rule, *rows = ran.out.splitlines()[:7]
    assert head.split() == ["pattern", "direction", "trigger", "purpose"]
    assert set(rule) == {"-", " "} and [row.split()[0] for row in rows] == list(NAMES)
    assert max(map(len, ran.out.splitlines())) <= 80


def test_as_json_it_is_all_of_the_catalogue(run: Run) -> None:
    got = run("patterns", "--json").json
    assert [entry["name"] for entry in got["patterns"]] == list(NAMES)
    assert got["own"] == []
    assert {"direction", "trigger", "purpose", "crosses", "settings"} <= set(got["patterns"][0])


def test_ones_own_are_listed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text('[patterns.mine]\nuse = "cross-check"\n')
    assert "mine (cross-check)" in run("patterns").out
    (own,) = run("patterns", "--json").json["own"]
    assert (own["name"], own["use"], own["rule"]) == ("mine", "cross-check", "home")
