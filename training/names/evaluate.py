"""The figures of the issue for the classifier alone or with rules beside it.

`python -m training.names.evaluate --rows tune --level names,strict`; `--alone` without the rules.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from bench.boundary import data, metrics
from bench.boundary.data import Row
from doorstep.boundary.detect import Detector, Finding, find_all
from doorstep.boundary.detect.classifier import Classifier
from doorstep.boundary.detect.levels import detectors as of_level
from doorstep.boundary.detect.propagate import Propagation

Spans = list[tuple[int, int]]


def masks(
    detectors: Sequence[Detector], rows: Sequence[Row], spread: Propagation | None
) -> list[Spans]:
    """What the detectors together mask in each row; `spread`: equal values elsewhere too."""
    texts = [row.text for row in rows]
    found: list[list[Finding]] = [[] for _ in rows]
    for detector in detectors:
        for row, more in zip(found, find_all(detector, texts), strict=True):
            row += more
    if spread:
        found = [spread.spread([t], [f])[0] for t, f in zip(texts, found, strict=True)]
    return [[(f.start, f.end) for f in row] for row in found]


def figures(
    detectors: Sequence[Detector],
    folder: Path,
    rows: data.Share,
    spread: Propagation | None,
    innocent: int,
) -> dict[str, float]:
    """Every figure, by a short name."""
    out: dict[str, float] = {}
    pupa = data.pupa(folder, rows)
    found = masks(detectors, pupa, spread)
    pairs = list(zip(pupa, found, strict=True))
    out["pupa_leak"] = _share(metrics.leaks(r, s) for r, s in pairs)
    out["pupa_masked"] = _share(metrics.masked(r.text, s) for r, s in pairs)
    out["pupa_clean"] = _share(metrics.clean(r, s) for r, s in pairs)
    tab = data.tab(folder, rows)
    pairs = list(zip(tab, masks(detectors, tab, spread), strict=True))
    whole = [metrics.whole(r, s) for r, s in pairs]
    out["tab_direct"] = _share(w.direct for w in whole)
    out["tab_quasi"] = _share(w.quasi for w in whole)
    out["tab_precision"] = _share(metrics.precision(r, s) for r, s in pairs)
    synth = data.synth(folder, rows)
    pairs = list(zip(synth, masks(detectors, synth, spread), strict=True))
    out["synth_recall"] = _share(metrics.recall(r, s) for r, s in pairs)
    out["synth_precision"] = _share(metrics.precision(r, s) for r, s in pairs)
    mmlu = data.mmlu(folder, rows)
    mmlu = mmlu[:: max(1, len(mmlu) // innocent)]  # they come by domain
    pairs = list(zip(mmlu, masks(detectors, mmlu, spread), strict=True))
    out["mmlu_untouched"] = _share(metrics.untouched(r.text, s) for r, s in pairs)
    return out


def _share(parts: object) -> float:
    total = metrics.Part()
    for part in parts:  # type: ignore[attr-defined]
        total += part
    return total.share or 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", choices=("tune", "test", "train"), default="tune")
    parser.add_argument("--level", default="names,strict")
    parser.add_argument("--alone", action="store_true", help="no rules, no propagation")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--innocent", type=int, default=10_000, help="at most so many MMLU rows")
    arguments = parser.parse_args()
    folder = data.data_folder()
    for level in arguments.level.split(","):
        classifier = Classifier(level, arguments.weights)
        alone = (classifier,)
        detectors = alone if arguments.alone else of_level(level, names=classifier)
        spread = None if arguments.alone else Propagation()
        started = time.process_time()
        out = figures(detectors, folder, arguments.rows, spread, arguments.innocent)
        print(level, " ".join(f"{name} {value:.3f}" for name, value in out.items()))
        print(f"  {time.process_time() - started:.1f} s of CPU")


if __name__ == "__main__":
    main()
