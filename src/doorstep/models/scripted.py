"""A model that plays a script: for tests and for documentation that runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass

from doorstep._errors import BadInput, ModelUnavailable
from doorstep._values import Message, Options, Piece, Reply, Zone
from doorstep.models.base import Model, Way

Line = str | Reply | Exception | Callable[[Sequence[Message], Options], "str | Reply"]


@dataclass(frozen=True, slots=True)
class Call:
    """What the model was asked, once."""

    messages: tuple[Message, ...]
    options: Options


class Scripted(Model):
    """Plays `replies` one by one: a text, a `Reply`, an exception to raise, or a function of the
    call that gives a text or a `Reply`. Raises ModelUnavailable when the script is at its end.

    `calls` holds what it was asked. An answer is streamed in pieces of `piece` characters. As
    every adapter, it raises BadInput for a schema or for log-probabilities where it was not told
    that it can do them.
    """

    stand_in = "a language model: it plays a script"

    def __init__(
        self,
        replies: Iterable[Line],
        *,
        name: str = "scripted",
        zone: Zone = Zone.HOME,
        way: Way = "prompted",
        piece: int = 8,
        can_schema: bool = False,
        can_logprobs: bool = False,
    ) -> None:
        self.name = name
        self.zone = zone
        self.zone_reason = "it plays a script in this process"
        self.way = way
        self.can_schema = can_schema
        self.can_logprobs = can_logprobs
        self.calls: list[Call] = []
        self._lines = list(replies)
        self._piece = piece

    async def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """See `Model.stream`."""
        self._check(options)
        self.calls.append(Call(tuple(messages), options))
        reply = self._play(messages, options)
        for start in range(0, len(reply.text), self._piece):
            yield Piece(reply.text[start : start + self._piece])
        yield Piece("", reply)

    def _check(self, options: Options) -> None:
        if options.schema is not None and not self.can_schema:
            raise BadInput(
                f"{self.name} cannot hold its answer to a schema.",
                hint="Script it with can_schema, or ask another way.",
            )
        if options.logprobs and not self.can_logprobs:
            raise BadInput(
                f"{self.name} gives no log-probabilities.",
                hint="Script it with log-probabilities, or ask another way.",
            )

    def _play(self, messages: Sequence[Message], options: Options) -> Reply:
        number = len(self.calls)
        if number > len(self._lines):
            raise ModelUnavailable(
                f"The script of {self.name} has no reply number {number}.",
                hint="Give it as many replies as it is asked for.",
            )
        line = self._lines[number - 1]
        if isinstance(line, Exception):
            raise line
        said = line(messages, options) if callable(line) else line
        return said if isinstance(said, Reply) else Reply(said, self.name)
