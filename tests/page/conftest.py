"""Every test of the page has a data folder of its own: its key, and no other, is used."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.page.kit import House, house


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "DOORSTEP_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def h(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which nothing was asked yet, with the settings that come with Doorstep."""
    async with house(tmp_path) as one:
        yield one
