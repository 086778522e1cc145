"""Under load of mixed shapes, every echo says what was sent and nothing private arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("uvloop")

from bench.gateway.correctness import correctness


def test_no_wrong_reply_and_nothing_private_at_the_upstream(tmp_path: Path) -> None:
    counted = correctness(tmp_path, 330, print)
    assert counted.seen.requests == counted.asked == 330
    assert counted.ok, counted.text()
    assert counted.respelled < 20, counted.text()
