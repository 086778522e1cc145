"""How often the built-in reader understands a household exactly.

    python bench/household.py            # a table per split of bench/households/*.jsonl
    python bench/household.py --json
    python bench/household.py --mistakes # what went wrong, for the split "dev" only

A problem counts as exactly right when the target, the set of loads, and every duration, energy,
earliest start, deadline and quiet time equal the author's. `held_out` is never shown in detail:
the reader was not tuned on it, and should stay so. `dev` is: its notes train the kind model too.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doorstep._errors import DoorstepError
from doorstep.household.parse import parse
from doorstep.household.reader import RulesReader

FIELDS = ("duration_min", "energy_kwh", "earliest_start", "finish_by", "quiet_by", "quiet_until")
SPLITS = ("dev", "held_out")


@dataclass
class Score:
    """Counts over one split."""

    households: int = 0
    exact: int = 0
    target: int = 0
    loads_right_set: int = 0
    loads: int = 0
    loads_exact: int = 0
    stated: int = 0  # limits that the authors set: deadlines, quiet times, later starts
    found: int = 0  # of these, read with the right time
    extra: int = 0  # read, but not there
    flagged: int = 0  # wrong, and said to be unsure
    refused: int = 0
    seconds: float = 0.0
    mistakes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        share = self.exact / self.households if self.households else 0.0
        return {
            "households": self.households,
            "exact": self.exact,
            "exact_share": round(share, 4),
            "target_right": self.target,
            "load_set_right": self.loads_right_set,
            "loads": self.loads,
            "loads_exact": self.loads_exact,
            "limits_stated": self.stated,
            "limits_found": self.found,
            "limits_extra": self.extra,
            "wrong_but_flagged_unsure": self.flagged,
            "refused": self.refused,
            "ms_each": round(1000 * self.seconds / max(1, self.households), 2),
        }


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"\([^)]*\)", "", name.lower())).strip()


def same(ours: str, theirs: str) -> bool:
    a, b = plain(ours), plain(theirs)
    return a == b or a.startswith(b + " ") or b.startswith(a + " ")


def judge(row: dict[str, Any], reader: RulesReader, score: Score) -> None:
    """Read one household and count what is right."""
    score.households += 1
    began = time.perf_counter()
    try:
        reading = reader.read(parse(row["file"]), row["question"])
    except DoorstepError as error:
        score.refused += 1
        score.mistakes.append(f"{row['id']}: refused: {error}")
        _count_missed(row, score)
        return
    finally:
        score.seconds += time.perf_counter() - began
    ours = {reading.mapping[x.id]: x for x in reading.problem.loads}
    wrong: list[str] = []
    if same(reading.target, row["target"]):
        score.target += 1
    else:
        wrong.append("target")
    matched = {g["device"]: n for g in row["loads"] for n in ours if same(n, g["device"])}
    if len(matched) == len(row["loads"]) == len(ours):
        score.loads_right_set += 1
    else:
        wrong.append(f"loads {sorted(ours)} for {[g['device'] for g in row['loads']]}")
    for gold in row["loads"]:
        name = matched.get(gold["device"])
        wrong += _judge_load(gold, ours[name] if name else None, reading.problem.now, score)
    if wrong:
        score.flagged += bool(reading.unsure)
        score.mistakes.append(f"{row['id']}: " + "; ".join(wrong))
    else:
        score.exact += 1


def _judge_load(gold: dict[str, Any], ours: Any, now: str, score: Score) -> list[str]:
    score.loads += 1
    wrong = []
    for name in FIELDS:
        said, meant = getattr(ours, name, None), gold.get(name)
        none = now if name == "earliest_start" else None
        if name.startswith(("earliest", "finish", "quiet")):
            score.stated += meant != none
            score.found += meant != none and said == meant
            score.extra += ours is not None and meant == none and said != none
        equal = said == meant or (
            name == "energy_kwh"
            and said is not None
            and meant is not None
            and abs(said - meant) < 1e-6
        )
        if not equal:
            wrong.append(f"{gold['device']}.{name} {said} for {meant}")
    score.loads_exact += not wrong
    return wrong


def _count_missed(row: dict[str, Any], score: Score) -> None:
    for gold in row["loads"]:
        score.loads += 1
        score.stated += sum(
            gold.get(f) is not None for f in ("finish_by", "quiet_by", "quiet_until")
        )


def run(folder: Path) -> dict[str, Score]:
    """Score each split whose file is in `folder`."""
    reader = RulesReader()
    scores: dict[str, Score] = {}
    for split in SPLITS:
        path = folder / f"{split}.jsonl"
        if not path.exists():
            continue
        scores[split] = Score()
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                judge(json.loads(line), reader, scores[split])
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent / "households")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--mistakes", action="store_true", help="list what went wrong in dev")
    args = parser.parse_args()
    scores = run(args.folder)
    if args.json:
        print(json.dumps({name: s.as_dict() for name, s in scores.items()}, indent=2))
        return
    for name, score in scores.items():
        print(f"{name}")
        for key, value in score.as_dict().items():
            print(f"  {key:26} {value}")
    if args.mistakes and "dev" in scores:
        print("\n".join(scores["dev"].mistakes))


if __name__ == "__main__":
    main()
