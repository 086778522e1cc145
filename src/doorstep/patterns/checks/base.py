"""What a check of an answer is, what it looks at, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from doorstep._values import Message, Reply

Verdict = Literal["keep", "escalate", "cannot tell"]


@dataclass(frozen=True, slots=True, repr=False)
class Look:
    """An answer, and what it answers. `seconds` is what it took, None where nobody measured."""

    messages: tuple[Message, ...]
    reply: Reply
    seconds: float | None = None

    @property
    def question(self) -> str:
        """The last message of the user."""
        return next((m.text for m in reversed(self.messages) if m.role == "user"), "")

    @property
    def source(self) -> str:
        """All that the model was told."""
        return "\n".join(message.text for message in self.messages)

    @property
    def answer(self) -> str:
        return self.reply.text


@dataclass(frozen=True, slots=True)
class Sign:
    """What one check saw.

    `doubt` is between 0 (nothing is wrong) and 1 (it is surely wrong), None where the check could
    not score this answer. `reason`: one line for people, without private text. `features`: numbers
    for the calibrated model, by name.
    """

    check: str
    doubt: float | None
    reason: str = ""
    features: Mapping[str, float] = field(default_factory=dict)


class Check(Protocol):
    """A look at an answer. It may call a model at home; most do not."""

    @property
    def name(self) -> str: ...

    async def __call__(self, look: Look) -> Sign: ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be done with an answer. `risk`: how probable it is that the answer is wrong, None
    where nothing was calibrated. `reasons` are those of the signs that decided."""

    verdict: Verdict
    risk: float | None = None
    reasons: tuple[str, ...] = ()


class Judge(Protocol):
    """Makes one judgement of many signs. `label` says honestly what it rests on."""

    @property
    def label(self) -> str: ...

    def judge(self, look: Look, signs: Sequence[Sign]) -> Judgement: ...
