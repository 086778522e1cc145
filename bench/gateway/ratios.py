"""The rounds: direct, pass-through, gateway, one after the other, each round in another order.

In each round every scene is run on every server before the next scene comes, so that what disturbs
the machine disturbs all of them. A ratio is made of one round only.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, median

from bench.gateway.figures import Figure
from bench.gateway.scenes import Scene
from bench.gateway.targets import Load, Target

DIRECT, UNIT, GATEWAY, NO_LEDGER = "direct", "P", "gateway", "gateway without ledger"
_BLOCKS = 5
Say = Callable[[str], None]


class NotClean(Exception):
    """A timed load got refusals or wrong replies: its times mean nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of one load on one server; CPU is of one request, latency the p50."""

    latency: float
    cpu: float


def figures(
    load: Load, targets: Sequence[Target], scenes: Sequence[Scene], rounds: int, say: Say
) -> list[Figure]:
    """`targets` hold at least direct, P and the gateway. The first round warms up, uncounted."""
    found: dict[str, list[Figure]] = defaultdict(list)
    values: dict[tuple[Scene, str], list[tuple[float, Mapping[str, Measured]]]] = defaultdict(list)
    for number in range(-1, rounds):
        unit = math.nan
        for scene in scenes:
            shown = _round(load, _in_turn(_of(scene, targets), number), scene, number)
            if scene.measure == "latency" and math.isnan(unit):
                unit = shown[UNIT].latency - shown[DIRECT].latency
            for name, value in _ratios(scene, shown, unit):
                if number >= 0:
                    values[scene, name].append((value, shown))
        say(f"round {number + 1} of {rounds}")
    for (scene, name), seen in values.items():
        found[name].append(_figure(scene, name, seen))
    return [figure for name in found for figure in found[name]]


def _of(scene: Scene, targets: Sequence[Target]) -> list[Target]:
    if scene.measure == "ledger":
        return [target for target in targets if target.name in (GATEWAY, NO_LEDGER)]
    if scene.measure == "ledger cpu":
        return [target for target in targets if target.name in (UNIT, GATEWAY, NO_LEDGER)]
    left_out = {NO_LEDGER} | ({DIRECT} if scene.measure == "cpu" else set())
    return [target for target in targets if target.name not in left_out]


def _in_turn(targets: Sequence[Target], number: int) -> list[Target]:
    start = number % len(targets)
    return [*targets[start:], *targets[:start]]


def _round(load: Load, targets: Sequence[Target], scene: Scene, number: int) -> dict[str, Measured]:
    """Latencies are taken in short blocks that alternate between the servers: what slows the
    machine for a second slows all of them. The p50 is the middle one of the blocks'."""
    blocks = 1 if "cpu" in scene.measure or number < 0 else _BLOCKS
    part = replace(scene, requests=max(scene.connections, scene.requests // max(blocks, 4)))
    if blocks == 1 and number >= 0:
        part = scene
    shown: dict[str, list[Measured]] = defaultdict(list)
    for block in range(blocks):
        for target in targets:
            shown[target.name].append(_measured(load, target, part, f"{number} {block}"))
    return {
        name: Measured(median(one.latency for one in all_of), mean(one.cpu for one in all_of))
        for name, all_of in shown.items()
    }


def _measured(load: Load, target: Target, scene: Scene, seed: str) -> Measured:
    before = target.server.cpu_s()
    done = load.run(scene.job(target, seed))
    cpu = target.server.cpu_s() - before
    if not done.clean:
        raise NotClean(
            f"{scene.name}, {target.name}: {done.wrong} wrong, {done.failed} failed, "
            f"refused {done.refused}"
        )
    return Measured(done.first_p50 if scene.stream else done.p50, cpu / scene.requests)


def _ratios(
    scene: Scene, shown: Mapping[str, Measured], unit: float
) -> Iterator[tuple[str, float]]:
    """The value of this round for each server that is neither direct nor P; see `figures.py`."""
    if scene.measure == "ledger":
        cost = shown[GATEWAY].latency - shown[NO_LEDGER].latency
        yield GATEWAY, cost / unit
        return
    if scene.measure == "ledger cpu":
        yield GATEWAY, (shown[GATEWAY].cpu - shown[NO_LEDGER].cpu) / shown[UNIT].cpu
        return
    for name, measured in shown.items():
        if name in (DIRECT, UNIT):
            continue
        if scene.measure == "cpu":
            yield name, measured.cpu / shown[UNIT].cpu
        else:
            direct = shown[DIRECT].latency
            yield name, (measured.latency - direct) / (shown[UNIT].latency - direct)


def _figure(scene: Scene, name: str, seen: list[tuple[float, Mapping[str, Measured]]]) -> Figure:
    values, shown = zip(*seen, strict=True)
    cpu = "cpu" in scene.measure
    took = {
        server: sorted(one[server].cpu if cpu else one[server].latency for one in shown)
        for server in shown[0]
    }
    middle = ", ".join(f"{s} {seconds[len(seconds) // 2] * 1e3:.2f}" for s, seconds in took.items())
    aim = scene.aim if name == GATEWAY else None
    n = f"{scene.requests} ({middle} ms)"
    return Figure(scene.name, name, "P", tuple(values), n, aim)
