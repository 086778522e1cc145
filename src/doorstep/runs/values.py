"""What is kept of a run: frozen values. Counts, names and times are plain; `Texts` are private.

`Texts.details` holds, where a run has one, under these keys:

    "day"    Day    the household: the tariff and when each load runs
    "plan"   Plan   plan-then-ground: the steps of the plan, and what became of each
    "sides"  Sides  cross-check: both answers and the verdict
    "draft"  Draft  draft-then-refine: the draft, and what took its place
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict

from doorstep._values import cost_of
from doorstep.patterns.listening import Actor

Source = Literal["ask", "run", "page", "gateway"]  # the command, the page, or a client's request
Ending = Literal["answered", "failed", "cancelled", "refused"]  # refused: by the boundary
# never: texts were not to be kept; unreadable: not with this key, or without `cryptography`.
TextsAre = Literal["kept", "dropped", "never", "unreadable"]


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A step as `Step` has it. `cost` is in US dollars, None where it could not be priced. `note`
    comes with the texts: "" where these are not there."""

    name: str
    actor: Actor
    model: str
    seconds: float
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: Decimal | None = Decimal(0)
    tries: int = 1
    note: str = ""
    crossings: tuple[int, ...] = ()
    stand_in: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Mark:
    """A private stretch of a text: from `start` to `end` (characters), and what kind it is."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """One text of a run. `who`: "system", "user", "assistant", "context" for what was asked, the
    step's name for what a model said. `marks`: what in it is private, in order, not overlapping."""

    who: str
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Texts:
    """The private side of a run. `fallback` says why it fell back, "" where it did not. `details`:
    what a view needs beside, as plain JSON; see the top of this file."""

    asked: tuple[Said, ...] = ()
    said: tuple[Said, ...] = ()
    answer: str = ""
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    fallback: str = ""
    details: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A check of escalate-on-hard that spoke for the cloud, or (`scored` False) could not score the
    answer."""

    check: str
    scored: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class KeptRun:
    """One run. `at` is when it began: UTC, ISO 8601. `pattern` is "household", a pattern's name as
    it was asked for, "home" or "mask/NAME". `crossings` are ids in the ledger, `sent` is the bytes
    of their bodies. `why` is the class of the error that ended it. `alone` estimates what the same
    question would have cost, had the cloud's model alone been asked (US dollars; None: not known).
    `texts` is None where none were kept, or they have been dropped: `texts_are` says which."""

    id: str
    at: str
    seconds: float
    source: Source
    pattern: str
    ending: Ending = "answered"
    verdict: str = ""
    why: str = ""
    fell_back: bool = False
    stand_ins: tuple[str, ...] = ()
    steps: tuple[KeptStep, ...] = ()
    crossings: tuple[int, ...] = ()
    texts: Texts | None = None
    sent: int = 0
    alone: Decimal | None = None
    doubts: tuple[Doubt, ...] = ()
    texts_are: TextsAre = "never"

    @property
    def stayed(self) -> bool:
        """Whether nothing left the house for it."""
        return not self.crossings

    @property
    def cost(self) -> Decimal | None:
        """US dollars for all steps; None where one of them could not be priced."""
        return cost_of(self.steps)


def new_id() -> str:
    """The id of a new run: 16 hexadecimal digits."""
    return secrets.token_hex(8)


# --- details -------------------------------------------------------------------------------------


class Change(TypedDict):
    """The clocks change: after `at` minutes, by `shift_min` (+60 in spring, -60 in autumn)."""

    at: int
    shift_min: int


class Price(TypedDict):
    """`price` per kWh from minute `start` to minute `end`."""

    start: int
    end: int
    price: float


class LoadRun(TypedDict):
    """One load: it runs from minute `start` to minute `end` (`begins` and `ends` on the clock).
    `earliest`, `finish_by` and `quiet` (stretches in which it may not run) are its limits."""

    name: str
    start: int
    end: int
    begins: str
    ends: str
    energy_kwh: float
    cost: float
    earliest: int
    finish_by: int | None
    quiet: list[tuple[int, int]]


class Day(TypedDict):
    """A day as it was planned. Minutes are elapsed ones since `now` (HH:MM), so that midnight and
    clock changes need no thought; `ticks` are (minute, HH:MM). Prices are in `currency`."""

    now: str
    horizon: int
    currency: str
    target: str
    power_limit_kw: float | None
    clock_change: Change | None
    ticks: list[tuple[int, str]]
    tariff: list[Price]
    loads: list[LoadRun]


class PlanStepKept(TypedDict):
    """One step of a plan. `text`: how the plan words it, with slots, not what they stand for;
    `state`: "done", "failed", "skipped" or "not run"; `note`: how large its result is, or why there
    is none; `seconds` None where it did not run."""

    id: str
    tool: str
    text: str
    state: Literal["done", "failed", "skipped", "not run"]
    note: str
    seconds: float | None


class Plan(TypedDict):
    goal: str
    steps: list[PlanStepKept]
    answer_from: list[str]


class Side(TypedDict):
    """An answer; `failed` is the class of the error where there is none, "" else."""

    model: str
    text: str
    failed: str


class Sides(TypedDict):
    """Both answers of a cross-check. Where one checks the other's, its `text` is what it said.
    `third`: the model that was asked where they differed."""

    home: Side
    cloud: Side
    verdict: str
    third: NotRequired[Side]


class Draft(TypedDict):
    """`refined` is the cloud's whole answer, used or not; `verdict` "kept", "replaced", "enriched"
    or "cancelled", "" where it ended before."""

    draft: Side
    refined: Side
    verdict: str
