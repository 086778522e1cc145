"""Grounding checks: how much of what a rewrite lost or made up do they see?

    python bench/sanitize.py [--rewrites 200] [--seed 4] [--first] [--json]

Rewrites are generated, so no model is judged here: a text of four facts and its rewrite in other
words, in which one fact was dropped (a third of them), changed (a third), or nothing was touched.
*Recall* is the share of planted losses and inventions that are reported with their kind; a
changed number, date, time or name is both. *False alarms* are reports about what was not touched.
Two sets of wordings, both by the author of the rules (see `sanitize_wordings.py`): the figures
say what is covered.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from doorstep.patterns.rewriting.facts import Facts
from doorstep.patterns.rewriting.grounding import Grounding, grounding

sys.path.insert(0, str(Path(__file__).parent))
from sanitize_wordings import FIRST, SECOND, Wordings


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A text, its rewrite, and what was planted: "clean", "lost" or "changed", and of what kind."""

    text: str
    rewrite: str
    planted: str
    kind: str


@dataclass
class Score:
    """Planted and reported, by kind; what was reported that nobody planted."""

    lost: Counter[str]
    lost_seen: Counter[str]
    invented: Counter[str]
    invented_seen: Counter[str]
    false: Counter[str]
    clean: int = 0
    clean_quiet: int = 0
    seconds: float = 0.0


def rewrites(wordings: Wordings, count: int, seed: int) -> Iterator[Rewrite]:
    """`count` of them, a third of each sort, the same ones for the same seed."""
    rng = random.Random(seed)
    for number in range(count):
        kinds = rng.sample(sorted(wordings), 4)
        facts = [rng.choice(wordings[kind]) for kind in kinds]
        planted = ("clean", "lost", "changed")[number % 3]
        at = rng.randrange(4)
        said = [rewritten for _, rewritten, _ in facts]
        if planted == "lost":
            said[at] = "There is more to it"
        elif planted == "changed":
            said[at] = facts[at][2]
        rng.shuffle(said)
        text = ". ".join(original for original, _, _ in facts)
        yield Rewrite(f"{text}.", f"{'. '.join(said)}.", planted, kinds[at])


def measure(wordings: Wordings, count: int, seed: int) -> Score:
    facts = Facts()
    "rent" in facts.common  # noqa: B015 - the list is read before the clock starts
    score = Score(Counter(), Counter(), Counter(), Counter(), Counter())
    for one in rewrites(wordings, count, seed):
        start = time.perf_counter()
        found = grounding(facts, one.text, one.rewrite)
        score.seconds += time.perf_counter() - start
        _count(score, one, found)
    return score


def _count(score: Score, one: Rewrite, found: Grounding) -> None:
    """A change is a loss and, but for a fact that was simply left away, an invention."""
    lost = Counter(fact.kind for fact in found.lost)
    invented = Counter(fact.kind for fact in found.invented)
    if one.planted == "clean":
        score.clean += 1
        score.clean_quiet += bool(found)
        score.false.update(lost + invented)
        return
    _one(lost, one.kind, score.lost, score.lost_seen)
    if one.planted == "changed" and one.kind not in ("limit", "quote"):
        _one(invented, one.kind, score.invented, score.invented_seen)


def _one(found: Counter[str], kind: str, planted: Counter[str], seen: Counter[str]) -> None:
    planted[kind] += 1
    seen[kind] += found[kind] > 0


def wilson(good: int, n: int) -> tuple[float, float] | None:
    """The 95% interval of a share; None where there is nothing to share."""
    if not n:
        return None
    z, share = 1.96, good / n
    middle = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)


def figures(score: Score, count: int) -> dict[str, object]:
    def part(seen: Counter[str], planted: Counter[str]) -> dict[str, object]:
        good, n = seen.total(), planted.total()
        by_kind = {kind: [seen[kind], planted[kind]] for kind in sorted(planted)}
        interval = wilson(good, n)
        recall = good / n if n else None
        return {"seen": good, "n": n, "recall": recall, "interval": interval, "by_kind": by_kind}

    return {
        "rewrites": count,
        "lost": part(score.lost_seen, score.lost),
        "invented": part(score.invented_seen, score.invented),
        "clean": score.clean,
        "clean_without_a_report": score.clean_quiet,
        "clean_interval": wilson(score.clean_quiet, score.clean),
        "false_alarms_by_kind": dict(sorted(score.false.items())),
        "milliseconds_each": 1000 * score.seconds / count,
    }


def _print(found: dict[str, object]) -> None:
    for what in ("lost", "invented"):
        part = found[what]
        assert isinstance(part, dict)
        print(f"{what}: {part['seen']} of {part['n']} seen", end="")
        low, high = part["interval"] or (0.0, 1.0)
        share = "not scored" if part["recall"] is None else f"{part['recall']:.1%}"
        print(f" ({share}, 95% interval {low:.1%} to {high:.1%})")
        for kind, (seen, planted) in part["by_kind"].items():
            print(f"  {kind}: {seen} of {planted}")
    print(f"untouched rewrites without a report: {found['clean_without_a_report']}", end="")
    print(f" of {found['clean']}; false alarms by kind: {found['false_alarms_by_kind']}")
    print(f"{found['milliseconds_each']:.2f} ms for each rewrite")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--rewrites", type=int, default=200)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument(
        "--first", action="store_true", help="the first set of wordings, not the second"
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    wordings = FIRST if given.first else SECOND
    found = figures(measure(wordings, given.rewrites, given.seed), given.rewrites)
    found["wordings"] = "first" if given.first else "second"
    found["seed"] = given.seed
    print(json.dumps(found, indent=2)) if given.json else _print(found)


if __name__ == "__main__":
    main(sys.argv[1:])
