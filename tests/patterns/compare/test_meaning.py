"""Free text by meaning: each has to follow from the other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from doorstep import Message, Options
from doorstep.models import Scripted
from doorstep.patterns.compare import meaning
from doorstep.patterns.compare.meaning import LONGEST

YES, NO, UNSURE = "A", "B", "C"  # the letters under which the answers stand


@pytest.mark.parametrize(
    ("there", "back", "verdict", "what"),
    [
        (YES, YES, "agree", ()),
        (YES, NO, "differ", ("the left says more",)),
        (NO, YES, "differ", ("the right says more",)),
        (NO, NO, "differ", ("the left says more", "the right says more")),
        (YES, UNSURE, "incomparable", ()),
        (UNSURE, NO, "differ", ("the left says more",)),
    ],
)
async def test_both_directions_decide(there: str, back: str, verdict: str, what: object) -> None:
    found = await meaning(Scripted([there, back]), "It rains.", "There is rain.", "Weather?")
    assert (found.verdict, found.kind, found.what) == (verdict, "text", what)


async def test_each_text_stands_first_once() -> None:
    seen: list[str] = []

    def yes(messages: Sequence[Message], options: Options) -> str:
        seen.append(messages[-1].text)
        return YES

    await meaning(Scripted([yes, yes]), "one text", "other text", "Why?")
    first, second = (text.index("one text") < text.index("other text") for text in seen)
    assert (first, second) == (True, False)
    assert all("Why?" in text for text in seen)


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST + 1)])
async def test_nothing_and_too_much_are_not_compared(text: str) -> None:
    model = Scripted([])
    assert (await meaning(model, text, "It rains.")).verdict == "incomparable"
    assert model.calls == []
