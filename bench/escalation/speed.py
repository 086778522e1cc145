"""What one decision costs: the bank of text checks, all features, the judgement."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bench.escalation.rows import Row
from doorstep.patterns.calibration.examples import Example
from doorstep.patterns.calibration.fit import fit
from doorstep.patterns.calibration.judge import CalibratedJudge

FITTED_ON = 250


def milliseconds(rows: Sequence[Row]) -> dict[str, float]:
    """Median and 99th percentile of this process's CPU time a decision, over all rows."""
    examples = [Example.of(row.prompt, row.answer, row.weak) for row in rows]
    judge = CalibratedJudge(fit(examples[:FITTED_ON], 0.3))
    spent = []
    for example in examples:
        begun = time.process_time()
        judge.judge(example.look, ())
        spent.append(1000 * (time.process_time() - begun))
    spent.sort()
    return {
        "n": len(spent),
        "median_ms": round(spent[len(spent) // 2], 3),
        "p99_ms": round(spent[len(spent) * 99 // 100], 3),
    }
