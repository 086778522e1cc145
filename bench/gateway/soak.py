"""Does memory grow? A load of 80% of what the gateway can take, its memory every ten seconds.

Flat means: over the second half (what the first half fills, caches and pools, is not growth), a
straight line by least squares rises by less than 5% of the mean in that half, and by less than
4 MB.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, mean

from bench.gateway.jobs import Done, Job
from bench.gateway.targets import Load, Target, gateway, upstream

_EVERY_S = 10.0
_SHARE = 0.8
_CONNECTIONS = 16
_GROWTH = 0.05
_GROWTH_MB = 4.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """Seconds since the start; MB of 10**6 bytes."""

    at: float
    pss: float
    rss: float


@dataclass(frozen=True, slots=True)
class Soaked:
    rate: float
    done: Done
    samples: tuple[Sample, ...]

    @property
    def later(self) -> tuple[Sample, ...]:
        return self.samples[len(self.samples) // 2 :]

    @property
    def slope(self) -> float:
        """MB a minute of PSS in the second half."""
        times = [sample.at / 60 for sample in self.later]
        return linear_regression(times, [sample.pss for sample in self.later]).slope

    @property
    def flat(self) -> bool:
        later = self.later
        growth = self.slope * (later[-1].at - later[0].at) / 60
        return growth < min(_GROWTH_MB, _GROWTH * mean(sample.pss for sample in later))

    def text(self) -> str:
        first, last = self.samples[0], self.samples[-1]
        half = self.later[0]
        sizes = f"{first.pss:.1f} MB at first, {half.pss:.1f} half-way, {last.pss:.1f} at the end"
        done = self.done
        replies = f"{done.right:,} right, {done.wrong} wrong, refused {done.refused}"
        load = f"{last.at:.0f} s at {self.rate:.0f} requests/s: {replies}, {done.failed} failed"
        says = "flat" if self.flat else "NOT flat"
        rise = f"{self.slope:+.2f} MB a minute in the second half: {says}"
        return f"{load}\nPSS {sizes}; RSS {last.rss:.1f} MB at the end\n{rise}"


def soak(folder: Path, seconds: float, say: Say, *, stream: bool = True) -> Soaked:
    """Prompts as in conversations, 10% new values each; streamed, unless told otherwise."""
    with upstream(folder) as behind, Load(folder) as load:
        target = gateway(folder / "gateway", behind.url)
        with target.server:
            rate = _SHARE * _capacity(load, target, stream)
            say(f"{rate:.0f} requests a second")
            job = _job(target, stream, seconds=seconds, rate=rate, requests=10**9, seed="soak")
            load.start(job)
            samples = tuple(_watched(target, seconds, say))
            return Soaked(rate, load.done(), samples)


def _job(target: Target, stream: bool, **fields: object) -> Job:
    named = {"url": target.url, "model": f"{target.prefix}echo", "stream": stream}
    return Job(**{**named, "connections": _CONNECTIONS, **fields})  # type: ignore[arg-type]


def _capacity(load: Load, target: Target, stream: bool) -> float:
    """Replies a second when each connection asks again at once; the second of two runs."""
    for part in ("warm", "capacity"):
        done = load.run(_job(target, stream, requests=320, seed=part))
    return done.replies / done.seconds


def _watched(target: Target, seconds: float, say: Say) -> Sequence[Sample]:
    start = time.perf_counter()
    samples = []
    while (now := time.perf_counter() - start) < seconds:
        pss, rss = target.server.memory()
        samples.append(Sample(now, pss / 1e6, rss / 1e6))
        say(f"{now:.0f} s: PSS {pss / 1e6:.1f} MB, CPU {target.server.cpu_s():.0f} s")
        time.sleep(min(_EVERY_S, seconds / 20))
    return samples
