"""A house in which something happened: real crossings, and runs of each ending."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from doorstep.runs.values import KeptRun, KeptStep, Mark, Said, Texts
from tests.page.kit import House, house

QUESTION = "When should the dishwasher of Maya Okafor run, at Zanzibar Lane 12?"
LONG = "an-unbroken-name-of-a-device-" * 12
CROSSED = f"Load A needs 2 kWh before slot 14. {LONG} <b>not bold</b>"
STAND_IN = "The cloud's model is a stand-in: it knows the example's case and nothing else."


def run_of(number: int, *crossings: int, at: datetime | None = None, **more: Any) -> KeptRun:
    """A run `number` minutes before `at` (now), with one step at home, and one in the cloud where
    something crossed."""
    began = (at or datetime.now(UTC)) - timedelta(minutes=number)
    home = KeptStep("draft", "home", "small", 1.0, 100, 20)
    cloud = KeptStep(
        "solve", "cloud", "gpt-5.4", 2.0, 300, 50, Decimal("0.0021"), crossings=crossings
    )
    steps = (home, cloud) if crossings else (home,)
    given: dict[str, Any] = {"steps": steps, "pattern": "household", **more}
    return KeptRun(f"{number:016x}", began.isoformat(), 3.0, "page", crossings=crossings, **given)


def texts() -> Texts:
    """What a run says, with private stretches, markup, and a word that is too long for a line."""
    start = QUESTION.index("Maya")
    marks = (Mark(start, start + len("Maya Okafor"), "person"),)
    asked = (
        Said("context", f"Notes\n{LONG}\n<script>alert(1)</script>"),
        Said("user", QUESTION, marks),
    )
    said = (Said("draft", "I think at night."), Said("solve", f"Slot 9. {LONG}"))
    return Texts(asked, said, "Start it at 21:00, Maya Okafor.", ("close to the limit",))


@asynccontextmanager
async def filled(folder: Path) -> AsyncIterator[House]:
    async with house(folder) as h:
        ids = await h.cross(CROSSED, "A second question.", "A third one.")
        sent = [len(entry.body) for entry in h.ledger.list()]
        h.book.write(run_of(1, ids[0], sent=sent[0], stand_ins=(STAND_IN,), texts=texts()))
        h.book.write(run_of(2, *ids[1:], sent=sum(sent[1:]), pattern="cross-check"))
        h.book.write(run_of(3, ending="refused", why="BoundaryError", pattern="escalate-on-hard"))
        h.book.write(run_of(4, ending="failed", why="ModelTimeout", pattern="draft-then-refine"))
        h.book.write(run_of(5, ending="cancelled", pattern="mask/gpt-5.4", steps=()))
        h.book.write(run_of(6, pattern="home", texts=texts()))
        yield h


ROOMS = (
    "/today",
    "/today?day=2026-01-01",
    "/ask",
    "/runs",
    f"/runs/{1:016x}",
    f"/runs/{3:016x}",
    f"/runs/{5:016x}",
    "/held",
    "/ledger",
    "/ledger/1",
    "/patterns",
    "/patterns/escalate-on-hard",
    "/quality",
)
