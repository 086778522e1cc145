"""What a pattern is, and the record of one run: every call that it makes, as a step.

A pattern is given a `Run`, takes its models from it (`run.model("draft", home)`), and ends with
`run.reply(...)`. A model taken so is the same model; each call of it is timed, counted, priced,
and, where it is in the cloud, made under a clearance. What a nested pattern did becomes part of
the record, however it ended: the outer run holds the inner one's.
"""

from __future__ import annotations

import itertools
import time
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from doorstep._errors import BadInput, DoorstepError, ModelError
from doorstep._values import Crossing, Message, Options, Outcome, Piece, Reply, Step, Usage, Zone
from doorstep.boundary import Boundary, Clearance
from doorstep.models.base import Model, closing
from doorstep.patterns import spans
from doorstep.patterns.apart import apart
from doorstep.patterns.listening import Actor, Began, Crossed, Ended, Hear, Said, below, heard

Pricer = Callable[[Model, Usage], Decimal | None]
Watch = Callable[[str], None]

_CAN = ("can_schema", "can_logprobs", "can_skip_thinking", "schema_is_seen")


def unpriced(model: Model, usage: Usage) -> Decimal | None:
    """A pricer that knows no price."""
    return None


def quiet(line: str) -> None:
    """A watch that watches nothing."""


