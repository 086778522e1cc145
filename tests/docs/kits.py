"""What a page takes for granted: files of the reader's, answers that they type, what varies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.boundary.cloud import PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Kit:
    """`files`: name -> text, in the reader's folder. `typed`: words of a command that asks -> what
    a person types. `masks`: pattern -> what stands for it, in output shown and output printed.
    `ollama`: the name of a model that a daemon at home has; it cannot read notes. `says`: what
    every block must print that uses the gateway. `unseen`: what no cloud may see.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    masks: tuple[tuple[str, str], ...] = ()
    says: str = ""
    ollama: str = ""
    unseen: tuple[str, ...] = ()


LETTER = "Dear Maya Okafor, the boiler man comes on Tuesday. Call me on +49 30 901820.\n"
EXAMPLES = "".join(
    f'{{"prompt": "{n} boxes of 12 pens and 5 more: how many?", "answer": '
    f'"{n} * 12 = {n * 12}{f", and {n * 12} + 5 = {n * 12 + 5}" if n % 3 else ""} pens.", '
    f'"right": {"true" if n % 3 else "false"}}}\n'
    for n in range(2, 62)
)
QUESTION = "How often do I water tomatoes?\n"
COMMON = {"letter.txt": LETTER, "notes.txt": LETTER, "lease.txt": LETTER, "question.txt": QUESTION}
COMMON |= {"examples.jsonl": EXAMPLES, "log.jsonl": EXAMPLES}
ADVISE = {"doorstep advise": "home\nneeded\ncost\n"}

KITS: Mapping[str, Kit] = {
    "README.md": Kit(files=COMMON, typed=ADVISE),
    "docs/boundary.md": Kit(
        files=COMMON | {"texts.jsonl": '{"id": 1, "text": "Call +49 30 901820."}\n'},
        masks=((PLACEHOLDER.pattern, "A PLACEHOLDER"),),
    ),
    "docs/ledger.md": Kit(typed={"doorstep ledger find": "loads\n"}),
    "docs/patterns/choosing.md": Kit(files=COMMON, typed=ADVISE),
    "docs/patterns/calibrate.md": Kit(files=COMMON),
    "docs/library.md": Kit(masks=((r"127\.0\.0\.1:\d+", "HERE"), (r"\b[0-9a-f]{64}\b", "A HASH"))),
    "docs/models.md": Kit(ollama="gemma4:e2b"),
    "docs/clients.md": Kit(says="Maya Okafor knows.", unseen=("Maya", "Okafor", "unused")),
}


def kit_of(page: str) -> Kit:
    return KITS.get(page, Kit())
