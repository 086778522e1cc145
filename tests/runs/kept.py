"""Runs to keep, with a word in every private place."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from doorstep.runs.book import Book
from doorstep.runs.values import (
    Doubt,
    Ending,
    KeptRun,
    KeptStep,
    Mark,
    Said,
    Texts,
)

KEY = b"k" * 32
CANARY = "Zanzibarcanary"
PATTERNS = ("household", "escalate-on-hard", "cross-check", "mask/gpt-5.4", "home")
ENDINGS: tuple[Ending, ...] = ("answered", "failed", "cancelled", "refused")


def private_run(id: str = "a1", at: str = "2026-11-20T10:00:00+00:00") -> KeptRun:
    """A run that says the canary wherever something private can stand."""
    texts = Texts(
        asked=(Said("user", f"I am {CANARY}.", (Mark(5, 5 + len(CANARY), "person"),)),),
        said=(Said("answer", f"Hello {CANARY}"),),
        answer=f"Hello {CANARY}",
        reasons=(f"because of {CANARY}",),
        notes=(f"note {CANARY}",),
        fallback=f"fell back on {CANARY}",
        details={"plan": {"goal": CANARY}},
    )
    step = KeptStep("answer", "home", "gemma4:e4b", 1.5, 10, 20, note=f"note {CANARY}")
    return KeptRun(id, at, 2.0, "ask", "household", steps=(step,), texts=texts)


def many(count: int, seed: int = 1) -> Iterator[KeptRun]:
    """Runs of every kind over 20 days, without texts."""
    draw = random.Random(seed)
    begun = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(count):
        crossings = (number + 1,) if draw.random() < 0.5 else ()
        cost = draw.choice([Decimal(0), Decimal("0.000123"), Decimal("1.5"), None])
        steps = (
            KeptStep("answer", "home", "gemma4:e4b", 1.0, 100, draw.randrange(50)),
            KeptStep("solve", "cloud", "gpt-5.4", 1.0, draw.choice([None, 7]), 3, cost),
        )
        yield KeptRun(
            f"{number:016x}",
            (begun + timedelta(seconds=draw.randrange(20 * 86_400))).isoformat(),
            draw.lognormvariate(0, 1),
            "gateway",
            draw.choice(PATTERNS),
            draw.choice(ENDINGS),
            draw.choice(["", "kept", "escalated"]),
            draw.choice(["", "ModelTimeout"]),
            draw.random() < 0.2,
            steps=steps,
            crossings=crossings,
            sent=100 * len(crossings),
            alone=draw.choice([None, Decimal("0.01")]),
            doubts=(Doubt("shape"), Doubt("log-probabilities", False))[: draw.randrange(3)],
        )


def bytes_of(path: Path) -> bytes:
    """All files of a book together."""
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def book(folder: Path, **given: object) -> Book:
    return Book(folder / "runs.sqlite3", KEY, **given)  # type: ignore[arg-type]
