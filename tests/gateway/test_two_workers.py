"""One conversation over several processes has the same placeholders everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("uvloop")

from bench.gateway.together import two_processes, two_workers


def test_two_workers_seal_alike(tmp_path: Path) -> None:
    shared = two_workers(tmp_path, 48)
    assert shared.ok, shared.text()


def test_two_processes_with_one_data_folder_seal_alike(tmp_path: Path) -> None:
    shared = two_processes(tmp_path, 24)
    assert shared.ok, shared.text()
