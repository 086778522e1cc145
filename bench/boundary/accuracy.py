"""What each tool masks in the rows of each table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.boundary.figures import Figure
from bench.boundary.metrics import Part
from bench.boundary.tables import Measure, Table
from bench.boundary.tools import Tool, Unscored, running, without
from bench.boundary.worker import Span

Sums = dict[tuple[str, str], Part]


def accuracy(
    tools: Sequence[Tool], tables: Sequence[Table], say: Callable[[str], None]
) -> list[Figure]:
    """One figure for each measure of each table. What failed is said, and has no value."""
    sums = _all(tools, tables, say)
    return [_figure(table, measure, tools, sums) for table in tables for measure in table.measures]


def _all(
    tools: Sequence[Tool], tables: Sequence[Table], say: Callable[[str], None]
) -> dict[str, Sums]:
    """By tool. Tools that share a worker (with and without a kind of span) run once."""
    sums: dict[str, Sums] = {}
    commands: dict[tuple[str, ...], list[Tool]] = {}
    for tool in tools:
        commands.setdefault(tool.command, []).append(tool)
    for together in commands.values():
        names = ", ".join(tool.name for tool in together)
        say(f"masking with {names} ...")
        try:
            sums |= _one(together, tables)
        except Unscored as error:
            say(f"{names}: could not be scored: {error}")
    return sums


def _one(together: Sequence[Tool], tables: Sequence[Table]) -> dict[str, Sums]:
    sums: dict[str, Sums] = {tool.name: {} for tool in together}
    with running(together[0]) as worker:
        for table in tables:
            spans, _ = worker.mask([row.text for row in table.rows])
            for tool in together:
                kept = without(spans, tool.drop)
                for measure in table.measures:
                    total = _sum(table, measure, kept)
                    sums[tool.name][table.name, measure.name] = total
    return sums


def _sum(table: Table, measure: Measure, spans: Sequence[Sequence[Span]]) -> Part:
    places = ([(start, end) for start, end, _ in one] for one in spans)
    parts = [measure.part(row, one) for row, one in zip(table.rows, places, strict=True)]
    return sum(parts, Part())


def _figure(table: Table, measure: Measure, tools: Sequence[Tool], sums: dict[str, Sums]) -> Figure:
    parts = {tool.name: sums.get(tool.name, {}).get((table.name, measure.name)) for tool in tools}
    counted = sum((measure.part(row, ()) for row in table.rows), Part()).of
    n = len(table.rows) if measure.of == "texts" else counted
    values = {name: part.share if part else None for name, part in parts.items()}
    return Figure(table.name, measure.name, n, measure.of, "share", values)
