"""Typed output from any model (and decisions, from `_choice`).

Three ways to typed output. *prompted*: the shape stands in the prompt, and the JSON is taken out
of whatever comes back. *native*: the server holds the answer to the schema. *two-pass*: the model
reasons freely, and a second call only packs the result; holding a small model to a schema while
it thinks costs correctness ("constraint tax", arXiv 2605.26128). Whatever the way, the value is
validated here: a server's constraint is never trusted.

The prompts below may also go to the cloud, past a gate that knows the names of people, rooms and
things: they are plain technical words, none of which is also somebody's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from doorstep._errors import BadInput, ModelError, OutputInvalid
from doorstep._values import Message, Options, Reply, Usage, Zone
from doorstep.models._choice import decide, stop_if_refused
from doorstep.models._parse import Parsed, parse
from doorstep.models._shape import describe, plain_schema, skeleton, strict_schema
from doorstep.models.base import Model, Way

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["Typed", "asking", "decide", "strict_schema", "typed"]

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T", bound="BaseModel")

# --- prompts -----------------------------------------------------------------------------------

ASK = """Answer with one JSON {kind} and nothing else: no text before or after it, no code fence.

Its structure, where text after // is a comment:
{shape}"""

# Not where a schema holds the model anyway: a small one fills in the template as it stands.
TEMPLATE = """

An empty template. Replace every "..." and every 0:
{skeleton}"""

REASON = """Work on the task step by step, in plain text. Do not write JSON.
End with a section "Result" that states a definite value for each item of this structure:
{shape}"""

PACK_SYSTEM = """You convert a finished text into JSON. You copy the values of its final result \
exactly as they are. You do not solve, correct, add or leave out anything."""

PACK = """The text:
<text>
{draft}
</text>

