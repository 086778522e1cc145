"""The gateway's requests, kept as runs: one request of a client is one run, whoever answers it.

Of what goes through a mask no text is kept: it is the client's own, and there may be much of it.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from doorstep._values import Message, Options, Outcome, Piece, Reply, Step
from doorstep.assemble.keeping import Recorder, Recording
from doorstep.gateway.http import Answer, BadRequest, Gone, Handler, Request
from doorstep.gateway.names import MASK, Target
from doorstep.gateway.noting import Note, begin, end, noted
from doorstep.gateway.said import VERDICT
from doorstep.models.base import Model, closing
from doorstep.patterns.listening import Began, Ended, Said, listening
from doorstep.patterns.run import Pattern
from doorstep.runs.recording import asked_of, ending_of
from doorstep.runs.values import Ending, KeptRun, KeptStep

OTHER = f"{MASK}other"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,80}")
_NAMES = 512  # of models, that are known to say nothing private

Telling = Callable[[str], bool]


class GatewayDesk:
    """See `Desk`. `tells`: whether a name that a client made up says something private."""

    def __init__(self, recorder: Recorder, tells: Telling) -> None:
        self._recorder = recorder
        self._tells = tells
        self._names: dict[str, str] = {}

    def around(self, handler: Handler) -> Handler:
        async def kept(request: Request, answer: Answer) -> None:
            note = Note()
            tokens = begin(note)
            try:
                await handler(request, answer)
            except BaseException as error:
                note.error = error
                raise
            finally:
                end(tokens)
                self._done(note, answer)

        return kept

    def model(self, model: Model, target: Target) -> Model:
        return KeptModel(model, self._recorder)

    def _done(self, note: Note, answer: Answer) -> None:
        """Nothing is found out here: the client waits."""
        if not note.name or (isinstance(note.error, BadRequest) and not note.crossings):
            return
        seconds, status = time.perf_counter() - note.begun, answer.status
        verdict = dict(answer.head).get(VERDICT, b"").decode()
        self._recorder.later(lambda: self._run(note, seconds, status, verdict))

    def _run(self, note: Note, seconds: float, status: int, verdict: str) -> KeptRun:
        """In the book's thread."""
        ending, why = _ended(note, status)
        own = self._recorder.finished(note.kept) if isinstance(note.kept, Recording) else None
        masks = note.name.startswith(MASK)
        crossed = _mask_step(note, seconds) if note.crossings else ()
        if own is not None and not masks:
            return replace(own, seconds=seconds)
        return KeptRun(
            note.id,
            datetime.fromtimestamp(note.at, UTC).isoformat(),
            seconds,
            "gateway",
            self._name(note.name) if masks else note.name,
            ending,
            verdict,
            why,
            fell_back=masks and ending == "answered" and verdict not in ("", "masked"),
            stand_ins=own.stand_ins if own else (),
            steps=(*crossed, *(own.steps if own else _at_home(verdict, seconds))),
            crossings=tuple(note.crossings),
            sent=note.sent,
        )

    def _name(self, name: str) -> str:
        """A mask's name as it may stand in the book in plain: one that says nothing."""
        if name not in self._names:
            while len(self._names) >= _NAMES:
                self._names.pop(next(iter(self._names)))
            plain = _PLAIN.fullmatch(name.removeprefix(MASK))
            self._names[name] = name if plain and not self._tells(name) else OTHER
        return self._names[name]


class KeptModel(Model):
    """A model whose answers are recorded, however they end, in the note of their request."""

    def __init__(self, model: Model, recorder: Recorder) -> None:
        self.name = model.name
        self.zone = model.zone
        self.zone_reason = model.zone_reason
        self.stand_in = model.stand_in
        self.way = model.way
        self.provider = model.provider
        self._model = model
        self._recorder = recorder

    def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """See `Model.stream`."""
        note = noted()
        if note is None:
            return self._model.stream(messages, options)
        one = self._recorder.run("gateway", note.name, asked_of(messages), id=note.id)
        note.kept = one
        with listening(one):  # a pattern's run begins here
            pieces = self._model.stream(messages, options)
        return _recorded(pieces, one) if self._is_pattern() else self._step(pieces, one)

    def _is_pattern(self) -> bool:
        return isinstance(self._model, Pattern)

    async def _step(self, pieces: AsyncIterator[Piece], one: Recording) -> AsyncIterator[Piece]:
        """A single model: its call is the only step."""
        begun, last = time.perf_counter(), Reply("", self.name)
        one(Began(0, "answer", "home", self.name, self.stand_in))
        async with closing(_recorded(pieces, one)) as source:
            async for piece in source:
                one(Said(0, "answer", piece.text))
                if piece.reply is not None:
                    last = piece.reply
                    spent = time.perf_counter() - begun
                    step = Step("answer", "home", self.name, spent, last.usage)
                    one(Ended(0, step, last.text))
                    stand_ins = (self.stand_in,) if self.stand_in else ()
                    one.answered(Outcome(last.text, (step,), stand_ins=stand_ins))
                yield piece


async def _recorded(pieces: AsyncIterator[Piece], one: Recording) -> AsyncIterator[Piece]:
    try:
        async with closing(pieces) as source:
            async for piece in source:
                if piece.reply is not None and piece.reply.outcome is not None:
                    one.answered(piece.reply.outcome)
                yield piece
    except BaseException as error:
        one.broke(error)
        raise


def _ended(note: Note, status: int) -> tuple[Ending, str]:
    if note.error is not None:
        gone = isinstance(note.error, Gone)
        return ("cancelled" if gone else ending_of(note.error)), type(note.error).__name__
    if not status:
        return "cancelled", ""
    return ("answered", "") if status < 400 else ("failed", f"HTTP {status}")


def _mask_step(note: Note, seconds: float) -> tuple[KeptStep, ...]:
    """What it cost is not known: the reply is not read."""
    tries = len(note.crossings)
    step = KeptStep("mask", "cloud", "", seconds, cost=None, tries=tries)
    return (replace(step, crossings=tuple(note.crossings)),)


def _at_home(verdict: str, seconds: float) -> tuple[KeptStep, ...]:
    """Home's own server answered, as it was asked."""
    if verdict in ("", "masked"):
        return ()
    return (KeptStep("answer", "home", "", seconds, cost=Decimal(0)),)
