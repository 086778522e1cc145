"""Characters per CPU-second, load time and memory: a fresh process for each tool.

CPU time is that of the worker's process, all threads, so that what else runs on the machine
matters little; the rounds of the tools are interleaved, so that it matters to all alike. Every
text comes once only: a tool that remembers what it has seen gains nothing. The figure is the
median of the rounds; the ratio is the median of the ratios within each round.

The texts are rows to train on (accuracy is not the question here): short ones are exam questions
of at most 300 characters, long ones court cases, cut at 6,000.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.boundary import data
from bench.boundary.figures import Figure, Unit
from bench.boundary.tools import Tool, Unscored, Worker, running

ROUNDS = 5
_SHORT, _SHORT_LENGTH = 100, 300
_LONG, _LONG_LENGTH = 8, 6_000

Rates = dict[str, list[float]]


def speed(folder: Path, tools: Sequence[Tool], say: Callable[[str], None]) -> list[Figure]:
    """Of tools that share a worker only the first is measured. What fails is said and left out."""
    once = list({tool.command: tool for tool in reversed(tools)}.values())[::-1]
    kinds = {"short texts": _short(folder), "long texts": _long(folder)}
    warm = _warm(folder)
    with ExitStack() as stack:
        workers = [w for tool in once if (w := _started(tool, warm, stack, say))]
        say("measuring speed ...")
        figures = [f for kind, rounds in kinds.items() for f in _rates(kind, rounds, workers)]
        return figures + _costs(workers)


def _started(
    tool: Tool, warm: Sequence[str], stack: ExitStack, say: Callable[[str], None]
) -> Worker | None:
    """A worker that has masked some texts, which no round has, already."""
    try:
        worker = stack.enter_context(running(tool))
        worker.mask(warm)
    except Unscored as error:
        say(f"{tool.name}: could not be scored: {error}")
        return None
    return worker


def _short(folder: Path) -> list[list[str]]:
    texts = (row.text for row in data.mmlu(folder, "train"))
    return _rounds([t for t in dict.fromkeys(texts) if len(t) <= _SHORT_LENGTH], _SHORT)


def _long(folder: Path) -> list[list[str]]:
    return _rounds([row.text[:_LONG_LENGTH] for row in data.tab(folder, "train")], _LONG)


def _warm(folder: Path) -> list[str]:
    """Texts that no round has."""
    rest = data.tab(folder, "train")[ROUNDS * _LONG :]
    return [row.text[:_LONG_LENGTH] for row in rest[:4]]


def _rounds(texts: Sequence[str], size: int) -> list[list[str]]:
    return [list(texts[i * size : (i + 1) * size]) for i in range(ROUNDS)]


def _rates(kind: str, rounds: Sequence[Sequence[str]], workers: Sequence[Worker]) -> list[Figure]:
    rates: Rates = {worker.tool.name: [] for worker in workers}
    for texts in rounds:
        size = sum(map(len, texts))
        for worker in workers:
            rates[worker.tool.name].append(size / worker.mask(texts)[1])
    total = sum(len(text) for texts in rounds for text in texts)
    name = f"characters per CPU-second, {kind}"
    figures = [_figure(name, total, "characters", "rate", {w: median(r) for w, r in rates.items()})]
    if "presidio" in rates:
        ratios = {
            tool: median(own / other for own, other in zip(r, rates["presidio"], strict=True))
            for tool, r in rates.items()
        }
        name = f"the same, presidio = 1, {kind}"
        figures.append(_figure(name, len(rounds), "rounds", "ratio", ratios))
    return figures


def _costs(workers: Sequence[Worker]) -> list[Figure]:
    load = {worker.tool.name: worker.load_s for worker in workers}
    cpu = {worker.tool.name: worker.load_cpu_s for worker in workers}
    peak = {worker.tool.name: worker.peak for worker in workers}
    return [
        _figure("load time", 1, "process", "seconds", load),
        _figure("load, CPU time", 1, "process", "seconds", cpu),
        _figure("memory, peak", 1, "process", "mib", peak),
    ]


def _figure(name: str, n: int, of: str, unit: Unit, values: dict[str, float]) -> Figure:
    return Figure("speed", name, n, of, unit, dict(values))
