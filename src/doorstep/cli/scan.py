"""`doorstep scan`: what would be masked in a text, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import click
from pydantic import BaseModel, ConfigDict, ValidationError

from doorstep._errors import BadInput
from doorstep.assemble import Layers, layers_of
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.levels import LEVELS, Level
from doorstep.boundary.detect.propagate import Propagation
from doorstep.boundary.scan import Scanner
from doorstep.config import Settings, load

_BATCH = 64
_COLOURS = ("red", "yellow", "green", "cyan", "magenta", "blue")


class _Line(BaseModel):
    """One line of `--jsonl`."""

    model_config = ConfigDict(extra="ignore", strict=True)
    id: str | int
    text: str


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--level", type=click.Choice(LEVELS), help="Which layers look. Default: as set.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--jsonl", is_flag=True, help="Read lines of id, text; print lines of id, spans.")
@click.pass_obj
def scan(
    config: Path | None, file: BinaryIO, level: str | None, as_json: bool, jsonl: bool
) -> None:
    """Show what would be masked in FILE (or standard input), and why. Nothing is sent."""
    layers, scanner = looking(load(config).settings, level)
    if jsonl:
        for line in _lines(file, scanner):
            click.echo(line)
        return
    text = read(file)
    found = scanner.scan(text)
    if as_json:
        click.echo(json.dumps(_object(text, found, layers), ensure_ascii=False, indent=2))
    else:
        click.echo(_page(text, found, layers), nl=False)


def looking(settings: Settings, level: str | None) -> tuple[Layers, Scanner]:
    """The layers of `level`, or of the level in the settings, and a scanner that asks them."""
    layers = layers_of(settings, cast("Level", level or settings.boundary.level))
    propagation = Propagation(allows=layers.declared.allows)
    return layers, Scanner(layers.detectors, propagation=propagation)


def read(file: BinaryIO) -> str:
    """The text of a file, exactly; BadInput where it is none."""
    try:
        return file.read().decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("The input is not UTF-8 text.", hint="Convert it first.") from None


def _lines(file: BinaryIO, scanner: Scanner) -> Iterator[str]:
    rows = (_row(number, line) for number, line in enumerate(file, 1) if line.strip())
    while batch := list(islice(rows, _BATCH)):
        for row, found in zip(batch, scanner.scan_all([r.text for r in batch]), strict=True):
            spans = [{"start": f.start, "end": f.end, "kind": f.kind} for f in found]
            yield json.dumps({"id": row.id, "spans": spans}, ensure_ascii=False)


def _row(number: int, line: bytes) -> _Line:
    try:
        return _Line.model_validate_json(line)
    except ValidationError:
        raise BadInput(
            f"Line {number} is not a JSON object with an id and a text.",
            hint='Give lines like {"id": "1", "text": "…"}.',
        ) from None


def _object(text: str, found: Sequence[Finding], layers: Layers) -> dict[str, object]:
    spans = []
    for f in found:
        line, column = _place(text, f.start)
        spans.append(
            {"start": f.start, "end": f.end, "line": line, "column": column}
            | {"kind": f.kind, "by": f.by}
        )
    return {"level": layers.level, "layers": list(layers.names), "spans": spans}


def _page(text: str, found: Sequence[Finding], layers: Layers) -> str:
    """The text with its private spans in colour, then one line for each, then the counts."""
    out = [_coloured(text, found), "" if text.endswith("\n") or not text else "\n"]
    out += [f"\n{line}" for line in _table(text, found)]
    counts = ", ".join(f"{n} {kind}" for kind, n in Counter(f.kind for f in found).most_common())
    masked = sum(c.isalnum() for f in found for c in text[f.start : f.end])
    total = sum(map(str.isalnum, text)) or 1
    share = f"{masked / total:.0%} of letters and digits"
    out.append(f"\n\n{counts or 'nothing private found'}; would be masked: {share}")
    out.append(f"\nlevel {layers.level}: {', '.join(layers.names)}\n")
    return "".join(out)


def _coloured(text: str, found: Sequence[Finding]) -> str:
    colours = {kind: _COLOURS[i % 6] for i, kind in enumerate(sorted({f.kind for f in found}))}
    pieces, done = [], 0
    for f in found:
        marked = click.style(text[f.start : f.end], fg=colours[f.kind], bold=True, underline=True)
        # The label says it without colour, too; click takes the colours away in a pipe.
        pieces += [text[done : f.start], marked, f"[{f.kind}]"]
        done = f.end
    return "".join([*pieces, text[done:]])


def _table(text: str, found: Sequence[Finding]) -> Iterator[str]:
    for f in found:
        line, column = _place(text, f.start)
        yield f"{line}:{column:<5} {f.kind:<14} {f.end - f.start:>4} characters   {f.by}"


def _place(text: str, index: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    start = text.rfind("\n", 0, index) + 1
    return text.count("\n", 0, index) + 1, index - start + 1
