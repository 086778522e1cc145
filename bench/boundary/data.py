"""Rows of public data sets, with the stretches that are private, and the split of the rows.

The sets are not part of this repository. They lie in a folder that `--data` or the environment
variable DOORSTEP_DATA names, one folder each, in the form in which they are published:

    pupa/pupa_dev.csv                  PUPA-New (PAPILLON; texts from WildChat)
    presidio-research/synth_v2.json    microsoft/presidio-research
    tab/tab.jsonl                      Text Anonymization Benchmark (arXiv:2202.00443)
    routellm/mmlu.csv                  MMLU prompts as in lm-sys/RouteLLM
    uner-ewt/en_ewt-ud-dev.iob2        UNER_English-EWT: evaluation only
    wnut17/emerging.dev.conll          WNUT 2017

Nobody tunes on test rows. Which rows those are is decided by a hash of the text alone, so that
the same text is always in the same share, whatever set or order it comes in.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

Share = Literal["train", "tune", "test"]
SHARES: tuple[Share, ...] = ("train", "tune", "test")

_BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data"
_EDGES = (60, 75)  # of 100: train below the first, tune below the second, test from there
_LARGE_FIELD = 10_000_000


class NoData(Exception):
    """A data set is not there. The message names the file."""


@dataclass(frozen=True, slots=True, repr=False)
class Gold:
    """`text[start:end]` is annotated, as the set calls it (`kind`).

    `entity`: mentions of one entity share it (TAB). `need`: "DIRECT", "QUASI" or "NO_MASK" (TAB).
    """

    start: int
    end: int
    kind: str
    entity: str = ""
    need: str = ""

    def __repr__(self) -> str:
        return f"Gold({self.kind!r}, {self.end - self.start} characters)"


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One text. `units` are private strings without a place in the text (PUPA)."""

    id: str
    text: str
    spans: tuple[Gold, ...] = ()
    units: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Row({self.id!r}, {len(self.text)} characters)"


def data_folder(named: str | None = None) -> Path:
    """The folder of the sets: named, of the environment, or the one beside the repository."""
    return Path(named or os.environ.get("DOORSTEP_DATA") or _BESIDE)


def share_of(text: str) -> Share:
    """Of 100 texts about 60 are "train", 15 "tune" and 25 "test"."""
    place = int(sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16) % 100
    return "train" if place < _EDGES[0] else "tune" if place < _EDGES[1] else "test"


def pupa(folder: Path, rows: Share) -> list[Row]:
    """User prompts with `units`: trimmed, lower-cased, each once a row.

    Dropped, as faults of the set: units that hold "presidio" (marks of an earlier masking), and
    units that do not occur in the prompt.
    """
    return [
        Row(f"pupa-{number}", item["user_query"], units=_units(item))
        for number, item in _csv(folder / "pupa" / "pupa_dev.csv")
        if share_of(item["user_query"]) == rows
    ]


def synth(folder: Path, rows: Share) -> list[Row]:
    """Generated sentences with typed spans."""
    items = json.loads(_read(folder / "presidio-research" / "synth_v2.json"))
    return [
        Row(f"synth-{number}", item["full_text"], tuple(_synth_spans(item)))
        for number, item in enumerate(items)
        if share_of(item["full_text"]) == rows
    ]


def tab(folder: Path, rows: Share) -> list[Row]:
    """Court cases; every mention has an `entity` and a `need`."""
    lines = _read(folder / "tab" / "tab.jsonl").split("\n")
    items = [json.loads(line) for line in lines if line.strip()]
    return [
        Row(item["metadata"]["data_id"], item["text"], tuple(_tab_spans(item)))
        for item in items
        if share_of(item["text"]) == rows
    ]


def mmlu(folder: Path, rows: Share) -> list[Row]:
    """Exam questions: innocent texts, nothing in them is private."""
    return [
        Row(f"mmlu-{number}", item["prompt"])
        for number, item in _csv(folder / "routellm" / "mmlu.csv")
        if share_of(item["prompt"]) == rows
    ]


def wnut17(folder: Path, rows: Share) -> list[Row]:
    """Noisy posts: their words with one space between (the set does not keep the spacing)."""
    found = []
    blocks = _read(folder / "wnut17" / "emerging.dev.conll").split("\n\n")
    for number, block in enumerate(blocks):
        pairs = [line.split("\t")[:2] for line in block.split("\n") if "\t" in line]
        text = " ".join(word for word, _ in pairs)
        if pairs and share_of(text) == rows:
            spans = _tagged(text, [(word, tag.strip()) for word, tag in pairs])
            found.append(Row(f"wnut-{number}", text, tuple(spans)))
    return found


def uner(folder: Path) -> list[Row]:
    """Web sentences as they were written. All are for evaluation; none may be tuned on."""
    found = []
    path = folder / "uner-ewt" / "en_ewt-ud-dev.iob2"
    for number, block in enumerate(_read(path).split("\n\n")):
        text = re.search(r"^# text = (.*)$", block, re.MULTILINE)
        columns = [line.split("\t") for line in block.split("\n") if "\t" in line]
        if text and columns:
            spans = _tagged(text[1], [(column[1], column[2]) for column in columns])
            found.append(Row(f"uner-{number}", text[1], tuple(spans)))
    return found


def normal(text: str) -> str:
    """Lower-cased, white space folded: the form in which units are looked for."""
    return " ".join(text.lower().split())


def occurs(unit: str, folded: str) -> bool:
    """Whether `unit` stands in `folded` (both `normal`).

    With a word edge wherever the unit begins or ends in [a-z0-9].
    """
    before = "(?<![a-z0-9])" if re.match("[a-z0-9]", unit) else ""
    after = "(?![a-z0-9])" if re.search("[a-z0-9]$", unit) else ""
    return re.search(before + re.escape(unit) + after, folded) is not None


def _units(item: dict[str, str]) -> tuple[str, ...]:
    folded = normal(item["user_query"])
    units = dict.fromkeys(normal(unit) for unit in item["pii_units"].split("||"))
    return tuple(u for u in units if u and "presidio" not in u and occurs(u, folded))


def _synth_spans(item: dict[str, object]) -> Iterator[Gold]:
    spans = item["spans"]
    assert isinstance(spans, list)
    for span in spans:
        yield Gold(span["start_position"], span["end_position"], span["entity_type"])


def _tab_spans(item: dict[str, object]) -> Iterator[Gold]:
    entities = item["entities"]
    assert isinstance(entities, list)
    for e in entities:
        yield Gold(
            e["start_offset"],
            e["end_offset"],
            e["entity_type"],
            e["entity_id"],
            e["identifier_type"],
        )


def _tagged(text: str, words: Iterable[tuple[str, str]]) -> Iterator[Gold]:
    """Spans of words tagged B-, I- or O, where the words stand in `text` one after another."""
    open_: Gold | None = None
    at = 0
    for word, tag in words:
        start = text.index(word, at)
        at = start + len(word)
        kind = tag[2:]
        if open_ and tag[:2] == "I-" and open_.kind == kind:
            open_ = Gold(open_.start, at, kind)
            continue
        if open_:
            yield open_
        open_ = Gold(start, at, kind) if tag[:2] in ("B-", "I-") else None
    if open_:
        yield open_


def _csv(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(_LARGE_FIELD)
    yield from enumerate(csv.DictReader(io.StringIO(_read(path), newline="")))


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except OSError:
        raise NoData(f"{path.parent.name}/{path.name} is not in the data folder") from None
