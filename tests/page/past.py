"""A book with a past: runs of many days and patterns, drawn from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from doorstep.runs.values import Doubt, Ending, KeptRun, KeptStep, Texts

VERDICTS = {
    "escalate-on-hard": ("kept", "escalated", "cannot tell (escalated)"),
    "careful": ("kept", "escalated", "cannot tell (kept)"),
    "cross-check": ("agree", "differ", "incomparable"),
    "draft-then-refine": ("kept", "replaced", "enriched"),
}
PATTERNS = ("household", "sanitize-and-solve", "mask/gpt-5.4", *VERDICTS)
_ENDINGS: tuple[Ending, ...] = (*("answered",) * 16, "failed", "refused", "cancelled")
_WHY = {"failed": "ModelTimeout", "refused": "Blocked"}


def past(runs: int, days: int, *, last: datetime | None = None, seed: int = 5) -> Iterator[KeptRun]:
    """`runs` runs, the newest `last` (now), spread over `days` days."""
    drawn, now = random.Random(seed), last or datetime.now(UTC)
    for number in range(runs):
        at = now - timedelta(seconds=drawn.random() * (days - 1) * 86_400)
        yield _run(drawn, f"{number:016x}", at.isoformat())


def _run(drawn: random.Random, id: str, at: str) -> KeptRun:
    pattern, ending = drawn.choice(PATTERNS), drawn.choice(_ENDINGS)
    verdict = drawn.choice(VERDICTS.get(pattern, ("",))) if ending == "answered" else ""
    crossed = (1,) if verdict != "kept" and drawn.random() < 0.6 else ()
    priced = pattern != "mask/gpt-5.4"
    cost = Decimal(drawn.randint(1, 90)).scaleb(-4) if crossed else Decimal(0)
    seconds = drawn.lognormvariate(0.5, 0.8)
    steps = (
        KeptStep("home", "home", "small", seconds / 3, 200, 60),
        KeptStep("cloud", "cloud", "large", seconds / 2, 300, 90, cost if priced else None),
    )
    return KeptRun(
        id,
        at,
        seconds,
        "gateway",
        pattern,
        ending,
        verdict,
        _WHY.get(ending, ""),
        fell_back=drawn.random() < 0.05,
        steps=steps,
        crossings=crossed,
        texts=Texts(answer="nothing of note"),
        sent=drawn.randint(200, 4000) if crossed else 0,
        alone=Decimal(drawn.randint(20, 90)).scaleb(-4) if priced else None,
        doubts=_doubts(drawn, verdict),
    )


def _doubts(drawn: random.Random, verdict: str) -> tuple[Doubt, ...]:
    if verdict not in ("escalated", "cannot tell (kept)", "cannot tell (escalated)"):
        return ()
    names = drawn.sample(("shape", "words", "arithmetic", "own doubt"), drawn.randint(1, 3))
    return tuple(Doubt(name, drawn.random() < 0.8) for name in names)
