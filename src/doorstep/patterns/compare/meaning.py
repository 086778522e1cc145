"""Whether two free texts mean the same: a model says if each follows from the other."""

from __future__ import annotations

from doorstep.models.base import Model
from doorstep.patterns.compare.value import Comparison

FOLLOWS = """Does text 1 say or imply everything that text 2 answers to the question, without \
contradicting it? Differences in wording, order, style and detail that the question does not ask \
for do not count."""

CONTEXT = """{question}Text 1:
<text>
{first}
</text>

Text 2:
<text>
{second}
</text>"""

YES, NO, UNSURE = "yes", "no", "cannot tell"
LONGEST = 20_000  # characters of one text; longer ones are not compared


async def meaning(model: Model, a: str, b: str, question: str = "") -> Comparison:
    """Says "agree" where each text follows from the other, "differ" where one does not.

    "incomparable" where the model cannot tell, or a text is too long. The two directions are two
    calls, so a model that prefers what stands first cannot decide by that. Raises what
    `Model.decide` raises.
    """
    if max(len(a), len(b)) > LONGEST or not a.strip() or not b.strip():
        return Comparison("incomparable", "text")
    there = await _follows(model, a, b, question)
    back = await _follows(model, b, a, question)
    if NO in (there, back):
        sides = (("left", "right")[n] for n, said in enumerate((back, there)) if said == NO)
        return Comparison("differ", "text", tuple(f"the {side} says more" for side in sides))
    unsure = UNSURE in (there, back)
    return Comparison("incomparable" if unsure else "agree", "text")


async def _follows(model: Model, first: str, second: str, question: str) -> str:
    asked = f"Question:\n{question.strip()}\n\n" if question.strip() else ""
    context = CONTEXT.format(question=asked, first=first.strip(), second=second.strip())
    return (await model.decide(FOLLOWS, (YES, NO, UNSURE), context)).answer
