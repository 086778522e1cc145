"""A stream apart: it ends for its reader, however its source ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from doorstep import Piece, ReplyBroken
from doorstep.models.base import closing
from doorstep.patterns.apart import apart


@pytest.mark.parametrize("end", [asyncio.CancelledError, GeneratorExit])
async def test_a_source_that_breaks_off_by_itself_does_not_keep_its_reader_waiting(
    end: type[BaseException],
) -> None:
    """As a timeout within a client library may, when it expires just as the answer is there."""

    async def source() -> AsyncIterator[Piece]:
        yield Piece("a")
        raise end

    seen = []
    with pytest.raises(ReplyBroken):
        async with asyncio.timeout(2):
            async for piece in apart(source):
                seen.append(piece.text)
    assert seen == ["a"]


async def test_a_source_that_swallows_its_cancellation_does_not_keep_its_reader_waiting() -> None:
    """As a client library may that takes it for the end of a scope of its own."""

    async def source() -> AsyncIterator[Piece]:
        swallowed = False
        while True:
            try:
                await asyncio.sleep(0.01 if not swallowed else 0)
            except asyncio.CancelledError:
                swallowed = True
            yield Piece("a")

    async with asyncio.timeout(5):
        async with closing(apart(source)) as pieces:
            await anext(pieces)
