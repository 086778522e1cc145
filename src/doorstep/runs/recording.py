"""What happened in one run, collected while it goes on, and made into a `KeptRun` at its end."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from doorstep._errors import BoundaryError
from doorstep._values import Crossing, Message, Outcome, Step, Usage
from doorstep.boundary import Held
from doorstep.patterns.listening import Began, Crossed, Ended, Event
from doorstep.patterns.listening import Said as Piece
from doorstep.runs.details import details_of
from doorstep.runs.values import Doubt, Ending, KeptRun, KeptStep, Said, Source, Texts, new_id

CHARACTERS_PER_TOKEN = 4  # of English, roughly: for what no server counted
SERIOUS = 0.5  # from this doubt on a check speaks for the cloud
_CHECK = re.compile(r"check: (.+)")
_DOUBT = re.compile(r"doubt (\d\.\d+)")
_STOPPED = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt)


def asked_of(messages: Sequence[Message]) -> tuple[Said, ...]:
    """What was asked, as it is kept."""
    return tuple(Said(message.role, message.text) for message in messages)


@dataclass(slots=True)
class Call:
    """One call as it was told. `parts`: its own steps were told by themselves."""

    began: Began
    at: float
    pieces: list[str] = field(default_factory=list)
    step: Step | None = None
    said: str = ""
    parts: bool = False

    @property
    def text(self) -> str:
        return self.said or "".join(self.pieces)


class Collecting:
    """One run. It is a `Hear`: give it to `listening`. `kept` is there once it is over."""

    def __init__(
        self, source: Source, pattern: str, asked: Sequence[Said] = (), *, id: str = ""
    ) -> None:
        self.id = id or new_id()
        self.pattern = pattern
        self.kept: KeptRun | None = None
        self.calls: dict[int, Call] = {}
        self.outcome: Outcome | None = None
        self.more: dict[str, object] = {}  # details that somebody else knows
        self.begun_at = datetime.now(UTC)
        self._source = source
        self.asked = tuple(asked)
        self._begun = time.perf_counter()
        self._seconds: float | None = None
        self._crossings: dict[int, Crossing] = {}
        self._ending: Ending = "answered"
        self._why = ""

    def __call__(self, event: Event) -> None:
        if isinstance(event, Began):
            self.calls[event.call] = Call(event, time.perf_counter())
        elif isinstance(event, Crossed):
            self._crossings[event.crossing.id] = event.crossing
        elif (call := self.calls.get(event.call)) is None:
            return
        elif isinstance(event, Piece):
            call.pieces.append(event.text)
        elif isinstance(event, Ended):
            call.step, call.said, call.parts = event.step, event.said, event.parts

    def answered(self, outcome: Outcome) -> None:
        """The run has its answer; what happens from here on does not change how it ended."""
        self.outcome = outcome
        self._seconds = time.perf_counter() - self._begun

    def broke(self, error: BaseException) -> None:
        """The run ends with an error, unless it has its answer."""
        if self.outcome is not None or self._why:
            return
        self._why = type(error).__name__
        self._ending = ending_of(error)

    def ends(self) -> KeptRun | None:
        """The run as it is kept, without marks; None for one that was held in a dry run."""
        if self._why == Held.__name__:
            return None
        if self._seconds is None:
            self._seconds = time.perf_counter() - self._begun
        if self.outcome is None and not self._why:
            self._ending, self._why = "failed", "ReplyBroken"  # it ended without saying so
        outcome = self.outcome or Outcome("")
        crossings = self._crossings | {one.id: one for one in outcome.crossings}
        if outcome.verdict == "cancelled":
            self._ending = "cancelled"
        self.kept = KeptRun(
            self.id,
            self.begun_at.isoformat(),
            self._seconds,
            self._source,
            self.pattern,
            self._ending,
            outcome.verdict,
            self._why,
            outcome.fallback is not None,
            outcome.stand_ins or self._stand_ins(),
            tuple(self._steps(outcome)),
            tuple(sorted(crossings)),
            self._texts(outcome),
            sum(len(one.body.encode()) for one in crossings.values()),
            doubts=_doubts(outcome),
        )
        return self.kept

    def estimate(self) -> Usage:
        """The tokens of what was asked and of the answer, by their length: what the cloud's model
        alone would have read and written. Its thinking, and prompts around it, are not in it."""
        asked = sum(len(one.text) for one in self.asked)
        answer = len(self.outcome.answer) if self.outcome else 0
        return Usage(-(-asked // CHARACTERS_PER_TOKEN), -(-answer // CHARACTERS_PER_TOKEN))

    def _all(self) -> tuple[Call, ...]:
        """As they are now: what goes on behind an answer may still tell of more."""
        return tuple(self.calls.values())

    def _steps(self, outcome: Outcome) -> list[KeptStep]:
        steps = outcome.steps if self.outcome else tuple(self._told())
        played = {call.began.step for call in self._all() if call.began.stand_in}
        return [_kept(step, step.name in played) for step in steps]

    def _told(self) -> list[Step]:
        """The steps of a run without an outcome, the one that it broke off in among them."""
        calls = self._all()
        names = [call.began.step for call in calls]
        steps = []
        for call in calls:
            began = call.began
            if call.step is not None and not call.parts:
                steps.append(call.step)
            elif call.step is None and not any(n.startswith(f"{began.step}: ") for n in names):
                spent = time.perf_counter() - call.at
                free = began.actor != "cloud" or bool(began.stand_in)
                cost = Step("", "home", "", 0).cost if free else None
                steps.append(
                    Step(began.step, began.actor, began.model, spent, cost=cost, note=self._why)
                )
        return steps

    def _stand_ins(self) -> tuple[str, ...]:
        lines = (call.began.stand_in for call in self._all())
        return tuple(dict.fromkeys(line for line in lines if line))

    def _texts(self, outcome: Outcome) -> Texts:
        calls = self._all()
        said = (Said(call.began.step, call.text) for call in calls if call.text)
        details = details_of(calls, outcome) | self.more
        return Texts(
            self.asked,
            tuple(said),
            outcome.answer,
            outcome.reasons,
            outcome.notes,
            outcome.fallback or "",
            details or None,
        )


Marks = Callable[[Sequence[Said]], tuple[Said, ...]]


def marked(run: KeptRun, marks: Marks) -> KeptRun:
    """`run` with the private stretches of what was asked."""
    if run.texts is None:
        return run
    return replace(run, texts=replace(run.texts, asked=marks(run.texts.asked)))


def ending_of(error: BaseException) -> Ending:
    """How a run ends that this error came out of."""
    if isinstance(error, _STOPPED):
        return "cancelled"
    return "refused" if isinstance(error, BoundaryError) else "failed"


def _kept(step: Step, stand_in: bool) -> KeptStep:
    return KeptStep(
        step.name,
        step.actor,
        step.model,
        step.seconds,
        step.usage.input_tokens,
        step.usage.output_tokens,
        step.cost,
        step.tries,
        step.note,
        step.crossings,
        stand_in,
    )


def _doubts(outcome: Outcome) -> tuple[Doubt, ...]:
    """Which checks spoke for the cloud or had no score, where the answer was not simply kept."""
    if outcome.verdict in ("", "kept"):
        return ()
    found = dict[Doubt, None]()
    for step in outcome.steps:
        named = _CHECK.fullmatch(step.name)
        if named is None or step.actor != "check":
            continue
        doubt = _DOUBT.match(step.note)
        if step.note.startswith("no score") or (doubt and float(doubt[1]) >= SERIOUS):
            found[Doubt(named[1], doubt is not None)] = None
    return tuple(found)
