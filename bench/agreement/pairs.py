"""The comparer on pairs of answers that say the same, or nearly the same, written by hand.

`pairs.jsonl` holds, a line each: the kind, whether the two say the same, both answers, and where
there is one the question. A third of them, chosen by a hash of their text, was held out: nothing
in the comparer was changed for what it did on those. `later.jsonl` was written in rounds after
that, each measured once as it was before anything was changed for it (`FIRST_SIGHT`), and tuned on
afterwards.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from doorstep.patterns.compare import Comparison, Kind, LimitedRunner, Rules, compare

FOLDER = Path(__file__).parent

# What each later round showed when it was new, the kind given: counts, as in `measured`.
FIRST_SIGHT = {
    1: {"equal": 97, "false differ": 16, "different": 96, "false agree": 2},
    2: {"equal": 69, "false differ": 9, "different": 50, "false agree": 3},
    3: {"equal": 49, "false differ": 3, "different": 47, "false agree": 1},
    4: {"equal": 40, "false differ": 5, "different": 37, "false agree": 1},
}


@dataclass(frozen=True)
class Pair:
    kind: Kind
    same: bool
    a: str
    b: str
    question: str
    rules: Rules
    held_out: bool
    round: int = 0

    def compared(self, *, kind_given: bool) -> Comparison:
        kind = self.kind if kind_given else None
        return compare(self.a, self.b, question=self.question, kind=kind, rules=self.rules)


def pairs(name: str = "pairs.jsonl") -> Iterator[Pair]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kind, a, b = row["kind"], row["a"], row["b"]
        held_out = zlib.crc32((kind + a + b).encode()) % 3 == 0
        question, rules = row.get("question", ""), _rules(row)
        yield Pair(kind, row["same"], a, b, question, rules, held_out, row.get("round", 0))


@cache
def _run(program: str, case: str) -> str:
    """The programs of the table are the same in every part of it."""
    return LimitedRunner(seconds=5)(program, case)


def _rules(row: dict[str, object]) -> Rules:
    today, options, cases = (row.get(name) for name in ("today", "options", "cases"))
    day_first = row.get("day_first")
    return Rules(
        today=date.fromisoformat(str(today)) if today else None,
        day_first=day_first if isinstance(day_first, bool) else None,
        options=tuple(options) if isinstance(options, list) else (),
        cases=tuple(cases) if isinstance(cases, list) else (),
        runner=_run if cases else None,
    )


def measured(rows: list[Pair], *, kind_given: bool) -> dict[str, int]:
    """Counts: of pairs, of false "differ" and "agree", and of those that were not scored."""
    counts: Counter[str] = Counter()
    for pair in rows:
        verdict = pair.compared(kind_given=kind_given).verdict
        side = "equal" if pair.same else "different"
        counts[side] += 1
        counts[f"{side} incomparable"] += verdict == "incomparable"
        counts["false differ"] += pair.same and verdict == "differ"
        counts["false agree"] += not pair.same and verdict == "agree"
    return dict(counts)


def report() -> dict[str, dict[str, int]]:
    """For each part of the table, with the kind guessed and with the kind given."""
    table = list(pairs())
    parts = {
        "all": table,
        "tuned on": [pair for pair in table if not pair.held_out],
        "held out": [pair for pair in table if pair.held_out],
    }
    later = list(pairs("later.jsonl"))
    for number in sorted({pair.round for pair in later}):
        parts[f"later {number}"] = [pair for pair in later if pair.round == number]
    return {
        f"{name}, kind {'given' if given else 'guessed'}": measured(rows, kind_given=given)
        for name, rows in parts.items()
        for given in (False, True)
    } | {f"later {number}, at first sight": counts for number, counts in FIRST_SIGHT.items()}
