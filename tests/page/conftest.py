"""Every test of the page has a data folder of its own: its key, and no other, is used."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "DOORSTEP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
