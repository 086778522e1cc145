"""Fuzz the targets in turn: `python -m bench.fuzz --minutes 30`.

Needs atheris (libFuzzer for Python), which is no dependency of the project: `pip install atheris`
(3.0 has wheels for Python 3.11 to 3.13 on Linux). Each target runs in a process of its own, guided
by the coverage of the boundary's code, and keeps its corpus in `.cache/fuzz/<target>`, so that the
next run goes on where this one ended. Prints, per target: runs, how they ended, crashes (errors of
another kind than the boundary's), leaks and other broken promises. What was found is written to
`.cache/fuzz/found`; `--again FILE` runs one such file. Exit status 1 if there is any.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.fuzz.worker import TARGETS, run_file

CACHE = Path(".cache/fuzz")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.fuzz", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--minutes", type=float, default=30, help="for all targets together")
    parser.add_argument("--target", choices=TARGETS, action="append", help="only these")
    parser.add_argument("--again", type=Path, help="run one input that was found, and show it")
    chosen = parser.parse_args()
    if chosen.again:
        return run_file(chosen.again)
    targets = chosen.target or list(TARGETS)
    seconds = max(1, int(chosen.minutes * 60 / len(targets)))
    results = [_fuzz(target, seconds) for target in targets]
    print("| target | seconds | runs | ended | crashes | leaks | broken |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for result in results:
        print(_row(result))
    return int(any(result["found"] or result["status"] for result in results))


def _fuzz(target: str, seconds: int) -> dict[str, Any]:
    """Runs one target in another process; what it counted."""
    report = CACHE / f"{target}.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bench.fuzz.worker", target, str(seconds), str(CACHE)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if not report.exists():
        print(done.stderr[-2000:], file=sys.stderr)
        raise SystemExit(f"The fuzzing of {target} ended early (status {done.returncode}).")
    return {**json.loads(report.read_text("utf-8")), "status": done.returncode}


def _row(result: dict[str, Any]) -> str:
    ended = ", ".join(f"{n:,} {how}" for how, n in sorted(result["ended"].items()))
    kinds = [found["kind"] for found in result["found"]]
    counts = [str(kinds.count(kind)) for kind in ("crash", "leak", "broken")]
    cells = [result["target"], f"{result['seconds']:.0f}", f"{result['runs']:,}", ended, *counts]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    raise SystemExit(main())
