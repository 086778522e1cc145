from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doorstep.boundary import Boundary, Ledger, Policy
from tests.boundary.cloud import Cloud

KEY = b"a key for tests, not for people."


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    server = Cloud()
    yield server
    server.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture
def boundary(cloud: Cloud, ledger: Ledger) -> Callable[..., Boundary]:
    """Makes boundaries that may reach the cloud of the test."""

    def make(**more: object) -> Boundary:
        settings = {"ledger": ledger, "policy": Policy((cloud.url,)), "key": KEY, **more}
        return Boundary(**settings)  # type: ignore[arg-type]

    return make
