"""kill -9 under load: what left is in the ledger, which is whole, and the next start answers."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("uvloop")

from bench.gateway.kill import kill


def test_killed_under_load_twice_nothing_that_left_is_missing(tmp_path: Path) -> None:
    killed = kill(tmp_path, 2, print, seed="here")
    assert killed.seen > 60
    assert killed.ok, killed.text()
