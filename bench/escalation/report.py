"""One set, measured, as values and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.escalation.routers import Artefact, Scores, artefacts, baselines, cross_scores, scores_of
from bench.escalation.routing import DRAWS, Figure, Routing, measure
from bench.escalation.rows import Row, Rows

# Ong et al., arXiv 2406.18665: the best of their routers, none of them fitted on these sets.
PUBLISHED = {True: ("GSM8K", 0.622, 0.633), False: ("MMLU", 0.603, None)}


@dataclass(frozen=True, slots=True)
class Report:
    """The judged router and its baselines on all rows; without artefacts, where there are some."""

    set_name: str
    fitted: str
    answered: bool
    weak: float
    strong: float
    routers: dict[str, Routing]
    artefacts: tuple[Artefact, ...]
    without: dict[str, Routing]

    def as_json(self) -> dict[str, object]:
        """`apgr`, `cpt50`, `cpt80` and their ends are those of the judged router on all rows."""
        own, *others = self.routers
        return {
            "set": self.set_name,
            "fitted": self.fitted,
            "sees": "prompt and home's answer" if self.answered else "prompt",
            "weak_accuracy": self.weak,
            "strong_accuracy": self.strong,
            **self.routers[own].as_json(),
            "baselines": {name: self.routers[name].as_json() for name in others},
            "artefacts": [
                {"domain": a.domain, "n": a.n, "weak": a.weak, "strong": a.strong}
                for a in self.artefacts
            ],
            "without_artefacts": {name: r.as_json() for name, r in self.without.items()},
        }


def crossed(rows: Rows, draws: int = DRAWS) -> Report:
    """Five folds: each row is scored by what was fitted on the other four fifths."""
    scores = cross_scores([row.sample() for row in rows.rows], rows.rows)
    return _report(rows, rows.rows, scores, f"5-fold, {len(rows.rows)} rows", draws)


def trained(train: Rows, test: Rows, draws: int = DRAWS) -> Report:
    """Fitted on all of one file, measured on all of the other."""
    scores = scores_of(
        [row.sample() for row in train.rows], train.rows, [row.sample() for row in test.rows]
    )
    return _report(test, train.rows, scores, f"on {len(train.rows)} rows of another file", draws)


def _report(asked: Rows, known: Sequence[Row], scores: Scores, fitted: str, draws: int) -> Report:
    rows = asked.rows
    routers = {
        "doorstep": scores.gain,
        "home_risk_alone": scores.risk,
        **baselines(rows),
    }
    found = tuple(artefacts(known))
    bad = {artefact.domain for artefact in found}
    good = [at for at, row in enumerate(rows) if row.domain not in bad]
    without = {
        name: measure([values[at] for at in good], [rows[at] for at in good], draws)
        for name, values in routers.items()
        if found
    }
    return Report(
        asked.name,
        fitted,
        asked.answered,
        round(sum(row.weak for row in rows) / len(rows), 4),
        round(sum(row.strong for row in rows) / len(rows), 4),
        {name: measure(values, rows, draws) for name, values in routers.items()},
        found,
        without,
    )


def lines(report: Report) -> Iterator[str]:
    """The report as a table."""
    sees = "prompt and home's answer" if report.answered else "prompt alone"
    yield f"{report.set_name}: right at home {report.weak:.1%}, in the cloud {report.strong:.1%}"
    yield f"  fitted in-domain ({report.fitted}); sees {sees}"
    yield from _table("all rows", report.routers)
    name, apgr, cpt80 = PUBLISHED[report.answered]
    at80 = f"{cpt80:.1%}" if cpt80 else "-"
    yield f"  {'published best, ' + name:28}  {apgr:.3f}{'':28}  {at80}   not fitted in-domain"
    for artefact in report.artefacts:
        yield (
            f"  artefact: {artefact.domain} (n = {artefact.n}): right at home {artefact.weak:.0%},"
            f" in the cloud {artefact.strong:.0%}, surely below guessing"
        )
    if report.without:
        yield from _table("without artefacts", report.without)


def _table(title: str, routers: dict[str, Routing]) -> Iterator[str]:
    n = next(iter(routers.values())).n
    yield f"  {f'{title} (n = {n})':28}  {'apgr':22}  {'cpt50':22}  cpt80"
    for name, routing in routers.items():
        cells = (_cell(routing.apgr), _cell(routing.cpt50), _cell(routing.cpt80))
        yield f"  {name:28}  {cells[0]:22}  {cells[1]:22}  {cells[2]}".rstrip()


def _cell(figure: Figure) -> str:
    if figure.value is None:
        return "could not be scored"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
