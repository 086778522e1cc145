"""The tables of the benchmark: which rows, and what is measured on them.

A measure gives, for one row and the spans that a tool masked in it, how many of how many. They
are added up over the rows; the sets and the definitions are in `data.py` and `metrics.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.boundary import data, languages, metrics
from bench.boundary.data import Row, Share
from bench.boundary.metrics import Part, Spans

SETS = ("pupa", "synth", "tab", "mmlu", "secrets", "uner", "languages")


@dataclass(frozen=True, slots=True)
class Measure:
    """`of` names what is counted. Where it is "texts", n is the number of texts."""

    name: str
    of: str
    part: Callable[[Row, Spans], Part]


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    title: str
    rows: Sequence[Row]
    measures: Sequence[Measure]


def _masked(row: Row, spans: Spans) -> Part:
    return metrics.masked(row.text, spans)


def _innocent(row: Row, spans: Spans) -> Part:
    return Part() if row.spans else metrics.untouched(row.text, spans)


def _found(row: Row, spans: Spans) -> Part:
    hits = [metrics.found(g.start, g.end, spans, row.text) for g in row.spans]
    return Part(sum(hits), len(hits))


def _of_kind(kind: str) -> Callable[[Row, Spans], Part]:
    def part(row: Row, spans: Spans) -> Part:
        only = tuple(gold for gold in row.spans if gold.kind == kind)
        return metrics.recall(replace(row, spans=only), spans)

    return part


MASKED = Measure("letters and digits masked", "texts", _masked)
RECALL = Measure("entity recall", "spans", metrics.recall)
PRECISION = Measure("precision", "texts", metrics.precision)
INNOCENT = Measure("innocent texts untouched", "innocent", _innocent)


def tables(folder: Path, rows: Share, names: Sequence[str]) -> list[Table | str]:
    """The tables of these names; for one that cannot be made, a line that says why."""
    made: list[Table | str] = []
    for name in names:
        if name == "uner" and rows != "test":
            continue  # nobody may tune on it, so tuning runs do not show it
        try:
            made += _MAKERS[name](folder, rows)
        except data.NoData as error:
            made.append(f"{name}: could not be scored: {error}")
        except ImportError as error:
            made.append(f"{name}: could not be scored: no module {error.name}")
    return made


def _pupa(folder: Path, rows: Share) -> list[Table]:
    measures = (
        Measure("private units leaked", "units", metrics.leaks),
        MASKED,
        Measure("prompts wholly clean", "prompts", metrics.clean),
    )
    return [Table("pupa", f"PUPA, {rows} rows", data.pupa(folder, rows), measures)]


def _synth(folder: Path, rows: Share) -> list[Table]:
    title = f"presidio-research synth_v2, {rows} rows"
    return [Table("synth", title, data.synth(folder, rows), (RECALL, PRECISION, MASKED))]


def _tab(folder: Path, rows: Share) -> list[Table]:
    measures = (
        Measure("direct: entities whole", "entities", lambda r, s: metrics.whole(r, s).direct),
        Measure("quasi: entities whole", "entities", lambda r, s: metrics.whole(r, s).quasi),
        PRECISION,
        Measure(
            "precision, NO_MASK allowed",
            "texts",
            lambda r, s: metrics.precision(r, s, optional=True),
        ),
        MASKED,
    )
    return [Table("tab", f"TAB court cases, {rows} rows", data.tab(folder, rows), measures)]


def _mmlu(folder: Path, rows: Share) -> list[Table]:
    title = f"MMLU prompts (innocent), {rows} rows"
    return [Table("mmlu", title, data.mmlu(folder, rows), (INNOCENT, MASKED))]


def _uner(folder: Path, rows: Share) -> list[Table]:
    measures = [
        Measure(f"recall {kind}", "spans", _of_kind(kind)) for kind in ("PER", "ORG", "LOC")
    ]
    title = "UNER English-EWT dev, single sentences (evaluation only)"
    return [Table("uner", title, data.uner(folder), (*measures, MASKED))]


def _secrets(folder: Path, rows: Share) -> list[Table]:
    """Of the repository's own table: made by us, and read by those who wrote the rules."""
    from tests.boundary.detect import secrets_table

    table = secrets_table.rows()
    made = [
        Row(
            f"secret-{number}",
            row.text,
            () if row.end is None else (data.Gold(row.start, row.end, row.kind),),
        )
        for number, row in enumerate(table)
    ]
    kinds = len({row.kind for row in table if row.end is not None})
    measures = (
        Measure("secrets found", "secrets", _found),
        Measure("near misses untouched", "near misses", _innocent),
    )
    return [Table("secrets", f"secrets of {kinds} kinds (own table)", made, measures)]


def _languages(folder: Path, rows: Share) -> list[Table]:
    return [
        Table(
            code, f"{name} prompts (own rows)", languages.rows(code), (RECALL, PRECISION, INNOCENT)
        )
        for code, name in languages.LANGUAGES.items()
    ]


_MAKERS: dict[str, Callable[[Path, Share], list[Table]]] = {
    "pupa": _pupa,
    "synth": _synth,
    "tab": _tab,
    "mmlu": _mmlu,
    "secrets": _secrets,
    "uner": _uner,
    "languages": _languages,
}
