"""The comparer on pairs of answers that say the same, or nearly the same, written by hand.

`pairs.jsonl` holds, a line each: the kind, whether the two say the same, both answers, and where
there is one the question. A third of them, chosen by a hash of their text, was held out until
`later.jsonl` was begun, and has been looked at since. That one was written in rounds, each
measured once as it was before anything was changed for it (`first_sight`), and tuned on afterwards:
what the comparer shows on it now is no measure.
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

# What each later round showed when it was new: of how many equal pairs how many were said to differ
# and how many not scored, then the same of different pairs said to agree.
_GIVEN = {
    1: (97, 16, None, 96, 2, None),
    2: (69, 9, None, 50, 3, None),
    3: (49, 3, None, 47, 1, None),
    4: (40, 5, None, 37, 1, None),
    5: (60, 2, 1, 60, 2, 1),
    6: (60, 6, 2, 62, 4, 4),
    7: (66, 3, 2, 64, 6, 1),
    8: (64, 7, 6, 61, 5, 3),
    9: (70, 0, 4, 63, 0, 8),
    10: (60, 4, 12, 58, 9, 9),
    11: (61, 5, 7, 61, 4, 11),
    12: (52, 5, 7, 51, 2, 6),
    13: (40, 0, 6, 40, 1, 4),
    14: (30, 1, 3, 30, 0, 8),
    15: (35, 6, 4, 35, 3, 6),
    16: (26, 0, 1, 24, 0, 1),
}
_GUESSED = {
    5: (60, 2, 3, 60, 0, 3),
    6: (60, 7, 1, 62, 4, 3),
    7: (66, 4, 1, 64, 3, 5),
    8: (64, 7, 7, 61, 3, 5),
    9: (70, 0, 4, 63, 1, 7),
    10: (60, 4, 12, 58, 9, 8),
    11: (61, 5, 10, 61, 3, 12),
    12: (52, 5, 8, 51, 2, 7),
    13: (40, 2, 5, 40, 1, 8),
    14: (30, 1, 3, 30, 0, 8),
    15: (35, 6, 4, 35, 4, 7),
    16: (26, 1, 1, 24, 0, 1),
}
_NAMES = ("equal", "false differ", "equal incomparable")
_NAMES += ("different", "false agree", "different incomparable")


def first_sight() -> dict[str, dict[str, int]]:
    """Counts as in `measured`, without those that nobody wrote down."""
    return {
        f"later {number}, at first sight, kind {how}": {
            name: count for name, count in zip(_NAMES, counts, strict=True) if count is not None
        }
        for how, table in (("given", _GIVEN), ("guessed", _GUESSED))
        for number, counts in table.items()
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
        "the other third, seen since": [pair for pair in table if pair.held_out],
    }
    later = list(pairs("later.jsonl"))
    for number in sorted({pair.round for pair in later}):
        parts[f"later {number}"] = [pair for pair in later if pair.round == number]
    return {
        f"{name}, kind {'given' if given else 'guessed'}": measured(rows, kind_given=given)
        for name, rows in parts.items()
        for given in (False, True)
    } | first_sight()
