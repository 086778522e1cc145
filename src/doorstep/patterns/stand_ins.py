"""Stand-ins for any pattern on a machine without models: rules that do arithmetic, and say no.

They make the whole path real (pattern, boundary, wire, restoring) where no model is. They know no
answer by heart: a computation is evaluated exactly, anything else is declined, and the cloud's
stand-in then says what it received, so that one can see what crossed.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from fractions import Fraction

from doorstep._errors import BadInput
from doorstep._values import Message, Options, Piece, Reply, Zone
from doorstep.models.base import Model
from doorstep.models.stand_in_server import StandInServer
from doorstep.patterns.expression import evaluate

NAME = "stand-in-rules"
STANDS_IN_HOME = "home: rules that only do arithmetic instead of a language model"
STANDS_IN_CLOUD = "cloud: a local server that only does arithmetic instead of a cloud model"
DECLINED = "I cannot answer that: I am a stand-in, not a model."
RECEIVED = "I received {words} words in {characters} characters, with {placeholders}."

_LEAD = re.compile(
    r"\b(?:what(?:'s| is)|how much is|calculate|compute|evaluate|work out)\s+([^?\n]+)[?\s]*\Z",
    re.I,
)
_WORDS = {
    "multiplied by": "*",
    "divided by": "/",
    "plus": "+",
    "minus": "-",
    "times": "*",
    "percent": "%",
    "per cent": "%",
}
_OPERATOR = re.compile(r"[-+*/%^×·÷−]|\d\s*x\s*\d")
_DATE_OR_PHONE = re.compile(r"\d+(?:[-/]\d+){2,}|\d{3,}-\d{4,}")
_PLACEHOLDER = re.compile(r"\b[A-Z]{2,12}_[0-9A-HJKMNP-TV-Z]{8,}(?:_[0-9A-HJKMNP-TV-Z]{2,6})?\b")


class StandInHome(Model):
    """The home side without a model: arithmetic, exactly; everything else is declined."""

    name = NAME
    zone = Zone.HOME
    zone_reason = "in this process, no model"
    stand_in = STANDS_IN_HOME
    can_schema = False

    async def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """See `Model.stream`. What it cannot do ends as a refusal."""
        if options.schema is not None or options.logprobs:
            raise BadInput(
                f"{self.name} gives neither a schema's JSON nor log-probabilities.",
                hint="Take a real model for that: start Ollama, or set OPENAI_API_KEY.",
            )
        said = arithmetic(messages[-1].text) if messages else None
        text = said or DECLINED
        yield Piece(text)
        yield Piece("", Reply(text, self.name, finish="stop" if said else "refusal"))


def stand_in_cloud() -> StandInServer:
    """The cloud side without a model: a real server on loopback."""
    return StandInServer(cloud_answer, name=NAME, reads="last")


def cloud_answer(text: str) -> str:
    """The result of a computation, or what was received: counts, and the placeholders in it."""
    return arithmetic(text) or f"{DECLINED} {_received(text)}"


def arithmetic(text: str) -> str | None:
    """`17*23 = 391` where `text` ends by asking for a computation and for nothing else, or None.

    >>> arithmetic("What is 15% of 240?")
    '15% of 240 = 36'
    """
    lead = _LEAD.search(text)
    asked = (lead[1] if lead else text).strip().rstrip("=?!. ")
    expression = asked.lower()
    for word, sign in _WORDS.items():
        expression = re.sub(rf"(?<=[\d\s)]){word}(?=[\d\s(]|\Z)", sign, expression)
    if not _OPERATOR.search(expression) or _DATE_OR_PHONE.fullmatch(expression):
        return None
    try:
        return f"{asked} = {_written(evaluate(expression))}"
    except BadInput:
        return None


def _written(value: Fraction) -> str:
    """Exactly: as an integer, a decimal that ends, or else a fraction with its rounding."""
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    if rest == 1 and Fraction(decimal) == value:
        return f"{decimal:f}"
    return f"{value.numerator}/{value.denominator} (about {decimal:.6g})"


def _received(text: str) -> str:
    found = sorted(set(_PLACEHOLDER.findall(text)))
    named = f"{len(found)} placeholder{'s' if len(found) > 1 else ''}: {', '.join(found)}"
    return RECEIVED.format(
        words=len(text.split()),
        characters=len(text),
        placeholders=named if found else "no placeholder",
    )
