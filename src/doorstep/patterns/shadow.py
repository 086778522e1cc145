"""Shadow mode: what would have been escalated in a log of answers, why, and at what price.

Nothing is sent, and no model is called: checks that would ask one are left out.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from doorstep._errors import BadInput
from doorstep._values import Usage
from doorstep.patterns.checks import AnyCheck, Judge, Look, Verdict, cheap_checks, in_order, weigh
from doorstep.patterns.shadow_log import Row, read

CHARACTERS_PER_TOKEN = 4  # of English, roughly; where a log does not say how many tokens it were

PriceOf = Callable[[Usage], Decimal | None]


def no_price(usage: Usage) -> Decimal | None:
    """A price that nobody knows."""
    return None


@dataclass(frozen=True, slots=True)
class Shadowed:
    """One row of the log, judged. `usage` is what the cloud would have used; `estimated` where
    the log does not say how long question and answer were."""

    line: int
    verdict: Verdict
    risk: float | None
    reasons: tuple[str, ...]
    usage: Usage
    estimated: bool


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """What would have happened to a log. `judge` is the label of who judged.

    The cloud's answer is taken to be as long as the home model's was. `cost` is in US dollars,
    None where one row could not be priced.
    """

    judge: str
    rows: tuple[Shadowed, ...]
    cost: Decimal | None

    def count(self, verdict: Verdict) -> int:
        """How many answers were judged so."""
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def escalated(self) -> tuple[Shadowed, ...]:
        """The rows that would have gone to the cloud."""
        return tuple(row for row in self.rows if row.verdict == "escalate")

    @property
    def usage(self) -> Usage:
        """The tokens of the cloud for all that would have been escalated."""
        return sum((row.usage for row in self.escalated), Usage())

    @property
    def estimated(self) -> int:
        """How many of the escalated rows have estimated tokens."""
        return sum(row.estimated for row in self.escalated)

    @property
    def reasons(self) -> Mapping[str, int]:
        """Why, most frequent first; numbers within a reason count as the same reason."""
        said = Counter(_kind(reason) for row in self.escalated for reason in row.reasons)
        return dict(said.most_common())


async def shadow(
    path: Path,
    judge: Judge,
    checks: Sequence[AnyCheck] | None = None,
    price: PriceOf = no_price,
) -> ShadowReport:
    """Judges every row of a log: JSON lines with `prompt` or `messages`, `answer`, and where known
    `usage`, `finish` and `seconds`. Other keys are left alone.

    Raises BadInput for a row that cannot be used, by its line number, without quoting it, and for
    a log without rows.
    """
    bank = in_order(cheap_checks() if checks is None else tuple(checks))
    rows = [await _judged(row, judge, bank) for row in await asyncio.to_thread(read, path)]
    if not rows:
        raise BadInput(
            "The log holds no answers.", hint='A line of it is {"prompt": …, "answer": …}.'
        )
    costs = [price(row.usage) for row in rows if row.verdict == "escalate"]
    known = [cost for cost in costs if cost is not None]
    return ShadowReport(
        judge.label, tuple(rows), sum(known, Decimal(0)) if len(known) == len(costs) else None
    )


async def _judged(row: Row, judge: Judge, bank: Sequence[AnyCheck]) -> Shadowed:
    weighed = await weigh(row.look, bank, judge)
    usage = row.look.reply.usage
    estimated = usage.input_tokens is None or usage.output_tokens is None
    judgement = weighed.judgement
    return Shadowed(
        row.line, judgement.verdict, judgement.risk, judgement.reasons, _usage(row.look), estimated
    )


def _usage(look: Look) -> Usage:
    """Tokens as the log has them, or estimated."""
    said = look.reply.usage
    into = _tokens(look.source) if said.input_tokens is None else said.input_tokens
    out = _tokens(look.answer) if said.output_tokens is None else said.output_tokens
    return Usage(into, out)


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _kind(reason: str) -> str:
    return " ".join("n" if word[:1].isdigit() else word for word in reason.split())
