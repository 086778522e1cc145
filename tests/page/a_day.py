"""A household's day, planned for real: parsed, read, blinded, solved by the stand-in, recorded."""

from __future__ import annotations

from pathlib import Path

from doorstep.assemble.case import household_pattern
from doorstep.assemble.household import assemble
from doorstep.assemble.keeping import Recorder
from doorstep.config import Settings
from doorstep.patterns import Ask
from doorstep.runs.book import Book
from doorstep.runs.values import Said

NOTES = Path(__file__).parents[2] / "examples" / "household.md"
QUESTION = "Should I run the dishwasher now?"


async def plan(book: Book, settings: Settings, question: str = QUESTION) -> str:
    """Plan the day of the example's household; the id of the run in the book."""
    recorder, notes = Recorder(book), NOTES.read_text("utf-8")
    asked = (Said("context", notes), Said("user", question))
    async with assemble(settings, {}) as parts:
        with recorder.run("page", "household", asked) as recording:
            solved = await household_pattern(settings, parts).solve(Ask(question, notes))
            recording.answered(solved.outcome)
            recording.household(solved)
    assert await recorder.written()
    return recording.id
