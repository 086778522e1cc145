"""A stream in a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from doorstep._errors import ReplyBroken
from doorstep._values import Piece
from doorstep.models.base import closing

ROOM = 64  # pieces that may wait for a slow reader; then the model has to wait, too


@dataclass(frozen=True, slots=True)
class _End:
    error: Exception | None = None


async def apart(source: Callable[[], AsyncIterator[Piece]]) -> AsyncIterator[Piece]:
    """The pieces of `source()`, which runs in a task and so in a context of its own.

    What it sets there (the clearance of a crossing) holds for it alone: between two pieces an
    ordinary generator would leave it standing in the reader's context. Closing this stream, or
    cancelling its reader, cancels the source and waits until it has let go.
    """
    pieces: asyncio.Queue[Piece | _End] = asyncio.Queue(ROOM)
    task = asyncio.create_task(_pump(source, pieces))
    try:
        while isinstance(item := await pieces.get(), Piece):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _pump(
    source: Callable[[], AsyncIterator[Piece]], pieces: asyncio.Queue[Piece | _End]
) -> None:
    try:
        async with closing(source()) as stream:
            async for piece in stream:
                if _cancelled():  # something within took the cancellation for its own
                    raise asyncio.CancelledError
                await pieces.put(piece)
    except Exception as error:
        await pieces.put(_End(error))
    except (asyncio.CancelledError, GeneratorExit):
        # Nobody cancelled us: something within broke off by itself, and the reader still waits.
        if _cancelled():
            raise
        await pieces.put(_End(ReplyBroken("The model broke off its answer.")))
    else:
        await pieces.put(_End())


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
