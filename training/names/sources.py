"""The public sets as training texts. Only rows of the share "train" are ever read here.

| set | licence | taken |
| --- | --- | --- |
| PUPA-New (PAPILLON; texts from WildChat, ODC-BY) | MIT | prompts and replies, units by search |
| presidio-research synth_v2 | MIT | texts, spans |
| Text Anonymization Benchmark | MIT | texts, mentions |
| WNUT 2017 dev | CC BY 4.0 | posts, spans |
| MMLU prompts (lm-sys/RouteLLM) | Apache-2.0 | whole prompts in which nothing is private |
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.names.text import ANY, NOTHING, Mark, Text

from bench.boundary import data

_SYNTH = {
    "PERSON": "person", "STREET_ADDRESS": "address", "ZIP_CODE": "address", "GPE": "place",
    "ORGANIZATION": "organisation", "DATE_TIME": "date", "AGE": "age", "NRP": "demographic",
    "CREDIT_CARD": "account", "IBAN_CODE": "account", "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email", "DOMAIN_NAME": "url", "US_SSN": "identifier",
    "IP_ADDRESS": "identifier", "US_DRIVER_LICENSE": "identifier",
}  # fmt: skip
_TAB = {
    "PERSON": "person", "ORG": "organisation", "LOC": "place", "DATETIME": "date",
    "DEM": "demographic", "QUANTITY": "quantity", "MISC": "other", "CODE": "case",
}  # fmt: skip
# Mentions that need no mask (states, courts, their offices): the weight of leaving them alone.
_TAB_OPTIONAL = {"ORG": 0.7, "DEM": 0.6, "DATETIME": 0.4, "QUANTITY": 0.5, "MISC": 0.5, "LOC": 0.2}
_WNUT = {"person": "person", "location": "place", "corporation": "organisation"}
# A unit weighs more than a plain mention elsewhere: there are few of them, in many kinds of text.
_UNIT = 2.0
_TITLE = re.compile(r"(?:mr|mrs|ms|miss|dr|prof|sir)\b\.?\s+", re.IGNORECASE)


def texts(folder: Path, rows: data.Share = "train") -> list[Text]:
    """Every text of every set, in a fixed order."""
    return [
        *pupa(folder, rows),
        *pupa_replies(folder, rows),
        *synth(folder, rows),
        *tab(folder, rows),
        *wnut(folder, rows),
        *mmlu(folder, rows),
    ]


def pupa(folder: Path, rows: data.Share) -> Iterator[Text]:
    """Prompts. A model labelled them and overlooked much: what it left out weighs little."""
    for row in data.pupa(folder, rows):
        yield Text(row.text, _units(row.text, row.units), "pupa", 0.35)


def pupa_replies(folder: Path, rows: data.Share) -> Iterator[Text]:
    """Replies to those prompts in which a unit of the prompt comes again."""
    units = {row.text: row.units for row in data.pupa(folder, rows)}
    text = (folder / "pupa" / "pupa_dev.csv").read_text(encoding="utf-8")
    csv.field_size_limit(10_000_000)
    for item in csv.DictReader(io.StringIO(text, newline="")):
        marks = _units(item["target_response"], units.get(item["user_query"], ()))
        if marks:
            yield Text(item["target_response"], marks, "pupa_replies", 0.12)


def synth(folder: Path, rows: data.Share) -> Iterator[Text]:
    for row in data.synth(folder, rows):
        marks = [
            Mark(gold.start, gold.end, _SYNTH.get(gold.kind, "other"), float(gold.kind in _SYNTH))
            for gold in row.spans
        ]
        yield Text(row.text, tuple(marks), "synth")


def tab(folder: Path, rows: data.Share) -> Iterator[Text]:
    """Court cases: direct and quasi identifiers are private, the rest of the mentions is not."""
    for row in data.tab(folder, rows):
        optional = [g for g in row.spans if g.need == "NO_MASK"]
        needed = [g for g in row.spans if g.need != "NO_MASK"]
        marks = [mark for gold in (*optional, *needed) for mark in _after_title(row.text, gold)]
        yield Text(row.text, tuple(marks), "tab")


def wnut(folder: Path, rows: data.Share) -> Iterator[Text]:
    """Posts. Products, works and groups take no side: they are often not private."""
    for row in data.wnut17(folder, rows):
        marks = [
            Mark(g.start, g.end, _WNUT.get(g.kind, "other"), float(g.kind in _WNUT))
            for g in row.spans
        ]
        yield Text(row.text, tuple(marks), "wnut")


def mmlu(folder: Path, rows: data.Share) -> Iterator[Text]:
    for row in data.mmlu(folder, rows):
        yield Text(row.text, (), "mmlu", 0.6)


def _after_title(text: str, gold: data.Gold) -> Iterator[Mark]:
    if gold.need == "NO_MASK":
        yield Mark(gold.start, gold.end, NOTHING, _TAB_OPTIONAL.get(gold.kind, 0.0))
        return
    start, kind = gold.start, _TAB[gold.kind]
    title = _TITLE.match(text, start) if kind == "person" else None
    if title:
        yield Mark(start, title.end(), kind, 0.0)
        start = title.end()
    if start < gold.end:
        yield Mark(start, gold.end, kind)


def _units(text: str, units: Sequence[str]) -> tuple[Mark, ...]:
    """Where the units stand in `text`: white space folded, with word edges, longest last."""
    marks = []
    for unit in sorted(units, key=len):
        words = r"\s+".join(map(re.escape, unit.split()))
        before = "(?<![a-z0-9])" if unit[0].isalnum() else ""
        after = "(?![a-z0-9])" if unit[-1].isalnum() else ""
        for found in re.finditer(before + words + after, text, re.IGNORECASE):
            marks.append(Mark(*found.span(), ANY, _UNIT))
    return tuple(marks)