class Run:
    """The steps of one run, as they happen.

    `watch` hears a line as each step begins, without private text.
    """

    def __init__(
        self,
        pattern: str,
        boundary: Boundary | None = None,
        *,
        price: Pricer = unpriced,
        watch: Watch = quiet,
    ) -> None:
        self._pattern = pattern
        self._boundary = boundary
        self._price = price
        self._watch = watch
        self.hear: Hear | None = heard()
        self.calls = itertools.count()  # shared with the runs of patterns within
        self._steps: list[Step] = []
        self._crossings: list[Crossing] = []
        self._stand_ins: list[str] = []
        self._fallbacks: list[str] = []
        self._notes: list[str] = []

    def model(self, step: str, model: Model, clearance: Clearance | None = None) -> Model:
        """`model`, whose every call is recorded as `step`.

        `clearance` holds for the calls of a model in the cloud, which needs one.
        """
        return Recorded(self, step, model, clearance)

    def check(self, step: str, seconds: float, note: str = "") -> None:
        """A step without a model."""
        self.add(Step(step, "check", "", seconds, note=note))

    def begins(self, step: str, actor: Actor, model: str, stand_in: str = "") -> int:
        """A step that somebody else times begins; the number of its call, for `add`."""
        call = next(self.calls)
        if self.hear is not None:
            self.hear(Began(call, step, actor, model, stand_in))
        return call

    def add(
        self,
        step: Step,
        crossings: Sequence[Crossing] = (),
        *,
        call: int | None = None,
        said: str = "",
    ) -> None:
        """A step that somebody else timed, what crossed in it, and what its model said. With
        `call`, what crossed has been told as it left (see `left`)."""
        self._steps.append(step)
        self._crossings += crossings
        if self.hear is None:
            return
        number = call
        if number is None:
            number = self.begins(step.name, step.actor, step.model)
            for crossing in crossings:
                self.hear(Crossed(number, step.name, crossing))
        self.hear(Ended(number, step, said))

    @contextmanager
    def begun(self, step: str, actor: Actor, model: str, stand_in: str = "") -> Iterator[int]:
        """`begins`, for a step that may break off: then its end is told, with the error's type."""
        call, start = self.begins(step, actor, model, stand_in), time.perf_counter()
        try:
            yield call
        except BaseException as error:
            spent, note = time.perf_counter() - start, type(error).__name__
            self.ended(call, Step(step, actor, model, spent, note=note))
            raise

    def ended(self, call: int, step: Step) -> None:
        """A step that has begun has ended: tells it at once. It is recorded by `keep`."""
        if self.hear is not None:
            self.hear(Ended(call, step))

    def keep(self, step: Step) -> None:
        """Record a step that has been told (see `ended`): steps side by side, in their order."""
        self._steps.append(step)

    def left(self, call: int, step: str) -> Callable[[Crossing], None]:
        """What hears of the crossings of a step that has begun; see `Passage.told`."""

        def told(crossing: Crossing) -> None:
            if self.hear is not None:
                self.hear(Crossed(call, step, crossing))

        return told

    def fell_back(self, why: str) -> None:
        self._fallbacks.append(why)

    def note(self, line: str) -> None:
        self._notes.append(line)

    def nested(self, step: str, outcome: Outcome) -> None:
        """What a pattern within this one did, under the name of the step it was."""
        self._steps += [replace(s, name=f"{step}: {s.name}") for s in outcome.steps]
        self._crossings += outcome.crossings
        self._notes += outcome.notes
        if outcome.fallback:
            self._fallbacks.append(outcome.fallback)
        for line in outcome.stand_ins:
            self.stands_in(line)

    def stands_in(self, line: str) -> None:
        if line and line not in self._stand_ins:
            self._stand_ins.append(line)

    def outcome(self, answer: str, verdict: str = "", reasons: Sequence[str] = ()) -> Outcome:
        return Outcome(
            answer,
            tuple(self._steps),
            tuple(self._crossings),
            tuple(self._stand_ins),
            "; ".join(self._fallbacks) or None,
            tuple(self._notes),
            pattern=self._pattern,
            verdict=verdict,
            reasons=tuple(reasons),
        )

    def reply(
        self, last: Reply | None, answer: str, verdict: str = "", reasons: Sequence[str] = ()
    ) -> Reply:
        """The pattern's own reply: `answer`, ended as `last` ended, with the whole outcome.

        Its usage is that of all steps together.
        """
        outcome = self.outcome(answer, verdict, reasons)
        return Reply(
            answer,
            self._pattern,
            usage=outcome.usage,
            finish=last.finish if last else "stop",
            thinking=last.thinking if last else "",
            outcome=outcome,
        )

    async def recorded(
        self,
        step: str,
        model: Model,
        clearance: Clearance | None,
        messages: Sequence[Message],
        options: Options,
    ) -> AsyncIterator[Piece]:
        """One call of `model`, recorded however it ends."""
        self._watch(f"{step}: {model.name}")
        self.stands_in(model.stand_in)
        actor: Actor = "cloud" if model.zone is Zone.CLOUD else "home"
        number = self.begins(step, actor, model.name, model.stand_in)
        call = _Call(step, model, number, spans.begin(self._pattern, step, model))
        if call.run is not None:
            call.run.hear = below(step, self.hear) if self.hear is not None else None
            call.run.calls = self.calls
        try:
            source = apart(lambda: self._pieces(call, clearance, messages, options))
            async with closing(source) as pieces:
                async for piece in pieces:
                    if self.hear is not None and piece.text:
                        self.hear(Said(number, step, piece.text))
                    if piece.reply is not None:
                        self._record(call, piece.reply)
                    yield piece
        except DoorstepError as error:
            spent = error.usage if isinstance(error, ModelError) else Usage()
            self._record(call, None, type(error).__name__, spent)
            raise
        finally:
            self._record(call, None, "cancelled")

    def _record(
        self, call: _Call, reply: Reply | None, failed: str = "", spent: Usage = Usage()
    ) -> None:
        """Once a call, by whatever comes first: its last piece, an error, its cancellation."""
        if call.recorded:
            return
        call.recorded = True
        self._crossings += call.crossed
        within = call.run.outcome("") if call.run else reply.outcome if reply else None
        usage = reply.usage if reply else spent
        done = call.step(usage, self._price, failed)
        if call.span is not None:
            call.span.end(done, failed)
        if within is not None:
            self.nested(call.name, within)
        else:
            self._steps.append(done)
        if self.hear is not None:
            said = reply.text if reply else ""
            self.hear(Ended(call.number, done, said, parts=within is not None))

    async def _pieces(
        self,
        call: _Call,
        clearance: Clearance | None,
        messages: Sequence[Message],
        options: Options,
    ) -> AsyncIterator[Piece]:
        if call.model.zone is not Zone.CLOUD:
            async with closing(call.stream(messages, options)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        if self._boundary is None or clearance is None:
            raise BadInput(
                f"{call.model.name} is in the cloud, and no boundary was given.",
                hint="Give the pattern one: doorstep.open_boundary, or Boundary(…).",
            )
        with self._boundary.crossing(clearance) as passage:
            call.crossed = passage.crossings
            if self.hear is not None:
                passage.told = self.left(call.number, call.name)
            async with closing(call.model.stream(messages, options)) as pieces:
                async for piece in pieces:
                    yield piece


class _Call:
    """One call of a model. `crossed` grows while it runs; `run` is that of a nested pattern."""

    def __init__(
        self, name: str, model: Model, number: int, span: spans.CallSpan | None = None
    ) -> None:
        self.name = name
        self.number = number
        self.model = model
        self.span = span
        self.crossed: list[Crossing] = []
        self.recorded = False
        self.run = model.begin() if isinstance(model, Pattern) else None
        self._begun = time.perf_counter()

    def stream(self, messages: Sequence[Message], options: Options) -> AsyncIterator[Piece]:
        if self.run is not None and isinstance(self.model, Pattern):
            return self.model.within().stream_in(self.run, messages, options)
        return self.model.stream(messages, options)

    def step(self, usage: Usage, price: Pricer, failed: str) -> Step:
        cloud = self.model.zone is Zone.CLOUD
        actor: Literal["home", "cloud"] = "cloud" if cloud else "home"
        free = not cloud or bool(self.model.stand_in)
        return Step(
            self.name,
            actor,
            self.model.name,
            time.perf_counter() - self._begun,
            usage,
            Decimal(0) if free else price(self.model, usage),
            note=failed,
            crossings=tuple(crossing.id for crossing in self.crossed),
        )


class Recorded(Model):
    """A model whose every call is a step of a run."""

    def __init__(self, run: Run, step: str, model: Model, clearance: Clearance | None) -> None:
        self.name = model.name
        self.zone = model.zone
        self.zone_reason = model.zone_reason
        self.stand_in = model.stand_in
        self.way = model.way
        self.provider = model.provider
        for can in _CAN:
            if hasattr(model, can):
                setattr(self, can, getattr(model, can))
        self._run = run
        self._step = step
        self._model = model
        self._clearance = clearance

    def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """See `Model.stream`."""
        return self._run.recorded(self._step, self._model, self._clearance, messages, options)


class Pattern(Model):
    """A model made of models. Its zone is home: what it is told leaves through the boundary only.

    A pattern writes one method, `stream_in`.
    """

    zone = Zone.HOME
    zone_reason = "a pattern: crosses only through the boundary"
    can_schema = False

    def __init__(
        self, boundary: Boundary | None, *, price: Pricer = unpriced, watch: Watch = quiet
    ) -> None:
        self._boundary = boundary
        self._price = price
        self._watch = watch

    def begin(self) -> Run:
        """The record of a new run."""
        return Run(self.name, self._boundary, price=self._price, watch=self._watch)

    def within(self) -> Pattern:
        """This pattern as another one uses it: what a person gets to see on the way is left out,
        where that is more than the answer."""
        return self

    def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """See `Model.stream`."""
        return self.stream_in(self.begin(), messages, options)

    @abstractmethod
    def stream_in(
        self, run: Run, messages: Sequence[Message], options: Options
    ) -> AsyncIterator[Piece]:
        """The answer piece by piece, every call of a model recorded in `run`.

        All pieces together are the text of the reply that the last one carries.
        """


def needs_boundary(cloud: Model, boundary: Boundary | None) -> None:
    """BadInput where a cloud model came without the boundary that it has to be reached through."""
    if cloud.zone is Zone.CLOUD and boundary is None:
        raise BadInput(
            f"{cloud.name} is in the cloud, and no boundary was given.",
            hint="Give the pattern the boundary whose client the model was made with.",
        )


def needs_dry_run(boundary: Boundary | None) -> None:
    """BadInput where a preview was asked of a boundary that would send."""
    if boundary is None or not boundary.dry_run:
        raise BadInput(
            "A preview needs a boundary in dry run; nothing was sent.",
            hint="Make it with dry_run=True.",
        )
