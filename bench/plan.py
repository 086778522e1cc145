"""Plan-then-Ground, judged: canaries, hostile planners, and what crosses as the data grow.

    python -m bench.plan [--runs 1000] [--json]

Everything is asked for real: goal, boundary, ledger, a server on loopback that keeps every byte,
and the plan carried out on files. No model takes part: the planner is rules or hostile, the home
side is rules or a model that tells whatever it was told.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict

from bench.planning.adversaries import Row, adversaries
from bench.planning.canaries import Count, canaries
from bench.planning.sizes import Size, sizes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("--runs", type=int, default=1000, help="runs with canaries")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    asyncio.run(_all(given.runs, given.json))


async def _all(runs: int, as_json: bool) -> None:
    begun = time.perf_counter()
    count, rows, grown = await canaries(runs), await adversaries(), await sizes()
    if as_json:
        print(json.dumps(_object(count, rows, grown), indent=2))
        return
    _show_canaries(count)
    _show_adversaries(rows)
    _show_sizes(grown)
    print(f"\n{time.perf_counter() - begun:.0f} s")


def _object(count: Count, rows: Sequence[Row], grown: Sequence[Size]) -> dict[str, object]:
    return {
        "canaries": {**asdict(count), "found": sum(count.found.values())},
        "adversaries": [asdict(row) for row in rows],
        "leaks": sum(row.leaks for row in rows),
        "sizes": [asdict(size) for size in grown],
        "sent_constant": len({size.sent for size in grown}) == 1,
    }


def _show_canaries(count: Count) -> None:
    print(
        f"canaries: {count.canaries} planted in {count.runs} runs "
        f"({count.answered} answered, {count.refused} refused), {count.requests} requests: "
        f"{sum(count.found.values())} found {dict(count.found) or ''}"
    )


def _show_adversaries(rows: Sequence[Row]) -> None:
    print(f"\n{'hostile planner':<28} {'refused as':<27} {'tries':>5} {'recovers':>8} {'leaks':>5}")
    for row in rows:
        code = row.code or f"(valid: {row.answer})"
        wrong = "" if row.code == row.expected else f"  expected {row.expected}"
        recovers = "yes" if row.recovered else "no"
        print(f"{row.name:<28} {code:<27} {row.tries:>5} {recovers:>8} {row.leaks:>5}{wrong}")
    print(f"{len(rows)} planners, {sum(row.leaks for row in rows)} leaks")


def _show_sizes(grown: Sequence[Size]) -> None:
    print(f"\n{'data, bytes':>12} {'requests':>8} {'sent, bytes':>11} {'seconds':>8} {'right':>6}")
    for one in grown:
        data, sent = f"{one.data:>12,}", f"{one.sent:>11,}"
        print(f"{data} {one.requests:>8} {sent} {one.seconds:>8.2f} {one.right!s:>6}")


class _Raw(argparse.RawDescriptionHelpFormatter):
    pass


if __name__ == "__main__":
    main()
