"""Messages, replies, usage, steps and outcomes: frozen values without identity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]
Effort = Literal["none", "low", "medium", "high"]
Finish = Literal["stop", "length", "refusal", "filter", "cancelled"]


class Zone(StrEnum):
    """Where a model runs: at home, or in somebody else's house."""

    HOME = "home"
    CLOUD = "cloud"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them; None where it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            _add(self.input_tokens, other.input_tokens),
            _add(self.output_tokens, other.output_tokens),
        )


def _add(a: int | None, b: int | None) -> int | None:
    return None if a is None and b is None else (a or 0) + (b or 0)


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """One generated token, its natural log-probability, and its best rivals (token, logprob)."""

    token: str
    logprob: float
    rivals: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `thinking` is what the model reasoned aloud, where the server gives it."""

    text: str
    model: str
    usage: Usage = Usage()
    finish: Finish = "stop"
    thinking: str = ""
    logprobs: tuple[TokenLogprob, ...] = ()
    outcome: Outcome | None = None  # where a pattern answered: every step of it


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a streamed answer. The last piece, and only that, carries the whole reply."""

    text: str
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may ask of one call; an adapter that cannot do one of them raises BadInput.

    `schema` is a JSON Schema that the server shall hold the answer to; `logprobs` is how many
    rivals to report per token (0: none).
    """

    effort: Effort | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    schema: dict[str, object] | None = None
    schema_name: str = "answer"
    logprobs: int = 0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One of a closed set of answers; `probability` is None where the model cannot say."""

    answer: str
    probability: float | None
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Crossing:
    """One request that left the house: `body` is the exact text sent, `sha256` of its bytes."""

    id: int
    destination: str
    body: str
    sha256: str
    verdict: str = "allow"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pattern: who acted, for how long, how many tokens, what it cost.

    `cost` is in US dollars: 0 at home, None where it could not be priced.
    """

    name: str
    actor: Literal["home", "cloud", "check"]
    model: str
    seconds: float
    usage: Usage = Usage()
    cost: Decimal | None = Decimal(0)
    tries: int = 1
    note: str = ""
    crossings: tuple[int, ...] = ()


class Priced(Protocol):
    @property
    def cost(self) -> Decimal | None: ...


def cost_of(steps: Iterable[Priced]) -> Decimal | None:
    """US dollars for all steps; None where one of them could not be priced."""
    costs = [step.cost for step in steps]
    return None if None in costs else sum((c for c in costs if c is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pattern did: every step, every crossing, and why it fell back, if it did.

    `verdict` is the pattern's own word for how it ended ("kept", "escalated", "agree"), `reasons`
    say why, a line each. Steps of patterns within this one carry their own names after a colon.
    """

    answer: str
    steps: tuple[Step, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    stand_ins: tuple[str, ...] = ()
    fallback: str | None = None
    notes: tuple[str, ...] = field(default=())
    pattern: str = ""
    verdict: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def usage(self) -> Usage:
        """The tokens of all steps, at home and in the cloud."""
        return sum((step.usage for step in self.steps), Usage())

    @property
    def cloud_usage(self) -> Usage:
        """The tokens of the steps in the cloud."""
        return sum((step.usage for step in self.steps if step.actor == "cloud"), Usage())

    @property
    def cost(self) -> Decimal | None:
        """US dollars for all steps; None where one of them could not be priced."""
        return cost_of(self.steps)
