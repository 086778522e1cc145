"""Schema or type: is the answer of the form that was asked for?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from doorstep._errors import BadInput
from doorstep.models._parse import parse
from doorstep.patterns.checks.base import Look, Sign
from doorstep.patterns.checks.schema import validator

if TYPE_CHECKING:
    from pydantic import BaseModel

SHAPE, JSON = "shape", "json"

_ASKED = re.compile(
    r"\b(?:as|in|into|valid|return|output|answer with|respond with|reply with|give me|only)"
    r"(?: (?:an?|one|only|valid|single|the|raw|pure|strict))* json\b(?! (?:schema|file))",
    re.IGNORECASE,
)
_FENCE = re.compile(r"```json[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)


class Shape:
    """The type that an answer has to be of: a pydantic type, or a JSON Schema (a part of it, see
    `schema`; BadInput for the rest). JSON is looked for in the whole answer, fences and prose
    around it do not matter."""

    name = SHAPE

    def __init__(self, shape: type[BaseModel] | Mapping[str, object]) -> None:
        self._shape = _of_schema(shape) if isinstance(shape, Mapping) else _of_type(shape)

    async def __call__(self, look: Look) -> Sign:
        return self.see(look)

    def see(self, look: Look) -> Sign:
        """The sign, without waiting for anything."""
        parsed = parse(look.answer, self._shape)
        if parsed.value is not None:
            return Sign(SHAPE, 0.0, "the answer is of the type that was asked for", {"shape": 1.0})
        count = len(parsed.problems)
        reason = f"the answer is not of the type that was asked for ({count} problems)"
        return Sign(SHAPE, 1.0, reason, {"shape": 0.0})


def _of_type(shape: type[BaseModel]) -> type[BaseModel]:
    from pydantic import BaseModel

    if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
        raise BadInput("A shape is a pydantic type or a JSON Schema.")
    return shape


def _of_schema(schema: Mapping[str, object]) -> type[BaseModel]:
    """A type of any JSON that fits the schema, so that both are looked for in the same way."""
    from pydantic import AfterValidator, JsonValue, RootModel

    faults = validator(schema)

    def fits(value: JsonValue) -> JsonValue:
        if faults(value):
            raise ValueError("does not fit the schema")
        return value

    return RootModel[Annotated[JsonValue, AfterValidator(fits)]]


def json_text(look: Look) -> Sign:
    """Where the question asks for JSON, or the answer says that it is: is it some? Else None."""
    from pydantic import JsonValue, RootModel

    fenced = _FENCE.search(look.answer)
    if not (fenced or _ASKED.search(look.question)):
        return Sign(JSON, None, "no JSON was asked for")
    if parse(fenced[1] if fenced else look.answer, RootModel[JsonValue]).value is not None:
        return Sign(JSON, 0.0, "the answer holds valid JSON", {"json": 1.0})
    return Sign(JSON, 0.9, "the answer holds no valid JSON", {"json": 0.0})
