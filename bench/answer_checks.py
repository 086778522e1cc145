"""What each check of an answer sees on GSM8K answers, and what the rules make of it.

    python bench/answer_checks.py [--data DIR] [--file FILE] [--json]

Columns: prompt, <weak model>, <strong model>, and both answers as <model>_response, as in
lm-sys/RouteLLM. Nothing is fitted: checks and thresholds are those of the package. For each check:
how many answers it scored, how many of these it doubted (0.5 and more), and how many of the
doubted and of the others are wrong, beside the share that is wrong anyway. Checks that ask a model
are left out. The CPU time is that of one decision, checks and rules, without a model.

Seen while the checks were written: both columns of routellm/gsm8k.csv, to find statements that
were read wrongly. Other rows (--file) are the better measure.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from doorstep import Message, Reply
from doorstep.patterns.checks import Look, Rules, Weighed, cheap_checks, weigh

BESIDE = Path(__file__).resolve().parents[1].parent / "shared" / "data"
DOUBTED = 0.5
SUFFIX = "_response"


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """One answer, whether it is right, and what the bank made of it in `ms` of CPU time."""

    right: bool
    weighed: Weighed
    ms: float


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `n` are wrong."""

    n: int
    wrong: int

    @classmethod
    def of(cls, answers: Sequence[Answered]) -> Share:
        return cls(len(answers), sum(not answer.right for answer in answers))

    def __str__(self) -> str:
        return f"{self.wrong}/{self.n} ({self.wrong / self.n:.0%})" if self.n else "none"


def rows_of(path: Path) -> dict[str, list[tuple[str, str, bool]]]:
    """Prompt, answer and whether it is right, by model."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    models = [name.removesuffix(SUFFIX) for name in rows[0] if name.endswith(SUFFIX)]
    return {
        model: [(row["prompt"], row[model + SUFFIX], row[model] == "True") for row in rows]
        for model in models
    }


async def decided(rows: Sequence[tuple[str, str, bool]]) -> list[Answered]:
    """Every answer, judged by the rules."""
    checks, rules, answers = cheap_checks(), Rules(), list[Answered]()
    for prompt, answer, right in rows:
        look = Look((Message("user", prompt),), Reply(answer, "home"))
        begun = time.process_time()
        weighed = await weigh(look, checks, rules)
        answers.append(Answered(right, weighed, (time.process_time() - begun) * 1000))
    return answers


def by_check(answers: Sequence[Answered]) -> dict[str, tuple[Share, Share]]:
    """For each check the answers that it doubted, and those that it scored and did not doubt."""
    table = {}
    for at, check in enumerate(cheap_checks()):
        scored = [(a, s) for a in answers if (s := a.weighed.signs[at].doubt) is not None]
        table[check.name] = (
            Share.of([answer for answer, doubt in scored if doubt >= DOUBTED]),
            Share.of([answer for answer, doubt in scored if doubt < DOUBTED]),
        )
    return table


def by_verdict(answers: Sequence[Answered]) -> dict[str, Share]:
    return {
        verdict: Share.of([a for a in answers if a.weighed.judgement.verdict == verdict])
        for verdict in ("keep", "escalate", "cannot tell")
    }


def cpu(answers: Sequence[Answered]) -> tuple[float, float]:
    """Median and 99th percentile, in milliseconds."""
    times = sorted(answer.ms for answer in answers)
    return times[len(times) // 2], times[int(len(times) * 0.99)]


def show(model: str, answers: Sequence[Answered]) -> None:
    median, high = cpu(answers)
    print(f"\n{model}: wrong {Share.of(answers)}; CPU {median:.2f} ms, p99 {high:.2f} ms")
    print(f"  {'check':20} {'wrong of the doubted':>22} {'wrong of the others':>22}")
    for name, (doubted, others) in by_check(answers).items():
        print(f"  {name:20} {doubted!s:>22} {others!s:>22}")
    print(f"  {Rules().label}:")
    for verdict, share in by_verdict(answers).items():
        print(f"  {verdict:20} {'wrong':>6} {share!s:>15}")


def as_json(answers: Sequence[Answered]) -> dict[str, object]:
    median, high = cpu(answers)
    pair = {"n": len(answers), "wrong": Share.of(answers).wrong}
    checks = {
        name: {"doubted": [d.n, d.wrong], "others": [o.n, o.wrong]}
        for name, (d, o) in by_check(answers).items()
    }
    verdicts = {verdict: [share.n, share.wrong] for verdict, share in by_verdict(answers).items()}
    return pair | {"checks": checks, "rules": verdicts, "cpu_ms": [median, high]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DOORSTEP_DATA", BESIDE)))
    parser.add_argument("--file", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    models = rows_of(given.file or given.data / "routellm" / "gsm8k.csv")
    answers = {model: asyncio.run(decided(rows)) for model, rows in models.items()}
    if given.json:
        print(json.dumps({model: as_json(found) for model, found in answers.items()}))
        return
    for model, found in answers.items():
        show(model, found)


if __name__ == "__main__":
    main()
