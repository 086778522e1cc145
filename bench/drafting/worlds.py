"""Random worlds for Draft-then-Refine: how fast each side is, where it fails, when it is stopped.

Every piece that a model gives is numbered, so that a lost, doubled or reordered one is seen.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from doorstep import Message, ModelUnavailable, Options, Piece, Reply, Usage, Zone
from doorstep.models import Model
from doorstep.patterns.drafting.judge import By
from doorstep.patterns.drafting.race import PATIENCE, Start
from doorstep.patterns.drafting.ruling import Pair, Ruling, Verdict

Way = Literal["events", "stream", "respond"]
Stop = Literal["never", "close", "cancel", "task"]

NO_OPTIONS = Options()
ADDITION = "⟨more⟩"
_PAUSES = (0.0, 0.0, 0.001, 0.01, 0.1, 1.0)  # seconds; 0: the next piece is there at once


@dataclass(frozen=True, slots=True)
class Script:
    """What one model does: a pause before each piece, and before which one it fails, if at all.

    The last pause is before the end of the answer.
    """

    who: str
    pauses: tuple[float, ...]
    fails_at: int | None = None

    @property
    def texts(self) -> list[str]:
        return [f"⟨{self.who}{i}⟩" for i in range(len(self.pauses) - 1)]

    @property
    def seconds(self) -> float:
        """Until its end or its failure."""
        end = len(self.pauses) if self.fails_at is None else self.fails_at + 1
        return sum(self.pauses[:end])


@dataclass(frozen=True, slots=True)
class World:
    """One run: both sides, the judge, the reader, and the interruption."""

    seed: int
    home: Script
    cloud: Script
    verdict: Verdict | None  # None: the judge raises
    judging: float
    start: Start
    patience: float | None
    way: Way
    reading: float  # seconds that the reader takes for each event or piece
    stop: Stop
    stop_at: float


def world(seed: int) -> World:
    dice = random.Random(seed)
    home, cloud = _script(dice, "h"), _script(dice, "c")
    way = dice.choice(get_args(Way))
    stop = dice.choice(("never", "never", *get_args(Stop)))
    return World(
        seed,
        home,
        cloud,
        verdict=dice.choice((*get_args(Verdict), None)),
        judging=dice.choice(_PAUSES),
        start=dice.choice(("at_once", "at_once", "after_draft")),
        patience=dice.choice((PATIENCE, PATIENCE, 0.0, None)),
        way=way,
        reading=dice.choice((0.0, 0.0, 0.0, 0.05)),
        # Only events have a handle to cancel; respond has no iterator to close.
        stop="task" if stop != "never" and way == "respond" else _possible(stop, way),
        stop_at=dice.random() * 1.2 * (home.seconds + cloud.seconds),
    )


def _possible(stop: Stop, way: Way) -> Stop:
    return "close" if stop == "cancel" and way == "stream" else stop


def _script(dice: random.Random, who: str) -> Script:
    most = dice.choice((0, 1, 3, 12, 90))
    scale = dice.choice(_PAUSES)
    pauses = tuple(dice.choice(_PAUSES) * scale for _ in range(dice.randint(0, most) + 1))
    fails_at = dice.randrange(len(pauses)) if dice.random() < 0.25 else None
    return Script(who, pauses, fails_at)


class Paced(Model):
    """Plays a `Script`. `open` is how many of its streams are open, `given` how many pieces left
    it; it reports a token for each piece."""

    stand_in = "a language model: it plays a script"

    def __init__(self, script: Script) -> None:
        self.name = script.who
        self.zone = Zone.HOME
        self.open = 0
        self.given = 0
        self._script = script

    async def stream(
        self, messages: Sequence[Message], options: Options = NO_OPTIONS
    ) -> AsyncIterator[Piece]:
        self.open += 1
        try:
            for i, text in enumerate([*self._script.texts, ""]):
                if pause := self._script.pauses[i]:
                    await asyncio.sleep(pause)
                if i == self._script.fails_at:
                    raise ModelUnavailable(f"{self.name} is down.")
                self.given += bool(text)
                yield Piece(text, None if text else self._reply())
        finally:
            self.open -= 1

    def _reply(self) -> Reply:
        texts = self._script.texts
        return Reply("".join(texts), self.name, usage=Usage(1, len(texts)))


def judge(world: World) -> By:
    async def by(pair: Pair) -> Ruling:
        if world.judging:
            await asyncio.sleep(world.judging)
        if world.verdict is None:
            raise ZeroDivisionError
        return Ruling(world.verdict, "so said", ADDITION if world.verdict == "enrich" else "")

    return by
