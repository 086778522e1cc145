"""Agreement of two representations: in words, and as an expression that is evaluated safely.

A model that writes the calculation down and leaves the computing to a machine makes other mistakes
than one that reasons in words (Gao et al., "PAL", arXiv 2211.10435). Where both ways come to the
same number it is more often right. Nothing is executed: `expression` knows numbers and operators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from doorstep._errors import BadInput
from doorstep._values import Message, Options
from doorstep.models.base import Model
from doorstep.patterns.checks.base import Check, Look, Sign
from doorstep.patterns.checks.equations import stated
from doorstep.patterns.checks.grounded import said
from doorstep.patterns.compare import extract
from doorstep.patterns.expression import evaluate

NAME = "two representations"

# --- prompts: for the home model only ------------------------------------------------------------

WRITE = """Write the one arithmetic expression whose value answers the question below. Use \
numbers, + - * / ( ) and nothing else: no words, no units, no equals sign. Do not compute it. If \
the answer is not a number that can be computed from the question, write NONE.

<question>
{question}
</question>

The expression:"""

LONGEST = 6_000  # characters of a question that are repeated
MAX_TOKENS = 200
MIN_NUMBERS = 2  # of a question; with fewer there is nothing to compute

AGREE, DIFFER = 0.05, 0.8

_LABEL = re.compile(r"\A(?:the )?(?:expression|answer)(?: is)?\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TwoRepresentations:
    """Asks the home model for the calculation as an expression, and compares its value with the
    final number of the answer, to within a share `tolerance`. None where the question holds fewer
    than two numbers, the answer no number, or the model writes no expression."""

    tolerance: float = 0.005
    name: str = NAME

    def __post_init__(self) -> None:
        if not 0 <= self.tolerance < 1:
            raise BadInput("A tolerance is a share from 0 to 1.")

    def at(self, home: Model, options: Options) -> Check:
        """See `Asking.at`."""
        return _Written(self.name, self, home, replace(Options(), effort=options.effort))


@dataclass(frozen=True, slots=True)
class _Written:
    name: str
    of: TwoRepresentations
    home: Model
    options: Options

    async def __call__(self, look: Look) -> Sign:
        final = _final(look)
        if final is None or len(said(look.question)) < MIN_NUMBERS:
            return Sign(NAME, None, "there is no number to compute twice")
        value = await self._value(look.question)
        if value is None:
            return Sign(NAME, None, "the model wrote no expression")
        agrees = abs(value - final) <= abs(value) * Fraction(self.of.tolerance)
        features = {"representations_agree": float(agrees)}
        if agrees:
            return Sign(NAME, AGREE, "computed as an expression, it comes out the same", features)
        return Sign(NAME, DIFFER, "computed as an expression, it comes out different", features)

    async def _value(self, question: str) -> Fraction | None:
        ask = WRITE.format(question=question[-LONGEST:])
        options = replace(self.options, temperature=0.0, max_tokens=MAX_TOKENS)
        reply = await self.home.respond([Message("user", ask)], options)
        for line in reversed(reply.text.strip().splitlines()):
            bare = _LABEL.sub("", line.strip(" `*\t")).partition("=")[0]
            if bare.strip():
                try:
                    return evaluate(bare.replace("$", "").replace("\\", ""))
                except BadInput:
                    continue
        return None


def _final(look: Look) -> Fraction | None:
    """The final number of an answer."""
    final = stated(look.answer)
    if final is not None:
        return final
    value = extract(look.answer, question=look.question, kind="number")
    return value.number if value is not None else None
