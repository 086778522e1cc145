"""Is the answer of the type that was asked for?"""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, Field

from doorstep import BadInput
from doorstep.patterns.checks import Shape
from doorstep.patterns.checks.schema import validator
from doorstep.patterns.checks.shape import json_text
from tests.patterns.checks.looks import look


class Meal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    minutes: int = Field(gt=0)


SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "minutes": {"type": "integer", "exclusiveMinimum": 0},
    },
    "required": ["name", "minutes"],
    "additionalProperties": False,
}

FITS = (
    '{"name": "soup", "minutes": 20}',
    'Here it is:\n```json\n{"name": "soup", "minutes": 20,}\n```\nEnjoy!',
)
FITS_NOT = (
    "soup, 20 minutes",
    '{"name": "soup"}',
    '{"name": "soup", "minutes": 0}',
    '{"name": "soup", "minutes": "twenty"}',
    '{"name": "soup", "minutes": 20, "salt": true}',
    '{"name": "soup", "minutes": 20',
    '[{"name": "soup", "minutes": 20}]',
    "",
)


@pytest.mark.parametrize("shape", [Meal, SCHEMA], ids=["type", "schema"])
async def test_a_shape(shape: type[BaseModel] | dict[str, object]) -> None:
    for answer in FITS:
        assert (await Shape(shape)(look(answer))).doubt == 0, answer
    for answer in FITS_NOT:
        sign = Shape(shape).see(look(answer))
        assert sign.doubt == 1, answer
        assert "soup" not in sign.reason


NO_SCHEMAS: tuple[dict[str, object], ...] = (
    {"type": "object", "if": {}},
    {"items": 5},
    {"type": "text"},
    {"type": ["string", "text"]},
    {"required": "name"},
    {"anyOf": {}},
    {"properties": {"a": {"enum": "x"}}},
)


def test_what_is_no_shape_is_refused() -> None:
    for shape in (dict, Meal(name="a", minutes=1), *NO_SCHEMAS):
        with pytest.raises(BadInput):
            Shape(shape)  # type: ignore[arg-type]


# Value, schema, and in how many places it breaks it.
SCHEMAS: tuple[tuple[object, object, int], ...] = (
    (1, {"type": "integer"}, 0),
    (1.0, {"type": "integer"}, 0),
    (1.5, {"type": "integer"}, 1),
    (True, {"type": "integer"}, 1),
    (None, {"type": ["string", "null"]}, 0),
    ("x", {"enum": ["x", "y"]}, 0),
    (1, {"enum": [True]}, 1),
    (True, {"const": True}, 0),
    (3, {"minimum": 3, "maximum": 3, "multipleOf": 1.5}, 0),
    (4, {"exclusiveMaximum": 4, "multipleOf": 3}, 2),
    ("abc", {"minLength": 4, "maxLength": 2, "pattern": "^b"}, 3),
    ("abc", {"pattern": "b"}, 0),
    ([1, "a", None], {"items": {"type": "integer"}, "minItems": 4, "maxItems": 2}, 4),
    ({"a": 1, "b": 2}, {"properties": {"a": {}}, "additionalProperties": False}, 1),
    ({"a": 1}, {"additionalProperties": {"type": "string"}}, 1),
    ({}, {"required": ["a", "b"]}, 2),
    (5, {"anyOf": [{"type": "string"}, {"minimum": 5}]}, 0),
    (4, {"anyOf": [{"type": "string"}, {"minimum": 5}]}, 1),
    (5, {"oneOf": [{"type": "integer"}, {"minimum": 5}]}, 1),
    (5, {"allOf": [{"type": "string"}, {"minimum": 6}]}, 2),
    (5, {"not": {"type": "integer"}}, 1),
    ({"next": {"next": {}}}, {"properties": {"next": {"$ref": "#"}}}, 0),
    ({"next": {"next": 1}}, {"type": "object", "properties": {"next": {"$ref": "#"}}}, 1),
    ([1], {"$defs": {"n": {"type": "string"}}, "items": {"$ref": "#/$defs/n"}}, 1),
    (1, True, 0),
)


@pytest.mark.parametrize(("value", "schema", "faults"), SCHEMAS)
def test_schemas(value: object, schema: object, faults: int) -> None:
    if schema is True:
        schema = {"anyOf": [True, False]}
    assert validator(schema)(value) == faults  # type: ignore[arg-type]


def test_a_reference_that_leads_nowhere_or_round_in_circles() -> None:
    for schema in ({"$ref": "#/$defs/gone"}, {"$ref": "http://x/y"}, {"$ref": "#"}):
        with pytest.raises(BadInput):
            validator(schema)(1)


JSON = {
    ("Answer as JSON.", '{"a": 1}'): 0.0,
    ("Give me valid JSON.", "a is 1"): 0.9,
    ("What is it?", "```json\n{'a': 1}\n```"): 0.9,
    ("What is it?", '```json\n{"a": 1}\n```'): 0.0,
    ("What is it?", "It is {a}."): None,
    ("What is JSON good for?", "For data."): None,
    ("How do I read a JSON file in Python?", "With json.load."): None,
}


@pytest.mark.parametrize(("question", "answer"), JSON)
def test_json_where_it_was_asked_for(question: str, answer: str) -> None:
    assert json_text(look(answer, question)).doubt == JSON[question, answer]
