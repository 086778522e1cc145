"""What agreement of two models is worth, and how well the comparer sees it.

    python bench/crosscheck.py                       # both parts
    python bench/crosscheck.py --pairs               # the hand-written pairs only
    python bench/crosscheck.py --test FILE [--train FILE] [--json]

*Agreement.* Of a file with two models' whole answers (RouteLLM's GSM8K pair by default) each pair
of answers is compared as Cross-Check compares it, the kind guessed. Nothing is fitted, so there is
nothing to hold out; `--train` names the examples of which the bound of `calibrate_agreement` is
counted, which is then held against the rows of `--test`.

`coverage` is the share of *all* rows whose answers agree. It cannot be higher than the share of
rows on which two models are right together, but for agreement in error and for wrong labels.

*Pairs.* Answers that say the same though written differently, and answers that nearly do.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.agreement.pairs import report as pairs_report
from bench.agreement.rows import Row, Share, base_rates, figures, last_number, ours, read, same_text
from doorstep.patterns.compare.agreement import Agreement, Example, calibrate_agreement

COMPARERS = {"ours": ours, "last number": last_number, "same text": same_text}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, help="the folder of data sets")
    parser.add_argument("--train", type=Path, help="examples to count the bound on")
    parser.add_argument("--test", type=Path, help="rows to measure")
    parser.add_argument("--pairs", action="store_true", help="only the hand-written pairs")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found: dict[str, Any] = {}
    if not args.pairs:
        found |= agreement(args.test or _gsm8k(args.data), args.train)
    if args.pairs or not args.test:
        found["pairs"] = pairs_report()
    print(json.dumps(found, indent=2)) if args.json else show(found)


def _gsm8k(data: Path | None) -> Path:
    folder = data or Path(os.environ.get("DOORSTEP_DATA", "../shared/data"))
    path = folder / "routellm" / "gsm8k.csv"
    if not path.exists():
        raise SystemExit(f"{path} is not there: give --data, --test or DOORSTEP_DATA.")
    return path


def agreement(test: Path, train: Path | None) -> dict[str, Any]:
    rows = read(test)
    tables = {name: figures(rows, comparer) for name, comparer in COMPARERS.items()}
    found: dict[str, Any] = {"file": test.name, "n": len(rows)}
    for name in ("agree_right", "coverage"):
        share, low, high, _, _ = tables["ours"][name]
        found |= {name: share, f"{name}_interval": [low, high]}
    found["base rates"] = base_rates(rows)
    found["comparers"] = tables
    if train is not None:
        found["calibrated"] = held_against(calibrated(read(train)), tables["ours"])
    return found


def calibrated(rows: list[Row]) -> Agreement:
    return calibrate_agreement(Example(r.prompt, r.home, r.cloud, r.home_right) for r in rows)


def held_against(bound: Agreement, table: dict[str, Share]) -> dict[str, Any]:
    right = table["agree_right"][0]
    wrong = None if right is None else 1 - right
    return {
        "label": bound.label,
        "at_most": bound.at_most,
        "wrong on the test rows": wrong,
        "within": None if wrong is None else wrong <= bound.at_most,
    }


# --- a table for people ------------------------------------------------------------------------


def show(found: dict[str, Any]) -> None:
    if "n" in found:
        print(f"{found['file']}, {found['n']} rows\n")
        _lines(found["base rates"])
        for name, table in found["comparers"].items():
            print(f"\ncomparer: {name}")
            _lines(table)
    if "calibrated" in found:
        print(f"\ncalibrated: {found['calibrated']['label']}")
        print(
            f"  wrong on the test rows: {_percent(found['calibrated']['wrong on the test rows'])}"
        )
    if "pairs" in found:
        print(
            "\npairs: part | equal: n, false differ, incomparable | different: n, false agree, inc."
        )
        for part, counts in found["pairs"].items():
            equal, different = _side(counts, "equal", "differ"), _side(counts, "different", "agree")
            print(f"  {part:26} {equal} {different}")


def _lines(table: dict[str, Share]) -> None:
    for name, (share, low, high, count, n) in table.items():
        interval = f"[{low:.1%}, {high:.1%}]" if n else ""
        print(f"  {name:44} {_percent(share):>7} {interval:18} {count} of {n}")


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"


def _side(counts: dict[str, int], side: str, false: str) -> str:
    n, wrong = counts[side], counts[f"false {false}"]
    unscored = counts.get(f"{side} incomparable", "")
    return f"| {n:3} {wrong:2} ({wrong / n:5.1%}) {unscored:2}"


if __name__ == "__main__":
    main()
