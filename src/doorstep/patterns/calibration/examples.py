"""Examples to calibrate on: a question, the home model's answer, and whether it was right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from doorstep._errors import BadInput
from doorstep._values import Message, Reply
from doorstep.patterns.calibration.features import features_of
from doorstep.patterns.checks.base import Look, Sign

if TYPE_CHECKING:
    from pydantic import BaseModel

FORM = '{"prompt": "...", "answer": "...", "right": true}, a line each'


@dataclass(frozen=True, slots=True, repr=False)
class Example:
    """What was asked, what home answered, whether that was right; and the cloud, where known.

    `signs` are those of further checks, if the judge will be given them too.
    """

    messages: tuple[Message, ...]
    answer: str
    right: bool
    cloud_right: bool | None = None
    signs: tuple[Sign, ...] = ()

    @classmethod
    def of(cls, prompt: str, answer: str, right: bool, cloud_right: bool | None = None) -> Example:
        return cls((Message("user", prompt),), answer, right, cloud_right)

    @property
    def look(self) -> Look:
        return Look(self.messages, Reply(self.answer, ""))

    @property
    def question(self) -> str:
        return self.look.question

    def features(self) -> dict[str, float]:
        return features_of(self.look, self.signs)

    def __repr__(self) -> str:
        return f"Example({len(self.answer)} characters, right={self.right})"


def fingerprint(examples: Sequence[Example]) -> str:
    """The SHA-256 of all that was calibrated on: tells two sets apart, tells nothing of either."""
    digest = sha256()
    for example in examples:
        turns = [[message.role, message.text] for message in example.messages]
        row = [turns, example.answer, example.right, example.cloud_right]
        digest.update(json.dumps(row).encode() + b"\n")
    return digest.hexdigest()


def read_examples(lines: Iterable[str]) -> list[Example]:
    """Examples from JSONL: prompt or messages, answer, right, and cloud_right if it is known.

    Raises BadInput with the number of the first line that cannot be used; no text is quoted.
    """
    return list(_each(lines))


def _each(lines: Iterable[str]) -> Iterator[Example]:
    from pydantic import ValidationError

    row_type = _row_type()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = row_type.model_validate_json(line)
        except ValidationError as error:
            why = "; ".join(sorted({_why(fault) for fault in error.errors(include_input=False)}))
            raise BadInput(f"Line {number} is no example: {why}.", hint=f"It is {FORM}.") from None
        yield row.example()  # type: ignore[attr-defined]


def _why(fault: object) -> str:
    assert isinstance(fault, dict)
    place = ".".join(str(part) for part in fault["loc"] if isinstance(part, int | str))
    known = {"prompt", "messages", "answer", "right", "cloud_right", "role", "text", "content"}
    where = place if set(place.split(".")) <= known | set("0123456789") else ""
    kind = str(fault["type"]).replace("_", " ")
    return f"{where}: {kind}" if where else kind


def _row_type() -> type[BaseModel]:
    from typing import Literal

    from pydantic import BaseModel, ConfigDict, Field, model_validator

    class Turn(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        role: Literal["system", "user", "assistant"]
        content: str

    class Row(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        prompt: str | None = None
        messages: list[Turn] | None = Field(default=None, min_length=1)
        answer: str
        right: bool
        cloud_right: bool | None = None

        @model_validator(mode="after")
        def _one_of(self) -> Row:
            if (self.prompt is None) == (self.messages is None):
                raise ValueError("either prompt or messages")
            return self

        def example(self) -> Example:
            turns = [Turn(role="user", content=self.prompt)] if self.prompt is not None else []
            turns += self.messages or []
            said = tuple(Message(turn.role, turn.content) for turn in turns)
            return Example(said, self.answer, self.right, self.cloud_right)

    return Row
