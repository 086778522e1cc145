"""What a judge of a draft looks at, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from doorstep._values import Message, Reply

Verdict = Literal["keep", "replace", "enrich"]


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """The draft of the home model, the answer of the cloud, and what both answer."""

    messages: tuple[Message, ...]
    draft: Reply
    refined: Reply

    @property
    def question(self) -> str:
        """The last message of the user."""
        return next((m.text for m in reversed(self.messages) if m.role == "user"), "")


@dataclass(frozen=True, slots=True, repr=False)
class Ruling:
    """What becomes of the draft, and why: one line for people, without private text.

    `addition` is what "enrich" puts after the draft; where it is "" it is what the cloud's answer
    says and the draft does not (`added`).
    """

    verdict: Verdict
    reason: str
    addition: str = ""
