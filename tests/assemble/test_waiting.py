"""What a person said once for all holds in every program with these settings."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from doorstep.assemble.waiting import held_path, person_of, waiting_of
from doorstep.config import Settings
from doorstep.runs.held_standing import AGAIN_S

TO = "https://api.example"


async def test_a_program_that_began_before_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = Settings.model_validate({"runs": {"path": str(tmp_path / "runs.sqlite3")}})
    async with AsyncExitStack() as stack:
        standing = person_of(settings, None, stack)["standing"]
        assert standing is not None
        assert not standing.refuses(TO) and not len(standing.hidden())
        assert not held_path(settings).exists()  # looking makes no file
        with waiting_of(settings) as page:
            page.standing.refuse(TO)
            page.standing.mask(["Wiesbaden"])
        await asyncio.sleep(AGAIN_S)
        assert standing.refuses(TO) and list(standing.hidden().find("in wiesbaden"))
