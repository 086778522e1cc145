"""Does what crosses grow with the data? The same question over 1 KB to 10 MB."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.planning.wire import wire
from doorstep import Message
from doorstep.patterns.planning.folder import build
from doorstep.patterns.planning.stand_in import plan_text
from doorstep.patterns.stand_ins import StandInHome

TASK = "How much did we spend on the garden since the storm?"
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_ROW = "2026-03-01,garden,Seeds and soil number {n},1.25\n"
_NOTE = "On 3 January 2026 we spoke about the fence, for the {n}th time, and did nothing.\n\n"


@dataclass(frozen=True, slots=True)
class Size:
    """`sent` is in bytes, all requests of the run together; `right` whether the answer is."""

    data: int
    requests: int
    sent: int
    seconds: float
    right: bool


async def sizes(wanted: Sequence[int] = SIZES) -> list[Size]:
    """Half of the data are notes, half a CSV file."""
    rows = []
    async with wire() as far:
        far.planned_by(plan_text)
        for size in wanted:
            with tempfile.TemporaryDirectory() as parent:
                folder = Path(parent)
                expected = _fill(folder, size)
                begun = time.perf_counter()
                pattern = build(StandInHome(), far.model, far.boundary, folder)
                reply = await pattern.respond([Message("user", TASK)])
                seconds = time.perf_counter() - begun
                bodies = [one.body for one in far.server.requests]
                far.server.requests.clear()
                data = _size(folder)
                right = reply.text.startswith(f"{expected:.2f}\n")
                rows.append(Size(data, len(bodies), sum(map(len, bodies)), seconds, right))
    return rows


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _fill(folder: Path, size: int) -> float:
    """Write notes and a table of `size` bytes together; what the answer has to be."""
    (folder / "storm.md").write_text("The storm came on 14 February 2026.\n")
    many = range(size // 2 // len(_NOTE))
    for first in range(0, len(many), 10_000):
        part = many[first : first + 10_000]
        (folder / f"talk{first}.md").write_text("".join(_NOTE.format(n=n) for n in part))
    rows = [_ROW.format(n=n) for n in range(size // 2 // len(_ROW))]
    (folder / "spending.csv").write_text("date,category,item,amount\n" + "".join(rows))
    return 1.25 * len(rows)
