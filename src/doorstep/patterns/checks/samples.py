"""Agreement of two samples: does the model say the same when it is asked again?

Answers to which a model comes back by different ways are more often right ("self-consistency",
Wang et al., arXiv 2203.11171). Free text is compared by the home model itself, which is asked
whether both mean the same (as in semantic entropy, Kuhn et al., arXiv 2302.09664).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from doorstep._errors import BadInput
from doorstep._values import Options
from doorstep.models.base import Model
from doorstep.patterns.checks.base import Check, Look, Sign
from doorstep.patterns.compare import Kind, compare

NAME = "two samples"

# --- prompts: for the home model only ------------------------------------------------------------

SAME = "Do both answers come to the same conclusion?"
YES, NO = "Yes, they mean the same.", "No, they differ in what they say."
CONTEXT = """A question and two answers to it.

<question>
{question}
</question>

<answer_1>
{first}
</answer_1>

<answer_2>
{second}
</answer_2>"""

LONGEST = 6_000  # characters of each text that the home model gets to see

# What may be prose: items that look different may still mean the same.
PROSE = ("text", "list", "set")
AGREE, DIFFER = 0.1, 0.8


@dataclass(frozen=True, slots=True)
class TwoSamples:
    """Asks the home model again, at `temperature`, and compares (by `kind`, where it is given).

    `words`: whether the home model may judge free text, by one more call. None where the two
    cannot be compared.
    """

    temperature: float = 0.8
    kind: Kind | None = None
    words: bool = True
    name: str = NAME

    def __post_init__(self) -> None:
        if not 0 < self.temperature <= 2:
            raise BadInput("The temperature of a second sample is above 0, and 2 at most.")

    def at(self, home: Model, options: Options) -> Check:
        """See `Asking.at`."""
        again = replace(options, temperature=self.temperature, logprobs=0, seed=None)
        return _Again(self.name, self, home, again)


@dataclass(frozen=True, slots=True)
class _Again:
    name: str
    of: TwoSamples
    home: Model
    options: Options

    async def __call__(self, look: Look) -> Sign:
        second = await self.home.respond(look.messages, self.options)
        if second.finish != "stop" or not second.text.strip():
            return Sign(NAME, None, "the second sample is not a whole answer")
        agrees = await self._agrees(look, second.text)
        if agrees is None:
            return Sign(NAME, None, "two samples cannot be compared")
        features = {"samples_agree": float(agrees)}
        if agrees:
            return Sign(NAME, AGREE, "asked again, the model says the same", features)
        return Sign(NAME, DIFFER, "asked again, the model says something else", features)

    async def _agrees(self, look: Look, second: str) -> bool | None:
        found = compare(look.answer, second, question=look.question, kind=self.of.kind)
        if found.verdict == "agree":
            return True
        if self.of.kind or found.kind not in PROSE:
            return None if found.verdict == "incomparable" else False
        if not self.of.words:
            return None
        context = CONTEXT.format(
            question=look.question[-LONGEST:],
            first=look.answer[-LONGEST:],
            second=second[-LONGEST:],
        )
        return (await self.home.decide(SAME, (YES, NO), context)).answer == YES
