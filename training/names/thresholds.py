"""Chooses the thresholds of both levels on tune rows: `python -m training.names.thresholds W`.

One group of kinds after the other takes the value at which the figures together are best. What a
level must reach (the aims of the issue, with a margin, for the rows are few) costs much where it
is missed; beyond that, a lower share of leaks is better.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from training.names.evaluate import figures

from bench.boundary import data
from doorstep.boundary.detect import Detector, Finding, find_all
from doorstep.boundary.detect import classifier as module
from doorstep.boundary.detect.classifier import Classifier, own_hash
from doorstep.boundary.detect.levels import detectors as of_level
from doorstep.boundary.detect.propagate import Propagation

_GROUPS = (
    ("person",),
    ("organisation",),
    ("authority",),
    ("place", "address"),
    ("date", "age"),
    ("other",),
    ("demographic",),
    ("quantity",),
    ("case", "order", "account", "identifier", "handle", "secret", "url", "email", "phone"),
)
_VALUES = (0.02, 0.03, 0.05, 0.08, 0.15, 0.3, 0.5, 0.75)
# Figure -> (what to reach, price of missing it by 1, whether less is better)
_AIMS = {
    "names": {
        "pupa_leak": (0.0, 1.0, True),
        "pupa_masked": (0.112, 6.0, True),
        "tab_direct": (1.0, 2.0, False),
        "tab_quasi": (0.92, 2.0, False),
        "tab_precision": (0.615, 3.0, False),
        "synth_recall": (0.955, 3.0, False),
        "synth_precision": (0.93, 3.0, False),
        "mmlu_untouched": (0.90, 2.0, False),
    },
    "strict": {
        "pupa_leak": (0.0, 1.0, True),
        "pupa_masked": (0.185, 6.0, True),
        "tab_direct": (1.0, 2.0, False),
        "tab_quasi": (0.95, 1.0, False),
        "tab_precision": (0.5, 0.3, False),
        "synth_recall": (0.98, 1.0, False),
        "synth_precision": (0.85, 0.3, False),
        "mmlu_untouched": (0.6, 0.1, False),
    },
}


class Cached:
    """A detector that remembers: only thresholds change from one look to the next."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._known: dict[str, list[Finding]] = {}

    def find(self, text: str) -> list[Finding]:
        if text not in self._known:
            self._known[text] = self._detector.find(text)
        return self._known[text]

    def find_all(self, texts: Sequence[str]) -> list[list[Finding]]:
        new = [t for t in texts if t not in self._known]
        self._known.update(zip(new, find_all(self._detector, new), strict=True))
        return [self._known[t] for t in texts]


def price(out: dict[str, float], level: str) -> float:
    total = 0.0
    for name, (aim, cost, less) in _AIMS[level].items():
        missed = out[name] - aim if less else aim - out[name]
        total += cost * max(0.0, missed)
    return total


def chosen(
    classifier: Classifier, level: str, folder: Path, innocent: int, start: dict[str, float]
) -> dict[str, float]:
    """Thresholds by kind, as few steps from `start` as the figures ask for."""
    kinds = classifier._kinds
    rules = [Cached(d) for d in of_level(level, names=classifier) if d is not classifier]  # type: ignore[arg-type]
    limits = dict(start)
    spread = Propagation()

    def tried(trial: dict[str, float]) -> float:
        classifier._thresholds = tuple(trial[kind] for kind in kinds)
        return price(figures([classifier, *rules], folder, "tune", spread, innocent), level)

    best = tried(limits)
    for value in _VALUES:
        trial = dict.fromkeys(kinds, value)
        cost = tried(trial)
        print(level, "all", value, round(cost, 4), flush=True)
        if cost < best:
            best, limits = cost, trial
    for group in _GROUPS:
        for value in _VALUES:
            trial = {**limits, **dict.fromkeys(group, value)}
            cost = tried(trial)
            if cost < best - 1e-4:
                best, limits = cost, trial
        print(level, group[0], limits[group[0]], round(best, 4), flush=True)
    classifier._thresholds = tuple(limits[kind] for kind in kinds)
    print(level, figures([classifier, *rules], folder, "tune", spread, innocent))
    return limits


def choose(weights: Path, innocent: int) -> None:
    """Writes the thresholds of both levels into `names.json`."""
    module._REMEMBERED = 1_000_000
    classifier = Classifier("names", weights)
    card = json.loads((weights / "names.json").read_text(encoding="utf-8"))
    folder = data.data_folder()
    start = dict.fromkeys(card["kinds"], 0.5)
    names = chosen(classifier, "names", folder, innocent, start)
    less = {kind: value / 3 for kind, value in names.items()}
    strict = chosen(classifier, "strict", folder, innocent, less)
    card["thresholds"] = {
        "names": names,
        "strict": {kind: min(value, names[kind]) for kind, value in strict.items()},
    }
    card["own_sha256"] = own_hash(card)
    text = json.dumps(card, indent=1) + "\n"
    (weights / "names.json").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--innocent", type=int, default=150)
    choose(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
