"""An attack on what crosses: which device is it, which loads are real, when does the house get up?

The attacker knows the method and has generated households of its own: it trains on what crosses
under the very blinding that it attacks, and guesses on households that it has not seen. It is a
small network (numpy) over quantile bins of what crosses: of one load, of the others beside it, of
the tariff. *Chance* is the share of the most frequent answer among the held-out ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import gcd
from typing import Any

import numpy as np

from bench.blinding_homes import DEVICES, WAKES, House, houses
from doorstep.household.blind import EXACT, Blinded, Blinding
from doorstep.household.clock import DAY, minutes
from doorstep.household.problem import Load, Problem
from doorstep.household.solver import exact

Array = np.ndarray[Any, Any]
BINS = 16
BLINDINGS: dict[str, tuple[str, ...]] = {
    "as read": (),
    "blinded": EXACT,
    "blinded + coarse": (*EXACT, "coarse"),
}


# --- what the attacker sees --------------------------------------------------------------------


def _since(time: str | None, now: int, otherwise: int) -> int:
    return otherwise if time is None else (minutes(time) - now) % DAY


def _own(load: Load, now: int) -> list[float]:
    """One load: minutes, kWh, kW, its window and quiet time, since now and on the clock."""
    begin = _since(load.earliest_start, now, 0)
    end = _since(load.finish_by, now, DAY) or DAY
    by, until = _since(load.quiet_by, now, -1), _since(load.quiet_until, now, -1)
    d, kwh = load.duration_min, float(exact(load.energy_kwh))
    clock = [-1 if t is None else minutes(t) for t in (load.finish_by, load.quiet_by)]
    return [d, kwh, kwh / d, begin, end, end - begin, by, until, d / max(1, end - begin), *clock]


def _around(problem: Problem, now: int) -> list[float]:
    """The rest: how many loads, their durations and windows in order, the tariff, the step."""
    own = sorted(_own(load, now) for load in problem.loads)
    durations, ends = [x[0] for x in own], sorted(x[4] for x in own)
    changes = sorted((_since(w.start, now, 0), w.price) for w in problem.tariff)
    times = [int(x) for row in own for x in (row[0], row[3], row[4])]
    step = gcd(*times, *(at for at, _ in changes))
    prices = [price for _, price in changes]
    spread = max(prices) - min(prices) or 1.0
    return [
        len(own),
        step,
        max(ends),
        *_some(durations, 6),
        *_some(ends, 6),
        *_some([d / max(durations) for d in durations], 6),
        *_some([at for at, _ in changes], 6),
        *_some([(price - min(prices)) / spread for price in prices], 6),
        problem.power_limit_kw or 0.0,
        len(prices),
    ]


def _some(values: Sequence[float], count: int) -> list[float]:
    return [*values[:count], *[-1.0] * (count - len(values))]


def _of_load(problem: Problem, place: int) -> list[float]:
    now, load = minutes(problem.now), problem.loads[place]
    own, around = _own(load, now), _around(problem, now)
    durations = sorted(x.duration_min for x in problem.loads)
    rank = durations.index(load.duration_min) / len(durations)
    shares = [own[0] / around[1], own[0] / durations[-1], own[0] / around[2], own[4] / around[2]]
    alike = sum(_own(x, now)[3:5] == own[3:5] for x in problem.loads)
    asked = load.id == problem.target
    return [*own, *shares, rank, place, alike, asked, now, *around]


def _of_problem(problem: Problem) -> list[float]:
    now = minutes(problem.now)
    rows = sorted((_own(load, now) for load in problem.loads), reverse=True)
    flat = [value for row in rows[:8] for value in row]
    return [now, *_mornings(problem, now, 1), *_around(problem, now), *_some(flat, 64)]


def _mornings(problem: Problem, now: int, step: int) -> list[float]:
    """How many deadlines and ends of quiet fall on each half hour from 5:00 to 10:00, if a minute
    is `step` long and the first one is `now`; then the earliest of them."""
    there = minutes(problem.now)
    own = [_own(load, there) for load in problem.loads]
    walls = [(now + x * step) % DAY for row in own for x in (row[4], row[7]) if x >= 0]
    early = sorted(wall for wall in walls if 300 <= wall <= 600)
    return [*(early.count(at) for at in range(300, 601, 30)), *_some(early, 3)]


def _likely_step(problem: Problem, now: int) -> int:
    """The step under which most deadlines and price changes fall on half hours."""
    there = minutes(problem.now)
    marks = [_own(load, there)[4] for load in problem.loads]
    marks += [_since(w.start, there, 0) for w in problem.tariff]
    apt = {s: sum((now + m * s) % 30 == 0 for m in marks if m) for s in (1, 5, 10, 15, 30, 60)}
    return max(apt, key=lambda s: (apt[s], -s))


# --- the guesser -------------------------------------------------------------------------------


class Guesser:
    """Quantile bins, one hidden layer, Adam; early enough to stop before it learns by heart."""

    def __init__(self, classes: int, *, hidden: int = 64, epochs: int = 20, seed: int = 0) -> None:
        self._classes, self._hidden, self._epochs = classes, hidden, epochs
        self._rng = np.random.default_rng(seed)
        self._edges: list[Array] = []
        self._weights: list[Array] = []

    def fit(self, rows: Sequence[Sequence[float]], labels: Sequence[int]) -> Guesser:
        x = np.asarray(rows, dtype=np.float32)
        cuts = np.linspace(0, 1, BINS + 1)[1:-1]
        self._edges = [np.unique(np.quantile(column, cuts)) for column in x.T]
        bits, y = self._bits(x), np.asarray(labels)
        shape = (bits.shape[1], self._hidden), (self._hidden,), (self._hidden, self._classes)
        scale = (np.sqrt(2 / len(x[0])), 0.0, np.sqrt(1 / self._hidden), 0.0)
        sizes = (*shape, (self._classes,))
        self._weights = [
            (self._rng.standard_normal(size) * by).astype(np.float32)
            for size, by in zip(sizes, scale, strict=True)
        ]
        self._descend(bits, y)
        return self

    def chances(self, rows: Sequence[Sequence[float]]) -> Array:
        """(rows, classes)"""
        return self._forward(self._bits(np.asarray(rows, dtype=np.float32)))[1]

    def _bits(self, x: Array) -> Array:
        """Each value as the bins that it reaches: 1 for every edge at or below it."""
        columns = [
            (column[:, None] >= edges[None, :]).astype(np.float32)
            for column, edges in zip(x.T, self._edges, strict=True)
            if len(edges)
        ]
        return np.concatenate(columns, axis=1)

    def _forward(self, bits: Array) -> tuple[Array, Array]:
        w1, b1, w2, b2 = self._weights
        hidden = np.maximum(bits @ w1 + b1, 0)
        scores = hidden @ w2 + b2
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return hidden, odds / odds.sum(axis=1, keepdims=True)

    def _descend(self, bits: Array, y: Array) -> None:
        first = [np.zeros_like(w) for w in self._weights]
        second = [np.zeros_like(w) for w in self._weights]
        turn = 0
        for epoch in range(self._epochs):
            rate = 0.002 * (1 - epoch / self._epochs)
            for batch in np.array_split(self._rng.permutation(len(y)), max(1, len(y) // 128)):
                turn += 1
                for i, slope in enumerate(self._slopes(bits[batch], y[batch])):
                    first[i] = 0.9 * first[i] + 0.1 * slope
                    second[i] = 0.999 * second[i] + 0.001 * slope**2
                    m, v = first[i] / (1 - 0.9**turn), second[i] / (1 - 0.999**turn)
                    self._weights[i] -= rate * m / (np.sqrt(v) + 1e-8)

    def _slopes(self, bits: Array, y: Array) -> list[Array]:
        hidden, chances = self._forward(bits)
        error = chances.copy()
        error[np.arange(len(y)), y] -= 1
        error /= len(y)
        back = (error @ self._weights[2].T) * (hidden > 0)
        decay = [1e-4 * w for w in self._weights]
        own = [bits.T @ back, back.sum(0), hidden.T @ error, error.sum(0)]
        return [slope + less for slope, less in zip(own, decay, strict=True)]


# --- the questions -----------------------------------------------------------------------------

Row = dict[str, object]
Seen = tuple[House, Blinded]


def _loads(seen: Sequence[Seen], *, real: bool) -> tuple[list[list[float]], list[int], list[int]]:
    """Rows, labels and which house each is from. Labels: the device, or with `real` False 1 for
    a load that is there and 0 for a decoy."""
    rows, labels, owners = [], [], []
    for owner, (house, blinded) in enumerate(seen):
        sources = blinded.sources() if blinded.steps else {x: x for x in house.devices}
        for place, load in enumerate(blinded.problem.loads):
            source = sources[load.id]
            if real and source is None:
                continue
            rows.append(_of_load(blinded.problem, place))
            labels.append(DEVICES.index(house.devices[source or ""]) if real else int(bool(source)))
            owners.append(owner)
    return rows, labels, owners


def _accuracy(chances: Array, labels: Sequence[int]) -> tuple[float, float]:
    """What was guessed right, and the share of the most frequent label."""
    y = np.asarray(labels)
    return float((chances.argmax(1) == y).mean()), float(np.bincount(y).max() / len(y))


def _device(train: Sequence[Seen], held: Sequence[Seen]) -> tuple[int, float, float]:
    rows, labels, _ = _loads(train, real=True)
    guesser = Guesser(len(DEVICES)).fit(rows, labels)
    rows, labels, _ = _loads(held, real=True)
    return len(rows), *_accuracy(guesser.chances(rows), labels)


def _real(train: Sequence[Seen], held: Sequence[Seen]) -> tuple[int, float, float]:
    """The share of the loads pointed at that are there, where as many may be pointed at."""
    rows, labels, _ = _loads(train, real=False)
    guesser = Guesser(2).fit(rows, labels)
    rows, labels, owners = _loads(held, real=False)
    chances, y, of = guesser.chances(rows)[:, 1], np.asarray(labels), np.asarray(owners)
    hit = there = guessed = 0.0
    for owner in np.unique(of):
        own = of == owner
        k = int(y[own].sum())
        if k == own.sum():
            continue  # no decoys under a power limit that can bind
        hit += y[own][np.argsort(-chances[own])[:k]].sum()
        guessed += k * k / own.sum()
        there += k
    return int(there), hit / there, guessed / there


def _of_house(
    label: Callable[[House], int], classes: int, *, clock: bool = False
) -> Callable[[Sequence[Seen], Sequence[Seen]], tuple[int, float, float]]:
    def row(seen: Seen) -> list[float]:
        more = [float(minutes(seen[0].problem.now))] if clock else []
        shared = _clocked(seen) if clock else []
        return [*_of_problem(seen[1].problem), *more, *shared]

    def ask(train: Sequence[Seen], held: Sequence[Seen]) -> tuple[int, float, float]:
        guesser = Guesser(classes).fit([row(s) for s in train], [label(h) for h, _ in train])
        return len(held), *_accuracy(
            guesser.chances([row(s) for s in held]), [label(h) for h, _ in held]
        )

    return ask


def _clocked(seen: Seen) -> list[float]:
    """Mornings on the wall, for an attacker who knows when the question came: under the likeliest
    step, and under the one of coarsening."""
    now, problem = minutes(seen[0].problem.now), seen[1].problem
    step = _likely_step(problem, now)
    return [step, *_mornings(problem, now, step), *_mornings(problem, now, 30)]


QUESTIONS: dict[str, Callable[[Sequence[Seen], Sequence[Seen]], tuple[int, float, float]]] = {
    "device of a load, told which are real": _device,
    "which loads are real": _real,
    "is there an EV": _of_house(lambda h: int("EV charger" in h.devices.values()), 2),
    "getting up, half hours": _of_house(lambda h: WAKES.index(h.wake), len(WAKES)),
    "getting up, time of asking known": _of_house(
        lambda h: WAKES.index(h.wake), len(WAKES), clock=True
    ),
}


def attacks(count: int, *, seed: int = 1) -> Iterator[Row]:
    """Each question under each blinding; a quarter of `count` houses is held out."""
    for minute in (30, 1):
        homes = list(houses(count, minute=minute, seed=seed))
        for name, ways in BLINDINGS.items():
            # Every house has a key, and so decoys, of its own.
            keys = (f"{seed} {i}".encode().ljust(32, b".") for i in range(count))
            seen = [
                (h, Blinding(ways, k).blind(h.problem)) for h, k in zip(homes, keys, strict=True)
            ]
            cut = 3 * count // 4
            for question, ask in QUESTIONS.items():
                if question == "which loads are real" and "decoys" not in ways:
                    continue
                n, right, chance = ask(seen[:cut], seen[cut:])
                yield {
                    "now": "half hours" if minute == 30 else "any minute",
                    "blinding": name,
                    "question": question,
                    "n": n,
                    "right": round(right, 3),
                    "chance": round(chance, 3),
                }
