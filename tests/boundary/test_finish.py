"""A cancellation that came while the ledger wrote goes on as it came."""

from __future__ import annotations

import asyncio
import time

import pytest

from doorstep.boundary.door import _Record


class _Slow:
    def result(self, *given: object, **named: object) -> None:
        time.sleep(0.2)


class _Crossing:
    id = 1


async def test_a_cancellation_is_raised_again_itself() -> None:
    """anyio knows the cancellations of its scopes (a timeout in OpenAI's client) by their text."""
    record = _Record(_Slow(), _Crossing(), None)  # type: ignore[arg-type]
    task = asyncio.create_task(record.close("answered"))
    await asyncio.sleep(0.05)
    task.cancel("Cancelled via cancel scope 1")
    with pytest.raises(asyncio.CancelledError, match="cancel scope 1"):
        await task
