"""The figures of the threat model are those of the benchmarks' page, with its commands."""

from __future__ import annotations

import re

import pytest

from docs.site.build import ROOT

PAGE = (ROOT / "docs/promises.md").read_text("utf-8")
TABLE = PAGE.split("\n## Measured\n")[1]
ROWS = [line for line in TABLE.splitlines() if line.startswith("|") and "`python" in line]
# What was measured, and where it is told in full.
TOLD = "".join(
    (ROOT / name).read_text("utf-8") for name in ("bench/README.md", "docs/design/blinding.md")
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_a_figure_has_its_n_and_its_command_and_stands_in_the_report(row: str) -> None:
    _, _, n, figure, command, _ = row.split("|")
    assert command.strip().strip("`") in TOLD
    numbers = re.findall(r"\d[\d.,]*\d|\d", f"{n} {figure}")
    assert len(numbers) >= 2, "an n, and a figure"
    for number in numbers:
        rounded = rf"(?<![\d.,]){re.escape(number)}(?!\d)"
        assert re.search(rounded, TOLD), number


def test_there_are_figures() -> None:
    assert len(ROWS) >= 12
