"""A valid value out of whatever a model wrote, or the reasons why there is none.

The reasons name fields and rules, never what stood in them: they are shown, logged and sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

from doorstep.models._shape import plain_schema, property_names

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

T = TypeVar("T", bound="BaseModel")

MAX_CANDIDATES = 400  # places in an answer at which JSON is looked for

# Reasoning that a server left in the text, as several models write it.
_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
# Possessive, and the end may be missing: an open string is not tried again from each of its quotes.
_STRING_OR_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+"?)|,(?=\s*[}\]])')
_OPENING = re.compile(r"[{\[]")

# Messages of pydantic that are made from the input, or by whoever wrote a validator.
_QUOTING = ("value_error", "assertion_error", "union_tag_invalid")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """`value`, or None and the `problems`."""

    value: T | None
    problems: tuple[str, ...] = ()


def parse(text: str, shape: type[T]) -> Parsed[T]:
    """The first JSON value in `text` that is a valid `shape`.

    Only whole values count, not parts of one: a part may be valid by accident. Prose and fences
    around it do not matter; a comma before a closing bracket is forgiven, since it cannot mean
    anything else. A key that stands twice in an object, NaN and Infinity are not.
    """
    text = _THOUGHT.sub("", text)
    values = list(_values(text)) or list(_values(_STRING_OR_COMMA.sub(r"\1", text)))
    best: tuple[str, ...] = ()
    for value in values:
        parsed = _validate(value, shape)
        if parsed.value is not None:
            return parsed
        if not best or len(parsed.problems) < len(best):
            best = parsed.problems
    return Parsed(None, best or ("There is no complete, valid JSON in the answer.",))


def _values(text: str) -> Iterator[object]:
    """Every complete JSON object or array, from left to right, outermost only."""
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
    at = 0
    for _ in range(MAX_CANDIDATES):
        opening = _OPENING.search(text, at)
        if opening is None:
            return
        try:
            value, at = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            at = opening.end()
        else:
            yield value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _no_constant(name: str) -> object:
    raise ValueError("not a JSON number")


def _validate(value: object, shape: type[T]) -> Parsed[T]:
    from pydantic import ValidationError

    try:
        return Parsed(shape.model_validate_json(json.dumps(value)))
    except ValidationError as error:
        return Parsed(None, problems_of(error, shape))


def problems_of(error: Any, shape: type[BaseModel]) -> tuple[str, ...]:
    """One line for each validation error: where, and what rule. No input, and no key that is not
    a field of `shape`, since the model invented it.
    """
    known = property_names(plain_schema(shape))
    details = error.errors(include_url=False, include_context=False)
    return tuple(f"{_path(d, known)}: {_reason(d)}" for d in details)


def _path(detail: ErrorDetails, known: frozenset[str]) -> str:
    parts = [
        str(part) if isinstance(part, int) or part in known else "(unknown field)"
        for part in detail["loc"]
    ]
    return ".".join(parts) or "the whole answer"


def _reason(detail: ErrorDetails) -> str:
    if detail["type"] in _standard() and detail["type"] not in _QUOTING:
        return detail["msg"]
    quoted = any(leaf in detail["msg"] for leaf in _leaves(detail["input"]))
    return "This is not allowed here" if quoted else detail["msg"]


def _standard() -> frozenset[str]:
    from pydantic_core.core_schema import ErrorType

    return frozenset(get_args(ErrorType))


def _leaves(value: object) -> Iterator[str]:
    """Everything in `value` that a message could have quoted, keys as well."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield str(key)
            yield from _leaves(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _leaves(part)
    elif hasattr(value, "model_dump"):
        yield from _leaves(value.model_dump())
    elif value is not None and str(value):
        yield str(value)
