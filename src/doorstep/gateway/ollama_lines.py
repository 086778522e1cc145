"""What Ollama's `/api/chat` and `/api/generate` answer: lines of JSON, the last with counts.

https://github.com/ollama/ollama/blob/main/docs/api.md: one object a line (application/x-ndjson),
`done` false until the last, which has `done_reason`, counts in tokens and durations in
nanoseconds. An error after the first line is a line too, `{"error": ...}`, and the status stays
200. Streaming is the default; a whole answer is the same object with all of the text in it.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from doorstep._errors import ReplyBroken
from doorstep.gateway.core import Json
from doorstep.gateway.errors import fault_of, ollama_error
from doorstep.gateway.http import NDJSON, Answer, Gone, Headers
from doorstep.gateway.noting import broke
from doorstep.gateway.said import Said
from doorstep.gateway.sse import dumped

Kind = Literal["chat", "generate"]


@dataclass(frozen=True, slots=True)
class End:
    """How an answer ended: Ollama's `done_reason`, tokens where they are known, and what happened
    where only the end tells."""

    reason: str = "stop"
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer. The last has an `end`, or an `error`: the other side's own words. One
    that is empty tells a client that waits that somebody is there."""

    text: str = ""
    thinking: str = ""
    calls: tuple[Json, ...] = ()
    end: End | None = None
    error: str = ""


def joined(parts: Sequence[Part]) -> Part:
    """A whole answer out of its parts."""
    return Part(
        "".join(part.text for part in parts),
        "".join(part.thinking for part in parts),
        tuple(call for part in parts for call in part.calls),
        parts[-1].end,
        parts[-1].error,
    )


class Lines:
    """Words one answer as `kind` does. `model` is the name that was asked for; `said` is what
    happened as far as it is known, which the last line has where `details` are asked for. Durations
    count from `began` (`time.perf_counter_ns`), when the request came."""

    def __init__(
        self, model: str, kind: Kind, said: Said, details: bool = False, *, began: int | None = None
    ) -> None:
        self.said = said
        self._model = model
        self._kind = kind
        self._details = details
        self._began = time.perf_counter_ns() if began is None else began
        self._first: int | None = None

    def line(self, part: Part) -> Json:
        """The object for one part, or for a whole answer."""
        if part.error:
            return {"error": part.error}
        if self._first is None and (part.text or part.thinking or part.calls):
            self._first = time.perf_counter_ns()
        head: Json = {"model": self._model, "created_at": _stamp()}
        ending = {"done": False} if part.end is None else self._ending(part.end)
        return head | self._words(part) | ending

    def _words(self, part: Part) -> Json:
        thinking: Json = {"thinking": part.thinking} if part.thinking else {}
        if self._kind == "generate":
            return {"response": part.text} | thinking
        calls: Json = {"tool_calls": list(part.calls)} if part.calls else {}
        return {"message": {"role": "assistant", "content": part.text} | thinking | calls}

    def _ending(self, end: End) -> Json:
        now = time.perf_counter_ns()
        first = self._first or now
        out: Json = {"done": True, "done_reason": end.reason}
        out |= {"total_duration": now - self._began, "load_duration": 0}
        if end.prompt_tokens is not None:
            out["prompt_eval_count"] = end.prompt_tokens
            out["prompt_eval_duration"] = max(1, first - self._began)
        if end.output_tokens is not None:
            out["eval_count"] = end.output_tokens
            out["eval_duration"] = max(1, now - first)
        self.said = end.said or self.said
        return out | {"doorstep": self.said.object()} if self._details else out


def _stamp() -> str:
    """Now, as RFC 3339 says it, in UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


async def tell(
    parts: AsyncGenerator[Part, None],
    lines: Lines,
    answer: Answer,
    *,
    stream: bool,
    headers: Headers = (),
) -> None:
    """Send an answer as it comes, or whole. What fails before the first part is raised, so that
    it gets a status of its own; what fails later is said in a line."""
    async with aclosing(parts):
        first = await anext(parts, None)
        if first is None:
            raise ReplyBroken("The answer ended before it began.")
        if stream and not first.error:
            await answer.begin(NDJSON, headers=(*lines.said.headers(), *headers))
            await _lines(first, parts, lines, answer)
        else:
            await _whole([first, *[part async for part in parts]], lines, answer, headers)


async def _whole(parts: list[Part], lines: Lines, answer: Answer, headers: Headers) -> None:
    part = joined(parts)
    if part.end is None and not part.error:
        raise ReplyBroken("The answer broke off before its end.")
    body = dumped(lines.line(part))
    head = (*lines.said.headers(), *headers)
    await answer.whole(body, status=502 if part.error else 200, headers=head)


async def _lines(
    part: Part, rest: AsyncGenerator[Part, None], lines: Lines, answer: Answer
) -> None:
    await answer.piece(line_of(lines.line(part)))
    try:
        async for part in rest:
            await answer.piece(line_of(lines.line(part)))
        if part.end is None and not part.error:
            raise ReplyBroken("The answer broke off before its end.")
    except Gone:
        raise
    except Exception as error:
        broke(error)
        await answer.piece(line_of(ollama_error(fault_of(error))))
    await answer.end()


def line_of(line: Json) -> bytes:
    """One line of NDJSON."""
    return dumped(line) + b"\n"
