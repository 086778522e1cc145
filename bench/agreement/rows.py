"""Two models' answers to the same questions, with labels, and how far their agreement carries.

A file has the columns prompt, <weak>, <strong>, <weak>_response, <strong>_response; weak stands
for home. The labels say whether each was right.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from doorstep.patterns.compare import compare

Verdict = str
Comparer = Callable[["Row"], Verdict]


@dataclass(frozen=True)
class Row:
    prompt: str
    home: str
    cloud: str
    home_right: bool
    cloud_right: bool


def read(path: Path) -> list[Row]:
    """SystemExit where the file has no answers in it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0]) if rows else []
    models = [name for name in names if f"{name}_response" in names]
    if len(models) != 2:
        raise SystemExit(f"{path.name}: not two models with their answers (NAME, NAME_response).")
    weak, strong = models
    return [
        Row(
            row["prompt"],
            row[f"{weak}_response"] or "",
            row[f"{strong}_response"] or "",
            _true(row[weak]),
            _true(row[strong]),
        )
        for row in rows
    ]


def _true(label: str) -> bool:
    return label.strip().lower() in ("true", "1", "1.0")


# --- the comparer, and what it stands beside ---------------------------------------------------


def ours(row: Row) -> Verdict:
    return compare(row.home, row.cloud, question=row.prompt).verdict


def last_number(row: Row) -> Verdict:
    """A common script: the last number of each text, commas taken out."""
    found = [_last_number(text) for text in (row.home, row.cloud)]
    if None in found:
        return "incomparable"
    return "agree" if found[0] == found[1] else "differ"


def _last_number(text: str) -> float | None:
    numbers = re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)
    return float(numbers[-1].replace(",", "")) if numbers else None


def same_text(row: Row) -> Verdict:
    return "agree" if " ".join(row.home.split()) == " ".join(row.cloud.split()) else "differ"


# --- figures -----------------------------------------------------------------------------------

Share = tuple[float | None, float, float, int, int]  # share, interval, of how many: None of none


def wilson(count: int, n: int, z: float = 1.959964) -> Share:
    """A share and its 95% interval (Wilson 1927)."""
    if n == 0:
        return None, 0.0, 1.0, count, n
    share, square = count / n, z * z / n
    middle = (share + square / 2) / (1 + square)
    half = z * math.sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    return share, max(0.0, middle - half), min(1.0, middle + half), count, n


def figures(rows: Sequence[Row], comparer: Comparer) -> dict[str, Share]:
    """`coverage` is the share of all rows whose answers agree; `agree_right` of those the share
    whose home answer is right. The rest are other readings of the same counts.
    """
    verdicts = [comparer(row) for row in rows]
    agreed = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict == "agree"]
    scored = sum(verdict != "incomparable" for verdict in verdicts)
    differ = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict == "differ"]
    home, both = (
        [row for row in rows if row.home_right],
        [row for row in rows if row.home_right and row.cloud_right],
    )
    right = sum(row.home_right for row in agreed)
    together = sum(row.home_right and row.cloud_right for row in agreed)
    return {
        "agree_right": wilson(right, len(agreed)),
        "coverage": wilson(len(agreed), len(rows)),
        "coverage of rows that both models answered": wilson(len(agreed), scored),
        "coverage of rows that home has right": wilson(right, len(home)),
        "coverage of rows that both have right": wilson(together, len(both)),
        "home right where they differ": wilson(sum(row.home_right for row in differ), len(differ)),
        "incomparable": wilson(len(rows) - scored, len(rows)),
    }


def base_rates(rows: Sequence[Row]) -> dict[str, Share]:
    n = len(rows)
    return {
        "home right (all rows kept)": wilson(sum(row.home_right for row in rows), n),
        "cloud right": wilson(sum(row.cloud_right for row in rows), n),
        "both right": wilson(sum(row.home_right and row.cloud_right for row in rows), n),
    }
