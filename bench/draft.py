"""Draft-then-Refine, judged: speed, order, restart, waste.

    python -m bench.draft                       # everything, about 4 minutes
    python -m bench.draft --only worlds --worlds 10000
    python -m bench.draft --rounds 5 --json

Speed is that of two servers of set speed, each in a process of its own, on loopback; the pattern
is measured in turns with home alone and with the cloud alone, through the same boundary. It needs
the extra `background` for the restart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from bench.drafting import wire
from bench.drafting.interleave import faults
from bench.drafting.restart import Moment, crash

AIM_FIRST_MS, AIM_FINAL = 10.0, 1.05
Figures = dict[str, object]


def speed(options: argparse.Namespace) -> Figures:
    """First token against home alone, final against cloud alone."""
    scenes = {}
    for name, scene in wire.SCENES.items():
        one = asyncio.run(wire.speed(name, scene, options.rounds))
        within = sum(ratio <= AIM_FINAL for ratio in one.ratios)
        scenes[name] = {
            "rounds": options.rounds,
            "first_token_later_ms": {
                "median": round(one.later_ms, 2),
                "worst": round(one.latest_ms, 2),
                "home_alone_median": round(statistics.median(one.first_home), 2),
                "aim": AIM_FIRST_MS,
            },
            "final_over_cloud_alone": {
                "median": round(statistics.median(one.ratios), 4),
                "worst": round(max(one.ratios), 4),
                "rounds_within_aim": within,
                "cloud_alone_median_s": round(statistics.median(one.end_cloud), 3),
                "aim": AIM_FINAL,
            },
            "verdicts": dict(Counter(one.verdicts)),
        }
    return dict(scenes)


def worlds(options: argparse.Namespace) -> Figures:
    """Random interleavings: on a clock that jumps, and on the wire."""
    begun = time.perf_counter()
    found = Counter(fault for seed in range(options.worlds) for fault in faults(seed))
    seconds = time.perf_counter() - begun
    wired = asyncio.run(wire.worlds(range(options.wired)))
    return {
        "interleavings": options.worlds,
        "faults": dict(found),
        "seconds": round(seconds, 1),
        "on_the_wire": options.wired,
        "faults_on_the_wire": dict(Counter(fault for _, fault in wired)),
    }


def restart(options: argparse.Namespace) -> Figures:
    """kill -9 at two moments of a refinement, and what three later processes got."""
    out: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for moment in get_args(Moment):
            ones = [crash(Path(folder) / f"{moment}{i}", moment) for i in range(options.kills)]
            out[f"killed during the {moment}"] = {
                "kills": options.kills,
                "finished_once": sum(one.finished_once for one in ones),
                "cloud_calls_per_job": statistics.mean(one.asked for one in ones),
                "in_the_ledger_per_job": statistics.mean(one.crossings for one in ones),
                "ledgers_that_verify": sum(one.ledger_ok for one in ones),
                "files_with_text_in_the_clear": sum(len(one.in_the_clear) for one in ones),
                "restart_to_delivery_s": round(statistics.median(o.seconds for o in ones), 1),
            }
    return out


def waste(options: argparse.Namespace) -> Figures:
    """What the cloud generated for nobody, as its server counted, and what the outcomes say."""
    return asdict(asyncio.run(wire.waste(options.stops)))


PARTS: dict[str, Callable[[argparse.Namespace], Figures]] = {
    "speed": speed,
    "worlds": worlds,
    "restart": restart,
    "waste": waste,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", choices=tuple(PARTS), action="append")
    parser.add_argument("--rounds", type=int, default=10, help="of each speed scene")
    parser.add_argument("--worlds", type=int, default=10_000, help="on the jumping clock")
    parser.add_argument("--wired", type=int, default=300, help="worlds on the wire")
    parser.add_argument("--kills", type=int, default=2, help="of each moment")
    parser.add_argument("--stops", type=int, default=30, help="runs stopped, and runs kept")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = {name: PARTS[name](options) for name in options.only or PARTS}
    if options.json:
        print(json.dumps(figures))
        return
    for name, found in figures.items():
        print(name)
        _show(found, "  ")


def _show(found: Figures, indent: str) -> None:
    for name, value in found.items():
        if isinstance(value, dict) and value:
            print(f"{indent}{name}")
            _show(value, indent + "  ")
        else:
            print(f"{indent}{name}: {value if value != {} else 0}")


if __name__ == "__main__":
    main()
