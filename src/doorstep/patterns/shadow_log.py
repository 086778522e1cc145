"""A log of answers, as JSON lines: what shadow mode reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from doorstep._errors import BadInput
from doorstep._values import Finish, Message, Reply, Role, Usage
from doorstep.patterns.checks.base import Look
from doorstep.patterns.private import Private

MAX_LINE = 4_000_000  # characters


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One answer of a log, and the line it stands on."""

    line: int
    look: Look


def read(path: Path) -> list[Row]:
    """The rows of a log. BadInput names the line that cannot be used, and quotes nothing of it."""
    try:
        with path.open(encoding="utf-8") as lines:
            return [_row(number, line) for number, line in _filled(lines)]
    except OSError as error:
        raise BadInput(
            f"The log cannot be read ({type(error).__name__}).",
            hint="Look at the path, and who may read it.",
        ) from None
    except UnicodeDecodeError:
        raise BadInput("The log is not UTF-8.", hint="Convert it first.") from None


def _filled(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _row(number: int, line: str) -> Row:
    try:
        if len(line) > MAX_LINE:
            raise ValueError
        return Row(number, _Row.model_validate_json(line).look())
    except (ValidationError, ValueError):
        raise BadInput(
            f"Line {number} of the log is no answer that can be judged.",
            hint='A row is {"prompt": "...", "answer": "..."}, or has "messages" for "prompt".',
        ) from None


class _Message(Private):
    """A message as this package writes it (`text`), or as an API's log has it (`content`)."""

    model_config = ConfigDict(extra="ignore")
    role: Role
    text: str | None = None
    content: str | None = None

    def said(self) -> Message:
        return Message(self.role, self.text if self.text is not None else self.content or "")


class _Usage(BaseModel):
    model_config = ConfigDict(extra="ignore")
    input_tokens: int | None = Field(default=None, ge=0)
    output_tokens: int | None = Field(default=None, ge=0)


class _Row(Private):
    """Other keys are ignored on purpose: a log is somebody else's, and holds more than is read."""

    model_config = ConfigDict(extra="ignore")
    prompt: str | None = None
    messages: tuple[_Message, ...] = ()
    answer: str
    usage: _Usage = _Usage()
    finish: Finish = "stop"
    seconds: float | None = Field(default=None, ge=0)
    model: str = ""

    @model_validator(mode="after")
    def _asks_something(self) -> _Row:
        if (self.prompt is None) == (not self.messages):
            raise ValueError("either prompt or messages")
        return self

    def look(self) -> Look:
        asked = (Message("user", self.prompt),) if self.prompt is not None else ()
        used = Usage(self.usage.input_tokens, self.usage.output_tokens)
        reply = Reply(self.answer, self.model, used, self.finish)
        return Look(
            asked or tuple(message.said() for message in self.messages), reply, self.seconds
        )
