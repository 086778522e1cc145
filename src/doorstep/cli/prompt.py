"""The prompt of `doorstep run`: an argument, files, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from doorstep._errors import BadInput
from doorstep._values import Message

MAX_BYTES = 4 * 1024 * 1024  # of all input; more than any model reads at once


def messages(prompt: str | None, files: Sequence[Path], system: str | None) -> tuple[Message, ...]:
    """The system's text and one message of the user: the files, then the prompt.

    Standard input is read where there is neither, and for the file `-`. Raises BadInput: nothing
    there, not UTF-8 text, binary, too large.
    """
    parts = [_file(path) for path in files]
    if prompt is not None:
        parts.append(_argument(prompt, "prompt"))
    if not parts:
        if not piped():
            hint = "Give it as an argument, with --file FILE, or pipe one in."
            raise BadInput("There is no prompt.", hint=hint)
        parts.append(_stdin())
    text = "\n\n".join(part.strip("\n") for part in parts)
    if not text.strip():
        raise BadInput(
            "The prompt is empty.",
            hint="Give it as an argument, with --file, or on standard input.",
        )
    if len(text.encode()) > MAX_BYTES:
        raise _too_large()
    said = Message("user", text)
    return (Message("system", _argument(system, "system message")), said) if system else (said,)


def piped() -> bool:
    """Whether there is a standard input with nobody typing into it."""
    return sys.stdin is not None and not sys.stdin.isatty()


def _argument(text: str, what: str) -> str:
    """Bytes of the command line that are no UTF-8 come as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(f"The {what} is not UTF-8 text.", hint="Convert it first.") from None
    return text


def _file(path: Path) -> str:
    if str(path) == "-":
        return _stdin()
    try:
        with path.open("rb") as file:
            return _text(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.",
            hint="Look at the path, and who may read it.",
        ) from None


def _stdin() -> str:
    if sys.stdin is None:
        raise BadInput("Standard input is closed.", hint="Pipe a text in, or give --file FILE.")
    return _text(sys.stdin.buffer.read(MAX_BYTES + 1))


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _too_large()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("The input is not UTF-8 text.", hint="Convert it first.") from None
    if "\0" in text:
        raise BadInput("The input is binary, not text.", hint="Give a plain text file.")
    return text


def _too_large() -> BadInput:
    return BadInput(
        f"The input is too large; the limit is {MAX_BYTES:,} bytes.",
        hint="For many documents take plan-then-ground with --folder.",
    )
