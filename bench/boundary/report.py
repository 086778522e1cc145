"""The figures as text and as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from bench.boundary.figures import AIMS, Aim, Figure, Unit, figure

_NAME, _N, _VALUE = 54, 20, 16
_AIM = 60


def text(figures: Sequence[Figure], titles: Mapping[str, str], asked: Collection[str]) -> str:
    """Every table, then what was to be reached in the tables that were asked for."""
    tables = dict.fromkeys(f.table for f in figures)
    blocks = [
        _table(titles.get(table, table), [f for f in figures if f.table == table])
        for table in tables
    ]
    return "\n\n".join([*blocks, _aims(figures, asked)])


def as_json(figures: Sequence[Figure], asked: Collection[str]) -> dict[str, object]:
    """Figures and aims as plain values."""
    return {
        "figures": [
            {
                "table": f.table,
                "name": f.name,
                "n": f.n,
                "of": f.of,
                "unit": f.unit,
                "values": dict(f.values),
            }
            for f in figures
        ],
        "aims": [
            {
                "table": aim.table,
                "name": aim.name,
                "tool": aim.tool,
                "limit": aim.limit,
                "at": "most" if aim.most else "least",
                "value": value,
                "met": None if value is None else aim.met(value),
            }
            for aim, _, value in _scored(figures, asked)
        ],
    }


def shown(value: float | None, unit: Unit) -> str:
    """A value with as many digits as it deserves."""
    if value is None:
        return "-"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "rate":
        return f"{value / 1e6:.2f} M" if value >= 1e6 else f"{value / 1e3:.0f} k"
    if unit == "seconds":
        return f"{value:.2f} s"
    if unit == "mib":
        return f"{value:.0f} MiB"
    return f"{value:.2f}" if unit == "ratio" else f"{value:g}"


def _table(title: str, figures: Sequence[Figure]) -> str:
    tools = list(dict.fromkeys(tool for f in figures for tool in f.values))
    head = f"{'':{_NAME}}{'n':>{_N}}" + "".join(f"{tool:>{_VALUE}}" for tool in tools)
    lines = [
        f"{f.name[: _NAME - 1]:{_NAME}}{f'{f.n:,} {f.of}':>{_N}}"
        + "".join(f"{shown(f.values.get(tool), f.unit):>{_VALUE}}" for tool in tools)
        for f in figures
    ]
    return "\n".join([title, head, *lines])


def _aims(figures: Sequence[Figure], asked: Collection[str]) -> str:
    head = f"{'Reach':{_AIM}}{'n':>{_N}}{'ours':>{_VALUE}}{'reach':>{_VALUE}}"
    lines = []
    for aim, found, value in _scored(figures, asked):
        unit: Unit = found.unit if found else "count"
        said = "could not be scored" if value is None else "met" if aim.met(value) else "missed"
        n = f"{found.n:,} {found.of}" if found else "-"
        limit = ("<= " if aim.most else ">= ") + shown(aim.limit, unit)
        name = f"{aim.table}, {aim.tool}: {aim.name}"
        lines.append(
            f"{name:{_AIM}}{n:>{_N}}{shown(value, unit):>{_VALUE}}{limit:>{_VALUE}}  {said}"
        )
    return "\n".join([head, *lines])


def _scored(
    figures: Sequence[Figure], asked: Collection[str]
) -> Iterator[tuple[Aim, Figure | None, float | None]]:
    for aim in AIMS:
        if aim.table in asked:
            found = figure(figures, aim)
            yield aim, found, found.values.get(aim.tool) if found else None
