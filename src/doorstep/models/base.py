"""What a model is: it answers messages, whole or streamed, typed, and it decides.

A pattern is built from models and is itself a model, so everything here holds for patterns too.
An adapter writes one method, `stream`; the rest follows from it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from doorstep._errors import ReplyBroken
from doorstep._values import Decision, Message, Options, Piece, Reply, Zone

if TYPE_CHECKING:
    from pydantic import BaseModel

    from doorstep.models.structured import Typed

    T = TypeVar("T", bound=BaseModel)

Way = Literal["prompted", "native", "two-pass"]


@asynccontextmanager
async def closing(pieces: AsyncIterator[Piece]) -> AsyncIterator[AsyncIterator[Piece]]:
    """Close a stream at the end of the block, not when the garbage collector comes by."""
    try:
        yield pieces
    finally:
        close = getattr(pieces, "aclose", None)
        if close is not None:
            await close()


class Model(ABC):
    """A language model, or a pattern made of some.

    `name` is what a person would call it ("gemma4:e4b"); `zone` is where it runs, and
    `zone_reason` why we say so; `stand_in` says what it stands in for, "" for the real thing;
    `way` is how it best gives typed output (see `structured`); `provider` is whose API it is, by
    the names of OpenTelemetry's conventions ("openai", "azure.ai.openai", "ollama"), "" for none.
    """

    name: str
    zone: Zone
    zone_reason: str = ""
    stand_in: str = ""
    way: Way = "prompted"
    provider: str = ""

    @abstractmethod
    def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """Yield the answer piece by piece; the last piece carries the whole `Reply`."""

    async def respond(self, messages: Sequence[Message], options: Options = Options()) -> Reply:
        """The whole answer at once."""
        async with closing(self.stream(messages, options)) as pieces:
            async for piece in pieces:
                if piece.reply is not None:
                    return piece.reply
        raise ReplyBroken(f"{self.name} ended its answer without saying that it was complete.")

    async def typed(
        self,
        messages: Sequence[Message],
        shape: type[T],
        options: Options = Options(),
        *,
        way: Way | None = None,
        tries: int = 3,
    ) -> Typed[T]:
        """An answer that is a valid `shape`, with the way and the tries it took."""
        from doorstep.models.structured import typed

        return await typed(self, messages, shape, options, way=way or self.way, tries=tries)

    async def decide(self, question: str, answers: Sequence[str], context: str = "") -> Decision:
        """One of `answers`, and how probable the model holds it (None where it cannot say)."""
        from doorstep.models.structured import decide

        return await decide(self, question, answers, context)

    async def aclose(self) -> None:  # noqa: B027 - most have nothing to let go of
        """Let go of connections and memory."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
