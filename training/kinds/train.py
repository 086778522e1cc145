"""Train the linear model of limit kinds and write `kind_weights.json`.

    python training/kinds/train.py            # under a minute on one core

Needs numpy. Learns from sentences of `grammar.py` with a fixed seed, from the hand-labelled notes
and from the development households (`gold.py`); one note in five is held back to measure on.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "src")]

import gold  # noqa: E402
import grammar  # noqa: E402

from doorstep.household.devices import Directory  # noqa: E402
from doorstep.household.kinds import LABELS, RANGE, SINGLE, KindModel, features  # noqa: E402
from doorstep.household.sentence import Sentence  # noqa: E402
from doorstep.household.subjects import Context, Focus  # noqa: E402
from doorstep.household.times import TimeMention  # noqa: E402
from doorstep.household.values import Device  # noqa: E402

OUT = ROOT / "src/doorstep/household/kind_weights.json"
SCALE = 0.02
WORDS = (
    "w=",
    "b=",
    "l1",
    "l2",
    "l3",
    "l4",
    "r1",
    "r2",
    "r3",
    "ll",
    "rr",
    "R+",
    "h=",
    "x=",
    "<",
    ">",
)
Item = gold.Item


def items(count: int, seed: int) -> tuple[list[Item], int]:
    """(features, label, is a range, sentence) of each time; how many sentences were unusable."""
    rng = random.Random(seed)
    names = grammar.RULES["DEVN"].split("|")
    directory = Directory([Device(n, n) for n in names])
    context = Context(KindModel({}, 1.0), directory, dict.fromkeys(names, 60), 1110)
    made: list[Item] = []
    lost: collections.Counter[str] = collections.Counter()
    for _ in range(count):
        text, labels = grammar.sentence(rng)
        focus = Focus(last=(names[0],), bullet=0, time=TimeMention(0, 0, 0, "exact"))
        read = Sentence(context, text, 0, 0, focus)
        spots = [i for i, t in enumerate(read.toks) if t.slot in ("TIME", "RANGE")]
        fits = len(spots) == len(labels) and all(
            label in (RANGE if read.toks[i].slot == "RANGE" else SINGLE)
            for i, label in zip(spots, labels, strict=True)
        )
        if not fits:
            lost[text] += 1
            continue
        for spot, label in zip(spots, labels, strict=True):
            ranged = read.toks[spot].slot == "RANGE"
            made.append((features(read.toks, read.parts, spot), label, ranged, text))
    return made, sum(lost.values())


def train(
    data: Sequence[Item],
    *,
    epochs: int,
    l2: float,
    keep: int,
    seed: int,
    real: Sequence[Item] = (),
    times: int = 1,
    runs: int = 3,
) -> dict[str, list[int]]:
    """Softmax regression by AdaGrad with word dropout; the heaviest `keep` features, rounded.

    `real` are hand-labelled times; each counts as `times` generated ones.
    """
    seen = collections.Counter(f for feats, *_ in data for f in set(feats))
    written = collections.Counter(f for feats, *_ in real for f in set(feats))
    both = seen + written
    common = (f for f in both if (written[f] >= 2 and both[f] >= 3) or seen[f] >= 8)
    index = {f: i + 1 for i, f in enumerate(sorted(common))}
    every = [*data, *(x for x in real for _ in range(times))]
    weights = _fit(every, index, epochs=epochs, l2=l2, seed=seed)

    def worth(f: str) -> float:
        often = min(1.0, (seen[f] + times * written[f]) / 30)
        return float(np.abs(weights[index[f]]).max()) * often

    order = sorted(index, key=lambda f: -worth(f))
    kept = {f: i + 1 for i, f in enumerate(sorted(order[:keep]))}
    # Runs in other orders, averaged: what one run is unsure of does not tip by chance.
    fits = [_fit(every, kept, epochs=epochs, l2=l2, seed=seed + i) for i in range(runs)]
    weights = np.mean(fits, axis=0)
    return {f: [round(float(w) / SCALE) for w in weights[i]] for f, i in kept.items()}


def _fit(
    data: list[Item], index: dict[str, int], *, epochs: int, l2: float, seed: int
) -> np.ndarray:
    rng = np.random.default_rng(seed)
    width = max(len(x[0]) for x in data)
    rows = np.zeros((len(data), width), dtype=np.int32)
    for i, (feats, *_rest) in enumerate(data):
        known = [index[f] for f in feats if f in index]
        rows[i, : len(known)] = known
    gold = np.array([LABELS.index(x[1]) for x in data])
    mask = np.zeros((len(data), len(LABELS)))
    for i, (_, _, ranged, _) in enumerate(data):
        for j, name in enumerate(LABELS):
            mask[i, j] = 0.0 if name in (RANGE if ranged else SINGLE) else -1e9
    words = np.array(
        [
            0,
            *(1 if f.startswith(WORDS) else 0 for f in index),
        ]
    )
    weights = np.zeros((len(index) + 1, len(LABELS)))
    history = np.full_like(weights, 1e-6)
    for epoch in range(epochs):
        rate = 0.25 * (1 - epoch / epochs)
        order = rng.permutation(len(data))
        for at in range(0, len(order), 256):
            batch = order[at : at + 256]
            picked = rows[batch]
            # Words are dropped now and then, so that the classes carry weight of their own.
            rate_of = np.where(rng.random((len(batch), 1)) < 0.25, 1.0, 0.35)
            drop = (rng.random(picked.shape) < rate_of) & (words[picked] == 1)
            picked = np.where(drop, 0, picked)
            scores = weights[picked].sum(axis=1) + mask[batch]
            scores -= scores.max(axis=1, keepdims=True)
            probs = np.exp(scores)
            probs /= probs.sum(axis=1, keepdims=True)
            probs[np.arange(len(batch)), gold[batch]] -= 1
            flat = picked.ravel()
            each = np.repeat(probs / len(batch), width, axis=0)
            grad = np.stack(
                [np.bincount(flat, each[:, j], len(weights)) for j in range(len(LABELS))], 1
            )
            grad += l2 * weights
            grad[0] = 0
            history += grad**2
            weights -= rate * grad / np.sqrt(history)
    return weights


def accuracy(weights: dict[str, list[int]], data: list[Item], *, show: int = 0) -> float:
    model = KindModel(weights, SCALE)
    right = 0
    for feats, label, ranged, text in data:
        probs = model.probabilities(feats, is_range=ranged)
        said = max(probs, key=lambda k: probs[k])
        right += said == label
        if said != label and show > 0:
            show -= 1
            print(f"  {label:12} as {said:12} {probs[said]:.2f}  {text}")
    return right / len(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=14000, help="sentences to generate")
    parser.add_argument("--keep", type=int, default=4000, help="features to ship")
    parser.add_argument("--times", type=int, default=8, help="weight of a hand-labelled time")
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--show", type=int, default=0, help="print so many held-back mistakes")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    began = time.perf_counter()
    data, lost = items(args.count, args.seed)
    shipped, notes = KindModel.shipped(), gold.labelled()
    real = list(gold.items([n for n in notes if not n.held], shipped))
    held = list(gold.items([n for n in notes if n.held], shipped))
    homes = list(gold.items(gold.households(), shipped))
    print(f"{len(data)} generated times, {lost} of {args.count} sentences unusable")
    print(f"{len(real)} times of notes, {len(homes)} of households, {len(held)} held back")
    weights = train(
        data, epochs=8, l2=1e-3, keep=args.keep, seed=args.seed, real=real + homes, times=args.times
    )
    print(
        f"accuracy: generated {accuracy(weights, data):.4f}, notes {accuracy(weights, real):.4f}, "
        f"held back {accuracy(weights, held, show=args.show):.4f}"
    )
    rows = ",\n".join(
        f"{json.dumps(f)}:{json.dumps(w, separators=(',', ':'))}" for f, w in weights.items()
    )
    text = f'{{"labels":{json.dumps(LABELS)},"scale":{SCALE},"weights":{{\n{rows}\n}}}}\n'
    args.out.write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    spent = time.perf_counter() - began
    print(f"{args.out.name}: {len(text):,} bytes, sha256 {digest}, {spent:.1f} s")


if __name__ == "__main__":
    main()
