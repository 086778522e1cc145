"""How runs ended: verdicts of each pattern, why the cloud was asked, failures and fallbacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from doorstep.config import Settings
from doorstep.page.figures.patterns import used
from doorstep.runs.totals import Counted, Reason

# A pattern's word for how it ended -> what it means, where the word alone says less.
_MEANS = {
    "incomparable": "could not be compared",
    "cannot tell (kept)": "could not be judged, kept",
    "cannot tell (escalated)": "could not be judged, escalated",
}
_HOW = {"failed": "failed", "refused": "refused by the boundary", "cancelled": "cancelled"}


@dataclass(frozen=True, slots=True)
class Share:
    """`runs` of `of` runs."""

    what: str
    runs: int
    of: int


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How the answered runs of one pattern ended, the most frequent first."""

    pattern: str
    use: str
    runs: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Doubts:
    """Which checks spoke for the cloud, in those runs of one pattern whose answer was not simply
    kept; a run may count for several. `unscored`: how often a check could not score the answer,
    which is no doubt of it."""

    pattern: str
    runs: int
    shares: tuple[Share, ...]
    unscored: tuple[Share, ...]


def verdicts(rows: Iterable[Counted], settings: Settings) -> tuple[Verdicts, ...]:
    """Of every pattern that gives one."""
    kept = [row for row in rows if row.ending == "answered" and row.verdict]
    out = []
    for name in sorted({row.pattern for row in kept}):
        counted = _counted((row for row in kept if row.pattern == name), _verdict)
        runs = counted.total()
        out.append(Verdicts(name, used(name, settings), runs, _shares(counted, runs)))
    return tuple(out)


def doubts(rows: Sequence[Reason], ended: Sequence[Counted]) -> tuple[Doubts, ...]:
    """Of every pattern whose checks sent something to the cloud."""
    out = []
    for name in sorted({row.pattern for row in rows}):
        runs = sum(row.runs for row in ended if row.pattern == name and _doubted(row))
        mine = [row for row in rows if row.pattern == name]
        scored, unscored = (
            Counter({row.check: row.runs for row in mine if row.scored is which})
            for which in (True, False)
        )
        out.append(Doubts(name, runs, _shares(scored, runs), _shares(unscored, runs)))
    return tuple(out)


def failures(rows: Iterable[Counted]) -> tuple[Share, ...]:
    """Runs that gave no answer, by how they ended and the class of the error; of all runs."""
    known = list(rows)
    runs = sum(row.runs for row in known)
    return _shares(_counted((row for row in known if row.ending != "answered"), _failure), runs)


def fallbacks(rows: Iterable[Counted]) -> tuple[Share, ...]:
    """Runs of each pattern that went another way than they should have; of the pattern's runs."""
    runs: Counter[str] = Counter()
    fell: Counter[str] = Counter()
    for row in rows:
        runs[row.pattern] += row.runs
        fell[row.pattern] += row.runs if row.fell_back else 0
    return tuple(Share(name, count, runs[name]) for name, count in fell.most_common() if count)


def _verdict(row: Counted) -> str:
    return _MEANS.get(row.verdict, row.verdict)


def _failure(row: Counted) -> str:
    how = _HOW.get(row.ending, row.ending)
    return f"{how} ({row.why})" if row.why and row.ending != "cancelled" else how


def _doubted(row: Counted) -> bool:
    """Whether its checks were counted: not where the answer was simply kept."""
    return row.verdict not in ("", "kept")


def _counted(rows: Iterable[Counted], what: Callable[[Counted], str]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in rows:
        counted[what(row)] += row.runs
    return counted


def _shares(counted: Counter[str], of: int) -> tuple[Share, ...]:
    return tuple(Share(what, runs, of) for what, runs in counted.most_common())
