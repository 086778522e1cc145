"""Latency and length: what an answer may take."""

from __future__ import annotations

from dataclasses import dataclass

from doorstep._errors import BadInput
from doorstep.patterns.checks.base import Look, Sign

NAME = "budget"


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of an answer: `seconds` it took, `tokens` and `characters` it has. An answer beyond
    one of them is doubted for certain. None where nothing that has a limit was measured."""

    seconds: float | None = None
    tokens: int | None = None
    characters: int | None = None
    name: str = NAME

    def __post_init__(self) -> None:
        limits = [one for one in (self.seconds, self.tokens, self.characters) if one is not None]
        if not limits or min(limits) <= 0:
            raise BadInput("A budget has at least one limit, and limits are above 0.")

    async def __call__(self, look: Look) -> Sign:
        return self.see(look)

    def see(self, look: Look) -> Sign:
        """The sign, without waiting for anything."""
        shares = self._shares(look)
        if not shares:
            return Sign(NAME, None, "nothing that has a limit was measured")
        over = [what for what, share in shares.items() if share > 1]
        features = {"budget": max(shares.values())}
        if over:
            return Sign(NAME, 1.0, f"the answer took more {' and '.join(over)} than set", features)
        return Sign(NAME, 0.0, "the answer is within its limits", features)

    def _shares(self, look: Look) -> dict[str, float]:
        """What was used of each limit, as a share."""
        measured = {
            "time": (look.seconds, self.seconds),
            "tokens": (look.reply.usage.output_tokens, self.tokens),
            "characters": (len(look.answer), self.characters),
        }
        return {
            what: used / limit
            for what, (used, limit) in measured.items()
            if used is not None and limit is not None
        }
