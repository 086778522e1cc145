"""Rows of routing sets: a question, who answered it right, and the weak model's answer if kept.

The kind of a file is known by its columns, as lm-sys/RouteLLM has them:

    prompt, <weak>, <strong>, <weak>_response, <strong>_response     full answers (GSM8K)
    domain, prompt, <weak>, <strong>                                 no answers (MMLU)

The strong model's answer is never read: at the time of the decision nobody has it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from doorstep.patterns.calibration.examples import Example
from doorstep.patterns.calibration.regression import Sample

_LARGE_FIELD = 10_000_000
_BASE = ("prompt", "domain")


class BadFile(Exception):
    """A file is not there, or not of the columns that are needed."""


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """`answer` is the weak model's, empty where the set has none; `domain` is never a feature."""

    prompt: str
    weak: bool
    strong: bool
    answer: str = ""
    domain: str = ""

    def sample(self) -> Sample:
        example = Example.of(self.prompt, self.answer, self.weak)
        return Sample(example.features(), example.question)


@dataclass(frozen=True, slots=True, repr=False)
class Rows:
    """The rows of one file and the names of its models."""

    name: str
    weak: str
    strong: str
    rows: tuple[Row, ...]

    @property
    def answered(self) -> bool:
        return any(row.answer for row in self.rows)


def read_rows(path: Path) -> Rows:
    """All rows of a file. Raises BadFile."""
    csv.field_size_limit(_LARGE_FIELD)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            weak, strong = _models(reader.fieldnames or (), path)
            rows = tuple(_row(item, weak, strong, path) for item in reader)
    except OSError:
        raise BadFile(f"{path.name} is not there") from None
    return Rows(path.stem, weak, strong, rows)


def _models(columns: object, path: Path) -> tuple[str, str]:
    names = [str(name) for name in columns] if isinstance(columns, list | tuple) else []
    models = [n for n in names if n not in _BASE and not n.endswith("_response")]
    if "prompt" not in names or len(models) != 2:
        raise BadFile(f"{path.name} needs the columns prompt, <weak model>, <strong model>")
    return models[0], models[1]


def _row(item: dict[str, str], weak: str, strong: str, path: Path) -> Row:
    labels = {"True": True, "False": False}
    if item[weak] not in labels or item[strong] not in labels:
        raise BadFile(f"{path.name}: a label is neither True nor False")
    answer = item.get(f"{weak}_response") or ""
    domain = item.get("domain") or ""
    return Row(item["prompt"], labels[item[weak]], labels[item[strong]], answer, domain)
