"""A server drops old bodies by the setting, at its start and again, and is not held up by it."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from doorstep.assemble.ledger_keeping import looked_after
from doorstep.boundary import Ledger, chain
from doorstep.config import LedgerSettings, PageSettings, Settings
from tests.boundary.ledgers import START, Clock, in_files, old, outgoing


def _settings(days: int) -> Settings:
    return Settings(ledger=LedgerSettings(keep_days=days), page=PageSettings(on=False))


async def _gone(folder: Path, text: str) -> None:
    for _ in range(200):
        if not in_files(folder, text):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(in_files(folder, text))


async def test_at_the_start_and_then_every_day(tmp_path: Path) -> None:
    with Ledger(old(tmp_path / "l.db", [f"Heron {n}" for n in range(5)])) as ledger:
        ledger.record(outgoing("new"))
        async with looked_after(ledger, _settings(1), every_s=0.05):
            await _gone(tmp_path, "Heron")
            with patch.object(chain, "datetime", Clock([START])):
                ledger.record(outgoing("Egret"))  # it has become old since
            await _gone(tmp_path, "Egret")
        assert ledger.verify().ok and ledger.show(6).kept is not None
        assert [one.ranges for one in ledger.droppings()] == [((1, 5),), ((7, 7),)]
        assert {one.by for one in ledger.droppings()} == {"ledger.keep_days = 1"}


async def test_without_the_setting_nothing_is_dropped(tmp_path: Path) -> None:
    age = (datetime.now(UTC) - START).days
    with Ledger(old(tmp_path / "l.db", ["a"] * 3)) as ledger:
        for days in (0, age + 5):
            async with looked_after(ledger, _settings(days), every_s=0.01):
                await asyncio.sleep(0.1)
        assert ledger.verify().dropped == 0


async def test_a_ledger_that_cannot_be_read_is_told_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(old(tmp_path / "l.db", ["a"]))
    ledger.close()
    caplog.set_level(logging.WARNING)
    async with looked_after(ledger, _settings(1).model_copy(update={"page": PageSettings()})):
        await asyncio.sleep(0.2)
    assert "not dropped just now" in caplog.text
