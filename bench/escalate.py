"""Escalation, judged: how well the calibrated judge decides which questions go to the cloud.

    python bench/escalate.py                               # GSM8K and MMLU of the data folder
    python bench/escalate.py FILE.csv --json               # one set, 5-fold
    python bench/escalate.py --train A.csv --test B.csv --json
    python bench/escalate.py --risk                        # does the stated risk hold?
    python bench/escalate.py --speed                       # CPU time of a decision

Sets are files of lm-sys/RouteLLM's columns (see `escalation/rows.py`); `--data` or DOORSTEP_DATA
names the folder that has them as routellm/gsm8k.csv and routellm/mmlu.csv. Every figure stands
beside random, prompt length and a perfect verifier on the same rows. Ours is fitted in-domain, on
the labels of other rows of the same set; the published routers were not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.boundary.data import data_folder
from bench.escalation.report import Report, crossed, lines, trained
from bench.escalation.risk import SIZES, SPLITS, Held, risk_table
from bench.escalation.routing import DRAWS
from bench.escalation.rows import BadFile, Rows, read_rows
from bench.escalation.speed import milliseconds
from doorstep import DoorstepError

SETS = ("gsm8k", "mmlu")


def main(arguments: Sequence[str] | None = None) -> int:
    args = _arguments(arguments)
    try:
        if args.risk:
            return _risk(_sets(args), args)
        if args.speed:
            return _speed(_sets(args), args)
        if args.train:
            reports = [trained(read_rows(args.train), read_rows(args.test), args.draws)]
        else:
            reports = [crossed(rows, args.draws) for rows in _sets(args)]
    except (BadFile, DoorstepError) as error:
        print(f"escalate: {error}", file=sys.stderr)
        return 2
    _show(reports, as_json=args.json)
    return 0


def _show(reports: Sequence[Report], *, as_json: bool) -> None:
    if not as_json:
        print("\n\n".join("\n".join(lines(report)) for report in reports))
        return
    values = [report.as_json() for report in reports]
    print(json.dumps(values[0] if len(values) == 1 else {str(v["set"]): v for v in values}))


def _risk(sets: Sequence[Rows], args: argparse.Namespace) -> int:
    tables = {}
    for rows in sets:
        if not args.json:
            print(f"{rows.name}: the stated risk, {args.splits} random splits ({args.method})")
            print("     n   risk   held in   kept (mean)   nothing kept in")
        samples = [row.sample() for row in rows.rows]
        tables[rows.name] = []
        for held in risk_table(samples, rows.rows, args.splits, args.sizes, args.method):
            tables[rows.name].append(held.as_json())
            if not args.json:
                _show_held(held)
    if args.json:
        print(json.dumps(tables))
    return 0


def _show_held(held: Held) -> None:
    print(
        f"  {held.n:4}  {held.risk:5.0%}   {held.holds:7.1%}   {held.coverage:11.1%}"
        f"   {held.kept_nothing:15.1%}",
        flush=True,
    )


def _speed(sets: Sequence[Rows], args: argparse.Namespace) -> int:
    for rows in sets:
        spent = milliseconds(rows.rows)
        print(json.dumps({"set": rows.name, **spent}))
    return 0


def _sets(args: argparse.Namespace) -> list[Rows]:
    folder = data_folder(args.data) / "routellm"
    return [read_rows(path) for path in args.files or [folder / f"{name}.csv" for name in SETS]]


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="sets to measure, 5-fold")
    parser.add_argument("--data", help="the folder of the sets")
    parser.add_argument("--train", type=Path, help="fit on all rows of this file")
    parser.add_argument("--test", type=Path, help="measure on all rows of this file")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--draws", type=int, default=DRAWS, help="of the bootstrap")
    parser.add_argument("--risk", action="store_true", help="does the stated risk hold?")
    parser.add_argument("--splits", type=int, default=SPLITS, help="random splits of --risk")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="examples of --risk")
    parser.add_argument("--method", choices=("cross", "split"), default="cross")
    parser.add_argument("--speed", action="store_true", help="CPU time of a decision")
    args = parser.parse_args(arguments)
    if (args.train is None) != (args.test is None):
        parser.error("--train and --test go together")
    return args


if __name__ == "__main__":
    sys.exit(main())