"""

AGAIN = """The previous JSON was not valid:
{problems}
Answer again with the complete, corrected JSON {kind} and nothing else."""

AGAIN_TEXT = """A previous attempt at this task was not usable:
{problems}"""

CUT_OFF = "The answer was cut off at its token limit. Be shorter."
EMPTY = "The answer was empty."

MAX_DRAFT = 20_000  # characters of a first pass that the second gets to see, the last ones
MAX_PROBLEMS = 12  # validation errors that are fed back at once


# --- typed output ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Typed(Generic[T_co]):
    """A valid value, and what it took.

    `way` is the way that gave it: "prompted" where a schema was asked of a model that cannot hold
    to one. `usage` is that of all calls together; `reply` is the last one.
    """

    value: T_co
    way: Way
    tries: int
    usage: Usage
    reply: Reply


async def typed(
    model: Model,
    messages: Sequence[Message],
    shape: type[T],
    options: Options = Options(),
    *,
    way: Way = "prompted",
    tries: int = 3,
) -> Typed[T]:
    """An answer to `messages` that is a valid `shape`.

    Raises OutputInvalid after the last try, ModelRefused at once where the model declines, and
    whatever the model raises. An invalid answer is fed back as field paths and reasons.
    """
    if way not in ("prompted", "native", "two-pass"):
        raise BadInput("The way of typed output is none of prompted, native and two-pass.")
    if tries < 1:
        raise BadInput("Typed output needs at least one try.")
    if not messages:
        raise BadInput(
            "There is no message to answer.", hint="Give at least one message, in the role user."
        )
    task = _Task(model, tuple(messages), shape, options, tries)
    try:
        return await (task.two_pass() if way == "two-pass" else task.one_pass(way))
    except ModelError as error:
        error.usage = task.usage
        raise


def asking(shape: type[BaseModel], *, template: bool) -> str:
    """The note that asks for `shape` in words: a constant of the shape, which may cross."""
    schema = plain_schema(shape)
    kind = "array" if schema.get("type") == "array" else "object"
    note = ASK.format(kind=kind, shape=describe(schema))
    return note + TEMPLATE.format(skeleton=skeleton(schema)) if template else note


class _Task(Generic[T]):
    """One request for typed output: its calls, and what they used."""

    def __init__(
        self,
        model: Model,
        messages: tuple[Message, ...],
        shape: type[T],
        options: Options,
        tries: int,
    ) -> None:
        self._model = model
        self._messages = messages
        self._shape = shape
        self._options = options
        self._tries = tries
        self._schema = plain_schema(shape)
        self._sketch = describe(self._schema)
        self._kind = "array" if self._schema.get("type") == "array" else "object"
        self._takes_schema = True
        # A server that shows the schema to the model: saying it again would only cost tokens.
        self._schema_is_seen = bool(getattr(model, "schema_is_seen", False))
        self.usage = Usage()

    async def one_pass(self, way: Way) -> Typed[T]:
        prompt = self._messages
        if way != "native" or not self._schema_is_seen:
            prompt = _with_note(prompt, asking(self._shape, template=way != "native"))
        messages, problems = prompt, tuple[str, ...]()
        for tried in range(1, self._tries + 1):
            reply = await self._call(messages, self._options, native=way == "native")
            parsed = self._read(reply)
            if parsed.value is not None:
                way = way if self._takes_schema else "prompted"
                return Typed(parsed.value, way, tried, self.usage, reply)
            problems = parsed.problems
            messages = self._feed_back(prompt, reply, problems)
        raise self._invalid(problems)

    async def two_pass(self) -> Typed[T]:
        """Reason, pack. After an invalid result pack again, after that reason again, and so on:
        the fault may lie in either pass.
        """
        draft, problems = "", tuple[str, ...]()
        packing: tuple[Message, ...] = ()
        for tried in range(1, self._tries + 1):
            if not draft:
                reply = await self._call(self._reasoning(problems), self._options, native=False)
                draft = (reply.text.strip() or reply.thinking.strip())[-MAX_DRAFT:]
                packing = self._packing(draft)
                if reply.finish == "length" or not draft:
                    problems = (CUT_OFF,) if reply.finish == "length" else (EMPTY,)
                    draft = ""
                    continue
            # Nothing is left to think about, and a server told not to think may drop the schema.
            reply = await self._call(packing, replace(self._options, effort=None), native=True)
            parsed = self._read(reply)
            if parsed.value is not None:
                return Typed(parsed.value, "two-pass", tried, self.usage, reply)
            problems = parsed.problems
            packing = self._feed_back(self._packing(draft), reply, problems)
            draft = "" if tried % 2 == 0 else draft
        raise self._invalid(problems)

    def _reasoning(self, problems: tuple[str, ...]) -> tuple[Message, ...]:
        note = REASON.format(shape=self._sketch)
        if problems:
            note = AGAIN_TEXT.format(problems=_bullets(problems)) + "\n\n" + note
        return _with_note(self._messages, note)

    def _packing(self, draft: str) -> tuple[Message, ...]:
        text = PACK.format(draft=draft) + asking(self._shape, template=False)
        return (Message("system", PACK_SYSTEM), Message("user", text))

    def _feed_back(
        self, prompt: tuple[Message, ...], reply: Reply, problems: tuple[str, ...]
    ) -> tuple[Message, ...]:
        note = AGAIN.format(problems=_bullets(problems), kind=self._kind)
        # What a model wrote does not go to the cloud again: the problems alone have to do.
        if self._model.zone is Zone.CLOUD or not reply.text.strip():
            return _with_note(prompt, note)
        return (*prompt, Message("assistant", reply.text), Message("user", note))

    async def _call(
        self, messages: tuple[Message, ...], options: Options, *, native: bool
    ) -> Reply:
        free = replace(options, schema=None)
        native = native and self._takes_schema
        if native and getattr(self._model, "can_schema", True):
            held = replace(options, schema=self._schema, schema_name=_name(self._shape))
            try:
                return self._count(await self._model.respond(messages, held))
            except (BadInput, ModelError) as error:
                if not self._is_about_schema(error):
                    raise
                self._takes_schema = False
        elif native:
            self._takes_schema = False
        return self._count(await self._model.respond(messages, free))

    def _is_about_schema(self, error: BadInput | ModelError) -> bool:
        """Whether to go on without the schema: the adapter cannot do one, or a server at home
        refused the request or failed (a grammar that it cannot make). No second crossing for it.
        """
        at_home = self._model.zone is Zone.HOME
        return isinstance(error, BadInput) or (at_home and type(error) is ModelError)

    def _count(self, reply: Reply) -> Reply:
        self.usage += reply.usage
        stop_if_refused(self._model, reply)
        return reply

    def _read(self, reply: Reply) -> Parsed[T]:
        parsed = parse(reply.text, self._shape)
        if parsed.value is None and reply.finish == "length":
            return Parsed(None, (CUT_OFF,))
        if parsed.value is None and not reply.text.strip():
            return Parsed(None, (EMPTY,))
        return parsed

    def _invalid(self, problems: tuple[str, ...]) -> OutputInvalid:
        times = "1 try" if self._tries == 1 else f"{self._tries} tries"
        return OutputInvalid(
            f"{self._model.name} gave no valid {self._shape.__name__} in {times}.",
            problems=problems,
            hint="Use a larger model, or another way of typed output.",
        )


def _with_note(messages: tuple[Message, ...], note: str) -> tuple[Message, ...]:
    """`note` at the end of the last user message: not every model takes two of them in a row."""
    *before, last = messages
    if last.role != "user":
        return (*messages, Message("user", note))
    return (*before, Message("user", f"{last.text}\n\n{note}"))


def _bullets(problems: tuple[str, ...]) -> str:
    lines = [f"- {problem}" for problem in problems[:MAX_PROBLEMS]]
    more = len(problems) - MAX_PROBLEMS
    return "\n".join([*lines, f"- and {more} more"] if more > 0 else lines)


def _name(shape: type[BaseModel]) -> str:
    """A schema name that every server takes: letters, digits, underscores."""
    return re.sub(r"[^A-Za-z0-9_]", "_", shape.__name__).strip("_")[:64] or "answer"
